"""Follows the tables and columns of a database: a table keeps its number and a column its place,
whatever they are called. So the statements that ran need not be read."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, List, NamedTuple, Optional

from .opening import at_once, opened, rows
from .tables import SHOWN, TABLES


class Names(NamedTuple):
    """A table's name, and the names of its columns by their numbers."""

    name: str
    columns: Dict[int, str]


def read(connection: Any) -> Dict[int, Names]:
    """The names of all tables and of their columns, by the tables' numbers."""
    sql = (
        "SELECT c.oid::bigint, %s, array_agg(a.attnum::integer), array_agg(a.attname::text) "
        "FROM %s GROUP BY c.oid, n.nspname, c.relname"
    )
    joined = (
        "pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    )
    sources = TABLES.replace(" WHERE ", " LEFT JOIN %s WHERE " % joined, 1)
    return {
        oid: Names(name, {number: one for number, one in zip(numbers, names) if number})
        for oid, name, numbers, names in rows(connection, sql % (SHOWN, sources))
    }


def _read_copy(handle: str) -> Dict[int, Names]:
    with opened(handle) as connection:
        return read(connection)


class Lineage:
    """Follows the tables of one database from the moment when this object is created. ``name`` is
    the name of the database. If there is an ``old`` copy from that moment, it is read at the end
    instead: a copy within the server has the same numbers."""

    def __init__(self, connection: Any, name: str, old: Optional[str] = None) -> None:
        self.name, self.old = name, old
        self.first = self.now = {} if old else read(connection)

    def before(self, connection: Any) -> None:
        """Nothing to do: see ``settle``."""

    def after(self, connection: Any, sql: str, done: bool = True) -> None:
        """Nothing to do: see ``settle``."""

    def settle(self, connection: Any) -> None:
        """Open transactions were rolled back, so read the names again."""
        if self.old is None:
            self.now = read(connection)
            return
        self.now, self.first = at_once(partial(read, connection), partial(_read_copy, self.old))
        self.old = None

    def renames(self) -> Dict[str, Any]:
        """See ``engine.Lineage``. Of a table, only the columns that changed are listed."""
        tables: Dict[str, Any] = {}
        columns: Dict[str, Dict[str, Any]] = {}
        rebuilt: List[str] = []
        for oid, was in self.first.items():
            now = self.now.get(oid)
            if now is None:
                tables[was.name] = None
                continue
            if now.name != was.name:
                tables[was.name] = now.name
            changed = {
                name: now.columns.get(number)
                for number, name in was.columns.items()
                if now.columns.get(number) != name
            }
            if changed:
                columns[was.name] = changed
        return {"tables": tables, "columns": columns, "rebuilt": rebuilt}
