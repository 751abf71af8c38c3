"""Reads what a database really has, from its own catalogue, without Django."""

from __future__ import annotations

import contextlib
from typing import Any, Collection, Dict, Iterable, List, Optional, Tuple

from . import drivers
from .opening import at_one_moment, attempt, opened_if_there, quote, rows
from .tables import SHOWN, TABLES, nothing, read_tables

#: Tables that are counted in one query.
_TOGETHER = 200
NO_RECORD = {"exists": False, "keys": []}


def read(handle: str) -> Dict[str, Any]:
    """``record``, ``tables`` and ``rows`` of the database, or ``{"unreadable": reason}``. A table
    whose rows cannot be read is not counted."""
    try:
        with opened_if_there(handle) as connection:
            if connection is None:
                return {"record": dict(NO_RECORD), "tables": nothing(), "rows": {}}
            with at_one_moment(connection):
                return {
                    "record": read_record(connection),
                    "tables": read_tables(connection),
                    "rows": count_rows(connection),
                }
    except (drivers.error(), ImportError) as error:
        return {"unreadable": why(error)}


def why(error: BaseException) -> str:
    """An error in one line."""
    return "%s: %s" % (type(error).__name__, " ".join(str(error).split()))


def read_record(connection: Any) -> Dict[str, Any]:
    """The rows of ``django_migrations``, by id."""
    found = rows(connection, "SELECT pg_catalog.to_regclass('django_migrations')::text")
    if found[0][0] is None:
        return dict(NO_RECORD)
    keys = rows(connection, "SELECT app, name FROM django_migrations ORDER BY id")
    return {"exists": True, "keys": [list(key) for key in keys]}


def places(connection: Any) -> List[Tuple[str, str]]:
    """The name of each table as people see it, and what follows ``FROM`` for its rows, without the
    rows of tables that inherit from it."""
    sql = "SELECT %s, n.nspname::text, c.relname::text, c.relkind::text FROM %s ORDER BY 1"
    return [
        (name, place(schema, table, kind))
        for name, schema, table, kind in rows(connection, sql % (SHOWN, TABLES))
    ]


def place(schema: str, table: str, kind: str) -> str:
    """What follows ``FROM`` for a table's own rows. A partitioned table goes without ``ONLY``,
    because its rows are in its partitions."""
    return "%s%s.%s" % ("" if kind == "p" else "ONLY ", quote(schema), quote(table))


def count_rows(connection: Any, names: Optional[Collection[str]] = None) -> Dict[str, int]:
    """The number of rows of each readable table, of those with these names or of all. Call it
    within ``opening.at_one_moment``."""
    found: Dict[str, int] = {}
    known = [each for each in places(connection) if names is None or each[0] in names]
    for start in range(0, len(known), _TOGETHER):
        some = known[start : start + _TOGETHER]
        try:
            with attempt(connection):
                found.update(_counted(connection, some))
        except drivers.error():
            for each in some:
                with contextlib.suppress(drivers.error()), attempt(connection):
                    found.update(_counted(connection, [each]))
    return found


def _counted(connection: Any, some: Iterable[Tuple[str, str]]) -> Dict[str, int]:
    named = list(some)
    sql = " UNION ALL ".join(
        "SELECT %d, count(*) FROM %s" % (number, source) for number, (_, source) in enumerate(named)
    )
    return {named[number][0]: count for number, count in rows(connection, sql)}
