"""Copies, renames and drops databases on one server. All of them are miglab's own."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection, Error, errors, sql

from ...agent.engines.postgresql import waiting
from ..engine import Handle
from ..naming import COPY
from ..server import meanwhile
from .address import beside, is_ours, name_of, server_of
from .connections import connect, on_server

#: Seconds that sessions get to end by themselves, and then to be ended.
_GRACE, _PATIENCE, _PAUSE = 0.02, 5.0, 0.001
#: How long what is kept between labs stays.
_MONTH = timedelta(days=30)
_MADE = "made by miglab on "
#: Settings that are lists of names; as they are kept, the names are quoted.
_LISTS = ("search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries")
_SETTINGS = """
SELECT r.rolname, s.setconfig FROM pg_db_role_setting s
JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
WHERE d.datname = %s
"""


def exists(handle: str) -> bool:
    """Whether there is such a database."""
    if meanwhile.waits(handle):
        return False
    with on_server(handle) as server:
        return there_is(server, name_of(handle))


def size(handle: str) -> int | None:
    """How big a database is, in bytes; ``None`` if there is none."""
    with on_server(handle) as server:
        row = server.execute(
            "SELECT pg_database_size(oid) FROM pg_database WHERE datname = %s", (name_of(handle),)
        ).fetchone()
        return None if row is None else int(row[0])


def names(handle: str, beginning: str) -> list[str]:
    """The names of a server's databases that begin with ``beginning``."""
    with on_server(handle) as server:
        rows = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid",
            (beginning,),
        ).fetchall()
        found = [str(name) for (name,) in rows]
    return [each for each in found if not meanwhile.waits(beside(handle, each))]


def make(handle: str, template: str = "template0", *options: tuple[str, str]) -> None:
    """Create a database as a copy of ``template``, which is the name of one on the same server. An
    existing database with the new name is dropped. ``options`` are options of ``CREATE DATABASE``,
    with their values."""
    _checked(handle)
    meanwhile.finish(handle)
    try:
        _make(handle, template, *options)
    except OSError:
        if not meanwhile.finish():
            raise
        _make(handle, template, *options)


def copy(source: str, to: str) -> None:
    """Copy a database to another one on the same server; an existing one of that name is
    dropped."""
    make(to, name_of(source))


def _make(handle: str, template: str, *options: tuple[str, str]) -> None:
    name = name_of(handle)
    with on_server(handle) as server:
        if there_is(server, name):
            leave(server, name)
            _drop(server, name)
        if template != "template0":
            leave(server, template)
        duplicate(server, template, name, *options)


def duplicate(server: Connection[Any], template: str, name: str, *options: tuple[str, str]) -> None:
    """Create the database ``name`` as a copy of the database ``template``, with its settings.
    Nobody may be connected to ``template``, and ``name`` must not exist."""
    told = [sql.SQL(f"{word} {{}}").format(sql.Literal(value)) for word, value in options]
    if server.execute(waiting.FORGOTTEN).fetchone() == (True,):
        for each in waiting.SET_BACK:
            server.execute(each)
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
            sql.Identifier(name),
            sql.Identifier(template),
            sql.SQL(" ").join([_strategy(server), *told]),
        )
    )
    if template != "template0":
        _copy_settings(server, template, name)


def date(handle: str) -> None:
    """Date a database: write in its comment that it was made today."""
    name, today = _checked(handle), datetime.now(UTC).date().isoformat()
    with on_server(handle) as server:
        server.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(name), sql.Literal(f"{_MADE}{today}")
            )
        )


def old(handle: str, beginning: str) -> list[str]:
    """The names that begin with ``beginning``, of databases that were dated more than a month
    ago."""
    with on_server(handle) as server:
        rows = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            " AND shobj_description(oid, 'pg_database') < %s",
            (beginning, f"{_MADE}{(datetime.now(UTC) - _MONTH).date().isoformat()}"),
        ).fetchall()
        return [str(name) for (name,) in rows]


def rename(handle: str, to: str) -> None:
    """Rename a database; an existing one of that name is dropped."""
    name, new = _checked(handle), _checked(to)
    meanwhile.finish(to)
    aside = None
    with on_server(handle) as server:
        leave(server, name)
        for tries in (1, 0):
            leave(server, new)
            # A copy that is kept between labs outlives them: nobody would drop it later.
            if COPY in new:
                _drop(server, new)
            elif there_is(server, new):
                aside = _set_aside(server, to)
            try:
                _rename(server, name, new)
            except errors.DuplicateDatabase:
                # Another lab has made one meanwhile.
                if not tries:
                    raise
            else:
                break
    if aside is not None:
        drop_meanwhile(aside)


def _set_aside(server: Connection[Any], handle: str) -> Handle:
    """Rename a database to a name that no other one has; return the new handle."""
    name = name_of(handle)
    aside = beside(handle, f"{name[:52]}_gone_{time.monotonic_ns() % 0xFFFFF:05x}")
    _rename(server, name, name_of(aside))
    return aside


def drop(handle: str) -> None:
    """Drop a database, if it exists."""
    with on_server(handle) as server:
        drop_by(server, handle)


def drop_meanwhile(handle: str) -> None:
    """Drop a database in the background, while no lab is at work. From now on, it counts as
    dropped."""
    _checked(handle)

    def act() -> None:
        # What fails here goes with the lab.
        with suppress(Error), connect(server_of(handle)) as server:
            drop_by(server, handle)

    meanwhile.do(handle, act)


def drop_by(server: Connection[Any], handle: str) -> None:
    """Drop a database, if it exists, over this connection to its server."""
    name = _checked(handle)
    leave(server, name)
    _drop(server, name)


def replace(handle: str, source: str) -> None:
    """Make a database equal to another one. The old one is kept until the new one is ready, unless
    there is no space for both."""
    name, aside = _checked(handle), None
    with on_server(handle) as server:
        if there_is(server, name):
            leave(server, name)
            aside = _set_aside(server, handle)
    try:
        copy(source, handle)
    except OSError:
        if aside is None:
            raise
        drop(aside)
        copy(source, handle)
    except BaseException:
        if aside is not None:
            with on_server(handle) as server:
                _rename(server, name_of(aside), name)
        raise
    if aside is not None:
        drop_meanwhile(aside)


def leave(server: Connection[Any], name: str) -> None:
    """Wait until no session of the same role is connected to a database. Sessions that do not end
    by themselves are ended. Sessions of other roles are left alone: the statement that follows
    reports them."""
    begun = time.monotonic()
    query = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    while found := server.execute(query, (name,), prepare=True).fetchall():
        now = time.monotonic()
        if now > begun + _PATIENCE:
            return
        if now > begun + _GRACE:
            for (pid,) in found:
                server.execute("SELECT pg_terminate_backend(%s)", (pid,))
        time.sleep(_PAUSE)


def there_is(server: Connection[Any], name: str) -> bool:
    """Whether there is a database of this name."""
    query = "SELECT FROM pg_database WHERE datname = %s"
    return server.execute(query, (name,), prepare=True).fetchone() is not None


def _checked(handle: str) -> str:
    """The name of a database, which must be miglab's own, because it is about to be changed.

    Raises:
        AssertionError: miglab did not create the database.
    """
    if not is_ours(handle):
        raise AssertionError(f"miglab did not create the database {handle}, so it is not touched")
    return name_of(handle)


def _drop(server: Connection[Any], name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _rename(server: Connection[Any], name: str, new: str) -> None:
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new))
    )


def _strategy(server: Connection[Any]) -> sql.SQL:
    return sql.SQL("STRATEGY file_copy" if server.info.server_version >= 150000 else "")


def _copy_settings(server: Connection[Any], source: str, to: str) -> None:
    """Copy the settings that were made with ``ALTER DATABASE … SET``: ``CREATE DATABASE`` does not
    take them from its template."""
    for role, settings in server.execute(_SETTINGS, (source,), prepare=True).fetchall():
        for setting in settings:
            name, _, value = setting.partition("=")
            told = sql.SQL(value) if name in _LISTS else sql.Literal(value)
            who = sql.SQL("DATABASE {}").format(sql.Identifier(to))
            if role is not None:
                who = sql.SQL("ROLE {} IN {}").format(sql.Identifier(role), who)
            server.execute(
                sql.SQL("ALTER {} SET {} TO {}").format(
                    who, sql.SQL(".").join(map(sql.Identifier, name.split("."))), told
                )
            )
