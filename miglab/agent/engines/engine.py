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

#: Says whether a statement of the project may open another database. It is called before that, with
#: the database's name, or with ``None`` if the engine does not know the name. It notes what it
#: refuses.
MayOpen = Callable[[Optional[str]], bool]
#: What ``Trace.renames`` gives for one database; ``None`` if nobody saw the statements that ran.
Renames = Optional[Dict[str, Any]]
#: ``Renames`` if nothing was renamed.
NOTHING_RENAMED: Dict[str, Any] = {"tables": {}, "columns": {}, "rebuilt": []}


class Lineage(Protocol):
    """Follows the names of the tables and columns of one database, from the moment when it is
    created. Each ``connection`` is the driver's own, not Django's."""

    name: str

    def before(self, connection: Any) -> None:
        """Called before a statement that may change names."""

    def after(self, connection: Any, sql: str, done: bool = True) -> None:
        """Called after a statement that may change names. ``done`` is false if it failed."""

    def settle(self, connection: Any) -> None:
        """Bring the names up to date after open transactions were rolled back. The connection is a
        new one."""

    def renames(self) -> Dict[str, Any]:
        """Where the old names are now: ``tables`` {old: new or null}, ``columns`` {old table: {old:
        new or null}} and ``rebuilt``, the tables whose columns are all listed. A name that is not
        listed is unchanged."""


class Watch(Protocol):
    """Measures the locks of one migration, from its start."""

    def after(self, sql: str, began: float) -> None:
        """Called after each statement, even if it failed. ``began`` is when the statement began
        (``time.perf_counter``)."""

    def end(self) -> Dict[str, Any]:
        """End the measurement, because the migration has ended. Returns ``locks`` and ``grew``, as
        ``facts.locks`` has them."""


class Engine(Protocol):
    """One kind of database. It keeps no state. Only ``scratch`` and ``keep`` make a database; no
    other method writes to a database.

    Unless a method says otherwise, the driver's own exceptions (``error``) pass through: call it
    within ``measuring``.
    """

    @property
    def vendor(self) -> str:
        """Django's word for this kind of database, as in ``connection.vendor``."""

    @property
    def where(self) -> str:
        """Where a copy of a database is, as in ``"a copy of it in a SQLite file"``."""

    @property
    def backend(self) -> str:
        """Django's module that is imported before any project is: every project on this engine
        needs it. ``""`` if that would load a driver that takes long to import, or may be
        missing."""

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
        """The driver's error in one line, if the copy's server forbids or lacks something that the
        original's server may allow or have. ``""`` for all other errors."""

    def unknown(self, error: BaseException) -> str:
        """The driver's error in one line, if a statement names something that is not in the
        database and that a copy may lack. ``""`` for all other errors."""

    def bring(self) -> None:
        """Import what a project on this engine needs, so that forks of this process have it. What
        every project needs (``backend``) is imported without this method."""

    def version(self) -> str:
        """The engine's name and version in words, as in ``"SQLite 3.45.1"``. It makes no
        connection: for a server, this is the driver's version."""

    def runs(self, engine: str) -> bool:
        """Whether ``engine``, the backend module that ``ENGINE`` in Django's ``DATABASES`` names,
        uses this kind of database."""

    # -- settings and connections

    def full_name(self, database: Dict[str, Any]) -> str:
        """The database that an entry of ``DATABASES`` means, as text that means the same in another
        process and folder, without a password; ``""`` for a database that ends with its
        connection."""

    def password(self, database: Dict[str, Any]) -> str:
        """The password that this entry has, or ``""``."""

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Change one entry of ``DATABASES`` so that all its connections lead to the copy and
        nowhere else: its name, its host, and all options that would override these."""

    def other(self, database: Dict[str, Any], handle: str) -> Optional[str]:
        """The name of the database that this entry means, if it is another one than the handle's;
        otherwise ``None``."""

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
        """The mark, with what miglab's own process needs to tell that nobody has used the database
        since. It is the last question within ``together``. ``None`` if that cannot be told, or if
        looking again is just as quick."""

    def hear_mark(self, handle: str, told: Any) -> Any:
        """The mark as ``mark`` would return it, made from ``told``, what miglab's own process says
        about it (``databases.Engine.for_agent``)."""

    def take(self, connection: Any, handle: str) -> None:
        """Close Django's connection to this database, which nobody needs any more. The engine may
        keep the driver's connection open for the next request."""

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """What is in the database: ``record`` (``exists``, and ``keys`` as ``[app label, name]`` in
        the order of their ids), ``tables`` (the catalogue, as ``facts.schema`` describes it) and
        ``rows`` (how many each table has); or ``{"unreadable": reason}``. All three are empty if
        there is no database. ``own`` is an alias of a project that is set up in this process: what
        miglab's own connection cannot read may be read by a new connection of that alias."""

    def read_tables(self, handle: str) -> Dict[str, Any]:
        """Only the ``tables`` of ``read``, for an existing database."""

    def scratch(self, connection: Any, handle: str) -> ContextManager[Any]:
        """A connection to an empty database that is dropped at the end, with the class and the
        settings of Django's connection to the handle's database. Drift is found by making the
        models' tables in it."""

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue of a scratch database, in the shape of ``read_tables``."""

    # -- the line before post_migrate

    def make_way(self, connection: Any, handle: str) -> None:
        """Make sure that Django's connection does not keep this database from being copied. If it
        is closed for this, Django opens it again when it needs it.

        Raises:
            Unmeasured: the database cannot be copied at this moment.
        """

    def keep(self, handle: str, name: str) -> str:
        """Copy an existing database as it is at this moment, and return the copy's handle. Nobody
        else may write to it meanwhile. The copy is named after ``name``, the path of a file in the
        lab's own folder that does not exist. An older copy of that name is replaced."""

    def forget(self, handle: str) -> None:
        """Remove a copy that ``keep`` made."""

    def can_reopen(self, connection: Any) -> bool:
        """Whether Django's open connection can be closed and opened again without a difference: it
        has no transaction, no temporary tables and no other database open."""

    def exchange(self, handle: str, kept: str) -> None:
        """Swap a database with the copy that ``keep`` made of it, so that each has the other's
        handle. Nobody may be connected to either."""

    # -- names

    def may_rename(self, text: str) -> bool:
        """Whether a statement may change names, or fill a table from another. This is called before
        each statement of the project, so it only looks at the text."""

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """Begin to follow the names in the database of Django's open connection. ``old`` is a copy
        of the database as it is now, if there is one.

        Raises:
            Engine.error: the catalogue cannot be read.
        """

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """Begin to measure the locks of a migration on Django's connection; ``None`` if the engine
        does not lock single tables. If ``atomic`` is true, the migration is undone as a whole if it
        fails. If ``lasting`` is true, locks are held as long as on a server that waits for the
        disk.

        Raises:
            Engine.error: the catalogue cannot be read.
        """

    def settle(self, lineage: Lineage, handle: str) -> None:
        """Bring ``lineage`` up to date when all connections are closed, and open transactions in
        this database have been rolled back.

        Raises:
            Engine.error: the catalogue cannot be read.
        """

    def fold(self, name: str) -> str:
        """A form of a name that is the same for all names that the engine treats as equal."""

    def folded(self, text: str) -> str:
        """A form of SQL from the engine's catalogue that is the same however the SQL is written."""

    def alike(self, kind: str, other: str) -> bool:
        """Whether the engine treats two declared types of a column as the same."""

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
        compared exactly as they are stored. Memory does not grow with the rows: samples have at
        most five rows. If a table cannot be compared, that is noted (``common.measuring``) and its
        entry says why. ``own`` is as in ``read``."""

    def compare_all(
        self,
        old: Dict[str, Optional[str]],
        new: Dict[str, str],
        renames: Dict[str, Renames],
        own: bool,
    ) -> List[Dict[str, Any]]:
        """Call ``compare`` for each alias that has an old copy, and add ``database`` to each entry.
        A database with two aliases is compared once. If ``own`` is true, the project's own
        connections may be used to read, too."""

    def not_back(self, request: Dict[str, Any], own: bool) -> List[Dict[str, Any]]:
        """How much of what was lost from ``old`` to ``new`` is missing in ``back`` too. ``tables``
        lists ``[alias, table, whether rows went, columns]``, by old names. For each, an entry with
        ``database``, ``table``, the number of ``rows``, and ``columns``: column → number of
        values."""

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """Everything that ``table`` lost from ``old`` to ``new`` (``""`` if there is no new
        database): its rows or, if the request has ``column``, the values of that column. Returns
        the first ``limit`` of them, as ``columns``, ``rows`` and ``total``. If the request has
        ``to``, it writes all of them to that CSV file and returns ``None``.

        Raises:
            OSError: the file cannot be written.
        """
