"""Reads the tables of a SQLite database from its own catalogue: columns, indexes, foreign keys and
checks; views and triggers.

PRAGMAs tell most of it (``table_xinfo`` shows generated columns, ``table_info`` does not). The rest
is read from the SQL that created a table. The tables in which a virtual table keeps its rows are
not listed as tables.
"""

from __future__ import annotations

import functools
import sqlite3
from collections import defaultdict
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from . import created
from .sql import fold

#: A CREATE TABLE that has one of these may say more than PRAGMAs tell.
_TELLING = ("COLLATE", "CHECK", "'", "--", "/*")
_DEFERRED = "DEFERRABLE INITIALLY DEFERRED"
#: Rows as PRAGMAs give them.
Rows = List[Tuple[Any, ...]]


class _Told(NamedTuple):
    """What PRAGMAs tell of one table: its columns, its foreign keys, and its indexes, each with its
    own columns."""

    columns: Rows
    keys: Rows
    indexes: List[Tuple[Tuple[Any, ...], Rows]]


def nothing() -> Dict[str, Any]:
    return {"tables": [], "views": {}, "triggers": {}}


def quote(name: str) -> str:
    """A name in quotes for SQL."""
    return '"%s"' % name.replace('"', '""')


def made(connection: sqlite3.Connection, schema: str = "main") -> Dict[str, str]:
    """All tables but SQLite's own, and the SQL by which they were created."""
    rows = connection.execute(
        "SELECT name, sql FROM %s.sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%%' ESCAPE '\\' ORDER BY name" % schema
    )
    return {name: sql or "" for name, sql in rows}


def hidden(connection: sqlite3.Connection, schema: str, known: Dict[str, str]) -> Dict[str, str]:
    """Of the ``known`` tables, those in which virtual tables keep their rows, each with the name of
    its virtual table. SQLite 3.37 and newer also knows the tables of loaded modules; their virtual
    table may be unknown (``""``)."""
    found = created.shadows(known)
    if sqlite3.sqlite_version_info >= (3, 37) and any(
        created.virtual(sql) is not None for sql in known.values() if _may_be_virtual(sql)
    ):
        for row in connection.execute("PRAGMA %s.table_list" % schema).fetchall():
            if row[0] == schema and row[2] == "shadow" and row[1] in known:
                found.setdefault(row[1], "")
    return found


def _may_be_virtual(sql: str) -> bool:
    return "VIRTUAL" in sql[:200].upper()


def table_names(connection: sqlite3.Connection, schema: str = "main") -> List[str]:
    """All tables but SQLite's own and those in which virtual ones keep their rows."""
    known = made(connection, schema)
    shadows = hidden(connection, schema, known)
    return [name for name in known if name not in shadows]


def derived(connection: sqlite3.Connection, schema: str) -> List[str]:
    """Virtual tables that only find what is stored elsewhere."""
    known = made(connection, schema)
    return [n for n, sql in known.items() if _may_be_virtual(sql) and created.is_derived(sql)]


def read_tables(connection: sqlite3.Connection, schema: str = "main") -> Dict[str, Any]:
    """Tables with columns, indexes, foreign keys and checks; views and triggers as SQL. A virtual
    table has ``by_module``: its columns come from its module."""
    result: Dict[str, Any] = nothing()
    known = made(connection, schema)
    shadows = hidden(connection, schema, known)
    rows = connection.execute(
        "SELECT type, name, sql FROM %s.sqlite_master WHERE type <> 'table' "
        "AND name NOT LIKE 'sqlite\\_%%' ESCAPE '\\' ORDER BY name" % schema
    ).fetchall()
    indexes = {name: sql or "" for kind, name, sql in rows if kind == "index"}
    at_once = _told_at_once(connection, schema)
    one_by_one = functools.partial(_told_of, connection, schema)
    tell = at_once.__getitem__ if at_once is not None else one_by_one
    for name, sql in known.items():
        if name not in shadows:
            result["tables"].append(_read(tell, name, sql, indexes))
    for kind, name, sql in rows:
        if kind in ("view", "trigger"):
            result[kind + "s"][name] = sql
    return result


def _read(
    tell: Callable[[str], _Told], name: str, sql: str, indexes: Dict[str, str]
) -> Dict[str, Any]:
    try:
        return _table(tell(name), name, sql, indexes)
    except sqlite3.Error as error:
        entry = {"name": name, "columns": [], "indexes": [], "foreign_keys": [], "checks": []}
        return {**entry, "unreadable": "%s: %s" % (type(error).__name__, error)}


def _told_at_once(connection: sqlite3.Connection, schema: str) -> Optional[Dict[str, _Told]]:
    """What PRAGMAs tell of every table, in three queries: asking each table and each index by
    itself takes half as long again. ``None`` if one cannot be read, which would hide all others, or
    if SQLite is older than 3.16 and has no such functions
    (https://sqlite.org/pragma.html#pragfunc)."""
    tables = "SELECT t.name, %%s FROM %s.sqlite_master AS t, %%s WHERE t.type = 'table'" % schema
    told: Dict[str, _Told] = defaultdict(lambda: _Told([], [], []))
    try:
        columns = "pragma_table_xinfo(t.name, '%s') AS p" % schema
        for name, *row in connection.execute(tables % ("p.*", columns)):
            told[name].columns.append(tuple(row))
        keys = "pragma_foreign_key_list(t.name, '%s') AS p" % schema
        for name, *row in connection.execute(tables % ("p.*", keys)):
            told[name].keys.append(tuple(row))
        indexes = "pragma_index_list(t.name, '%s') AS i, pragma_index_xinfo(i.name, '%s') AS p"
        indexes %= (schema, schema)
        for name, *row in connection.execute(tables % ("i.*, p.*", indexes)):
            index = tuple(row[:5])
            found = told[name].indexes
            if not found or found[-1][0] != index:
                found.append((index, []))
            found[-1][1].append(tuple(row[5:]))
    except sqlite3.Error:
        return None
    return told


def _told_of(connection: sqlite3.Connection, schema: str, name: str) -> _Told:
    """What PRAGMAs tell of this table.

    Raises:
        sqlite3.Error: it cannot be read.
    """

    def ask(pragma: str, of: str) -> Rows:
        return connection.execute("PRAGMA %s.%s(%s)" % (schema, pragma, quote(of))).fetchall()

    return _Told(
        ask("table_xinfo", name),
        ask("foreign_key_list", name),
        [(each, ask("index_xinfo", each[1])) for each in ask("index_list", name)],
    )


def _table(told: _Told, name: str, sql: str, indexes: Dict[str, str]) -> Dict[str, Any]:
    """The entry of one table. ``indexes`` maps the name of each index of the database to the SQL
    that created it."""
    rows = told.columns
    keys = _foreign_keys(told.keys)
    said = _said(sql, rows, keys)
    of_column = {fold(each.name): each for each in said.columns}
    columns = []
    for _, column, kind, not_null, default, key, how in rows:
        if how != 1:
            more = of_column.get(fold(column))
            columns.append(
                {
                    "name": column,
                    "type": kind,
                    "not_null": bool(not_null),
                    "default": default,
                    "key": key,
                    "generated": how in (2, 3),
                    "collation": _collation(more.collation if more else ""),
                    "counts_up": bool(more and more.counts_up),
                    "expression": more.expression if more and how in (2, 3) else None,
                    "stored": how == 3,
                }
            )
    for each in keys:
        each["deferred"] = tuple(map(fold, each["columns"])) in said.deferred
    return {
        "name": name,
        "columns": columns,
        "indexes": _indexes(told.indexes, indexes),
        "foreign_keys": keys,
        "checks": list(said.checks),
        "unreadable": "",
        "by_module": _may_be_virtual(sql) and created.virtual(sql) is not None,
    }


def _said(sql: str, rows: Rows, keys: List[Dict[str, Any]]) -> created.Created:
    """What the CREATE TABLE says. Most say so little that they need not be read word by word, which
    takes ten times as long as all the PRAGMAs."""
    upper = sql.upper()
    all_or_none = upper.count(_DEFERRED) in (0, len(keys)) and "NOT DEFERRABLE" not in upper
    counts_up = upper.count("AUTOINCREMENT")
    if any(each in upper for each in _TELLING) or not all_or_none or counts_up > 1:
        return created.table(sql)
    if any(row[6] for row in rows):
        return created.table(sql)
    if counts_up and "PRIMARY KEY AUTOINCREMENT" not in upper:
        return created.table(sql)
    columns = [created.Column(row[1], "", bool(counts_up and row[5]), None) for row in rows]
    deferred = [tuple(map(fold, each["columns"])) for each in keys] if _DEFERRED in upper else []
    return created.Created(tuple(columns), (), (), tuple(deferred))


def _collation(name: str) -> str:
    return "" if fold(name) == "binary" else name


def _foreign_keys(rows: Rows) -> List[Dict[str, Any]]:
    keys: Dict[int, Dict[str, Any]] = {}
    for row in rows:
        number, _, table, column, to_column, on_update, on_delete = row[:7]
        key = keys.setdefault(
            number,
            {
                "columns": [],
                "to_table": table,
                "to_columns": [],
                "on_delete": on_delete,
                "on_update": on_update,
            },
        )
        key["columns"].append(column)
        key["to_columns"].append(to_column or "")
    return sorted(keys.values(), key=str)


def _indexes(
    rows: List[Tuple[Tuple[Any, ...], Rows]], known: Dict[str, str]
) -> List[Dict[str, Any]]:
    found = []
    for (_, index, unique, origin, partial), info in rows:
        keyed = [row for row in info if row[5]]
        written: Tuple[List[str], Optional[str]] = ([], None)
        if index in known and (partial or any(row[1] == -2 for row in keyed)):
            written = created.index(known[index])
        expressions = [
            written[0][place] if row[1] == -2 and place < len(written[0]) else None
            for place, row in enumerate(keyed)
        ]
        found.append(
            {
                "name": index if origin == "c" else "",
                "columns": [row[2] for row in keyed],
                "unique": bool(unique),
                "where": written[1],
                "made_by": origin,
                "expressions": expressions,
                "orders": [_order(row) for row in keyed],
            }
        )
    return sorted(found, key=lambda each: (each["made_by"], each["name"], str(each)))


def _order(row: Any) -> str:
    """How a column of an index is sorted, in SQL; ``""`` if as usual. The text of an expression
    includes its order."""
    if row[1] == -2:
        return ""
    words = ["COLLATE %s" % row[4]] if _collation(row[4] or "") else []
    return " ".join([*words, "DESC"] if row[3] else words)
