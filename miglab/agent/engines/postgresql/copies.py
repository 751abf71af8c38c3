"""Makes and drops databases on the server of a handle: copies that are named after the lab's own
database, and empty ones."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from typing import Any, Iterator
from urllib.parse import quote as quoted_in_uri

from . import drivers, durable
from .opening import database, execute, leave, literal, maintained, quote, rows

#: The greatest length of a name, in bytes.
_LONGEST = 63
#: The error code for a name that another database has already.
_TAKEN = "42P04"
#: How long to wait until nobody is connected any more, in seconds.
_PATIENCE = 5.0


def beside(handle: str, name: str) -> str:
    """The handle of another database on the same server, named after this one and ``name``."""
    ending = "_" + hashlib.sha1(name.encode()).hexdigest()[:10]
    own = database(handle)
    while len((own + ending).encode()) > _LONGEST:
        own = own[:-1]
    return called(handle, own + ending)


def called(handle: str, name: str) -> str:
    """The handle of the database of this name on the same server."""
    head, _, rest = handle.partition("://")
    place, question, options = rest.partition("?")
    server, _, _ = place.partition("/")
    return "%s://%s/%s%s%s" % (head, server, quoted_in_uri(name, safe=""), question, options)


def copy(handle: str, to: str) -> None:
    """Copy a database to which nobody stays connected; an older one of that name is dropped.

    Raises:
        Error: somebody stays connected, the role may not do it, or there is no room.
    """
    leave(handle)
    durable.end()
    with maintained(handle) as connection:
        wait_until_alone(connection, database(handle))
        version = drivers.server_version(connection)
        if version >= 180000:
            with contextlib.suppress(drivers.error()):
                execute(connection, "SET file_copy_method = clone")
        how = " STRATEGY file_copy" if version >= 150000 else ""
        names = (quote(database(to)), quote(database(handle)), how)
        sql = "CREATE DATABASE %s TEMPLATE %s%s" % names
        try:
            execute(connection, sql)
        except drivers.error() as error:
            if drivers.code(error) != _TAKEN:
                raise
            drop_database(connection, database(to))
            execute(connection, sql)
        _copy_settings(connection, database(handle), database(to))


def _copy_settings(connection: Any, source: str, to: str) -> None:
    """Copy what ``ALTER DATABASE … SET`` has set, because ``CREATE DATABASE … TEMPLATE`` does
    not."""
    sql = (
        "SELECT unnest(s.setconfig) FROM pg_catalog.pg_db_role_setting s "
        "JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase "
        "WHERE s.setrole = 0 AND d.datname = %s" % literal(source)
    )
    for (setting,) in rows(connection, sql):
        name, _, value = setting.partition("=")
        # Lists, such as search_path, are written as they are read.
        written = value if "," in value or '"' in value else literal(value)
        execute(connection, "ALTER DATABASE %s SET %s TO %s" % (quote(to), quote(name), written))


def wait_until_alone(connection: Any, name: str) -> None:
    """Wait until nobody is connected, but no longer than ``_PATIENCE``: the server takes a moment
    to end a connection that was closed."""
    sql = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = %s" % literal(name)
    end = time.monotonic() + _PATIENCE
    while rows(connection, sql)[0][0] and time.monotonic() < end:
        time.sleep(0.002)


def drop(handle: str) -> None:
    """Drop a database, if it exists."""
    leave(handle)
    with maintained(handle) as connection:
        drop_database(connection, database(handle))


def drop_database(connection: Any, name: str) -> None:
    """End the connections to a database of miglab's own and drop it, if it exists."""
    sql = (
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity "
        "WHERE datname = %s" % literal(name)
    )
    if rows(connection, sql):
        wait_until_alone(connection, name)
    execute(connection, "DROP DATABASE IF EXISTS %s" % quote(name))


def exchange(handle: str, kept: str) -> None:
    """Swap two databases, to which nobody is connected."""
    one, other = database(handle), database(kept)
    between = database(beside(kept, "between"))
    for each in (handle, kept):
        leave(each)
    with maintained(handle) as connection:
        for each in (one, other):
            wait_until_alone(connection, each)
        for old, new in ((one, between), (other, one), (between, other)):
            execute(connection, "ALTER DATABASE %s RENAME TO %s" % (quote(old), quote(new)))


@contextlib.contextmanager
def scratch(connection: Any, handle: str) -> Iterator[Any]:
    """A connection of Django's like this one, to an empty database that is dropped at the end. This
    database has the schemas, extensions, enumerations and collations of the handle's database."""
    empty = beside(handle, "scratch %d %d" % (os.getpid(), time.monotonic_ns()))
    made = None
    with maintained(handle) as maintenance:
        try:
            encoding = rows(
                maintenance,
                "SELECT pg_catalog.pg_encoding_to_char(encoding) FROM pg_catalog.pg_database "
                "WHERE datname = %s" % literal(database(handle)),
            )[0][0]
            execute(
                maintenance,
                "CREATE DATABASE %s TEMPLATE template0 ENCODING %s LC_COLLATE 'C' LC_CTYPE 'C'"
                % (quote(database(empty)), literal(encoding)),
            )
            _furnish(handle, empty)
            settings = dict(connection.settings_dict, NAME=database(empty))
            made = type(connection)(settings, connection.alias)
            yield made
        finally:
            if made is not None:
                made.close()
            drop_database(maintenance, database(empty))


def _furnish(handle: str, empty: str) -> None:
    """Give a new database the types that columns of the other one may have."""
    source, target = drivers.connect(handle), drivers.connect(empty)
    try:
        for schema in rows(
            source,
            "SELECT quote_ident(nspname) FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' "
            "AND nspname NOT IN ('information_schema', 'public')",
        ):
            execute(target, "CREATE SCHEMA %s" % schema)
        for extension, schema in rows(
            source,
            "SELECT quote_ident(e.extname), quote_ident(n.nspname) FROM pg_catalog.pg_extension e "
            "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' "
            "ORDER BY e.oid",
        ):
            execute(target, "CREATE EXTENSION IF NOT EXISTS %s SCHEMA %s" % (extension, schema))
        for name, labels in rows(
            source,
            "SELECT quote_ident(n.nspname) || '.' || quote_ident(t.typname), "
            "string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) "
            "FROM pg_catalog.pg_type t JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid "
            "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
            "WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = t.oid "
            "AND d.deptype = 'e') GROUP BY t.oid, n.nspname, t.typname",
        ):
            execute(target, "CREATE TYPE %s AS ENUM (%s)" % (name, labels))
        for name, kind, provider, deterministic, locale in rows(source, _COLLATIONS):
            given = [
                "PROVIDER = %s" % provider,
                "LOCALE = %s" % literal(locale),
                "DETERMINISTIC = %s" % ("true" if deterministic else "false"),
            ]
            if kind:
                execute(target, "CREATE COLLATION %s (%s)" % (name, ", ".join(given)))
    finally:
        source.close()
        target.close()


#: The name of one column differs between versions (``colliculocale`` in some), so the row is read
#: as JSON.
_COLLATIONS = (
    "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname), "
    "c.collprovider IN ('i', 'c'), CASE c.collprovider WHEN 'i' THEN 'icu' ELSE 'libc' END, "
    "coalesce((to_json(c) ->> 'collisdeterministic')::boolean, true), "
    "coalesce(to_json(c) ->> 'colllocale', to_json(c) ->> 'colliculocale', c.collcollate) "
    "FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace "
    "WHERE n.nspname <> 'pg_catalog'"
)
