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
        """A file has no users."""
        return ""

    def unknown(self, error: BaseException) -> str:
        """A copy lacks nothing."""
        return ""

    def bring(self) -> None:
        """All of this room is imported already: labs are on it where nobody says otherwise."""

    def version(self) -> str:
        """The library's version."""
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
        """A file has none."""
        return ""

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Name the copy's file."""
        database["NAME"] = handle
        options = database.get("OPTIONS")
        if isinstance(options, dict):
            options.pop("uri", None)

    def other(self, database: Dict[str, Any], handle: str) -> Optional[str]:
        """The name of another file."""
        name = str(database["NAME"])
        if name != ":memory:" and os.path.realpath(name) == os.path.realpath(handle):
            return None
        return os.path.basename(name)

    def address(self, handle: str) -> str:
        """A file has none."""
        return ""

    def hold(self, may_open: MayOpen) -> None:
        """Ask before each ATTACH."""
        guarded.hold(may_open)

    def may_look_up(self, name: Any) -> bool:
        """C code opens files, and these are checked like all others."""
        return True

    def hurry(self, connection: Any) -> None:
        """A throwaway database need not outlive a power cut."""
        connection.connection.execute("PRAGMA synchronous = OFF")

    def together(self) -> ContextManager[None]:
        """A file is opened at once."""
        return contextlib.nullcontext()

    def exists(self, handle: str) -> bool:
        """Whether the file is there."""
        return os.path.exists(handle)

    def mark(self, handle: str) -> Any:
        """The file's change counter, times and size."""
        return catalogue.mark(handle)

    def last_mark(self, handle: str) -> Any:
        """It is as quick to look again."""
        return None

    def hear_mark(self, handle: str, told: Any) -> Any:
        """As it is."""
        return told

    def take(self, connection: Any, handle: str) -> None:
        """It is closed."""
        connection.close()

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """Record, catalogue and row counts."""
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
        """The catalogue."""
        connection = connect(handle)
        try:
            return tables.read_tables(connection)
        finally:
            connection.close()

    @contextlib.contextmanager
    def scratch(self, connection: Any, handle: str) -> Iterator[Any]:
        """A database in memory."""
        settings = dict(connection.settings_dict, NAME=":memory:")
        scratch = type(connection)(settings, connection.alias)
        try:
            yield scratch
        finally:
            scratch.close()

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue."""
        return tables.read_tables(connection.connection)

    def make_way(self, connection: Any, handle: str) -> None:
        """A copy waits for nobody."""

    def keep(self, handle: str, name: str) -> str:
        """Copy the file."""
        copy = name + ".line"
        catalogue.keep(handle, copy)
        return copy

    def forget(self, handle: str) -> None:
        """Remove the file."""
        os.remove(handle)

    def can_reopen(self, connection: Any) -> bool:
        """By SQLite's own lists."""
        driver = connection.connection
        if connection.in_atomic_block or driver.in_transaction:
            return False
        temporary = driver.execute("SELECT count(*) FROM sqlite_temp_master").fetchone()[0]
        opened = [row[1] for row in driver.execute("PRAGMA database_list").fetchall()]
        return not temporary and {*opened} <= {"main", "temp"}

    def exchange(self, handle: str, kept: str) -> None:
        """Both are renamed, with what lies beside them."""
        between = kept + ".between"
        for old, new in ((handle, between), (kept, handle), (between, kept)):
            for ending in ("", *self.sidecars):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(old + ending, new + ending)

    def fold(self, name: str) -> str:
        """The case of ASCII letters does not matter."""
        return sql.fold(name)

    def folded(self, text: str) -> str:
        """Spaces and quotes around names do not matter either."""
        return sql.folded(text)

    def alike(self, kind: str, other: str) -> bool:
        """All integers are stored alike: Django leaves a column that points at a key as it was when
        the key grows from one to another."""
        return kind == other or {kind.lower(), other.lower()} <= _INTEGERS

    def made(self, text: str) -> Iterator[Tuple[str, str, str]]:
        """As SQLite reads SQL."""
        return made(sql.tokens(text))

    def may_rename(self, text: str) -> bool:
        """By the first words."""
        return SQLiteLineage.concerns(text)

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """From the catalogue as it is now."""
        return SQLiteLineage(connection.connection, str(connection.settings_dict["NAME"]))

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """A file is locked as a whole."""
        return None

    def settle(self, lineage: Lineage, handle: str) -> None:
        """By the catalogue's version."""
        connection = connect(handle)
        try:
            lineage.settle(connection)
        finally:
            connection.close()

    def compare(
        self, old: str, new: str, renames: Renames, own: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """Both files are attached."""
        opening = None if own is None else functools.partial(connection_to_nothing, own)
        return rows.compare(old, new, renames, own=opening)

    def compare_all(
        self,
        old: Dict[str, Optional[str]],
        new: Dict[str, str],
        renames: Dict[str, Renames],
        own: bool,
    ) -> List[Dict[str, Any]]:
        """File by file."""
        return rows.compare_all(old, new, renames, connection_to_nothing if own else None)

    def not_back(self, request: Dict[str, Any], own: bool) -> List[Dict[str, Any]]:
        """All three files are attached."""
        return lost.not_back(request, connection_to_nothing if own else None)

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """Both files are attached."""
        return lost.list_lost(request, connection_to_nothing if own else None)
