"""Follows the tables and columns of a SQLite database through statements: where each comes from.

What a statement did is read from the catalogue, before and after it. Only two things are read from
the statement: whether it is an ALTER or a DROP, and from which table it fills another one. A table
that was filled from another, and takes its name when that is dropped, is that table built anew
(``DatabaseSchemaEditor._remake_table`` on SQLite); any other copy is a copy, but for one of a
many-to-many table, which Django renames so.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import created
from .sql import Token, after, first_word, fold, inside, is_sign, parts, tokens

#: Statements that change no name and fill no table from another.
_QUIET = ("SELECT", "UPDATE", "DELETE", "PRAGMA", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "END")
_FILLS = ("INSERT", "REPLACE", "CREATE", "WITH")
#: What may follow the tables of a SELECT.
_BEHIND = ("WHERE", "GROUP", "ORDER", "LIMIT")


class Table(NamedTuple):
    """A table as the catalogue has it: its name, the page where it begins, and its SQL."""

    name: str
    page: int
    sql: str


class Origin(NamedTuple):
    """Which table it was at the beginning, and which column each of its own was; all folded."""

    table: str
    columns: Dict[str, str]


class Fill(NamedTuple):
    """``into`` was filled from another table; ``columns`` maps the other's to its own."""

    into: str
    columns: Dict[str, str]


class Heir(NamedTuple):
    """A table that was filled from one that is gone, of this origin, and may take its name."""

    origin: Origin
    names: Tuple[str, ...]
    columns: Dict[str, str]


class State(NamedTuple):
    """A moment. ``version`` is SQLite's own number of the schema; the others go by folded names,
    ``fills`` by that of the table that is copied."""

    version: int
    tables: Dict[str, Table]
    origins: Dict[str, Origin]
    fills: Dict[str, Fill]
    heirs: Dict[str, Heir]


class Lineage:
    """The tables of one database since it was begun; ``name`` is the database's own."""

    def __init__(self, connection: sqlite3.Connection, name: str = "") -> None:
        self.name = name
        version, tables = _read(connection)
        origins = {
            name: Origin(name, {each: each for each in _columns(table)})
            for name, table in tables.items()
        }
        self.first = State(version, tables, origins, {}, {})
        self._states = [self.first]

    @property
    def now(self) -> State:
        return self._states[-1]

    @staticmethod
    def concerns(sql: str) -> bool:
        """Whether a statement may change names, or fill a table from another."""
        word = first_word(sql)
        if word in ("INSERT", "REPLACE"):
            return "SELECT" in sql.upper()
        return word not in _QUIET

    def before(self, connection: sqlite3.Connection) -> None:
        """A statement of those that concern will run."""
        self.settle(connection)
        if not connection.in_transaction:
            # Nothing that was done before can be rolled back any more.
            del self._states[:-1]

    def after(self, connection: sqlite3.Connection, sql: str) -> None:
        """It has run, or failed."""
        word = first_word(sql)
        if word == "ROLLBACK":
            self.settle(connection)
            return
        if _version(connection) != self.now.version:
            version, tables = _read(connection)
            self._states.append(_followed(self.now, version, tables, word))
        if word in _FILLS and "SELECT" in sql.upper():
            self._fill(sql)

    def settle(self, connection: sqlite3.Connection) -> None:
        """Notice what nobody saw: what was rolled back, or done past Django."""
        if _version(connection) == self.now.version:
            return
        version, tables = _read(connection)
        for place in range(len(self._states) - 1, -1, -1):
            if self._states[place][:2] == (version, tables):
                del self._states[place + 1 :]
                return
        self._states.append(_followed(self.now, version, tables, ""))

    def _fill(self, sql: str) -> None:
        found = _filled(sql, self.now.tables)
        if found is not None:
            source, fill = found
            self._states[-1] = self.now._replace(fills={**self.now.fills, source: fill})

    def renames(self) -> Dict[str, Any]:
        """Where the old names are now: ``tables`` {old: new or null}, ``columns``
        {old table: {old: new or null}}. A name that is not there kept its place, but for columns
        of ``rebuilt`` tables, which are all named."""
        now_of = {origin.table: name for name, origin in self.now.origins.items()}
        result: Dict[str, Any] = {"tables": {}, "columns": {}, "rebuilt": []}
        for folded_name, old in self.first.tables.items():
            place = now_of.get(folded_name)
            if place is None:
                result["tables"][old.name] = None
                continue
            now = self.now.tables[place]
            if now.name != old.name:
                result["tables"][old.name] = now.name
            if now.sql != old.sql and created.virtual(old.sql) is None:
                columns = self.now.origins[place].columns
                spelled = {fold(each): each for each in _spelled(now)}
                where = {was: spelled.get(each) for each, was in columns.items()}
                result["columns"][old.name] = {e: where.get(fold(e)) for e in _spelled(old)}
                result["rebuilt"].append(old.name)
        return result


def _version(connection: sqlite3.Connection) -> int:
    cursor = connection.cursor()
    cursor.row_factory = None
    return int(cursor.execute("PRAGMA main.schema_version").fetchone()[0])


def _read(connection: sqlite3.Connection) -> Tuple[int, Dict[str, Table]]:
    cursor = connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        "SELECT name, rootpage, sql FROM main.sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    ).fetchall()
    return _version(connection), {fold(row[0]): Table(row[0], row[1], row[2] or "") for row in rows}


def _spelled(table: Table) -> List[str]:
    """A table's columns; of a virtual one nobody can say without its module."""
    if created.virtual(table.sql) is not None:
        return []
    return [each.name for each in created.table(table.sql).columns]


def _columns(table: Table) -> List[str]:
    return [fold(each) for each in _spelled(table)]


def _followed(was: State, version: int, tables: Dict[str, Table], word: str) -> State:
    """The state behind one statement that began with this word, or behind some that nobody saw."""
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
            heirs[fill.into] = Heir(origin, names, fill.columns)
    for name, heir in list(heirs.items()):
        if name in heir.names and name not in origins:
            there = set(_columns(tables[name]))
            columns = {
                heir.columns[middle]: first
                for middle, first in heir.origin.columns.items()
                if heir.columns.get(middle) in there
            }
            origins[name] = Origin(heir.origin.table, columns)
            del heirs[name]
    return State(version, tables, origins, fills, heirs)


def _moved(
    was: Dict[str, Table], now: Dict[str, Table], gone: List[str], came: List[str]
) -> Dict[str, str]:
    """Old name → new: a renamed table stays on its page. A virtual one has none."""
    pages = {now[name].page: name for name in came if now[name].page}
    moved = {name: pages[was[name].page] for name in gone if was[name].page in pages}
    moved = {o: n for o, n in moved.items() if len(_columns(was[o])) == len(_columns(now[n]))}
    virtual = [[e for e in names if not all_[e].page] for names, all_ in ((gone, was), (came, now))]
    if len(virtual[0]) == len(virtual[1]) == 1:
        moved[virtual[0][0]] = virtual[1][0]
    return moved


def _by_page(was: Dict[str, Table], now: Dict[str, Table]) -> Dict[str, str]:
    """Among statements that nobody saw, tables that took each other's names."""
    pages = {table.page: name for name, table in now.items() if table.page}
    there = {name: pages.get(table.page, name) for name, table in was.items() if table.page}
    return {o: n for o, n in there.items() if o != n and _columns(was[o]) == _columns(now[n])}


def _joins_two(table: Table) -> bool:
    """Whether it has the shape of an automatic many-to-many table."""
    columns, key, *_ = created.table(table.sql)
    references = [each for each in tokens(table.sql) if each.word == "REFERENCES"]
    return len(columns) == 3 and key == (columns[0].name,) and len(references) == 2


def _altered(origin: Origin, was: Table, now: Table) -> Origin:
    """A table that is still the same, with columns that were renamed, dropped or added. A renamed
    column keeps its place."""
    if was.sql == now.sql:
        return origin
    old, new = _columns(was), _columns(now)
    in_place = was.page == now.page and len(old) == len(new)
    pairs = zip(old, new) if in_place else ((each, each) for each in old if each in new)
    return Origin(origin.table, {n: origin.columns[o] for o, n in pairs if o in origin.columns})


def _filled(sql: str, tables: Dict[str, Table]) -> Optional[Tuple[str, Fill]]:
    """From which table a statement fills another, and which of its columns goes into which:
    INSERT INTO … SELECT … FROM one table, or CREATE TABLE … AS SELECT."""
    found = tokens(sql)
    select = after(found, "SELECT")
    if select is None:
        return None
    end = _place(found, select, "FROM")
    if end is None:
        return None
    table, behind = _named(found, end + 1)
    if table is None or table not in tables or _joins(found[behind:]):
        return None
    place = after(found, "INTO") or after(found, "TABLE", "IF", "NOT", "EXISTS")
    place = place or after(found, "TABLE")
    if place is None or place >= select:
        return None
    into, behind = _named(found, place)
    if into is None or into not in tables or into == table:
        return None
    names = _columns(tables[into])
    if behind < len(found) and is_sign(found[behind], "("):
        names = [fold(each[0].name) for each in parts(inside(found, behind))]
    sources = _columns(tables[table])
    chosen: List[Optional[str]] = []
    for item in parts(found[select:end]):
        if is_sign(item[-1], "*"):
            chosen += sources
        else:
            chosen.append(_source(item, sources, names[len(chosen) : len(chosen) + 1]))
    columns: Dict[str, str] = {}
    for source, target in zip(chosen, names):
        if source is not None:
            columns.setdefault(source, target)
    return table, Fill(into, columns)


def _place(found: List[Token], start: int, word: str) -> Optional[int]:
    place = after(found[start:], word)
    return None if place is None else start + place - 1


def _named(found: List[Token], place: int) -> Tuple[Optional[str], int]:
    """The table that is named here, folded, without its schema; and the place behind it."""
    if place >= len(found) or not found[place].names:
        return None, place
    name = found[place]
    if place + 2 < len(found) and is_sign(found[place + 1], ".") and found[place + 2].names:
        place, name = place + 2, found[place + 2]
    return fold(name.name), place + 1


def _joins(rest: List[Token]) -> bool:
    """Whether more than one table is read."""
    ends = [end for end in (_place(rest, 0, word) for word in _BEHIND) if end is not None]
    first = rest[: min(ends, default=len(rest))]
    return any(is_sign(each, ",") for each in first) or after(rest, "JOIN") is not None


def _source(item: List[Token], sources: List[str], target: List[str]) -> Optional[str]:
    """The column that a value comes from: the only one that it names, or the one that is called
    like what it fills."""
    called = after(item, "AS")
    item = item if called is None else item[: called - 1]
    named = [
        fold(each.name)
        for place, each in enumerate(item)
        if each.kind in ("name", "word")
        and fold(each.name) in sources
        and not (place + 1 < len(item) and is_sign(item[place + 1], "("))
    ]
    if not named:
        return None
    return target[0] if target and target[0] in named else named[0]
