"""Tells whether anything was written to a database, by what its server counts.

What was written shows in the numbers of rows that a database counts, its catalogue's included, and
in its sequences, which count as no row and have to be read in the database itself. The server
counts a session when that ends. So while another is connected, what it does shows in the number of
the next transaction and in the log, which move for other databases too.
"""

from __future__ import annotations

import time
from typing import Any

from psycopg import Connection, sql

from .address import name_of
from .connections import connect, on_server

#: Seconds that a session that is ending gets to be gone.
_PATIENCE, _PAUSE = 0.05, 0.001
#: Since then a server's numbers are right at once.
_COUNTS_AT_ONCE = 150000
_COUNTED = """
SELECT d.oid, s.tup_inserted, s.tup_updated, s.tup_deleted, s.xact_commit, s.xact_rollback,
  (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid)
FROM pg_database d LEFT JOIN pg_stat_database s ON s.datid = d.oid WHERE d.datname = %s
"""
_IN_THE_LOG = (
    "SELECT pg_current_wal_insert_lsn()::text, pg_snapshot_xmax(pg_current_snapshot())::text"
)
_SEQUENCES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY c.oid
"""
#: What looking at the sequences adds to ``xact_commit``: being connected, and two statements.
_OWN_COMMITS = 3

#: What a database counted when its sequences were last read, and the mark that came of it.
_read: dict[str, tuple[tuple[Any, ...], tuple[object, ...]]] = {}


def mark(handle: str) -> tuple[object, ...]:
    """See ``engine.Engine.mark``."""
    with on_server(handle) as server:
        counted, others = _counted(server, handle)
        if not counted:
            return ()
        if handle in _read and _read[handle][0] == counted and not others:
            return _read[handle][1]
        found = (*counted[:4], _sequences(handle))
        if others or server.info.server_version < _COUNTS_AT_ONCE:
            return (*found, server.execute(_IN_THE_LOG).fetchone())
        again, others = _counted(server, handle)
        # Nobody else was there meanwhile.
        if not others and again == (*counted[:4], counted[4] + _OWN_COMMITS, counted[5]):
            _read[handle] = again, found
        return found


def _counted(server: Connection[Any], handle: str) -> tuple[tuple[Any, ...], int]:
    """What the server counts for a database, nothing where there is none, and how many sessions
    are connected to it that do not end."""
    until = time.monotonic() + _PATIENCE
    while True:
        row = server.execute(_COUNTED, (name_of(handle),), prepare=True).fetchone()
        if row is None:
            return (), 0
        if not row[-1] or time.monotonic() > until:
            return row[:-1], row[-1]
        time.sleep(_PAUSE)


def _sequences(handle: str) -> tuple[Any, ...]:
    with connect(handle) as connection:
        names = connection.execute(_SEQUENCES).fetchall()
        each = [sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(*name))
                for name in names]  # fmt: skip
        query = sql.SQL(" UNION ALL ").join(each) if each else sql.SQL("SELECT")
        return tuple(connection.execute(query).fetchall())
