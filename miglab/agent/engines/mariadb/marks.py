"""Tells whether anything was written to a database, by what its server counts.

If the server counts the rows that change in each table (``userstat``, as miglab's own does), a mark
is about this database alone: these numbers, and its catalogue. Otherwise, it is about the whole
server, and also changes when something is written to other databases. An open transaction's changes
can become visible without another counted row, so until it ends, each mark differs from the last.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from typing import Any, Dict, List, NamedTuple, Optional, Set, Tuple

from . import drivers
from .counts import altered, count, dates, now
from .drivers import rows
from .opening import database, first_known, literal

#: Statements that change tables without a row, and rows, as the server counts them.
_WRITES = (
    "SHOW GLOBAL STATUS WHERE Variable_name RLIKE '^(Handler_(write|update|delete)|"
    "Com_(create|drop|alter|rename|truncate|delete|import|xa_commit).*)$'"
)
#: Where a server's log ends; asked if the server does not say which transactions are open.
_LOG = "SHOW GLOBAL STATUS LIKE 'Innodb_lsn_current'"
#: How many rows changed in each table, and everything in the catalogue that describes more than
#: rows.
_OF_DATABASE = (
    "SELECT TABLE_NAME, ROWS_CHANGED FROM information_schema.TABLE_STATISTICS "
    "WHERE TABLE_SCHEMA = %s AND ROWS_CHANGED > 0 ORDER BY 1",
    "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s",
    "SELECT TABLE_NAME, TABLE_TYPE, ENGINE, CREATE_TIME, AUTO_INCREMENT, TABLE_COLLATION, "
    "CREATE_OPTIONS, TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s "
    "ORDER BY 1",
    "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, "
    "EXTRA, COLUMN_COMMENT, GENERATION_EXPRESSION FROM information_schema.COLUMNS "
    "WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME, ORDINAL_POSITION",
    "SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS "
    "WHERE CONSTRAINT_SCHEMA = %s ORDER BY 1, 2",
    "SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE, REFERENCED_TABLE_NAME "
    "FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = %s ORDER BY 1, 2",
    "SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, DEFINER, SECURITY_TYPE "
    "FROM information_schema.VIEWS WHERE TABLE_SCHEMA = %s ORDER BY 1",
    "SELECT TRIGGER_NAME, CREATED, EVENT_OBJECT_TABLE, ACTION_STATEMENT, DEFINER "
    "FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = %s ORDER BY 1",
    "SELECT ROUTINE_TYPE, ROUTINE_NAME, CREATED, LAST_ALTERED, ROUTINE_DEFINITION, DEFINER "
    "FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = %s ORDER BY 1, 2",
    "SELECT EVENT_NAME, STATUS, LAST_ALTERED, EVENT_DEFINITION "
    "FROM information_schema.EVENTS WHERE EVENT_SCHEMA = %s ORDER BY 1",
)
_TABLES_AT = 2
#: Whether an index is ignored is only known from some version on; MySQL has another name for this.
_INDEXES = (
    "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, COLLATION, INDEX_TYPE, "
    "INDEX_COMMENT, {} FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s "
    "ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"
)
#: Other engines than InnoDB may empty a table at once, without counting its rows as changed.
_EMPTIES = (
    "SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_delete', 'Com_delete_multi', 'Com_truncate')"
)
#: The numbers of tables, which TRUNCATE changes.
_NUMBERS = (
    "SELECT NAME, TABLE_ID FROM information_schema.INNODB_SYS_TABLES WHERE NAME LIKE %s ORDER BY 1"
)

#: What InnoDB's status says of an open transaction that has written something.
_OPEN = re.compile(r"undo log entries [1-9]|ROLLING BACK|PREPARED")
#: For how many seconds to wait for a session that is ending, and how long to pause between two
#: looks.
_PATIENCE, _PAUSE = 0.05, 0.002
_NO_RIGHT = (1227, 1044, 1142)
_UNKNOWN = 1049


class Last(NamedTuple):
    """The last mark; what was counted when it was last seen to be right, or ``None`` if the server
    counts no rows; the time of that, in seconds; and the dates of the tables."""

    mark: Any
    counted: Optional[str]
    at: int
    dates: Dict[str, List[Optional[int]]]


_last: Dict[str, Last] = {}
#: The project's own sessions that stay while a mark is read.
_staying: Set[int] = set()


def mark(handle: str) -> Any:
    """A value that changes whenever something is written; ``None`` if there is no database."""
    known = _last.pop(handle, None)
    try:
        connection = drivers.connect(handle)
    except drivers.error() as error:
        if drivers.code(error) == _UNKNOWN:
            return None
        raise
    try:
        rows(connection, "SET SESSION lock_wait_timeout = 1")
        with contextlib.closing(connection.cursor()) as cursor:
            at = now(cursor)
            counted, unsettled = _counted(connection, handle), _unsettled(connection)
            same = known is not None and counted is not None and counted == known.counted
            if known is not None and same and not unsettled:
                found, dated = known.mark, known.dates
            else:
                name = database(handle)
                written = hashlib.sha1(repr(_written(connection, name)).encode()).hexdigest()
                since = at if known is None else known.at
                dated = dates(cursor, name, since)
                found = "%s %s" % (written, unsettled or "")
                if known is not None and not unsettled:
                    if altered(known.dates, dated, since):
                        found += str(time.monotonic_ns())
                    elif known.mark.startswith(written):
                        # With what has made it differ from an earlier one.
                        found = known.mark
        if not unsettled:
            _last[handle] = Last(found, counted, at, dated)
        return found
    finally:
        connection.close()


def last_mark(handle: str) -> Optional[Dict[str, Any]]:
    """See ``engine.Engine.last_mark``."""
    mark(handle)
    known = _last.get(handle)
    if known is None or known.counted is None:
        return None
    return dict(known._asdict())


def hear(handle: str, told: Any) -> Any:
    """See ``engine.Engine.hear_mark``."""
    _last[handle] = Last(**told)
    return told["mark"]


def note_staying(session: Any) -> None:
    """Note that a driver's connection stays open until after the next mark, so that ``mark`` does
    not wait for its end."""
    with contextlib.suppress(AttributeError):
        # Not every driver tells.
        _staying.add(int(session.thread_id()))


def note_leaving() -> None:
    """Note that the project's sessions end now."""
    _staying.clear()


def _counted(connection: Any, handle: str) -> Optional[str]:
    """What the server has counted, after a short wait for other sessions to end. ``None`` if others
    stay, if the server counts no rows, or if this user may not see it."""
    if not _counts_rows(connection):
        return None
    end = time.monotonic() + _PATIENCE
    with contextlib.closing(connection.cursor()) as cursor:
        try:
            while True:
                found = count(cursor, database(handle))
                if not found.others:
                    return found.told
                if time.monotonic() > end or _staying.issuperset(found.others):
                    return None
                time.sleep(_PAUSE)
        except drivers.error() as error:
            if drivers.code(error) not in _NO_RIGHT:
                raise
            return None


def _unsettled(connection: Any) -> Any:
    """``None`` if no open transaction has written anything; otherwise, a value that differs each
    time. If this user may not see it, where the server's log ends."""
    try:
        (status,) = rows(connection, "SHOW ENGINE INNODB STATUS")
    except drivers.error() as error:
        if drivers.code(error) not in _NO_RIGHT:
            raise
        return tuple(rows(connection, _LOG))
    return time.monotonic_ns() if _OPEN.search(str(status[-1])) else None


def _written(connection: Any, name: str) -> Tuple[Any, ...]:
    if not _counts_rows(connection):
        return tuple(rows(connection, _WRITES))
    schema = literal(name)
    found = [tuple(rows(connection, sql % schema)) for sql in _OF_DATABASE]
    found.append(tuple(first_known(connection, _INDEXES % schema, ("IGNORED", "IS_VISIBLE", "1"))))
    try:
        found.append(tuple(rows(connection, _NUMBERS % literal(_file(name) + "/%"))))
    except drivers.error() as error:
        if drivers.code(error) not in _NO_RIGHT:
            raise
        found.append(tuple(rows(connection, _EMPTIES)))
    if any(engine not in ("InnoDB", None) for _, _, engine, *_ in found[_TABLES_AT]):
        found.append(tuple(rows(connection, _EMPTIES)))
    return tuple(found)


def _file(name: str) -> str:
    """A database's name as its files' names begin with it, escaped for LIKE. Only ASCII letters,
    digits and ``_`` stay; other characters are written as numbers."""
    letters = [
        each if each.isascii() and (each.isalnum() or each == "_") else "@%04x" % ord(each)
        for each in name
    ]
    return re.sub(r"([_%\\])", r"\\\1", "".join(letters))


def _counts_rows(connection: Any) -> bool:
    found = rows(connection, "SHOW GLOBAL VARIABLES LIKE 'userstat'")
    return bool(found) and found[0][1] == "ON"
