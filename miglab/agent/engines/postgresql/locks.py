"""Measures which locks a migration takes on tables that others use, and for how long it holds them.

An atomic migration holds its locks until it commits, so its own session is asked after each of its
statements. A migration that is not atomic has released its locks by then, so another connection
watches it while it runs. That connection may miss short locks: its figures are "at least".
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

from . import drivers, guarded
from .opening import rows
from .tables import SHOWN, TABLES

#: Locks under which others cannot read or write, the strongest first
#: (https://www.postgresql.org/docs/current/explicit-locking.html).
_READS = ("AccessExclusiveLock",)
_WRITES = (*_READS, "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock")
#: Statements that take no such lock on a table.
_QUIET: Tuple[str, ...] = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "SAVEPOINT",
    "RELEASE",
    "ROLLBACK",
    "BEGIN",
)
_QUIET += ("COMMIT", "SET", "SHOW", "EXPLAIN", "VALUES", "FETCH", "DECLARE", "CLOSE", "COPY")
_HELD = (
    "SELECT relation::bigint, mode FROM pg_catalog.pg_locks WHERE locktype = 'relation' "
    "AND granted AND pid = %%s AND mode IN (%s)" % ", ".join("'%s'" % each for each in _WRITES)
)
#: Seconds between two looks from outside; after a while they grow, with the time that passed.
_PAUSE, _PART = 0.002, 0.002

Held = Dict[int, Set[str]]


class Relation(NamedTuple):
    """A table as it was when a migration began."""

    name: str
    file: int


class _Span:
    """For how long something was held, with pauses left out."""

    def __init__(self) -> None:
        self.since: Optional[float] = None
        self.seconds = 0.0

    def set(self, held: bool, since: float, now: float) -> None:
        """Note whether something is held. If ``held`` is true, it began no later than ``since``;
        otherwise, it ended at ``now``."""
        if held and self.since is None:
            self.since = since
        elif not held and self.since is not None:
            self.seconds += now - self.since
            self.since = None


class _Lock:
    def __init__(self) -> None:
        self.modes: Set[str] = set()
        self.reads, self.writes = _Span(), _Span()


class Watch:
    """Measures the locks of one migration from its start, on Django's open connection. If the
    migration is not ``atomic``, another connection watches it."""

    def __init__(self, connection: Any, atomic: bool) -> None:
        self._connection = connection
        driver = connection.connection
        self._known = _relations(driver)
        self._size = _size(driver)
        self._locks: Dict[int, _Lock] = {}
        (self._pid,) = rows(driver, "SELECT pg_catalog.pg_backend_pid()")[0]
        self._outside = None if atomic else _Outside(connection, self._pid, self._saw)

    def after(self, sql: str, began: float) -> None:
        """Look at the locks after a statement, even if it failed. ``began`` is when the statement
        began."""
        words = sql.split(None, 1)
        if self._outside is not None or not words or words[0].upper().rstrip(";") in _QUIET:
            return
        driver = self._connection.connection
        if driver is None or not _can_ask(driver):
            return
        self._saw(_held(driver, self._pid), began, time.perf_counter())

    def _saw(self, held: Held, began: float, now: float) -> None:
        for oid in {*held, *self._locks}:
            if oid in self._known:
                lock, modes = self._locks.setdefault(oid, _Lock()), held.get(oid, set())
                lock.modes |= modes
                lock.reads.set(not modes.isdisjoint(_READS), began, now)
                lock.writes.set(bool(modes), began, now)

    def end(self) -> Dict[str, Any]:
        """End the measurement and return the result. ``locks`` lists ``table``, ``mode`` (the
        strongest), for how many seconds others could not ``read`` and ``write``, whether these are
        minimums (``at_least``), and whether the table was ``rewritten``. ``grew`` is by how many
        bytes the database grew; ``None`` if unknown."""
        now = time.perf_counter()
        if self._outside is not None:
            self._outside.end()
        self._saw({}, now, now)
        driver = self._connection.connection
        if driver is None or not _can_ask(driver):
            files: Dict[int, int] = {}
            grew = None
        else:
            files = {oid: each.file for oid, each in _relations(driver).items()}
            grew = _size(driver) - self._size
        found: List[Dict[str, Any]] = []
        for oid, lock in self._locks.items():
            if lock.modes:
                was = self._known[oid]
                found.append(
                    {
                        "table": was.name,
                        "mode": next(each for each in _WRITES if each in lock.modes),
                        "read": lock.reads.seconds,
                        "write": lock.writes.seconds,
                        "at_least": self._outside is not None,
                        "rewritten": files.get(oid, was.file) != was.file,
                    }
                )
        return {"locks": sorted(found, key=lambda each: str(each["table"])), "grew": grew}


class _Outside:
    """Looks at a session's locks from another one, until it is told to end."""

    def __init__(self, connection: Any, pid: int, saw: Any) -> None:
        settings = connection.settings_dict
        self._pid, self._saw = pid, saw
        password = guarded.password(settings)
        more = {"password": password} if password else {}
        self._connection = drivers.connect(guarded.uri(settings), **more)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        began = last = time.perf_counter()
        with contextlib.suppress(drivers.error()):
            while not self._over.is_set():
                held = _held(self._connection, self._pid)
                now = time.perf_counter()
                self._saw(held, now, last)
                last = now
                self._over.wait(max(_PAUSE, (now - began) * _PART))

    def end(self) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()
        self._connection.close()


def _held(driver: Any, pid: int) -> Held:
    found: Held = {}
    for oid, mode in rows(driver, _HELD % pid):
        found.setdefault(oid, set()).add(mode)
    return found


def _can_ask(driver: Any) -> bool:
    """Whether a session can be asked: it is in no transaction, or in one in which no statement has
    failed."""
    return driver.info.transaction_status in (0, 2)


def _relations(driver: Any) -> Dict[int, Relation]:
    sql = "SELECT c.oid::bigint, %s, c.relfilenode::bigint FROM %s" % (SHOWN, TABLES)
    return {oid: Relation(name, file) for oid, name, file in rows(driver, sql)}


def _size(driver: Any) -> int:
    sql = "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())"
    return int(rows(driver, sql)[0][0])
