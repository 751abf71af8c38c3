"""The tables of a SQLite database at one moment, with their origins, and how a statement changes
them."""

from __future__ import annotations

import sqlite3
from typing import Dict, List, NamedTuple, Optional, Tuple

from . import created
from .sql import fold, tokens


class Table(NamedTuple):
    """A table as the catalogue has it: its name, the page where it begins, and its SQL."""

    name: str
    page: int
    sql: str


class Origin(NamedTuple):
    """Which table a table was at the beginning, and which column each of its columns was; all names
    are folded. If ``columns`` is ``None``, the columns are the same as then: most tables are never
    changed, and reading their SQL takes longer than the rest of a command."""

    table: str
    columns: Optional[Dict[str, str]] = None

    def of(self, table: Table) -> Dict[str, str]:
        """Column of this table → which column it was at the beginning."""
        if self.columns is None:
            return {each: each for each in columns_of(table)}
        return self.columns


class Fill(NamedTuple):
    """A table ``into`` that was filled from another one. ``columns`` maps the columns of the other
    table to those of ``into``."""

    into: str
    columns: Dict[str, str]


class Heir(NamedTuple):
    """A table that was filled from one that is now dropped, and may take its place. ``origin`` is
    the name that the dropped table had at the beginning. ``was`` maps each column of the dropped
    table to the name that the column had at the beginning. The new table takes the place of the
    dropped one when it has one of ``names``. ``columns`` maps the dropped table's columns to those
    of the new one."""

    origin: str
    was: Dict[str, str]
    names: Tuple[str, ...]
    columns: Dict[str, str]


class State(NamedTuple):
    """The tables at one moment. ``version`` is SQLite's own number of the schema. The mappings have
    folded table names as keys; for ``fills``, the name of the table that is copied."""

    version: int
    tables: Dict[str, Table]
    origins: Dict[str, Origin]
    fills: Dict[str, Fill]
    heirs: Dict[str, Heir]


def version_of(connection: sqlite3.Connection) -> int:
    """SQLite's own number of the schema, which changes with it."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return int(cursor.execute("PRAGMA main.schema_version").fetchone()[0])


def read(connection: sqlite3.Connection) -> Tuple[int, Dict[str, Table]]:
    """The number of the schema, and the tables by their folded names."""
    cursor = connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        "SELECT name, rootpage, sql FROM main.sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    return version_of(connection), {
        fold(row[0]): Table(row[0], row[1], row[2] or "") for row in rows
    }


def spelled(table: Table) -> List[str]:
    """The names of a table's columns as they are written. Empty for a virtual table: only its
    module knows its columns."""
    if created.virtual(table.sql) is not None:
        return []
    return [each.name for each in created.table(table.sql).columns]


def columns_of(table: Table) -> List[str]:
    """The folded names of a table's columns."""
    return [fold(each) for each in spelled(table)]


def followed(was: State, version: int, tables: Dict[str, Table], word: str) -> State:
    """The state after one statement that began with this word, or after statements that were not
    seen."""
    gone = [name for name in was.tables if name not in tables]
    came = [name for name in tables if name not in was.tables]
    moved = {} if word in ("DROP", "CREATE") else _moved(was.tables, tables, gone, came)
    if word == "":
        moved.update(_by_page(was.tables, tables))
    origins: Dict[str, Origin] = {}
    old_name = {new: old for old, new in moved.items()}
    for name, table in tables.items():
        old = old_name.get(name, name if name not in moved and name in was.tables else None)
        if old is not None and old in was.origins:
            origins[name] = _altered(was.origins[old], was.tables[old], table)
    fills = {
        moved.get(source, source): Fill(moved.get(fill.into, fill.into), fill.columns)
        for source, fill in was.fills.items()
        if moved.get(source, source) in tables and moved.get(fill.into, fill.into) in tables
    }
    heirs = {moved.get(name, name): heir for name, heir in was.heirs.items()}
    heirs = {name: heir for name, heir in heirs.items() if name in tables}
    for name in gone:
        fill, origin = was.fills.get(name), was.origins.get(name)
        if name not in moved and fill and origin and fill.into in tables:
            names: Tuple[str, ...] = (name, origin.table)
            if _joins_two(was.tables[name]) and _joins_two(tables[fill.into]):
                # ``DatabaseSchemaEditor._alter_many_to_many``: it gets its new name at once.
                names += (fill.into,)
            was_of = origin.of(was.tables[name])
            heirs[fill.into] = Heir(origin.table, was_of, names, fill.columns)
    for name, heir in list(heirs.items()):
        if name in heir.names and name not in origins:
            there = set(columns_of(tables[name]))
            columns = {
                heir.columns[middle]: first
                for middle, first in heir.was.items()
                if heir.columns.get(middle) in there
            }
            origins[name] = Origin(heir.origin, columns)
            del heirs[name]
    return State(version, tables, origins, fills, heirs)


def _moved(
    was: Dict[str, Table], now: Dict[str, Table], gone: List[str], came: List[str]
) -> Dict[str, str]:
    """Old name → new name of each renamed table. A renamed table stays on its page. A virtual table
    has no page: it counts as renamed if one is gone and one is new."""
    pages = {now[name].page: name for name in came if now[name].page}
    moved = {name: pages[was[name].page] for name in gone if was[name].page in pages}
    moved = {o: n for o, n in moved.items() if len(columns_of(was[o])) == len(columns_of(now[n]))}
    virtual = [[e for e in names if not all_[e].page] for names, all_ in ((gone, was), (came, now))]
    if len(virtual[0]) == len(virtual[1]) == 1:
        moved[virtual[0][0]] = virtual[1][0]
    return moved


def _by_page(was: Dict[str, Table], now: Dict[str, Table]) -> Dict[str, str]:
    """Old name → new name of tables that took each other's names in statements that nobody saw."""
    pages = {table.page: name for name, table in now.items() if table.page}
    there = {name: pages.get(table.page, name) for name, table in was.items() if table.page}
    return {o: n for o, n in there.items() if o != n and columns_of(was[o]) == columns_of(now[n])}


def _joins_two(table: Table) -> bool:
    """Whether a table has the shape of an automatic many-to-many table."""
    columns, key, *_ = created.table(table.sql)
    references = [each for each in tokens(table.sql) if each.word == "REFERENCES"]
    return len(columns) == 3 and key == (columns[0].name,) and len(references) == 2


def _altered(origin: Origin, was: Table, now: Table) -> Origin:
    """The origin of a table that is still the same, but whose columns may have been renamed,
    dropped or added. A renamed column keeps its place."""
    if was.sql == now.sql:
        return origin
    old, new = columns_of(was), columns_of(now)
    in_place = was.page == now.page and len(old) == len(new)
    pairs = zip(old, new) if in_place else ((each, each) for each in old if each in new)
    known = origin.of(was)
    return Origin(origin.table, {n: known[o] for o, n in pairs if o in known})
