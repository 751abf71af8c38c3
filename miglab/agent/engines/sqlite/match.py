"""Finds what each table and column of an old database has become: by what ran, where somebody saw
it, else by what is stored in them."""

from __future__ import annotations

import sqlite3
from typing import Any, Dict, Iterator, List, Optional

from .catalogue import quote, table_names
from .pair import Pair, primary_key, types

#: Django's own bookkeeping: it is told elsewhere, as the record.
BOOKKEEPING = ("django_migrations",)

#: What ``Trace.renames`` gives where nothing was renamed.
NOTHING_RENAMED: Dict[str, Any] = {"tables": {}, "columns": {}, "rebuilt": []}

Renames = Optional[Dict[str, Any]]


def pairs(connection: sqlite3.Connection, renames: Renames) -> Iterator[Pair]:
    """Each old table with the one that it is now."""
    before, after = table_names(connection, "old"), table_names(connection)
    guessing = renames is None
    if renames is None:
        renames = {**NOTHING_RENAMED, "tables": _guess_tables(connection, before, after)}
    taken = {renames["tables"].get(table, table) for table in before}
    for table in before:
        if table in BOOKKEEPING:
            continue
        now: Optional[str] = renames["tables"].get(table, table)
        known, kept = renames["columns"].get(table, {}), table not in renames["rebuilt"]
        if now is None and table in after and table not in taken:
            # Dropped and made anew: compared by what is in it.
            now, known, kept = table, {}, True
        if now not in after:
            now = None
        columns: Dict[str, Optional[str]] = {}
        if now is not None:
            for name in types(connection, "old", table):
                columns[name] = known.get(name, name if kept else None)
            # A column that was dropped and made anew is compared by what is in it.
            anew = set(types(connection, "main", now)) - set(columns.values())
            for name, renamed in columns.items():
                columns[name] = name if renamed is None and name in anew else renamed
            if guessing:
                columns.update(_guess_columns(connection, table, now))
        yield Pair(connection, table, now, columns)


def _guess_tables(
    connection: sqlite3.Connection, before: List[str], after: List[str]
) -> Dict[str, str]:
    """Where nobody saw the statements: a table that is gone, and a new one that holds the same."""
    found: Dict[str, str] = {}
    for old in before:
        for new in after:
            if old in after or new in before or new in found.values():
                continue
            if len(types(connection, "old", old)) != len(types(connection, "main", new)):
                continue
            names = (quote(old), quote(new))
            counted = "SELECT (SELECT count(*) FROM old.%s), (SELECT count(*) FROM main.%s)"
            was, now = connection.execute(counted % names).fetchone()
            differ = "SELECT count(*) FROM (SELECT * FROM old.%s EXCEPT SELECT * FROM main.%s)"
            if was and was == now and not connection.execute(differ % names).fetchone()[0]:
                found[old] = new
                break
    return found


def _guess_columns(connection: sqlite3.Connection, table: str, now: str) -> Dict[str, str]:
    """The same for columns, row by row, by the primary key."""
    key = primary_key(connection, "old", table)
    if key is None or key != primary_key(connection, "main", now):
        return {}
    old, new = types(connection, "old", table), types(connection, "main", now)
    found: Dict[str, str] = {}
    for gone in (name for name in old if name not in new):
        for come in (name for name in new if name not in old and name not in found.values()):
            pair = Pair(connection, table, now, {**{name: name for name in key}, gone: come})
            if not pair.key:
                return {}
            told = connection.execute(
                "SELECT count(o.%s), coalesce(sum(%s), 0) %s WHERE NOT %s"
                % (quote(gone), pair.differs(gone), pair.join, pair.gone)
            ).fetchone()
            if told[0] and not told[1]:
                found[gone] = come
                break
    return found
