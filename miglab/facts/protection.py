"""What keeps a rehearsed project inside its copy on this machine, as tested from inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``"enforced"`` by the operating system; ``"watched"`` only by Python's audit hook, which does not
#: stop C code or other programs; or ``"open"``.
Hold = Literal["enforced", "watched", "open"]


@dataclass(frozen=True)
class Protection:
    """How each kind of action is prevented: enforced, watched or open.

    Attributes:
        contents: writing, creating, removing or moving files and folders outside the copy.
        metadata: changing their modes, owners, times and attributes.
        processes: sending signals to other processes, and leaving processes running.
        tcp: TCP connections.
        other_sockets: UDP, and the sockets of other programs on this machine.
        by: ``"namespaces"``, ``"landlock"`` or ``"hook"``; ``"nothing"`` for a project that comes
            with miglab.
    """

    contents: Hold = "open"
    metadata: Hold = "open"
    processes: Hold = "open"
    tcp: Hold = "open"
    other_sockets: Hold = "open"
    by: str = "nothing"

    def __str__(self) -> str:
        """``"contents enforced, metadata watched, … (landlock)"``."""
        held = {
            "contents": self.contents,
            "metadata": self.metadata,
            "processes": self.processes,
            "TCP": self.tcp,
            "other sockets": self.other_sockets,
        }
        return f"{', '.join(f'{name} {hold}' for name, hold in held.items())} ({self.by})"


#: Without a jail: the audit hook does not see signals, or processes that are left running.
HOOK = Protection("watched", "watched", "open", "watched", "watched", "hook")
