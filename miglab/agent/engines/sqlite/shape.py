"""What the shape of a table tells: its key, the two tables that an automatic many-to-many table
joins, and the parent table that its rows extend."""

from __future__ import annotations

import sqlite3
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ...common import known
from . import created
from .sql import fold
from .tables import quote


class Shape(NamedTuple):
    """The columns that hold stored values, in order, with their declared types; and those of the
    primary key, in its order."""

    types: Dict[str, str]
    key: List[str]


def shape_of(connection: sqlite3.Connection, schema: str, table: str) -> Shape:
    """The shape of a table."""
    sql = "PRAGMA %s.table_xinfo(%s)" % (schema, quote(table))
    rows = connection.execute(sql).fetchall()
    types = {row[1]: row[2] for row in rows if row[6] == 0}
    key = [name for _, name in sorted((row[5], row[1]) for row in rows if row[5])]
    if not key and types and _is_rtree(connection, schema, table):
        # No PRAGMA says so: "the first column is always a 64-bit signed integer primary key"
        # (https://sqlite.org/rtree.html).
        key = [next(iter(types))]
    return Shape(types, key)


def _is_rtree(connection: sqlite3.Connection, schema: str, table: str) -> bool:
    sql = connection.execute(
        "SELECT sql FROM %s.sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
        % schema,
        (table,),
    ).fetchone()
    made = created.virtual(sql[0] or "") if sql else None
    return made is not None and made[0] in ("rtree", "rtree_i32")


def foreign_pair(
    connection: sqlite3.Connection, schema: str, table: str, shape: Shape, named: bool
) -> Optional[List[str]]:
    """The two foreign keys of an automatic many-to-many table; ``None`` for any other table. Such a
    table has a number of its own and two foreign keys, which are unique together
    (``create_many_to_many_intermediary_model``). Its name begins with that of a table it points at,
    or the models name it (``named``). No other table points at it: a table of that shape with a
    model of its own is not meant."""
    names = list(shape.types)
    if len(names) != 3 or shape.key != names[:1]:
        return None
    keys = _foreign_keys(connection, schema, table)
    pair = sorted(map(fold, names[1:]))
    if sorted(fold(row[3]) for row in keys) != pair:
        return None
    if not named and not any(fold(table).startswith(fold(row[2]) + "_") for row in keys):
        return None
    quoted = quote(table)
    for row in connection.execute("PRAGMA %s.index_list(%s)" % (schema, quoted)).fetchall():
        info = connection.execute("PRAGMA %s.index_info(%s)" % (schema, quote(row[1]))).fetchall()
        if row[2] and sorted(fold(each[2] or "") for each in info) == pair:
            return None if _is_pointed_at(connection, schema, table) else names[1:]
    return None


def _is_pointed_at(connection: sqlite3.Connection, schema: str, table: str) -> bool:
    """Whether another table has a foreign key to this one."""
    named = connection.execute(
        "SELECT name FROM %s.sqlite_master WHERE type = 'table' AND name <> ? "
        "AND instr(lower(sql), lower(?))" % schema,
        (table, table.replace('"', '""')),
    ).fetchall()
    return any(
        fold(row[2]) == fold(table)
        for (name,) in named
        for row in _foreign_keys(connection, schema, name)
    )


def parent_link(
    connection: sqlite3.Connection, schema: str, table: str, key: List[str]
) -> Optional[Tuple[str, str, str]]:
    """How the table of a model extends that of a parent model; ``None`` if it does not. Three
    names: its column that is both its ``key`` and a foreign key to the parent's table, that table,
    and the column it points at. Django names the first column after the parent (``place_ptr_id``).
    If somebody else named it, the models say which one it is."""
    if len(key) != 1:
        return None
    told = {(fold(its), fold(column)) for its, column in known.parent_links.items()}
    if not fold(key[0]).endswith("_ptr_id") and (fold(table), fold(key[0])) not in told:
        return None
    for row in _foreign_keys(connection, schema, table):
        if fold(row[3]) == fold(key[0]):
            target = row[4] or (shape_of(connection, schema, row[2]).key or [""])[0]
            return key[0], row[2], target
    return None


def _foreign_keys(connection: sqlite3.Connection, schema: str, table: str) -> List[Any]:
    sql = "PRAGMA %s.foreign_key_list(%s)" % (schema, quote(table))
    return connection.execute(sql).fetchall()
