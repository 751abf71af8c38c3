"""Reads the tables of a SQLite database as its own catalogue tells them: columns, indexes, foreign
keys and checks; views and triggers.

PRAGMAs tell most of it (``table_xinfo`` shows generated columns, ``table_info`` does not), and the
SQL by which it was created the rest. The tables in which a virtual table keeps its rows are not
listed as tables.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Dict, List, Optional, Tuple

from . import created
from .sql import fold

#: Whoever writes one of these in a CREATE TABLE has more to say than PRAGMAs tell.
_TELLING = ("COLLATE", "CHECK", "'", "--", "/*")
_DEFERRED = "DEFERRABLE INITIALLY DEFERRED"


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
    """The tables, of these, in which virtual ones keep their rows, with the virtual one's name; the
    modules that are loaded know theirs (SQLite 3.37 and newer)."""
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
    """Tables with columns, indexes, foreign keys and checks; views and triggers as SQL. The columns
    of a virtual table (``by_module``) come from its module."""
    result: Dict[str, Any] = nothing()
    known = made(connection, schema)
    shadows = hidden(connection, schema, known)
    rows = connection.execute(
        "SELECT type, name, sql FROM %s.sqlite_master WHERE type <> 'table' "
        "AND name NOT LIKE 'sqlite\\_%%' ESCAPE '\\' ORDER BY name" % schema
    ).fetchall()
    indexes = {name: sql or "" for kind, name, sql in rows if kind == "index"}
    for name, sql in known.items():
        if name not in shadows:
            result["tables"].append(_read(connection, schema, name, sql, indexes))
    for kind, name, sql in rows:
        if kind in ("view", "trigger"):
            result[kind + "s"][name] = sql
    return result


def _read(
    connection: sqlite3.Connection, schema: str, name: str, sql: str, indexes: Dict[str, str]
) -> Dict[str, Any]:
    try:
        return _table(connection, schema, name, sql, indexes)
    except sqlite3.Error as error:
        entry = {"name": name, "columns": [], "indexes": [], "foreign_keys": [], "checks": []}
        return {**entry, "unreadable": "%s: %s" % (type(error).__name__, error)}


def _table(
    connection: sqlite3.Connection, schema: str, name: str, sql: str, indexes: Dict[str, str]
) -> Dict[str, Any]:
    """One table; ``indexes`` are all of the database, by name, as they were created."""
    rows = connection.execute("PRAGMA %s.table_xinfo(%s)" % (schema, quote(name))).fetchall()
    keys = _foreign_keys(connection, schema, name)
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
        "indexes": _indexes(connection, schema, name, indexes),
        "foreign_keys": keys,
        "checks": list(said.checks),
        "unreadable": "",
        "by_module": _may_be_virtual(sql) and created.virtual(sql) is not None,
    }


def _said(sql: str, rows: List[Any], keys: List[Dict[str, Any]]) -> created.Created:
    """What the CREATE TABLE says; most say so little that nothing of it need be read word by
    word, which takes ten times as long as all the PRAGMAs."""
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


def _foreign_keys(connection: sqlite3.Connection, schema: str, name: str) -> List[Dict[str, Any]]:
    keys: Dict[int, Dict[str, Any]] = {}
    for row in connection.execute("PRAGMA %s.foreign_key_list(%s)" % (schema, quote(name))):
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
    connection: sqlite3.Connection, schema: str, name: str, known: Dict[str, str]
) -> List[Dict[str, Any]]:
    found = []
    rows = connection.execute("PRAGMA %s.index_list(%s)" % (schema, quote(name))).fetchall()
    for _, index, unique, origin, partial in rows:
        sql = "PRAGMA %s.index_xinfo(%s)" % (schema, quote(index))
        info = connection.execute(sql).fetchall()
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
    """How a column of an index is sorted, where not as usual; an expression says it itself."""
    if row[1] == -2:
        return ""
    words = ["COLLATE %s" % row[4]] if _collation(row[4] or "") else []
    return " ".join([*words, "DESC"] if row[3] else words)
