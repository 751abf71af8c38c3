"""Makes the command line that starts an agent in a jail, and turns the first message of the jail's
launcher into a fact."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..agent.common.protocol import Message, decode
from ..errors import MiglabError, NotJailed
from ..facts.protection import HOOK, Protection

_LAUNCHER = Path(__file__).resolve().parents[1] / "agent" / "jail" / "__main__.py"

#: The strongest jail to try, for tests and for machines on which one does harm.
VARIABLE = "MIGLAB_JAIL"
_NAMES = ("namespaces", "landlock", "hook")


@dataclass(frozen=True)
class Jail:
    """What a jail leaves open: the ``writable`` folders, the ``network``, or only ``sockets`` that
    have a path. ``probes`` is a folder of miglab's own that is not in a writable one. If
    ``require`` is true, nothing runs unless the system keeps all other files from being changed."""

    writable: tuple[str, ...]
    probes: str
    network: bool = False
    require: bool = False
    sockets: bool = False

    def command(self, words: Sequence[str]) -> list[str]:
        """The command line that runs a command inside the jail.

        Raises:
            NotJailed: ``require`` is true, and this system has no jail.
            MiglabError: the variable ``MIGLAB_JAIL`` does not name a kind of jail.
        """
        strongest = os.environ.get(VARIABLE, _NAMES[0])
        if strongest not in _NAMES:
            raise MiglabError(f"{VARIABLE} is {strongest!r}; it must be one of {', '.join(_NAMES)}")
        if sys.platform != "linux":
            if self.require:
                raise NotJailed(HOOK)
            return [*words]
        network = "yes" if self.network else "sockets" if self.sockets else "no"
        yes = [strongest, network, "yes" if self.require else "no"]
        spec = [*yes, self.probes, str(len(self.writable)), *self.writable]
        return [sys.executable, "-I", "-S", str(_LAUNCHER), *spec, *words]


def protection(message: Message) -> Protection:
    """The first message of the jail's launcher, as a fact."""
    return Protection(**{name: value for name, value in message.items() if name != "event"})


def here(probes: str, copy: str) -> Protection:
    """What a jail on this machine enforces. To find out, a jail is started in which only the folder
    ``copy`` may be written to."""
    if sys.platform != "linux":
        return HOOK
    command = Jail((copy,), probes).command([sys.executable, "-I", "-S", "-c", ""])
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if not done.stdout:
        raise MiglabError(f"the jail could not be tested: {done.stderr.decode(errors='replace')}")
    return protection(decode(done.stdout))
