"""Tells whether anything was written to a database, by what its server counts.

A server with ``userstat`` counts for each table how many rows were written. InnoDB's numbers of the
tables show which tables there are, and the statements that create them show how they are made.
These statements are read again only after somebody has created or changed anything in any database.
Another session in the database may not have committed yet what it wrote. In that case, the position
of the whole server's log is part of the mark. If a server does not count rows for each table, what
it counts for all databases together is used.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any

from ...agent.engines.mariadb import duplicate as by_sql
from ...agent.engines.mariadb.counts import Counted, altered, count, dates, made_in_session, now
from ...agent.engines.mariadb.counts import made as made_of
from ...agent.engines.mariadb.counts import status as status_of
from .address import name_of
from .connections import code_of, on_server

_COUNTS_ROWS = "SELECT @@GLOBAL.userstat"

#: Seconds that a session that is ending gets to be gone.
_PATIENCE, _PAUSE = 0.05, 0.001
#: The error's number where a right is missing.
_MAY_NOT = 1227

#: Counts what nobody can tell, so that no two are the same.
_unknown = itertools.count()


@dataclass(frozen=True)
class _Read:
    """A ``mark``, and what was known when it was confirmed, at the time ``at``. ``counted`` is what
    the server had counted. ``made`` is how many statements of other sessions had created something.
    ``dates`` are those of the tables, and ``described`` is how everything is made."""

    counted: Counted
    made: int
    at: int
    dates: dict[str, list[int | None]]
    described: str
    mark: tuple[object, ...]


_read: dict[str, _Read] = {}
#: What the agent told of a database when it had left it, and its own mark of what it saw then.
_told: dict[str, Any] = {}
_agents: dict[str, tuple[tuple[object, ...], Any]] = {}


def mark(handle: str) -> tuple[object, ...]:
    """See ``engine.Engine.mark``."""
    name, told, known = name_of(handle), _told.pop(handle, None), _read.get(handle)
    with on_server(handle) as cursor:
        if not by_sql.exists(cursor, name):
            return ()
        # First, so that what somebody makes meanwhile counts as made since.
        at, patience = now(cursor), _PATIENCE if told is not None else 0.0
        counted = _count(cursor, name, patience) if _counts_rows(cursor) else None
        if counted is None:
            return _of_all(cursor)
        # What this process makes itself is elsewhere, or makes ``forget`` be called.
        made = counted.made - made_in_session(cursor)
        if known is not None and known.made == made:
            described, same = known.described, known.counted.own == counted.own
            dated = known.dates if same else dates(cursor, name, at)
        else:
            described = _described(cursor, name)
            if told is not None:
                # What the agent told is of before, and so is what was counted.
                counted = count(cursor, name)
            since = known.at if known is not None else at
            dated = dates(cursor, name, since)
            if known is not None and altered(known.dates, dated, since):
                # Its tables may be made as before, and not hold what they held.
                described += f" {next(_unknown)}"
            elif known is not None and known.described.startswith(described):
                # With what has made it differ from an earlier one.
                described = known.described
        alone = (*counted.own, described)
        found = alone
        if counted.others and (
            known is None or known.mark != alone or known.counted.log != counted.log
        ):
            found = (*alone, counted.log)
        _read[handle] = _Read(counted, made, at, dated, described, found)
        if told is not None and not counted.others and told["counted"] == counted.told:
            _agents[handle] = found, told
        return found


def hear(handle: str, told: Any) -> None:
    """See ``engine.Engine.hear_mark``."""
    _told[handle] = told


def forget(handle: str) -> None:
    """Forget what is known about a database, because it is dropped or replaced."""
    for each in (_read, _told, _agents):
        each.pop(handle, None)


def for_agent(mark: tuple[object, ...]) -> Any:
    """See ``engine.Engine.for_agent``. It is what the agent itself told when the mark was this
    one."""
    return next((told for found, told in _agents.values() if found == mark), None)


def beyond(handle: str) -> list[tuple[str, str, str]]:
    """See ``engine.Engine.beyond``. The name of the database is removed from the statements, so
    that two copies can be compared."""
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


def _count(cursor: Any, name: str, patience: float) -> Counted | None:
    """What the server counts for a database, after waiting for ending sessions for at most
    ``patience`` seconds. ``None`` if this user may not see what InnoDB counts."""
    import pymysql

    until = time.monotonic() + patience
    try:
        while (found := count(cursor, name)).others and time.monotonic() < until:
            time.sleep(_PAUSE)
    except pymysql.Error as error:
        if code_of(error) != _MAY_NOT:
            raise
        return None
    return found


def _of_all(cursor: Any) -> tuple[object, ...]:
    """A mark made of what the server counts for all databases together."""
    status = status_of(cursor)
    log = [value for name, value in status.items() if name.startswith("Innodb_")]
    if not log:
        # Counts alone begin anew with the server.
        return ("unknown", next(_unknown))
    rows = [value for name, value in status.items() if name.startswith("Handler_")]
    return ("all", *log, *rows, made_of(status))


def _described(cursor: Any, name: str) -> str:
    """A digest of the statements that make everything in a database. A table of another storage
    engine than InnoDB has no number that would show that it was dropped and created again. If there
    is one, the number of such statements on the server is part of the digest."""
    from ..naming import digest

    told = by_sql.describe(cursor, name)
    strange = [sql for kind, _, sql in told if kind == "TABLE" and "ENGINE=InnoDB" not in sql]
    more = [str(made_of(status_of(cursor)))] if strange else []
    return digest("\0".join(["\0".join(each) for each in told] + more), 16)
