"""Reads what a database really has, from its server's catalogue, without Django."""

from __future__ import annotations

import contextlib
from typing import Any, Collection, Dict, Iterable, List, Optional

from . import drivers
from .drivers import rows
from .opening import at_one_moment, connect_if_there, database, literal, quote
from .tables import TABLES, nothing, read_tables

#: Tables that are counted in one query.
_TOGETHER = 200
NO_RECORD = {"exists": False, "keys": []}


def read(handle: str) -> Dict[str, Any]:
    """``record``, ``tables`` and ``rows`` of the database, or ``{"unreadable": reason}``. A table
    whose rows cannot be read is not counted."""
    try:
        connection = connect_if_there(handle)
        if connection is None:
            return {"record": dict(NO_RECORD), "tables": nothing(), "rows": {}}
        try:
            name = database(handle)
            with at_one_moment(connection):
                return {
                    "record": read_record(connection, name),
                    "tables": read_tables(connection, name),
                    "rows": count_rows(connection, name),
                }
        finally:
            connection.close()
    except (drivers.error(), ImportError, OSError) as error:
        return {"unreadable": why(error)}


def why(error: BaseException) -> str:
    """An error in one line."""
    return "%s: %s" % (type(error).__name__, " ".join(str(error).split()))


def read_record(connection: Any, name: str) -> Dict[str, Any]:
    """The rows of ``django_migrations``, by id."""
    if "django_migrations" not in names(connection, name):
        return dict(NO_RECORD)
    sql = "SELECT app, name FROM %s.django_migrations ORDER BY id" % quote(name)
    return {"exists": True, "keys": [list(key) for key in rows(connection, sql)]}


def names(connection: Any, name: str) -> List[str]:
    """The tables of a database."""
    sql = "SELECT t.TABLE_NAME FROM %s ORDER BY 1" % (TABLES % literal(name))
    return [each for (each,) in rows(connection, sql)]


def count_rows(
    connection: Any, name: str, wanted: Optional[Collection[str]] = None
) -> Dict[str, int]:
    """The number of rows of each readable table, of those with these names or of all."""
    found: Dict[str, int] = {}
    known = [each for each in names(connection, name) if wanted is None or each in wanted]
    for start in range(0, len(known), _TOGETHER):
        some = known[start : start + _TOGETHER]
        try:
            found.update(_counted(connection, name, some))
        except drivers.error():
            for each in some:
                with contextlib.suppress(drivers.error()):
                    found.update(_counted(connection, name, [each]))
    return found


def _counted(connection: Any, name: str, some: Iterable[str]) -> Dict[str, int]:
    tables = list(some)
    sql = " UNION ALL ".join(
        "SELECT %d, count(*) FROM %s.%s" % (number, quote(name), quote(each))
        for number, each in enumerate(tables)
    )
    return {tables[number]: int(count) for number, count in rows(connection, sql)}
