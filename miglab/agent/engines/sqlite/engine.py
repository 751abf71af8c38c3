"""SQLite as an engine: a handle is the path of a file, and this room's modules do what is asked."""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
from typing import Any, ContextManager, Dict, Iterator, List, Optional, Tuple

from ..engine import Lineage, MayOpen, Renames, Watch
from ..made import made
from . import catalogue, guarded, lost, rows, sql, tables
from .lineage import Lineage as SQLiteLineage
from .opening import connect
from .own import connection_to_nothing

_INTEGERS = {"integer", "bigint", "smallint"}


class SQLite:
    """See ``engine.Engine``."""

    vendor = "sqlite"
    where = "in a SQLite file"
    backend = "django.db.backends.sqlite3.base"
    sidecars = ("-journal", "-wal", "-shm")
    events = ("sqlite3.connect",)
    denial = "not authorized"
    scheme = ""
    creates_alone = True
    lines_last = False
    connecting = False
    can_fork = True
    plain_operations: Tuple[str, ...] = ()
    error = sqlite3.Error

    def refused(self, error: BaseException) -> str:
        """Always ``""``: a file has no users, so a copy forbids nothing that the original
        allows."""
        return ""

    def unknown(self, error: BaseException) -> str:
        """Always ``""``: a copy of a file lacks nothing."""
        return ""

    def bring(self) -> None:
        """Do nothing: all of this room is imported already, because labs use SQLite unless the user
        chooses another engine."""

    def version(self) -> str:
        """The version of the SQLite library, as in ``"SQLite 3.45.1"``."""
        return "SQLite %s" % sqlite3.sqlite_version

    def runs(self, engine: str) -> bool:
        """Whether a backend keeps its rows in a SQLite file."""
        return "sqlite" in engine.lower() or "spatialite" in engine.lower()

    def full_name(self, database: Dict[str, Any]) -> str:
        """The absolute path of the file; ``""`` for a database in memory."""
        name = str(database.get("NAME") or "")
        if name in ("", ":memory:") or "mode=memory" in name:
            return ""
        if name.startswith("file:"):
            from urllib.parse import unquote, urlsplit

            name = unquote(urlsplit(name).path)
        return os.path.abspath(name)

    def password(self, database: Dict[str, Any]) -> str:
        """Always ``""``: a file has no password."""
        return ""

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Make this entry of ``DATABASES`` name the copy's file."""
        database["NAME"] = handle
        options = database.get("OPTIONS")
        if isinstance(options, dict):
            options.pop("uri", None)

    def other(self, database: Dict[str, Any], handle: str) -> Optional[str]:
        """The base name of the file that this entry names, if it is not the copy's; otherwise
        ``None``."""
        name = str(database["NAME"])
        if name != ":memory:" and os.path.realpath(name) == os.path.realpath(handle):
            return None
        return os.path.basename(name)

    def address(self, handle: str) -> str:
        """Always ``""``: only a database on a server has an address."""
        return ""

    def hold(self, may_open: MayOpen) -> None:
        """From now on, ask ``may_open`` before each ATTACH."""
        guarded.hold(may_open)

    def may_look_up(self, name: Any) -> bool:
        """Always true: what a C function opens here is a file, which is checked like all others."""
        return True

    def hurry(self, connection: Any) -> None:
        """Switch ``synchronous`` off, because a throwaway database need not survive a power cut."""
        connection.connection.execute("PRAGMA synchronous = OFF")

    def together(self) -> ContextManager[None]:
        """A context that does nothing, because opening a file is fast."""
        return contextlib.nullcontext()

    def exists(self, handle: str) -> bool:
        """Whether the file is there."""
        return os.path.exists(handle)

    def mark(self, handle: str) -> Any:
        """The file's change counter, times and size."""
        return catalogue.mark(handle)

    def last_mark(self, handle: str) -> Any:
        """Always ``None``: looking again is just as quick."""
        return None

    def hear_mark(self, handle: str, told: Any) -> Any:
        """``told``, unchanged."""
        return told

    def take(self, connection: Any, handle: str) -> None:
        """Close Django's connection."""
        connection.close()

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """The record, the catalogue and the number of rows of each table. What miglab's own
        connection cannot read is read by a new one of the alias ``own``."""
        found = catalogue.read(handle)
        if own is not None and catalogue.hides_something(found):
            connection = connection_to_nothing(own)
            if connection is not None:
                try:
                    catalogue.read_again(found, handle, connection)
                finally:
                    connection.close()
        return found

    def read_tables(self, handle: str) -> Dict[str, Any]:
        """The catalogue of a database file."""
        connection = connect(handle)
        try:
            return tables.read_tables(connection)
        finally:
            connection.close()

    @contextlib.contextmanager
    def scratch(self, connection: Any, handle: str) -> Iterator[Any]:
        """A connection of Django's to an empty database in memory, with the class and the settings
        of ``connection``."""
        settings = dict(connection.settings_dict, NAME=":memory:")
        scratch = type(connection)(settings, connection.alias)
        try:
            yield scratch
        finally:
            scratch.close()

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue of a scratch database."""
        return tables.read_tables(connection.connection)

    def make_way(self, connection: Any, handle: str) -> None:
        """Do nothing: a file can be copied while connections to it are open."""

    def keep(self, handle: str, name: str) -> str:
        """Copy the database file, and return the path of the copy."""
        copy = name + ".line"
        catalogue.keep(handle, copy)
        return copy

    def forget(self, handle: str) -> None:
        """Remove a copy's file."""
        os.remove(handle)

    def can_reopen(self, connection: Any) -> bool:
        """Whether SQLite reports no open transaction, no temporary tables and no other attached
        database."""
        driver = connection.connection
        if connection.in_atomic_block or driver.in_transaction:
            return False
        temporary = driver.execute("SELECT count(*) FROM sqlite_temp_master").fetchone()[0]
        opened = [row[1] for row in driver.execute("PRAGMA database_list").fetchall()]
        return not temporary and {*opened} <= {"main", "temp"}

    def exchange(self, handle: str, kept: str) -> None:
        """Swap two database files by renaming them, together with the files beside them."""
        between = kept + ".between"
        for old, new in ((handle, between), (kept, handle), (between, kept)):
            for ending in ("", *self.sidecars):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(old + ending, new + ending)

    def fold(self, name: str) -> str:
        """A name in a form without the case of ASCII letters, which SQLite ignores."""
        return sql.fold(name)

    def folded(self, text: str) -> str:
        """SQL in a form without differences in spaces, comments, quotes around names and case."""
        return sql.folded(text)

    def alike(self, kind: str, other: str) -> bool:
        """Whether two declared types are the same. All integer types are: when Django changes a key
        from one to another, it leaves the columns that point at the key as they were."""
        return kind == other or {kind.lower(), other.lower()} <= _INTEGERS

    def made(self, text: str) -> Iterator[Tuple[str, str, str]]:
        """Each trigger and view that the SQL makes or drops, as SQLite reads SQL."""
        return made(sql.tokens(text))

    def may_rename(self, text: str) -> bool:
        """Whether a statement may change names, judged mainly by its first word."""
        return SQLiteLineage.concerns(text)

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """Begin to follow the names, from the catalogue as it is now."""
        return SQLiteLineage(connection.connection, str(connection.settings_dict["NAME"]))

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """Always ``None``: SQLite locks the whole file, not single tables."""
        return None

    def settle(self, lineage: Lineage, handle: str) -> None:
        """Bring ``lineage`` up to date, if the version of the schema has changed."""
        connection = connect(handle)
        try:
            lineage.settle(connection)
        finally:
            connection.close()

    def compare(
        self, old: str, new: str, renames: Renames, own: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """Compare two files, which are attached to one connection."""
        opening = None if own is None else functools.partial(connection_to_nothing, own)
        return rows.compare(old, new, renames, own=opening)

    def compare_all(
        self,
        old: Dict[str, Optional[str]],
        new: Dict[str, str],
        renames: Dict[str, Renames],
        own: bool,
    ) -> List[Dict[str, Any]]:
        """Compare the files of each alias, one alias after the other."""
        return rows.compare_all(old, new, renames, connection_to_nothing if own else None)

    def not_back(self, request: Dict[str, Any], own: bool) -> List[Dict[str, Any]]:
        """How much of what was lost is missing in a third file too. All three files are attached to
        one connection."""
        return lost.not_back(request, connection_to_nothing if own else None)

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """What a table lost from one file to the other. Both are attached to one connection."""
        return lost.list_lost(request, connection_to_nothing if own else None)
