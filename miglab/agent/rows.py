"""Compares the rows of two SQLite databases where they lie: the old one is attached read-only.

Rows are matched by all columns of their primary key, through the renames that ran; a table whose
key does not last is compared whole, as a multiset. Values are compared with their stored type.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any, Dict, List, Optional

from .catalogue import connect, count_rows, primary_key, quote, table_names

SAMPLE = 5

#: Django's own bookkeeping. It is told elsewhere (the record), or is nobody's data.
BOOKKEEPING = ("django_migrations",)

#: Filled by ``post_migrate`` handlers after every ``migrate``.
BY_HANDLERS = ("django_content_type", "auth_permission")


def compare(old: str, new: str, renames: Optional[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """One entry for each table in which rows or values went, came or changed; none where the old
    file is no database. ``renames`` is what ``Trace.renames`` gives, or ``None`` where nobody saw
    what ran."""
    if not os.path.exists(new):
        return _everything_gone(old)
    connection = connect(new)
    try:
        connection.execute("ATTACH DATABASE ? AS old", (Path(old).as_uri() + "?mode=ro",))
        return _compare(connection, renames)
    except sqlite3.DatabaseError as error:
        if "file is not a database" in str(error):
            return []
        raise
    finally:
        connection.close()


def _everything_gone(old: str) -> List[Dict[str, Any]]:
    connection = connect(old)
    try:
        counts = count_rows(connection)
    finally:
        connection.close()
    entries = [_entry(name, None, number, 0, lost=number) for name, number in counts.items()]
    return [each for each in entries if each["lost"] and each["table"] not in BOOKKEEPING]


def _compare(
    connection: sqlite3.Connection, renames: Optional[Dict[str, Any]]
) -> List[Dict[str, Any]]:
    before, after = table_names(connection, "old"), table_names(connection)
    guessing = renames is None
    if renames is None:
        renames = {"tables": _guess_tables(connection, before, after), "columns": {}, "rebuilt": []}
    found = []
    for table in before:
        if table in BOOKKEEPING:
            continue
        now: Optional[str] = renames["tables"].get(table, table)
        if now not in after:
            now = None
        columns: Dict[str, Optional[str]] = {}
        if now is not None:
            known = renames["columns"].get(table, {})
            kept = table not in renames["rebuilt"]
            for name in _columns(connection, "old", table):
                columns[name] = known.get(name, name if kept else None)
            if guessing:
                columns.update(_guess_columns(connection, table, now))
        found.append(_one(connection, table, now, columns))
    taken = {each["now"] for each in found}
    for table in after:
        if table not in taken and table not in BOOKKEEPING:
            count = _count(connection, "main", table)
            found.append(_entry(table, table, 0, count, gained=count))
    return [each for each in found if _says_something(each)]


def _guess_tables(
    connection: sqlite3.Connection, before: List[str], after: List[str]
) -> Dict[str, str]:
    """Where nobody saw the statements: a table that is gone, and a new one that holds the same."""
    found: Dict[str, str] = {}
    for old in before:
        for new in after:
            if old in after or new in before or new in found.values():
                continue
            same = len(_columns(connection, "old", old)) == len(_columns(connection, "main", new))
            count = _count(connection, "old", old)
            if not same or not count or count != _count(connection, "main", new):
                continue
            differ = "SELECT count(*) FROM (SELECT * FROM old.%s EXCEPT SELECT * FROM main.%s)"
            if not _number(connection, differ % (quote(old), quote(new))):
                found[old] = new
                break
    return found


def _guess_columns(connection: sqlite3.Connection, table: str, now: str) -> Dict[str, str]:
    """The same for columns, row by row, by the primary key."""
    key = primary_key(connection, "old", table)
    if key is None or key != primary_key(connection, "main", now):
        return {}
    old, new = _columns(connection, "old", table), _columns(connection, "main", now)
    on = " AND ".join("o.%s IS n.%s" % (quote(name), quote(name)) for name in key)
    join = "FROM old.%s o JOIN main.%s n ON %s" % (quote(table), quote(now), on)
    found: Dict[str, str] = {}
    for gone in (name for name in old if name not in new):
        for come in (name for name in new if name not in old and name not in found.values()):
            differs = _differs("o." + quote(gone), "n." + quote(come))
            told = connection.execute(
                "SELECT count(o.%s), coalesce(sum(%s), 0) %s" % (quote(gone), differs, join)
            ).fetchone()
            if told[0] and not told[1]:
                found[gone] = come
                break
    return found


def _one(
    connection: sqlite3.Connection,
    table: str,
    now: Optional[str],
    columns: Dict[str, Optional[str]],
) -> Dict[str, Any]:
    count = _count(connection, "old", table)
    if now is None:
        entry = _entry(table, None, count, 0, lost=count)
        order = [quote(each) for each in primary_key(connection, "old", table) or ()]
        entry["lost_sample"] = _sample(connection, "SELECT * FROM old.%s" % quote(table), order)
        return entry
    entry = _entry(table, now, count, _count(connection, "main", now))
    present = _columns(connection, "main", now)
    kept = {old: new for old, new in columns.items() if new is not None and new in present}
    key = primary_key(connection, "old", table)
    new_key = primary_key(connection, "main", now)
    lasts = key is not None and [kept.get(name) for name in key] == new_key
    if key and lasts:
        # A key that is no INTEGER may hold NULL, and then it names no row.
        empty = " OR ".join("%s IS NULL" % quote(name) for name in key)
        source = "SELECT count(*) FROM old.%s WHERE %s" % (quote(table), empty)
        lasts = not _number(connection, source)
    if lasts:
        _by_key(connection, entry, table, now, kept, list(key or ()))
    else:
        _as_multisets(connection, entry, table, now, kept)
    for name in columns:
        if name not in kept:
            _dropped(connection, entry, table, name, list(key or ()))
    return entry


def _by_key(
    connection: sqlite3.Connection,
    entry: Dict[str, Any],
    table: str,
    now: str,
    kept: Dict[str, str],
    key: List[str],
) -> None:
    on = " AND ".join("o.%s IS n.%s" % (quote(name), quote(kept[name])) for name in key)
    join = "FROM old.%s o LEFT JOIN main.%s n ON %s" % (quote(table), quote(now), on)
    gone = "n.%s IS NULL" % quote(kept[key[0]])
    entry["lost"] = _number(connection, "SELECT count(*) %s WHERE %s" % (join, gone))
    if entry["lost"]:
        entry["lost_sample"] = _sample(
            connection, "SELECT o.* %s WHERE %s" % (join, gone), ["o." + quote(n) for n in key]
        )
    entry["gained"] = entry["after"] - (entry["before"] - entry["lost"])
    differ = {
        new: _differs("o." + quote(old), "n." + quote(new))
        for old, new in kept.items()
        if old not in key
    }
    if not differ:
        return
    sums = ", ".join("coalesce(sum(%s), 0)" % each for each in differ.values())
    either = " OR ".join(differ.values())
    row = connection.execute(
        "SELECT coalesce(sum(%s), 0), %s %s WHERE NOT %s" % (either, sums, join, gone)
    ).fetchone()
    entry["changed"] = row[0]
    entry["changed_columns"] = {name: number for name, number in zip(differ, row[1:]) if number}


def _as_multisets(
    connection: sqlite3.Connection,
    entry: Dict[str, Any],
    table: str,
    now: str,
    kept: Dict[str, str],
) -> None:
    entry["approximate"] = True
    old = ", ".join(quote(each) for each in kept)
    new = ", ".join(quote(each) for each in kept.values())
    if not kept:
        entry["lost"] = entry["before"]
        entry["gained"] = entry["after"]
        return
    template = (
        "SELECT coalesce(sum(a.n - coalesce(b.n, 0)), 0) FROM "
        "(SELECT {0}, count(*) n FROM {1} GROUP BY {0}) a LEFT JOIN "
        "(SELECT {2}, count(*) n FROM {3} GROUP BY {2}) b ON {4} WHERE a.n > coalesce(b.n, 0)"
    )
    names = (old, "old." + quote(table), new, "main." + quote(now))
    same = " AND ".join("a.%s IS b.%s" % (quote(o), quote(n)) for o, n in kept.items())
    entry["lost"] = _number(connection, template.format(*names, same))
    same = " AND ".join("a.%s IS b.%s" % (quote(n), quote(o)) for o, n in kept.items())
    entry["gained"] = _number(connection, template.format(new, names[3], old, names[1], same))


def _dropped(
    connection: sqlite3.Connection, entry: Dict[str, Any], table: str, name: str, key: List[str]
) -> None:
    source = "FROM old.%s WHERE %s IS NOT NULL" % (quote(table), quote(name))
    number = _number(connection, "SELECT count(*) " + source)
    if number:
        entry["lost_values"][name] = number
        shown = [*[each for each in key if each != name], name]
        entry["lost_values_sample"][name] = _sample(
            connection,
            "SELECT %s %s" % (", ".join(quote(each) for each in shown), source),
            [quote(each) for each in key],
        )


def _differs(old: str, new: str) -> str:
    return f"({old} IS NOT {new} OR typeof({old}) <> typeof({new}))"


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> List[str]:
    """The columns that hold stored values: generated ones never count."""
    rows = connection.execute("PRAGMA %s.table_xinfo(%s)" % (schema, quote(table)))
    return [row[1] for row in rows if row[6] == 0]


def _count(connection: sqlite3.Connection, schema: str, table: str) -> int:
    return _number(connection, "SELECT count(*) FROM %s.%s" % (schema, quote(table)))


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _sample(connection: sqlite3.Connection, sql: str, order: List[str]) -> List[Dict[str, Any]]:
    """The first rows of a query, in the order of these columns."""
    if order:
        sql += " ORDER BY " + ", ".join(order)
    cursor = connection.execute(sql + " LIMIT %d" % SAMPLE)
    names = [each[0] for each in cursor.description]
    return [
        {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in zip(names, row)
        }
        for row in cursor
    ]


def _entry(
    table: str, now: Optional[str], before: int, after: int, lost: int = 0, gained: int = 0
) -> Dict[str, Any]:
    return {
        "table": table,
        "now": now,
        "before": before,
        "after": after,
        "lost": lost,
        "gained": gained,
        "changed": 0,
        "changed_columns": {},
        "lost_values": {},
        "lost_sample": [],
        "lost_values_sample": {},
        "by_handlers": table in BY_HANDLERS,
        "approximate": False,
    }


def _says_something(entry: Dict[str, Any]) -> bool:
    return bool(entry["lost"] or entry["gained"] or entry["changed"] or entry["lost_values"])
