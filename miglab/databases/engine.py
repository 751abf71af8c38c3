"""What an engine offers to miglab's own process: make, copy, put back and remove databases.

What it offers to the agent, in the project's interpreter, is in ``agent/engines/engine.py``.
``registry.py`` lists the engines there are.

What an engine on a server would need and does not get yet:

- Nothing asks what a copy would cost before it is made, and ``Sandbox.snapshot`` makes one of each
  database that was written to: on a server, that takes space and time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NewType, Protocol

#: Names one database: the engine that made it understands it, and nobody else looks into it. Two
#: are equal where they name the same. It is text because it travels to the agent as it is: the path
#: of a file for SQLite; for a server, what leads to a database on it, without a password.
Handle = NewType("Handle", str)

#: Hears how far a copy is, in words for people.
Tell = Callable[[str], None]


@dataclass(frozen=True)
class State:
    """A database as it is now: when it was last written to, in UTC, where that can be told, and how
    big it is, in bytes."""

    changed: datetime | None
    size: int


@dataclass(frozen=True)
class ByHand:
    """How to back up an original without miglab: ``copy`` is what the backup will be called, and
    the other two are commands for a shell."""

    copy: str
    back_up: str
    restore: str


@dataclass(frozen=True)
class Lacks:
    """What a copy lacks, or has switched off: ``said`` in words that continue "the copy"; and the
    ``names`` by which statements mean what is not there."""

    said: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Engine(Protocol):
    """One kind of database. It keeps no state: all that is known of a database is in its handle.

    No method writes to an original: it is given only to ``copy``, to ``rows`` and to methods that
    ask something.
    """

    @property
    def vendor(self) -> str:
        """Django's word for it, as in ``connection.vendor``; the agent's engine has the same."""

    @property
    def called(self) -> tuple[str, ...]:
        """The names that people may type for it, in small letters. Errors suggest the first one."""

    @property
    def name(self) -> str:
        """What people call it. Versions begin with it, as in ``"SQLite 3.45.1"``."""

    @property
    def where(self) -> str:
        """Where a copy of a database is, as in ``"a copy of it in a SQLite file"``."""

    @property
    def reads(self) -> tuple[str, ...]:
        """First words, in capitals, of SQL statements that write nothing."""

    @property
    def runs_sql(self) -> tuple[str, ...]:
        """What stands before a statement among the words for its own client (``dbshell``)."""

    @property
    def magic(self) -> bytes:
        """What each of its files begins with, so that none is copied as a file of the project;
        ``b""`` where databases are not files."""

    @property
    def sidecars(self) -> tuple[str, ...]:
        """Endings of the files that lie beside a database while it is in use."""

    @property
    def server(self) -> str:
        """What ``on`` was given."""

    @property
    def reaches(self) -> str:
        """What a process that uses its databases has to reach: the path of a socket, ``HOST:PORT``,
        or ``""`` if they are files."""

    @property
    def extra(self) -> str:
        """The extra of miglab's that it needs; ``""`` for none."""

    @property
    def sure(self) -> bool:
        """Whether a mark changes only if something was written."""

    def runs(self, engine: str) -> bool:
        """Whether it is meant by ``ENGINE`` of Django's ``DATABASES``, a backend's module. Packages
        bring backends of their own for an engine that Django knows: they count as well."""

    def on(self, server: str) -> Engine:
        """The same engine, for databases on this server, whose address is in the engine's own form;
        without one, on the server that the engine starts itself."""

    # -- names

    def place(self, name: str) -> str:
        """Where a copy lies in a sandbox, below its root and with ``/``, when its original lies
        outside of the project's folder; ``name`` is the alias without unusual characters."""

    def handle(self, folder: Path, place: str) -> Handle:
        """The database at a place (of ``place``, or below a project) in the folder of one sandbox.
        Another folder gives another database. The database need not exist, and is not created."""

    def original(self, name: str, password: str) -> Handle:
        """A project's own database, as the agent's engine names it (``full_name``). It is only
        read; its password is kept where only this user can read it, if it has one."""

    def servers(self) -> tuple[bool, str, str]:
        """Whether databases can be made here, on which servers (in words), and what to do if
        not."""

    def lacks(self, source: Handle) -> Lacks:
        """What a copy of an original lacks, or has switched off."""

    def home_for(self, source: Handle, on: str) -> str:
        """The server for copies of an original, as ``on`` takes it: the one that somebody names, or
        one that can hold everything in it. ``""`` if databases are files.

        Raises:
            NoServer: there is none, or the original cannot be read; the message says what to do.
        """

    def given(self, address: str, called: str, originals: Sequence[Handle]) -> Handle:
        """The database at an address, which somebody says is already a copy and has this name. It
        is not changed either.

        Raises:
            BadInput: it has another name, it is one of the originals, it is not known whether it
                is, or databases are files.
            NoServer: it cannot be reached.
        """

    def kept(self, folder: Path, name: str) -> Handle:
        """The copy called ``name`` among those that belong to a folder. It need not exist."""

    def all_kept(self, folder: Path) -> Iterable[Handle]:
        """All existing copies that belong to a folder."""

    def files(self, handle: Handle) -> tuple[Path, ...]:
        """The files that a database may consist of at any moment, whether they exist or not. The
        one that gives it its name is the first. None where databases are not files."""

    def setting(self, handle: Handle) -> dict[str, Any]:
        """An entry of Django's ``DATABASES`` that leads to the database."""

    def quoted(self, name: str) -> str:
        """The name of a table or a column in quotes for SQL, whatever characters it has."""

    # -- what is there

    def exists(self, handle: Handle) -> bool:
        """Whether it is there."""

    def answers(self) -> bool:
        """Whether its databases can be used right now; nothing is started to find out."""

    def state(self, handle: Handle) -> State | None:
        """Its state; ``None`` if it does not exist.

        Raises:
            OSError: it cannot be looked at.
        """

    def mark(self, handle: Handle) -> tuple[object, ...]:
        """Changes whenever something is written; it may also change without that. Empty if there
        is no database. It is asked before and after each step, so it must be cheap (less than a
        millisecond for SQLite), and it may not write, nor wait for another's lock.

        Raises:
            OSError: it cannot be looked at.
        """

    def hear_mark(self, handle: Handle, told: object) -> None:
        """What the agent's ``last_mark`` said, before ``mark`` is asked."""

    def beyond(self, handle: Handle) -> object:
        """Everything in a copy that neither the truths nor its rows show, such as rights, functions
        and the positions of sequences. It is the same for two copies of one database if none of
        this changed in between. Only asked where the engine is not ``sure``; it may take a while.

        Raises:
            Exception: the driver's own, if some of it cannot be read.
        """

    def others(self, handle: Handle) -> Mapping[str, str]:
        """What is in a copy besides tables, views and rows, and does not belong to one table: what
        people call it, as in ``"type mood"``, and how it is made.

        Raises:
            Exception: the driver's own, where it cannot be read.
        """

    def rows(self, handle: Handle, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query, by a connection that cannot write. For a few rows: they are all
        held in memory. Names of tables without a schema mean the one that Django uses.

        Raises:
            Exception: the driver's own, where the query fails.
        """

    # -- what is done

    def make_room(self, handle: Handle) -> None:
        """Prepare what the project's own ``migrate`` needs to make a database with this handle: a
        folder for a file, an empty database on a server."""

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """The mark that the agent's engine would give at the same moment, as JSON brings it;
        ``None`` if that is not known."""

    def is_of_agent(self, mark: tuple[object, ...], agents: object) -> bool:
        """Whether the agent's engine gave this mark of its own at the same moment, for sure."""

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Like ``copy``, but the agent has just made the copy of the source: it only gets its
        name."""

    def expect(self, copy: Handle) -> None:
        """A copy may be restored soon: prepare in the background whatever makes that faster."""

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """Copy a database as it is at one moment, also while somebody writes to it. ``to`` is not
        there yet. Nothing is written to the source. ``tell`` is called with the progress, in per
        cent.

        Raises:
            OSError: the disk is full (``ENOSPC``), or the source changed during each try
                (``EBUSY``). The state of ``to`` is unknown then.
            Exception: the driver's own, where the source cannot be read.
        """

    def copy_given(self, source: Handle, to: Handle) -> None:
        """Copy what ``given`` returned, as fast as possible: nobody else uses it in the meantime.

        Raises:
            NoServer: somebody is connected to it, or it may not be copied so.
            OSError: there is no room.
        """

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """Make ``to`` equal to the copy. Without a copy, remove ``to``. The copy stays. Nobody is
        connected to ``to``.

        Raises:
            OSError: there is no room for it.
        """

    def rename(self, handle: Handle, to: Handle) -> None:
        """Rename a database, at once and in one step; a database that has this name already is
        replaced."""

    def remove(self, handle: Handle) -> None:
        """Remove an existing copy."""

    def clear(self, folder: Path) -> None:
        """Remove all databases that belong to the folder of a sandbox but are stored elsewhere."""

    def sweep(self, labs: Path, lives: Callable[[str], bool]) -> None:
        """Remove databases that belong to sandboxes in the folder ``labs`` whose owner is dead, and
        kept templates that are a month old, unless they are files. ``lives`` says whether the owner
        of the folder with this name is alive."""

    # -- for people

    def by_hand(self, original: str) -> ByHand:
        """How to back up an original and restore it by the engine's own tools; ``original`` is
        what ``facts.Consequences.database`` says."""
