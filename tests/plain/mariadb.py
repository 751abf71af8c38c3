"""MariaDB, by PyMySQL: the statements that make tables, all rows, and copies by dump."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql

from miglab.databases.mariadb import binaries
from miglab.databases.mariadb.address import beside as called
from miglab.databases.mariadb.address import parameters_of, password_of
from miglab.databases.mariadb_engine import VARIABLE, MariaDB
from miglab.databases.naming import owner_of
from miglab.facts.migration import Key

from .state import Insert, Row, Shell, State

VENDOR, DATABASE = "mysql", "mariadb"
#: Types whose values are read as numbers; others as they are written.
_NATIVE = ("tinyint", "smallint", "int", "bigint", "double")
_BYTES = ("blob", "longblob", "varbinary", "binary")

_TABLES = """
    SELECT t.table_name, coalesce((
        SELECT column_name FROM information_schema.statistics s WHERE s.table_schema = database()
        AND s.table_name = t.table_name AND s.index_name = 'PRIMARY' AND s.seq_in_index = 1), '')
    FROM information_schema.tables t WHERE t.table_schema = database()
    AND t.table_type = 'BASE TABLE' AND t.table_name <> 'django_migrations'
    ORDER BY CAST(t.table_name AS BINARY)
"""
_COLUMNS = """
    SELECT column_name, data_type, column_type, is_nullable, column_default, extra, collation_name,
        generation_expression, column_comment
    FROM information_schema.columns WHERE table_schema = database() AND table_name = %s
    ORDER BY ordinal_position
"""
#: What is in a statement that makes a table, line by line, and a name in it that is no column's.
_NAMED = re.compile(r"^(UNIQUE KEY|KEY|CONSTRAINT) `(?:[^`]|``)*`")
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


def absent() -> str:
    """One is installed, or named."""
    if os.environ.get(VARIABLE) or next(binaries.servers(), None) is not None:
        return ""
    return f"no MariaDB server is installed here, and {VARIABLE} names none"


@contextmanager
def connected(handle: str, database: str | None = None) -> Iterator[Any]:
    known = parameters_of(handle)
    with closing(
        pymysql.connect(
            host=known.get("host", "127.0.0.1"),
            port=int(known.get("port", "3306")),
            unix_socket=known.get("unix_socket"),
            user=known.get("user"),
            password=password_of(handle),
            database=(known.get("database") if database is None else database) or None,
            charset="utf8mb4",
            autocommit=True,
            ssl_disabled=True,
        )
    ) as connection:
        yield connection


def _ask(connection: Any, sql: str, given: Any = None) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [tuple(row) for row in cursor.fetchall()]


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def catalogue(connection: Any) -> dict[str, list[str]]:
    """What each table is made of, in no order and without names that are no column's."""
    return {
        str(name): sorted(map(repr, _schema(connection, str(name))))
        for name, _ in _ask(connection, _TABLES)
    }


def _schema(connection: Any, table: str) -> frozenset[object]:
    return frozenset([*_ask(connection, _COLUMNS, [table]), *_rest(connection, table)])


def _rest(connection: Any, table: str) -> list[object]:
    ((_, made),) = _ask(connection, f"SHOW CREATE TABLE {_quoted(table)}")
    lines = [each.strip().rstrip(",") for each in str(made).splitlines()]
    rest = [each for each in lines[1:] if not each.startswith("`")]
    return [_COUNTER.sub("", _NAMED.sub(r"\1", each)) for each in rest]


def read(handle: str) -> State:
    """By the catalogue and all rows."""
    with connected(handle) as connection:
        record = _ask(connection, "SELECT app, name FROM django_migrations ORDER BY id")
        keys = {str(name): str(key) for name, key in _ask(connection, _TABLES)}
        columns = {name: _ask(connection, _COLUMNS, [name]) for name in keys}
        return State(
            record=tuple(Key(str(label), str(name)) for label, name in record),
            columns={name: tuple(str(row[0]) for row in found) for name, found in columns.items()},
            keys=keys,
            schema={name: _schema(connection, name) for name in keys},
            rows={
                name: tuple(_ask(connection, _pulled(name, keys[name], found)))
                for name, found in columns.items()
            },
        )


def _pulled(table: str, key: str, columns: list[Row]) -> str:
    wanted = []
    for name, kind, *_ in columns:
        value = _quoted(str(name))
        shown = f"HEX({value})" if kind in _BYTES else f"CAST({value} AS CHAR)"
        wanted.append(value if kind in _NATIVE else shown)
    order = f" ORDER BY {_quoted(key)}" if key else ""
    return f"SELECT {', '.join(wanted)} FROM {_quoted(table)}{order}"


def run(handle: str, sql: str) -> None:
    """One statement."""
    with connected(handle) as connection:
        _ask(connection, sql)


def insert(handle: str, rows: Iterable[Insert]) -> None:
    """By one transaction."""
    with connected(handle) as connection:
        connection.begin()
        for table, columns, values in rows:
            names = ", ".join(_quoted(each) for each in columns)
            marks = ", ".join("%s" for _ in columns)
            sql = f"INSERT IGNORE INTO {_quoted(table)} ({names}) VALUES ({marks})"
            _ask(connection, sql, values)
        connection.commit()


def beside(folder: Path) -> str:
    """On the server that labs have, a name that no lab's database has."""
    server = str(MariaDB().kept(folder, "x"))
    digest = hashlib.sha1(str(folder).encode()).hexdigest()
    # The role of a server of miglab's own makes databases that begin so.
    return str(called(server, f"miglab_plain_{digest}"))


def _at_server(handle: str, *statements: str) -> None:
    with connected(handle, "") as connection:
        for each in statements:
            _ask(connection, each)


def _name(handle: str) -> str:
    return parameters_of(handle)["database"]


def _login(handle: str) -> list[str]:
    known = parameters_of(handle)
    names = {"unix_socket": "socket", "host": "host", "port": "port", "user": "user"}
    return [f"--{option}={known[part]}" for part, option in names.items() if part in known]


def copy(handle: str, to: str) -> None:
    """By the tools that come with the server."""
    _at_server(to, f"CREATE DATABASE {_quoted(_name(to))} CHARACTER SET utf8mb4")
    dump = subprocess.run(
        ["mariadb-dump", "--no-defaults", *_login(handle), "--skip-comments", _name(handle)],
        check=True,
        capture_output=True,
        env={**os.environ, "MYSQL_PWD": password_of(handle)},
    )
    subprocess.run(
        ["mariadb", "--no-defaults", *_login(to), _name(to)],
        check=True,
        input=dump.stdout,
        env={**os.environ, "MYSQL_PWD": password_of(to)},
    )


def setting(handle: str) -> Mapping[str, Any]:
    """By Django's own backend."""
    known = parameters_of(handle)
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": known["database"],
        "USER": known.get("user", ""),
        "PASSWORD": password_of(handle),
        "HOST": known.get("unix_socket", known.get("host", "")),
        "PORT": known.get("port", ""),
    }


def empty(handle: str) -> None:
    """Another database of that name."""
    drop(handle)
    _at_server(handle, f"CREATE DATABASE {_quoted(_name(handle))} CHARACTER SET utf8mb4")


def terminal(handle: str) -> Shell:
    """SQL goes to the client; its programs read where the server is from a file of one's own."""
    known = parameters_of(handle)
    home = Path(os.environ["MIGLAB_HOME"]) / "terminal"
    home.mkdir(exist_ok=True)
    names = {"unix_socket": "socket", "host": "host", "port": "port", "user": "user"}
    told = [f"{option} = {known[part]}" for part, option in names.items() if part in known]
    secret = password_of(handle)
    told += [f'password = "{secret}"'] if secret else []
    (home / ".my.cnf").write_text("\n".join(["[client]", *told, ""]), encoding="utf-8")

    def typed(line: str) -> str:
        return f'mysql -e "{line}"' if line.startswith(("DROP ", "CREATE ")) else line

    return Shell(known["database"], {"HOME": str(home)}, typed)


@contextmanager
def writing(handle: str, sql: str) -> Iterator[None]:
    """In a transaction that is kept open."""
    with connected(handle) as connection:
        connection.begin()
        _ask(connection, sql)
        yield
        connection.commit()


def drop(handle: str) -> None:
    """Whoever is connected."""
    _at_server(handle, f"DROP DATABASE IF EXISTS {_quoted(_name(handle))}")


def raw(handle: str, left_out: Collection[str]) -> object:
    """The statements that make the tables, and the rows."""
    try:
        with connected(handle) as connection:
            names = [
                str(name) for name, _ in [*_ask(connection, _TABLES), ("django_migrations", "")]
            ]
            return [
                names,
                [_ask(connection, f"SHOW CREATE TABLE {_quoted(each)}") for each in names],
                [
                    sorted(map(repr, _ask(connection, f"SELECT * FROM {_quoted(each)}")))
                    for each in names
                    if each not in left_out
                ],
            ]
    except pymysql.Error:
        return None


def beyond(handle: str) -> object:
    """Routines and events."""
    with connected(handle) as connection:
        routines = "SELECT routine_name FROM information_schema.routines"
        events = "SELECT event_name FROM information_schema.events"
        return (
            _ask(connection, f"{routines} WHERE routine_schema = database()"),
            _ask(connection, f"{events} WHERE event_schema = database()"),
        )


def _server(home: Path) -> str:
    """The one that labs have."""
    return str(MariaDB().kept(home, "x"))


def databases(home: Path) -> set[str]:
    """Whatever is on the server but what is kept for the next lab."""
    kept = owner_of(home / "templates")
    with connected(_server(home), "") as connection:
        found = {str(name) for (name,) in _ask(connection, "SHOW DATABASES")}
    return {name for name in found if not name.startswith(kept)}


def settled(home: Path) -> bool:
    """A statement of somebody who was killed goes on to its end."""
    sql = (
        "SELECT count(*) FROM information_schema.processlist "
        "WHERE id <> connection_id() AND command NOT IN ('Daemon', 'Sleep')"
    )
    with connected(_server(home), "") as connection:
        return _ask(connection, sql) == [(0,)]


def large(rows: int) -> tuple[str, ...]:
    """By the engine that counts."""
    return (
        "CREATE TABLE large (data blob)",
        f"INSERT INTO large SELECT repeat('x', 1000) FROM seq_1_to_{rows}",
    )


def joined(*parts: str) -> str:
    """By a function."""
    return f"concat({', '.join(parts)})"
