"""Describes a server of miglab's own to the code that starts and stops it, whatever its kind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from . import keeper
from .places import as_server, clean_environment


@dataclass(frozen=True)
class Cluster(ABC):
    """One server of miglab's own. ``folder`` is the folder with its data and its log, and
    ``sockets`` is the folder with the socket on which it listens."""

    folder: Path
    sockets: Path

    #: What people call it.
    name: ClassVar[str]
    #: What it says that cannot be started again with the data that it has; and what it says while
    #: a killed server, or a session of it, still ends.
    broken: ClassVar[re.Pattern[str]]
    still: ClassVar[re.Pattern[str]]
    #: Signals that end it, the kindest first.
    signals: ClassVar[tuple[str, ...]]
    #: What a line of its file of process ids begins with when it takes connections; ``""`` for
    #: one that says so by its socket alone.
    ready: ClassVar[str]
    #: Whether it is to be told that the disk has what it wrote, while it need not: for one that
    #: has no setting for that.
    hurried: ClassVar[bool]

    @property
    def data(self) -> Path:
        """The folder to which the server itself writes."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The file with everything that the server has printed since it was started."""
        return self.folder / "log"

    @property
    def lock(self) -> Path:
        """The file on which each process that needs the server holds a shared lock."""
        return self.folder / "clients"

    @property
    def starting(self) -> Path:
        """The file on which a process that starts the server holds a lock."""
        return self.folder / "starting"

    @property
    @abstractmethod
    def socket(self) -> Path:
        """The path of the socket on which the server takes connections."""

    @property
    @abstractmethod
    def pids(self) -> Path:
        """The file whose first line is the server's process id."""

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """The command that starts the server."""

    @abstractmethod
    def make(self) -> None:
        """Create the server's data, unless there are some. The caller starts the server.

        Raises:
            MiglabError: the data cannot be created.
            OSError: no space is left.
        """

    def run(self, *command: str, says: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs, as the same user as the server. ``says`` is what it
        reads on standard input."""
        told = {"user": as_server().get("user"), "hurried": self.hurried, "command": command}
        return subprocess.run(
            keeper_for(told),
            input=says,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=clean_environment(),
        )


def keeper_for(told: Mapping[str, object]) -> list[str]:
    """The command that runs ``keeper.py``, which reads ``told`` as JSON."""
    return [sys.executable, "-I", "-S", str(Path(keeper.__file__)), json.dumps(told)]
