"""Tells whether anything was written to a database, by what its server counts.

A server with ``userstat`` counts for each table how many rows were written; which tables there are
shows in the numbers that InnoDB gives them, and how they are made in the statements that make them.
These are read again only after such a statement, in any database. While another session is in the
database, it may have to commit what it wrote: then the position of the whole server's log counts
too. A server that doesn't count rows has only what it counts for all databases together.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from ...agent.engines.mariadb import duplicate as by_sql
from .address import name_of
from .connections import code_of, on_server

_ROWS = """
SELECT table_name, rows_changed FROM information_schema.table_statistics
WHERE table_schema = %s AND rows_changed > 0 ORDER BY table_name
"""
_TABLES = """
SELECT table_id, space, name FROM information_schema.innodb_sys_tables
WHERE LEFT(name, %s) = %s ORDER BY table_id
"""
_OTHERS = """
SELECT count(*) FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()
"""
#: When the server was started, as seconds: all counts begin anew then.
_BEGAN = """
SELECT UNIX_TIMESTAMP() - variable_value FROM information_schema.global_status
WHERE variable_name = 'UPTIME'
"""
_STATUS = """
SHOW GLOBAL STATUS WHERE variable_name IN
('Innodb_lsn_current', 'Innodb_redo_log_current_lsn', 'Handler_write', 'Handler_update',
 'Handler_delete')
OR variable_name REGEXP '^Com_(alter|create|delete|drop|import|rename|repair|truncate)'
"""
_COUNTS_ROWS = "SELECT @@GLOBAL.userstat"

#: The error's number where a right is missing.
_MAY_NOT = 1227

#: Counts what nobody can tell, so that no two are the same.
_unknown = itertools.count()


@dataclass(frozen=True)
class _Counted:
    """``own`` is what concerns the database alone; ``made`` how many statements on the whole server
    changed what there is, ``log`` how far its log is, ``others`` how many sessions are there."""

    own: tuple[object, ...]
    made: int
    log: object
    others: int


@dataclass(frozen=True)
class _Read:
    """A mark, the counts at the moment at which it was confirmed, and the statements that make
    everything."""

    counted: _Counted
    described: str
    mark: tuple[object, ...]


_read: dict[str, _Read] = {}


def mark(handle: str) -> tuple[object, ...]:
    """See ``engine.Engine.mark``."""
    name = name_of(handle)
    with on_server(handle) as cursor:
        if not by_sql.exists(cursor, name):
            return ()
        counted, known = _count(cursor, name) if _counts_rows(cursor) else None, _read.get(handle)
        if counted is None:
            return _of_all(cursor)
        if known is not None and known.counted.made == counted.made:
            described = known.described
        else:
            described = _described(cursor, name)
        alone = (*counted.own, described)
        found = alone
        if counted.others and (
            known is None or known.mark != alone or known.counted.log != counted.log
        ):
            found = (*alone, counted.log)
        _read[handle] = _Read(counted, described, found)
        return found


def beyond(handle: str) -> list[tuple[str, str, str]]:
    """See ``engine.Engine.beyond``. A statement may say the name of its database."""
    name = name_of(handle)
    with on_server(handle) as cursor:
        told = by_sql.describe(cursor, name)
        return [
            (kind, "" if kind == "DATABASE" else called, made.replace(f"`{name}`", "``"))
            for kind, called, made in told
        ]


def others(handle: str) -> dict[str, str]:
    """See ``engine.Engine.others``."""
    return {
        f"{kind.lower()} {called}": made
        for kind, called, made in beyond(handle)
        if kind not in ("DATABASE", "TABLE", "VIEW", "TRIGGER")
    }


def _counts_rows(cursor: Any) -> bool:
    import pymysql

    try:
        cursor.execute(_COUNTS_ROWS)
    except pymysql.Error:
        # MySQL knows no such setting.
        return False
    (value,) = cursor.fetchall()[0]
    return bool(value)


def _count(cursor: Any, name: str) -> _Counted | None:
    """``None`` where this user may not see what InnoDB counts."""
    import pymysql

    def all_of(query: str, *values: object) -> tuple[Any, ...]:
        cursor.execute(query, values)
        return tuple(map(tuple, cursor.fetchall()))

    # First, so that what somebody does meanwhile shows the next time.
    status = _status(cursor)
    ((others,),) = all_of(_OTHERS, name)
    try:
        tables = all_of(_TABLES, len(name) + 1, f"{name}/")
    except pymysql.Error as error:
        if code_of(error) != _MAY_NOT:
            raise
        return None
    own = (*all_of(_BEGAN), all_of(_ROWS, name), tables)
    return _Counted(own, _made(status), status.get("Innodb_lsn_current"), int(others))


def _status(cursor: Any) -> dict[str, int]:
    cursor.execute(_STATUS)
    return {str(name): int(value) for name, value in cursor.fetchall()}


def _made(status: dict[str, int]) -> int:
    return sum(value for name, value in status.items() if name.startswith("Com_"))


def _of_all(cursor: Any) -> tuple[object, ...]:
    """What is counted for all databases together."""
    status = _status(cursor)
    log = [value for name, value in status.items() if name.startswith("Innodb_")]
    if not log:
        # Counts alone begin anew with the server.
        return ("unknown", next(_unknown))
    rows = [value for name, value in status.items() if name.startswith("Handler_")]
    return ("all", *log, *rows, _made(status))


def _described(cursor: Any, name: str) -> str:
    """How everything in a database is made, as a digest. The number of statements is part of it
    where a table has no number of its own by which one made anew would show."""
    from ..naming import digest

    told = by_sql.describe(cursor, name)
    strange = [sql for kind, _, sql in told if kind == "TABLE" and "ENGINE=InnoDB" not in sql]
    more = [str(_made(_status(cursor)))] if strange else []
    return digest("\0".join(["\0".join(each) for each in told] + more), 16)
