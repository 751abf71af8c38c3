"""Opens databases on a server for reading, with fixed settings for how values are written."""

from __future__ import annotations

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Callable, ContextManager, Dict, Iterator, List, Optional, Tuple, TypeVar

from . import drivers

T = TypeVar("T")

#: With these settings, a value is written the same way in every session. JIT is off, because
#: compiling one of our queries would take longer than running it.
_PINNED = {
    "client_encoding": "UTF8",
    "extra_float_digits": "3",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "xmloption": "content",
    "standard_conforming_strings": "on",
    "default_transaction_read_only": "on",
    "row_security": "off",
    "cursor_tuple_fraction": "1.0",
    "statement_timeout": "0",
    "jit": "off",
}
#: The first version that has the setting ``jit``.
_HAS_JIT = 110000
#: Connections of miglab's own that nobody uses at the moment, by handle; and whether connections
#: are kept now.
kept: Dict[str, List[Any]] = {}
_keeping = False
#: How many times each database was opened.
times: Dict[str, int] = {}
#: What was found out about databases within the same ``together``.
_known: Dict[Tuple[str, str], Any] = {}
#: Rows that are fetched at once.
_BATCH = 2000
#: For names of cursors.
_NUMBERS = itertools.count(1)
#: Databases that every server has, to be connected to while another one is made or dropped.
_MAINTENANCE = ("postgres", "template1")


def quote(name: str) -> str:
    """A name in quotes for SQL."""
    return '"%s"' % name.replace('"', '""')


def literal(text: str) -> str:
    """A text as a literal in SQL."""
    return "'%s'" % text.replace("'", "''")


def connect(handle: str) -> Any:
    """A connection that cannot write."""
    connection = drivers.connect(handle)
    try:
        pin(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def pin(connection: Any) -> None:
    """Give a connection the settings that all of miglab's own sessions have, in one round trip."""
    known = drivers.server_version(connection) >= _HAS_JIT
    given = [each for each in _PINNED.items() if known or each[0] != "jit"]
    settings = ["set_config(%s, %s, false)" % (*map(literal, each),) for each in given]
    rows(connection, "SELECT %s" % ", ".join(settings))


def opened_if_there(handle: str) -> ContextManager[Any]:
    """What ``opened`` returns, or a context with ``None`` if there is no such database."""
    try:
        return opened(handle)
    except drivers.error():
        if exists(handle):
            raise
        return contextlib.nullcontext()


def opened(handle: str) -> ContextManager[Any]:
    """A context with a connection that cannot write. Within ``together``, the connection is kept
    for the next call; otherwise, it is closed at the end."""
    return _lent(handle, _take(handle) or connect(handle))


@contextlib.contextmanager
def _lent(name: str, connection: Any) -> Iterator[Any]:
    times[name] = times.get(name, 0) + 1
    stays = False
    try:
        yield connection
        stays = _keeping and drivers.is_at_rest(connection)
    finally:
        if stays:
            kept.setdefault(name, []).append(connection)
        else:
            connection.close()


def _take(name: str) -> Any:
    """A connection that was kept under this name, or ``None``."""
    found = kept.get(name)
    return found.pop() if found else None


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Within it, connections of ours stay open from one question to the next: a new one takes
    longer than most answers."""
    global _keeping
    if _keeping:
        yield
        return
    _keeping = True
    try:
        yield
    finally:
        _keeping = False
        _known.clear()
        for name in list(kept):
            leave(name)


def found_out(what: str, handle: str, find_out: Callable[[], T]) -> T:
    """The result of ``find_out``, which says something about a database. Within the same
    ``together``, it is called only once for the same ``what`` and ``handle``."""
    if not _keeping:
        return find_out()
    if (what, handle) not in _known:
        _known[what, handle] = find_out()
    found: T = _known[what, handle]
    return found


def leave(handle: str) -> None:
    """Close our connections to this database that nobody is using."""
    for each in kept.pop(handle, []):
        each.close()


def rows(connection: Any, sql: str) -> List[Tuple[Any, ...]]:
    """All rows of a query that gives only a few. If ``sql`` has several statements, these are the
    rows of the last one."""
    cursor = drivers.cursor(connection)
    try:
        cursor.execute(sql)
        drivers.go_to_last(cursor)
        return [tuple(row) for row in cursor.fetchall()]
    finally:
        cursor.close()


def execute(connection: Any, sql: str) -> None:
    """Run a statement that gives no rows."""
    cursor = drivers.cursor(connection)
    try:
        cursor.execute(sql)
    finally:
        cursor.close()


@contextlib.contextmanager
def at_one_moment(*connections: Any) -> Iterator[None]:
    """A context in which each connection sees its database as it is now."""
    begun: List[Any] = []
    try:
        for each in connections:
            execute(each, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            begun.append(each)
        yield
    finally:
        for each in begun:
            with contextlib.suppress(drivers.error()):
                execute(each, "ROLLBACK")


@contextlib.contextmanager
def attempt(*connections: Any) -> Iterator[None]:
    """A context to use within ``at_one_moment``. If a statement in it fails, the driver's error is
    raised, and the transactions can go on."""
    for each in connections:
        execute(each, "SAVEPOINT miglab")
    try:
        yield
    except drivers.error():
        for each in connections:
            execute(each, "ROLLBACK TO SAVEPOINT miglab")
        raise
    for each in connections:
        execute(each, "RELEASE SAVEPOINT miglab")


def stream(connection: Any, sql: str) -> Iterator[Tuple[Any, ...]]:
    """The rows of a query, of which there may be many. Use it within ``at_one_moment``."""
    for batch in batches(connection, sql):
        yield from batch


def batches(connection: Any, sql: str) -> Iterator[List[Tuple[Any, ...]]]:
    """The rows of a query in lists. Use it within ``at_one_moment``."""
    name = "miglab_%d" % next(_NUMBERS)
    cursor = drivers.cursor(connection)
    try:
        cursor.execute("DECLARE %s NO SCROLL CURSOR FOR %s" % (name, sql))
        yield from ahead(partial(_fetched, cursor, name), lambda found: len(found) == _BATCH)
    finally:
        with contextlib.suppress(drivers.error()):
            cursor.execute("CLOSE %s" % name)
        cursor.close()


def _fetched(cursor: Any, name: str) -> List[Tuple[Any, ...]]:
    cursor.execute("FETCH FORWARD %d FROM %s" % (_BATCH, name))
    found: List[Tuple[Any, ...]] = cursor.fetchall()
    return found


def ahead(fetch: Callable[[], T], goes_on: Callable[[T], bool]) -> Iterator[T]:
    """Call ``fetch`` as long as ``goes_on`` is true of the last result, and yield each result. Two
    results are in memory: while one is used, the next one is fetched."""
    pool: Optional[ThreadPoolExecutor] = None
    try:
        found = fetch()
        while goes_on(found):
            pool = pool or ThreadPoolExecutor(1)
            coming = pool.submit(fetch)
            yield found
            found = coming.result()
        yield found
    finally:
        if pool is not None:
            pool.shutdown()


def at_once(one: Callable[[], T], *others: Callable[[], T]) -> List[T]:
    """The results of all these functions, which run at the same time. Each must use a connection of
    its own."""
    with ThreadPoolExecutor(max(1, len(others))) as pool:
        coming = [pool.submit(each) for each in others]
        return [one(), *(each.result() for each in coming)]


def maintained(handle: str) -> ContextManager[Any]:
    """A context with a connection that can make and drop databases on the server of a handle. It
    leads to a database that every server has, and not to the handle's own.

    Raises:
        Error: no such database accepts the connection.
    """
    last: Any = None
    place = (handle.rpartition("/")[0], handle.partition("?")[2])
    for name in _MAINTENANCE:
        if name == database(handle):
            continue
        own = "%s %s %s" % (*place, name)
        try:
            return _lent(own, _take(own) or drivers.connect(handle, dbname=name))
        except drivers.error() as error:
            last = error
    raise last


def database(handle: str) -> str:
    """The name of the handle's database."""
    found = drivers.parts(handle)
    return found.get("dbname") or found.get("user", "")


def exists(handle: str) -> bool:
    """Whether there is such a database on its server.

    Raises:
        Error: the server does not answer.
    """
    # A driver gives no code for it, and the words are in the server's language.
    sql = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s" % literal(database(handle))
    with contextlib.suppress(drivers.error()), maintained(handle) as connection:
        return bool(rows(connection, sql))
    # Not everybody may connect to those: then the error says what there is to be said.
    drivers.connect(handle).close()
    return True
