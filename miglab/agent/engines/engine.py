"""What an engine offers inside the project's interpreter: read, mark, compare, keep to the copy.

What it offers to miglab's own process is in ``databases/engine.py``; ``registry.py`` lists the
engines there are. A database is named by its handle, a text that the other side's engine made and
that is opened here: a file's path, or what leads to a database on a server.
"""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    ContextManager,
    Dict,
    Iterator,
    List,
    Optional,
    Protocol,
    Tuple,
    Type,
)

#: What is asked before a project's statement opens another database, by its name, or ``None``
#: where the engine cannot say which. What may not be opened is noted by whoever is asked.
MayOpen = Callable[[Optional[str]], bool]
#: What ``Trace.renames`` gives for one database; ``None`` where nobody saw what ran.
Renames = Optional[Dict[str, Any]]
#: The same where nothing was renamed.
NOTHING_RENAMED: Dict[str, Any] = {"tables": {}, "columns": {}, "rebuilt": []}


class Lineage(Protocol):
    """Where the tables and columns of one database come from, since it was begun. Connections are
    the driver's."""

    name: str

    def before(self, connection: Any) -> None:
        """A statement that may change names is about to run."""

    def after(self, connection: Any, sql: str, done: bool = True) -> None:
        """It has run, or failed."""

    def settle(self, connection: Any) -> None:
        """Open transactions were rolled back; the connection is a new one."""

    def renames(self) -> Dict[str, Any]:
        """Where the old names are now: ``tables`` {old: new or null}, ``columns`` {old table: {old:
        new or null}} and ``rebuilt``, the tables of which all columns are named."""


class Watch(Protocol):
    """Measures the locks of one migration, from its start."""

    def after(self, sql: str, began: float) -> None:
        """A statement has run, or failed, that began at that time (``time.perf_counter``)."""

    def end(self) -> Dict[str, Any]:
        """The migration has ended: ``locks`` and ``grew``, as ``facts.locks`` has them."""


class Engine(Protocol):
    """One kind of database. It keeps no state. ``scratch`` and ``keep`` alone make a database; no
    other method writes to a database.

    Unless a method says otherwise, the driver's own exceptions (``error``) pass through: call it
    within ``measuring``.
    """

    @property
    def vendor(self) -> str:
        """Django's word for it, as in ``connection.vendor``."""

    @property
    def where(self) -> str:
        """Where a copy of a database is, as in ``"a copy of it in a SQLite file"``."""

    @property
    def backend(self) -> str:
        """Django's module that is imported before any project is: every project on this engine
        needs it. ``""`` if that would load a driver which takes long, or may be missing."""

    @property
    def sidecars(self) -> Tuple[str, ...]:
        """Endings of the files that lie beside a database while it is in use."""

    @property
    def events(self) -> Tuple[str, ...]:
        """Python's audit events whose first argument names a database that is opened."""

    @property
    def scheme(self) -> str:
        """What each ``address`` begins with; ``""`` if databases are files."""

    @property
    def plain_operations(self) -> Tuple[str, ...]:
        """Django's operations for this engine alone that change nothing in the tables beyond what
        the state of the models shows."""

    @property
    def can_fork(self) -> bool:
        """Whether a process can fork while its connections are closed. Then each process has a copy
        of its own (``keep``), and the copies can be swapped (``exchange``)."""

    @property
    def creates_alone(self) -> bool:
        """Whether a table can be made that refers to another one which is not there."""

    @property
    def lines_last(self) -> bool:
        """Whether miglab's own process may use what ``keep`` made, as long as the mark shows that
        nothing was written since."""

    @property
    def error(self) -> Type[Exception]:
        """The base class of the driver's errors."""

    @property
    def denial(self) -> str:
        """The engine's error message when ``MayOpen`` has refused."""

    def refused(self, error: BaseException) -> str:
        """The driver's error in one line, if the copy's user may not do something that the
        original's may, or its server lacks something that the original's has. ``""`` for all other
        errors."""

    def unknown(self, error: BaseException) -> str:
        """What the driver's error says, in a line, where a statement means something that is not
        in the database, and a copy may lack it. ``""`` for all other errors."""

    def bring(self) -> None:
        """Import what a project on this engine needs, so that forks of this process have it; what
        is known of every engine is there without it."""

    def version(self) -> str:
        """Its name and version in words, as in ``"SQLite 3.45.1"``, without a connection: for a
        server, the driver's version."""

    def runs(self, engine: str) -> bool:
        """Whether it is meant by ``ENGINE`` of Django's ``DATABASES``."""

    # -- settings and connections

    def full_name(self, database: Dict[str, Any]) -> str:
        """The database that an entry of ``DATABASES`` means, as text that means the same in another
        process and folder, without a password; ``""`` for a database that ends with its
        connection."""

    def password(self, database: Dict[str, Any]) -> str:
        """The password that this entry has, or ``""``."""

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Change one entry of ``DATABASES`` so that all connections lead to the copy and nowhere
        else: names, hosts, and options that would win over them."""

    def other(self, database: Dict[str, Any], handle: str) -> Optional[str]:
        """The name of this entry's database, if it is not the handle's."""

    def address(self, handle: str) -> str:
        """Where a connection to this database leads, as ``events`` name it: server and database;
        ``""`` if databases are files."""

    def hold(self, may_open: MayOpen) -> None:
        """From now on, ask before a statement of the project opens another database, and raise
        ``events`` for each connection if the driver does not."""

    @property
    def connecting(self) -> bool:
        """Whether this thread is making a connection that ``events`` has announced, or that is
        miglab's own: the sockets that a driver in Python opens for it need no permission."""

    def may_look_up(self, name: Any) -> bool:
        """Whether the project may look up a function of a C library by this name. Functions that
        connect without the driver are refused, except to the driver itself."""

    def hurry(self, connection: Any) -> None:
        """Keep Django's new connection to a copy from waiting for the disk: a copy need not survive
        a loss of power. Commits must survive the end of a killed process."""

    # -- what is there

    def together(self) -> ContextManager[None]:
        """A context for several questions in a row, in which none of the project's code runs: what
        takes long to open may stay open between them."""

    def exists(self, handle: str) -> bool:
        """Whether there is such a database."""

    def mark(self, handle: str) -> Any:
        """A value that changes whenever something is written; it may also change without that.
        ``None`` if there is no database. It is asked at the beginning and the end of each
        request, so it must be cheap, and wait for nobody's lock."""

    def last_mark(self, handle: str) -> Any:
        """Asked within ``together``, when nothing else will be asked in it: ``mark``, with what
        miglab's own process needs to tell that nobody has used the database since; ``None`` if that
        cannot be told, or if looking again is just as quick."""

    def hear_mark(self, handle: str, told: Any) -> Any:
        """The mark, made from what miglab's own process says it was
        (``databases.Engine.for_agent``)."""

    def take(self, connection: Any, handle: str) -> None:
        """Close Django's connection to this database: nobody needs it any more. The next request
        may use what it leaves open."""

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """What is in it: ``record`` (``exists``, and ``keys`` as ``[app label, name]`` in the order
        of their ids), ``tables`` (the catalogue, as ``facts.schema`` describes it) and ``rows``
        (how many each table has); or ``{"unreadable": reason}``. Empty if it is not there.
        ``own`` is the alias whose connections may be opened anew for what only they can read: it
        belongs to a project that is set up in this process."""

    def read_tables(self, handle: str) -> Dict[str, Any]:
        """``tables`` alone, of an existing database."""

    def scratch(self, connection: Any, handle: str) -> ContextManager[Any]:
        """A connection to an empty database that is dropped at the end, with the class and the
        settings of Django's connection to the handle's database. Drift is found by making the
        models' tables in it."""

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue of a scratch database, in the shape of ``read_tables``."""

    # -- the line before post_migrate

    def make_way(self, connection: Any, handle: str) -> None:
        """Have Django's connection to this database, which opens itself again, not keep it from
        being copied.

        Raises:
            Unmeasured: there can be no copy at this moment.
        """

    def keep(self, handle: str, name: str) -> str:
        """Copy a database that is there and that nobody else writes to, at this moment, and return
        the copy's handle. ``name`` is the path of a file in the lab's own folder that is not there;
        the copy is called after it. An older copy of that name goes."""

    def forget(self, handle: str) -> None:
        """Remove what ``keep`` made."""

    def can_reopen(self, connection: Any) -> bool:
        """Whether Django's open connection can be closed and opened again without a difference: it
        has no transaction, no temporary tables and no other database open."""

    def exchange(self, handle: str, kept: str) -> None:
        """Swap a database with the copy that ``keep`` made of it, so that each has the other's
        handle. Nobody is connected."""

    # -- names

    def may_rename(self, text: str) -> bool:
        """Whether a statement may change names, or fill a table from another: asked before each
        statement of the project, so it only looks at the text."""

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """Begin to follow the names in the database of Django's open connection. ``old`` is a copy
        of it as it is now, if there is one.

        Raises:
            Engine.error: the catalogue cannot be read.
        """

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """Begin to measure the locks of a migration on Django's connection; ``None`` if the engine
        does not lock single tables. If it is ``atomic``, the migration is undone as a whole. If
        ``lasting``, the locks last as long as on a server that keeps data.

        Raises:
            Engine.error: the catalogue cannot be read.
        """

    def settle(self, lineage: Lineage, handle: str) -> None:
        """All connections are closed, and open transactions in this database are rolled back.

        Raises:
            Engine.error: the catalogue cannot be read.
        """

    def fold(self, name: str) -> str:
        """The same text for names that the engine treats as equal."""

    def folded(self, text: str) -> str:
        """The same text for SQL from its catalogue that differs only in how it is written."""

    def alike(self, kind: str, other: str) -> bool:
        """Whether columns of two declared types are the same to it."""

    def made(self, text: str) -> Iterator[Tuple[str, str, str]]:
        """Each trigger and view that the SQL makes or drops: ``CREATE`` or ``DROP``, ``TRIGGER`` or
        ``VIEW``, and its name."""

    # -- rows

    def compare(
        self, old: str, new: str, renames: Renames, own: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """One entry for each table in which rows or values were lost, added or changed between two
        databases; its keys are those of ``facts.step.RowChange``, except ``database``, which the
        caller adds. ``new`` need not exist. Rows are matched by their primary key, and values are
        compared exactly as they are stored. Memory does not grow with the rows: samples have five.
        A table that cannot be compared is noted (``common.measuring``) and says so. ``own`` is as
        in ``read``."""

    def compare_all(
        self,
        old: Dict[str, Optional[str]],
        new: Dict[str, str],
        renames: Dict[str, Renames],
        own: bool,
    ) -> List[Dict[str, Any]]:
        """``compare`` for each alias that has an old copy, with ``database``; a database with two
        aliases once; ``own`` says whether each may be read by its own connections as well."""

    def not_back(self, request: Dict[str, Any], own: bool) -> List[Dict[str, Any]]:
        """How much of what was lost from ``old`` to ``new`` is not in ``back``: for each of
        ``tables`` (``[alias, table, whether rows went, columns]``, by their old names)
        ``database``, ``table``, the number of ``rows`` and of values by ``columns``."""

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """All that a ``table`` lost from ``old`` to ``new`` (``""`` if there is none): its rows,
        or the values of its ``column``. The first ``limit`` as ``columns``, ``rows`` and their
        ``total``; or, with ``to``, all of them into that CSV file, and ``None``.

        Raises:
            OSError: the file cannot be written.
        """
