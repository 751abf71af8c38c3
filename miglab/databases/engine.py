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
    """The current state of a database: when it was last written to, in UTC (``None`` if that is not
    known), and how big it is, in bytes."""

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
    """What a copy lacks, or has switched off. ``said`` describes it, in words that continue "the
    copy". ``names`` are the names that SQL statements use for what is not there."""

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
        """The options that come before an SQL statement on the command line of the database's own
        client (``dbshell``)."""

    @property
    def magic(self) -> bytes:
        """The first bytes of each database file. By them, miglab recognizes a database and does not
        copy it as a file of the project. ``b""`` if databases are not files."""

    @property
    def sidecars(self) -> tuple[str, ...]:
        """Endings of the files that lie beside a database while it is in use."""

    @property
    def server(self) -> str:
        """The address of the server, as it was given to ``on``."""

    @property
    def reaches(self) -> str:
        """The address that a process must reach to use this engine's databases: the path of a
        socket, or ``HOST:PORT``. ``""`` if databases are files."""

    @property
    def extra(self) -> str:
        """The name of the miglab extra that this engine needs; ``""`` if it needs none."""

    @property
    def sure(self) -> bool:
        """Whether a mark changes only if something was written."""

    def runs(self, engine: str) -> bool:
        """Whether ``engine``, the backend module that ``ENGINE`` in Django's ``DATABASES`` names,
        uses this kind of database. Backends from other packages than Django count as well."""

    def on(self, server: str) -> Engine:
        """The same engine for databases on another server. ``server`` is its address, in the
        engine's own form. If it is ``""``, the server is the one that the environment names, or
        else one that miglab starts itself."""

    # -- names

    def place(self, name: str) -> str:
        """The path of a copy in a sandbox, relative to the sandbox's root and with ``/``, if the
        original is outside the project's folder. ``name`` is the alias without unusual
        characters."""

    def handle(self, folder: Path, place: str) -> Handle:
        """The handle of a database in the folder of one sandbox. ``place`` is a path that ``place``
        returned, or a path inside the project. Another folder gives another database. The database
        need not exist, and is not created."""

    def original(self, name: str, password: str) -> Handle:
        """The handle of a project's own database. ``name`` is what the agent's engine calls it
        (``full_name``). The database is only read. If it has a password, the password is stored
        where only this user can read it."""

    def servers(self) -> tuple[bool, str, str]:
        """Whether databases can be created here, on which servers (in words), and what the user can
        do if they cannot."""

    def lacks(self, source: Handle) -> Lacks:
        """What a copy of an original lacks, or has switched off."""

    def home_for(self, source: Handle, on: str) -> str:
        """The address of the server for copies of an original, in the form that the method ``on``
        takes. If ``on`` is given, it names that server. Otherwise, the server is one that can hold
        everything in the original. ``""`` if databases are files.

        Raises:
            NoServer: there is no such server, or the original cannot be read. The message says what
                to do.
        """

    def given(self, address: str, called: str, originals: Sequence[Handle]) -> Handle:
        """The handle of the database at an address. The user says that it is already a copy, and
        that its name is ``called``. It is not changed.

        Raises:
            BadInput: the database has another name; it is one of the originals, or miglab cannot
                tell whether it is one; or databases are files.
            NoServer: it cannot be reached.
        """

    def kept(self, folder: Path, name: str) -> Handle:
        """The copy called ``name`` among those that belong to a folder. It need not exist."""

    def all_kept(self, folder: Path) -> Iterable[Handle]:
        """All existing copies that belong to a folder."""

    def files(self, handle: Handle) -> tuple[Path, ...]:
        """The files that a database may consist of at any moment, whether they exist or not. The
        first is the database file itself. Empty if databases are not files."""

    def setting(self, handle: Handle) -> dict[str, Any]:
        """An entry of Django's ``DATABASES`` that leads to the database."""

    def quoted(self, name: str) -> str:
        """The name of a table or a column in quotes for SQL, whatever characters it has."""

    # -- what is there

    def exists(self, handle: Handle) -> bool:
        """Whether the database exists."""

    def answers(self) -> bool:
        """Whether its databases can be used right now; nothing is started to find out."""

    def state(self, handle: Handle) -> State | None:
        """The state of a database; ``None`` if it does not exist.

        Raises:
            OSError: it cannot be looked at.
        """

    def mark(self, handle: Handle) -> tuple[object, ...]:
        """A value that changes whenever something is written to the database; it may also change
        without that. Empty if there is no database. This method is called before and after each
        step, so it must be cheap (less than a millisecond for SQLite). It must not write, nor wait
        for somebody else's lock.

        Raises:
            OSError: it cannot be looked at.
        """

    def hear_mark(self, handle: Handle, told: object) -> None:
        """Note ``told``, what the agent's ``last_mark`` returned. It is called before ``mark``,
        which may use it."""

    def beyond(self, handle: Handle) -> object:
        """Everything in a copy that neither the truths nor its rows show, such as rights, functions
        and the positions of sequences. It is the same for two copies of one database if none of
        this changed in between. It is called only if the engine is not ``sure``; it may take a
        while.

        Raises:
            Exception: the driver's own exception, if some of it cannot be read.
        """

    def others(self, handle: Handle) -> Mapping[str, str]:
        """Everything in a copy that is not a table, a view or a row, and does not belong to one
        table. Maps what people call it, as in ``"type mood"``, to how it is made.

        Raises:
            Exception: the driver's own exception, if something cannot be read.
        """

    def rows(self, handle: Handle, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query, by a connection that cannot write. For a few rows: they are all
        held in memory. Names of tables without a schema mean the one that Django uses.

        Raises:
            Exception: the driver's own exception, if the query fails.
        """

    # -- what is done

    def make_room(self, handle: Handle) -> None:
        """Prepare what the project's own ``migrate`` needs to make a database with this handle: a
        folder for a file, an empty database on a server."""

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """The mark that the agent's engine would give at the same moment, in the form in which JSON
        is decoded. ``None`` if that is not known."""

    def is_of_agent(self, mark: tuple[object, ...], agents: object) -> bool:
        """Whether it is certain that the agent's engine gave its mark ``agents`` at the same moment
        as this engine gave ``mark``."""

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Do what ``copy`` does, if the agent has just made a copy of the source: ``made`` is only
        renamed to ``to``."""

    def expect(self, copy: Handle) -> None:
        """A copy may be restored soon: prepare in the background whatever makes that faster."""

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """Copy a database as it is at one moment, also while somebody writes to it. ``to`` must not
        exist yet. Nothing is written to the source. ``tell`` is called with the progress, in words.

        Raises:
            OSError: the disk is full (``ENOSPC``), or the source changed during each try
                (``EBUSY``). The state of ``to`` is unknown then.
            Exception: the driver's own exception, if the source cannot be read.
        """

    def copy_given(self, source: Handle, to: Handle) -> None:
        """Copy the database that ``given`` returned, as fast as possible: nobody else may use it in
        the meantime.

        Raises:
            NoServer: somebody is connected to it, or it must not be copied in this way.
            OSError: there is no room.
        """

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """Make ``to`` equal to the copy, which is kept. If ``copy`` is ``None``, remove ``to``.
        Nobody may be connected to ``to``.

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
        kept templates that are a month old. Databases that are files are left alone. ``lives`` says
        whether the owner of the folder with a given name is alive."""

    # -- for people

    def by_hand(self, original: str) -> ByHand:
        """How to back up an original and restore it by the engine's own tools; ``original`` is
        what ``facts.Consequences.database`` says."""
