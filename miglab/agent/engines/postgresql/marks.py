"""Tells whether anything was written to a database.

The server counts the rows that connections write to each database, including its own catalogue, but
only when a connection ends. If another connection is open, the mark also includes what the whole
server has written. Changes of sequences are not counted, so the mark has their values. A mark is
made of lists, so that it is the same after it was sent as JSON.
"""

from __future__ import annotations

import time
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import drivers
from .opening import opened_if_there, rows, times

#: How long to wait for closed connections to end, in seconds.
_PATIENCE = 0.05
#: The first version that counts what a connection wrote when it ends or is told to, and not some
#: time later.
COUNTS_AT_ONCE = 150000
_COUNT_NOW = "SELECT pg_catalog.pg_stat_force_next_flush()"
_COUNTED = (
    "SELECT d.oid::bigint, s.tup_inserted + s.tup_updated + s.tup_deleted, "
    "s.xact_commit, s.xact_rollback, "
    "(SELECT count(*) FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid "
    "AND a.pid <> pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend'), "
    "(SELECT coalesce(array_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname) "
    "ORDER BY c.oid), '{}') FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind = 'S' AND c.relpersistence <> 't') "
    "FROM pg_catalog.pg_database d JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid "
    "WHERE d.datname = pg_catalog.current_database()"
)


class Counted(NamedTuple):
    """What the server has counted of a database. ``written`` is the database's number and how many
    rows were written in it; ``ended`` is how many transactions were committed and rolled back;
    ``alone`` is whether nobody else is connected."""

    written: List[Any]
    ended: Tuple[int, int]
    sequences: List[str]
    alone: bool


class _Last(NamedTuple):
    """The last mark: how many times the database had been opened then, and how many transactions
    will have ended once that connection is closed."""

    times: int
    mark: Any
    ended: List[int]


_last: Dict[str, _Last] = {}


def mark(handle: str) -> Any:
    """See ``engine.Engine.mark``."""
    _last.pop(handle, None)
    with opened_if_there(handle) as connection:
        if connection is None:
            return None
        try:
            return _mark(connection, handle)
        except drivers.error() as error:
            if drivers.code(error) == "55P03":
                # Somebody holds a lock on a sequence: nobody can say what it was.
                return ("locked", time.monotonic_ns())
            raise


def last_mark(handle: str) -> Optional[Dict[str, Any]]:
    """See ``engine.Engine.last_mark``."""
    known = _last.get(handle)
    if known is None or known.times != times.get(handle):
        mark(handle)
        known = _last.get(handle)
    return None if known is None else {"mark": known.mark, "ended": known.ended}


def _mark(connection: Any, handle: str) -> Any:
    at_once = drivers.server_version(connection) >= COUNTS_AT_ONCE
    counted = _count(connection, at_once)
    commits, rollbacks = counted.ended
    values = _values(connection, counted.sequences)
    if at_once and counted.alone:
        found = [counted.written, values]
        # Ours that are not counted yet: the count itself, and the look at the sequences.
        ended = [commits + 1 + bool(counted.sequences), rollbacks]
        _last[handle] = _Last(times[handle], found, ended)
        return found
    (server,) = rows(
        connection,
        "SELECT (pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()))::text, "
        "pg_catalog.pg_current_wal_insert_lsn()::text",
    )
    return [counted.written, values, *server]


def _count(connection: Any, at_once: bool) -> Counted:
    """What the server has counted, after a short wait for other connections to end. If ``at_once``
    is true, what this connection itself did is counted, too."""
    end = time.monotonic() + _PATIENCE
    while True:
        if at_once:
            rows(connection, _COUNT_NOW)
        oid, count, commits, rollbacks, others, sequences = rows(connection, _COUNTED)[0]
        if not others or time.monotonic() > end:
            return Counted([oid, str(count)], (commits, rollbacks), sequences, not others)
        time.sleep(0.002)


def _values(connection: Any, sequences: List[str]) -> Any:
    """The values of these sequences. If somebody holds a lock on one of them, the driver's error is
    raised after 200 ms."""
    if not sequences:
        return []
    sql = " UNION ALL ".join(
        "SELECT %d, last_value, is_called FROM %s" % (number, name)
        for number, name in enumerate(sequences)
    )
    # Sent at once, they are one transaction.
    return [list(row) for row in rows(connection, "SET LOCAL lock_timeout = '200ms'; " + sql)]
