"""Tells whether anything was written to a database, by what its server counts.

Whatever is written changes the numbers of rows that the server counts for a database, including
those of its catalogue. Sequences are not counted as rows, so they are read in the database itself.
The server counts what a session did only when the session ends. So while another session is
connected, the number of the server's next transaction is part of the mark. That number also changes
when other databases are written to.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
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
  pg_snapshot_xmax(pg_current_snapshot())::text,
  (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid)
FROM pg_database d LEFT JOIN pg_stat_database s ON s.datid = d.oid WHERE d.datname = %s
"""
_SEQUENCES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY c.oid
"""
#: What looking at the sequences adds to ``xact_commit``: being connected, and two statements.
_OWN_COMMITS = 3


@dataclass(frozen=True)
class _Counted:
    """What a server counts for a database: its number and the ``rows`` written, the transactions
    that have ``ended``, and how many ``others`` are connected. ``next`` is the number of the whole
    server's next transaction."""

    rows: tuple[Any, ...]
    ended: tuple[int, int]
    next: str
    others: int

    def same(self, other: _Counted) -> bool:
        """Whether both counts are the same, so that nobody used the database between them."""
        return (self.rows, self.ended, self.others) == (other.rows, other.ended, other.others)


@dataclass(frozen=True)
class _Read:
    """A mark, and what the server had counted when the mark was confirmed."""

    counted: _Counted
    mark: tuple[object, ...]


_read: dict[str, _Read] = {}
_latest: dict[str, tuple[Any, ...]] = {}
#: What the agent told of a database when it had left it.
_told: dict[str, Any] = {}
#: Where the sequences of copies are, and of databases to which nobody has been since they were made
#: of a copy.
_copied: dict[str, tuple[Any, ...]] = {}
_made: dict[str, tuple[Any, ...]] = {}


def mark(handle: str) -> tuple[object, ...]:
    """See ``engine.Engine.mark``."""
    _latest[handle] = found = _mark(handle)
    return found


def _mark(handle: str) -> tuple[object, ...]:
    with on_server(handle) as server:
        counted, known = _count(server, handle), _read.get(handle)
        told, made = _told.pop(handle, None), _made.pop(handle, None)
        if counted is None:
            return ()
        if counted.others or server.info.server_version < _COUNTS_AT_ONCE:
            return _beside_others(handle, counted, known)
        if known is not None and known.counted.same(counted):
            _read[handle] = replace(known, counted=counted)
            return known.mark
        heard = _heard(counted, told)
        if made is not None and not any((*counted.rows[1:], *counted.ended)):
            heard = (*counted.rows, made)
        if heard is not None:
            _read[handle] = _Read(counted, heard)
            return heard
        found = (*counted.rows, _sequences(handle))
        again = _count(server, handle)
        commits, rollbacks = counted.ended
        # Whether nobody else was there meanwhile.
        if again and again.same(replace(counted, ended=(commits + _OWN_COMMITS, rollbacks))):
            _read[handle] = _Read(again, found)
        return found


def note_copied(source: str, copy: str) -> None:
    """Note the positions of the sequences in a new copy: they are those in the last mark of the
    source, which has not changed since."""
    if _latest.get(source):
        _copied[copy] = _latest[source][-1]


def note_made(copy: str, database: str) -> None:
    """Note the positions of the sequences in a database that was just made from a copy."""
    if copy in _copied:
        _made[database] = _copied[copy]


def forget(handle: str) -> None:
    """Forget what is known about a database, because it is dropped or replaced."""
    for each in (_read, _latest, _told, _copied, _made):
        each.pop(handle, None)


def hear(handle: str, told: Any) -> None:
    """See ``engine.Engine.hear_mark``."""
    _told[handle] = told


def _heard(counted: _Counted, told: Any) -> tuple[object, ...] | None:
    """The mark, made from what the agent told, if only the agent's own session has ended since: the
    positions of the sequences are then those that it saw. Otherwise ``None``."""
    if told is None or None in counted.rows or list(counted.ended) != told["ended"]:
        return None
    oid, *rows = counted.rows
    written, numbered = told["mark"]
    if written != [oid, str(sum(rows))]:
        return None
    return (*counted.rows, tuple((value, called) for _, value, called in numbered) or ((),))


def for_agent(mark: tuple[Any, ...]) -> list[Any] | None:
    """See ``engine.Engine.for_agent``. The agent adds the rows up, and numbers the sequences. If
    others were connected, the mark has another form, and the agent's mark is not known."""
    if len(mark) != 5 or not isinstance(mark[-1], tuple):
        return None
    oid, *rows, sequences = mark
    numbered = [[number, *each] for number, each in enumerate(sequences) if each]
    return [[oid, str(sum(rows))], numbered]


def _beside_others(handle: str, counted: _Counted, known: _Read | None) -> tuple[object, ...]:
    """The mark while others are connected, whose rows may not be counted yet. It stays the same if
    no transaction has written on the whole server and no sequence has changed."""
    sequences = _sequences(handle)
    alone = (*counted.rows, sequences)
    if known is not None and (known.mark, known.counted.next) == (alone, counted.next):
        return alone
    return (*counted.rows, counted.next, sequences)


def _count(server: Connection[Any], handle: str) -> _Counted | None:
    """What the server counts for a database, after waiting a moment for sessions that are ending.
    ``None`` if there is no such database."""
    until = time.monotonic() + _PATIENCE
    while True:
        row = server.execute(_COUNTED, (name_of(handle),), prepare=True).fetchone()
        if row is None:
            return None
        if not row[-1] or time.monotonic() > until:
            return _Counted(tuple(row[:4]), (row[4], row[5]), row[6], row[7])
        time.sleep(_PAUSE)


def _sequences(handle: str) -> tuple[Any, ...]:
    with connect(handle) as connection:
        names = connection.execute(_SEQUENCES).fetchall()
        each = [sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(*name))
                for name in names]  # fmt: skip
        query = sql.SQL(" UNION ALL ").join(each) if each else sql.SQL("SELECT")
        return tuple(connection.execute(query).fetchall())
