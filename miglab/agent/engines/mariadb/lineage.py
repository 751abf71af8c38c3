"""Follows the tables and columns of a database through statements. The server has no number that a
table or a column keeps, so new names are read from the statements, and everything else from the
catalogue afterwards."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional

from .drivers import rows
from .opening import literal
from .sql import Change, changes

#: A table's columns, each with what it was called at the beginning, or ``None`` for a new one.
Columns = Dict[str, Optional[str]]


class _Table:
    """A table as it is now. ``first`` is what it was called at the beginning, or ``None`` if it was
    not there."""

    def __init__(self, first: Optional[str], columns: Columns) -> None:
        self.first, self.columns = first, columns


class Lineage:
    """Follows the tables of one database from the moment when this object is created. ``name`` is
    the name of the database."""

    def __init__(self, connection: Any, name: str) -> None:
        self.name = name
        self.first = read(connection, name)
        self.now = {
            table: _Table(table, {each: each for each in columns})
            for table, columns in self.first.items()
        }

    def before(self, connection: Any) -> None:
        """Nothing to do: see ``after``."""

    def after(self, connection: Any, sql: str, done: bool = True) -> None:
        """Follow the renames of a statement that has run. If it failed, none are followed, although
        some of several statements may have run: tables with new names then count as new."""
        found = list(changes(sql, self.name))
        touched = {each for change in found for each in (change.table, change.now) if each}
        if not touched:
            return
        if done:
            for change in found:
                self._take(change)
        there = read(connection, self.name, touched)
        for table in touched:
            if table in there:
                self._is(table, there[table])
            else:
                self.now.pop(table, None)

    def settle(self, connection: Any) -> None:
        """Bring the names up to date from the catalogue. Changes that were not seen are never
        renames: a table is gone, or it is new."""
        there = read(connection, self.name)
        for table in [each for each in self.now if each not in there]:
            del self.now[table]
        for table, columns in there.items():
            self._is(table, columns)

    def _take(self, change: Change) -> None:
        """Note a change that a statement has made."""
        was = self.now.pop(change.table, None)
        if was is None or change.now is None:
            return
        self.now[change.now] = was
        # The case of a column's letters says nothing to the server.
        old, found = {name.lower(): now for name, now in change.columns}, {}
        for name, first in was.columns.items():
            now = old.get(name.lower(), name)
            if now is not None:
                found[now] = first
        was.columns = found

    def _is(self, name: str, columns: List[str]) -> None:
        """Note that a table has these columns now."""
        table = self.now.setdefault(name, _Table(None, {}))
        table.columns = {each: table.columns.get(each) for each in columns}

    def renames(self) -> Dict[str, Any]:
        """See ``engine.Lineage``. Of a table, only the columns that changed are listed."""
        now_of = {each.first: name for name, each in self.now.items() if each.first is not None}
        tables: Dict[str, Any] = {}
        columns: Dict[str, Dict[str, Any]] = {}
        for table, names in self.first.items():
            now = now_of.get(table)
            if now is None:
                tables[table] = None
                continue
            if now != table:
                tables[table] = now
            where = {was: each for each, was in self.now[now].columns.items()}
            changed = {each: where.get(each) for each in names if where.get(each) != each}
            if changed:
                columns[table] = changed
        return {"tables": tables, "columns": columns, "rebuilt": []}


def read(
    connection: Any, name: str, tables: Optional[Iterable[str]] = None
) -> Dict[str, List[str]]:
    """The columns of each of these tables that exists, or of all tables."""
    sql = (
        "SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS "
        "WHERE TABLE_SCHEMA = %s%s ORDER BY TABLE_NAME, ORDINAL_POSITION"
    )
    some = ""
    if tables is not None:
        some = " AND TABLE_NAME IN (%s)" % ", ".join(map(literal, sorted(tables)))
    found: Dict[str, List[str]] = {}
    for table, column in rows(connection, sql % (literal(name), some)):
        found.setdefault(table, []).append(column)
    return found
