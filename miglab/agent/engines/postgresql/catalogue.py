"""Reads what a database really has, from its own catalogue, without Django, and whether anything
was written to it since."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Collection, Dict, Iterable, List, Optional, Tuple

from . import drivers
from .opening import at_one_moment, attempt, execute, opened_if_there, quote, rows
from .tables import SHOWN, TABLES, nothing, read_tables

#: For how long those who have closed their connection may take to be gone, in seconds.
_PATIENCE = 0.05
#: The first version that counts what a connection wrote when it ends, and not some time later.
_COUNTS_AT_ONCE = 150000
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
    """What follows ``FROM``: a partitioned table has its rows in its partitions."""
    return "%s%s.%s" % ("" if kind == "p" else "ONLY ", quote(schema), quote(table))


def count_rows(connection: Any, names: Optional[Collection[str]] = None) -> Dict[str, int]:
    """The number of rows of each readable table, of those with these names or of all. Within
    ``opening.at_one_moment``."""
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


# -- whether anything was written


def mark(handle: str) -> Any:
    """A value that changes whenever something is written; ``None`` if there is no database. Made of
    lists, so that it is the same after the wire.

    The server counts the rows that each database's connections write, those of its own catalogue
    included, but only when a connection ends: where one is open, what the whole server has written
    is in it as well. Sequences are written past all of this.
    """
    with opened_if_there(handle) as connection:
        if connection is None:
            return None
        try:
            return _mark(connection)
        except drivers.error() as error:
            if drivers.code(error) == "55P03":
                # Somebody holds a lock on a sequence: nobody can say what it was.
                return ("locked", time.monotonic_ns())
            raise


def _mark(connection: Any) -> Any:
    written, sequences, alone = _written(connection)
    sure = alone and drivers.server_version(connection) >= _COUNTS_AT_ONCE
    server: Tuple[Any, ...] = ()
    if not sure:
        (server,) = rows(
            connection,
            "SELECT (pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()))::text, "
            "pg_catalog.pg_current_wal_insert_lsn()::text",
        )
    return [written, _values(connection, sequences), *server]


def _written(connection: Any) -> Tuple[List[Any], List[str], bool]:
    """What closed connections have written, the sequences, and whether nobody else is connected;
    others get a moment to leave."""
    sql = (
        "SELECT d.oid::bigint, "
        "s.tup_inserted + s.tup_updated + s.tup_deleted, "
        "(SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid "
        "AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'), "
        "(SELECT coalesce(array_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname) "
        "ORDER BY c.oid), '{}') FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'S' AND c.relpersistence <> 't') "
        "FROM pg_catalog.pg_database d JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid "
        "WHERE d.datname = pg_catalog.current_database()"
    )
    end = time.monotonic() + _PATIENCE
    while True:
        oid, count, others, sequences = rows(connection, sql)[0]
        if not others or time.monotonic() > end:
            return [oid, str(count)], sequences, not others
        time.sleep(0.002)


def _values(connection: Any, sequences: List[str]) -> Any:
    """What they are at, unless somebody holds a lock on one of them."""
    if not sequences:
        return []
    execute(connection, "SET lock_timeout = '200ms'")
    sql = " UNION ALL ".join(
        "SELECT %d, last_value, is_called FROM %s" % (number, name)
        for number, name in enumerate(sequences)
    )
    try:
        return [list(row) for row in rows(connection, sql)]
    finally:
        execute(connection, "SET lock_timeout = 0")
