"""Copies, renames and drops databases on one server. All of them are miglab's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ...agent.engines.mariadb import duplicate as by_sql
from ...errors import NoServer
from ..engine import Handle
from ..server import meanwhile
from .address import beside, is_ours, name_of, server_of
from .connections import connect, in_words, on_server

#: Seconds that sessions get to end by themselves, and for which locks are waited for at first.
_GRACE, _PAUSE, _LOCK = 0.05, 0.002, 1
#: The code of the error that a lock was waited for in vain.
_LOCKED = 1205
#: How long what is kept between labs stays.
_MONTH = timedelta(days=30)
_MADE = "made by miglab on "


def exists(handle: str) -> bool:
    """Whether a database exists and is complete."""
    if meanwhile.waits(handle):
        return False
    with on_server(handle) as cursor:
        comment = _comment(cursor, name_of(handle))
        return comment is not None and comment != by_sql.UNFINISHED


def size(handle: str) -> int | None:
    """How big a database is, in bytes; ``None`` if there is none."""
    with on_server(handle) as cursor:
        if not by_sql.exists(cursor, name_of(handle)):
            return None
        cursor.execute(
            "SELECT sum(data_length + index_length) FROM information_schema.tables"
            " WHERE table_schema = %s",
            (name_of(handle),),
        )
        return int(cursor.fetchall()[0][0] or 0)


def names(handle: str, beginning: str) -> list[str]:
    """The names of a server's databases that begin with ``beginning``, in order."""
    with on_server(handle) as cursor:
        cursor.execute(
            "SELECT schema_name FROM information_schema.schemata"
            " WHERE LEFT(schema_name, %s) = %s ORDER BY schema_name",
            (len(beginning), beginning),
        )
        found = [str(name) for (name,) in cursor.fetchall()]
    return [each for each in found if not meanwhile.waits(beside(handle, each))]


def make(handle: str) -> None:
    """Make an empty database, unless it exists."""
    name = _checked(handle)
    with on_server(handle) as cursor:
        # What Django advises: https://docs.djangoproject.com/en/stable/ref/databases/#encoding
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS {by_sql.quoted(name)} CHARACTER SET utf8mb4")


def make_like(handle: str, options: str) -> None:
    """Create an empty database with these options of ``CREATE DATABASE``; an existing database of
    that name is dropped."""
    name = by_sql.quoted(_checked(handle))
    with on_server(handle) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} {options}")


def copy(source: str, to: str) -> None:
    """Copy a database to another one on the same server; an existing one of that name is
    dropped."""
    name, new = name_of(source), _checked(to)
    meanwhile.finish(to)
    with on_server(source) as cursor:
        _leave(cursor, name)
        _patiently(cursor, (name, new), lambda: by_sql.duplicate(cursor, name, new))


def copy_meanwhile(copy: str, to: str, largest: int) -> bool:
    """Copy a database like ``copy``, but over its own connection, and only if it has at most
    ``largest`` bytes. Return whether the copy is complete; no error is raised if it fails."""
    import pymysql

    try:
        found = size(copy)
        if found is None or found > largest:
            return False
        with connect(server_of(copy)) as connection, connection.cursor() as cursor:
            by_sql.duplicate(cursor, name_of(copy), _checked(to))
    except (pymysql.Error, LookupError, OSError, NoServer):
        return False
    return True


def rename(handle: str, to: str) -> None:
    """Rename a database; an existing database with the new name is dropped. If the server has
    comments on databases, the comment of the renamed one gets today's date."""
    name, new = _checked(handle), _checked(to)
    meanwhile.finish(to)
    with on_server(handle) as cursor:
        _set_aside(cursor, to)
        _patiently(cursor, (name, new), lambda: by_sql.move(cursor, name, new, _today(cursor)))


def drop(handle: str) -> None:
    """Drop a database, if it exists."""
    name = _checked(handle)
    with on_server(handle) as cursor:
        _patiently(cursor, (name,), lambda: by_sql.drop(cursor, name))


def drop_meanwhile(handle: str) -> None:
    """Drop a database in the background, while no lab is at work. From now on, it counts as
    dropped."""
    _checked(handle)
    meanwhile.do(handle, partial(_drop_meanwhile, handle))


def replace(handle: str, source: str) -> None:
    """Make a database equal to another one. The old one is kept until the new one is ready, unless
    there is no space for both."""
    aside = None
    with on_server(handle) as cursor:
        if by_sql.holds_anything(cursor, name_of(handle)):
            aside = _put_aside(cursor, handle)
    try:
        copy(source, handle)
    except OSError:
        if aside is None:
            raise
        meanwhile.finish()
        drop(aside)
        copy(source, handle)
    except BaseException:
        if aside is not None:
            with on_server(handle) as cursor:
                by_sql.move(cursor, name_of(aside), name_of(handle))
        raise
    if aside is not None:
        drop_meanwhile(aside)


def old(handle: str, beginning: str) -> list[str]:
    """The names that begin with ``beginning``, of databases that were dated more than a month
    ago."""
    latest = f"{_MADE}{(datetime.now(UTC) - _MONTH).date().isoformat()}"
    found = names(handle, beginning)
    with on_server(handle) as cursor:
        comments = {name: _comment(cursor, name) or "" for name in found}
    return [name for name, comment in comments.items() if comment and comment < latest]


def _set_aside(cursor: Any, handle: str) -> None:
    """Free the name of a database: rename the database, and drop it in the background. Removing its
    files takes longer than everything else."""
    if by_sql.exists(cursor, name_of(handle)):
        drop_meanwhile(_put_aside(cursor, handle))


def _put_aside(cursor: Any, handle: str) -> Handle:
    """Rename a database to a name that no other one has; return the new handle."""
    name = name_of(handle)
    aside = beside(handle, f"{name[:52]}_gone_{time.monotonic_ns() % 0xFFFFF:05x}")
    _patiently(cursor, (name,), lambda: by_sql.move(cursor, name, _checked(aside)))
    return aside


def _drop_meanwhile(handle: str) -> None:
    """Drop a database; this runs in a thread. If it fails, the database is dropped with its lab."""
    import pymysql

    with (
        suppress(pymysql.Error, OSError),
        connect(server_of(handle)) as connection,
        connection.cursor() as cursor,
    ):
        by_sql.drop(cursor, _checked(handle))


def _leave(cursor: Any, name: str) -> None:
    """Make sure that no statement of the same user runs in a database. Statements that do not end
    by themselves are ended, with their sessions. Idle sessions stay; if one holds a lock, the
    statement that follows waits for it."""
    begun = time.monotonic()
    while found := _sessions(cursor, name, "AND command <> 'Sleep'"):
        if time.monotonic() > begun + _GRACE:
            _end(cursor, found)
            return
        time.sleep(_PAUSE)


def _sessions(cursor: Any, name: str, which: str = "") -> list[int]:
    """The ids of the same user's other sessions in a database. ``which`` is SQL that limits
    them."""
    cursor.execute(
        "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()"
        f" AND user = SUBSTRING_INDEX(USER(), '@', 1) {which}",
        (name,),
    )
    return [int(number) for (number,) in cursor.fetchall()]


def _end(cursor: Any, sessions: list[int]) -> None:
    import pymysql

    for number in sessions:
        try:
            cursor.execute(f"KILL {number:d}")
        except pymysql.Error:
            # It has ended.
            continue


def _patiently(cursor: Any, those: tuple[str, ...], act: Callable[[], None]) -> None:
    """Call ``act``. If a lock is in the way, end the same user's sessions in the databases
    ``those``, and call it once more.

    Raises:
        NoServer: somebody else holds the lock.
    """
    import pymysql

    with _waiting(cursor, _LOCK):
        try:
            act()
        except pymysql.OperationalError as error:
            if error.args[0] != _LOCKED:
                raise
        else:
            return
    for name in those:
        _end(cursor, _sessions(cursor, name))
    try:
        act()
    except pymysql.OperationalError as error:
        if error.args[0] != _LOCKED:
            raise
        raise NoServer(
            ", ".join(those), f"somebody else holds a lock there ({in_words(error)})"
        ) from None


@contextmanager
def _waiting(cursor: Any, seconds: int) -> Iterator[None]:
    now = f"SESSION lock_wait_timeout = {seconds:d}"
    cursor.execute(f"SET @lock_before = @@lock_wait_timeout, {now}")
    try:
        yield
    finally:
        cursor.execute("SET SESSION lock_wait_timeout = @lock_before")


def _comment(cursor: Any, name: str) -> str | None:
    """The comment of a database; ``""`` if the server has no such comments, and ``None`` if there
    is no such database."""
    column = "schema_comment" if _has_comments(cursor) else "''"
    cursor.execute(
        f"SELECT {column} FROM information_schema.schemata WHERE schema_name = %s", (name,)
    )
    found = cursor.fetchall()
    return str(found[0][0]) if found else None


def _today(cursor: Any) -> str:
    return f"{_MADE}{datetime.now(UTC).date().isoformat()}" if _has_comments(cursor) else ""


def _has_comments(cursor: Any) -> bool:
    """Whether the server can store comments on databases, as MariaDB can since 10.5."""
    from .binaries import version_in

    version = version_in(cursor.connection.get_server_info())
    return version is not None and version.mariadb and version.numbers >= (10, 5)


def _checked(handle: str) -> str:
    """The name of a database, which must be miglab's own, because it is about to be changed.

    Raises:
        AssertionError: miglab did not create the database.
    """
    if not is_ours(handle):
        raise AssertionError(f"miglab did not create the database {handle}, so it is not touched")
    return name_of(handle)
