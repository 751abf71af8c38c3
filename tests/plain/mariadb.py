"""MariaDB and MySQL, by PyMySQL: the server's own catalogue, all rows, and copies by its tools."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql

from miglab.databases.mariadb import binaries
from miglab.databases.mariadb_engine import VARIABLE, MariaDB
from miglab.databases.naming import owner_of
from miglab.facts.migration import Key

from .state import Insert, Row, Shell, State

VENDOR, DATABASE = "mysql", "mariadb"
_OWN = ("information_schema", "mysql", "performance_schema", "sys")


def absent() -> str:
    """The programs have to be installed."""
    if os.environ.get(VARIABLE) or next(binaries.servers(), None) is not None:
        return ""
    return f"no MariaDB server is installed here (mariadbd), and {VARIABLE} names none"


def _parts(handle: str) -> dict[str, Any]:
    found = urlsplit(handle)
    socket = parse_qs(found.query).get("unix_socket", [""])[0]
    where: dict[str, Any] = {"host": found.hostname or "127.0.0.1", "port": found.port or 3306}
    if socket:
        where = {"unix_socket": unquote(socket)}
    return {**where, "user": unquote(found.username or ""), "database": unquote(found.path[1:])}


def _connect(handle: str, database: str | None = None) -> pymysql.Connection:
    parts = _parts(handle)
    if database is not None:
        parts["database"] = database
    return pymysql.connect(
        **{name: each for name, each in parts.items() if each}, charset="utf8mb4", ssl_disabled=True
    )


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _ask(connection: pymysql.Connection, sql: str, given: Any = None) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [*cursor.fetchall()]


def _made(connection: pymysql.Connection, table: str) -> list[str]:
    """What a table is made of: the lines of its statement without names, order and counters."""
    ((_, text, *_),) = _ask(connection, f"SHOW CREATE TABLE {_quoted(table)}")
    lines = [each.strip().rstrip(",") for each in str(text).splitlines()[1:-1]]
    return sorted(re.sub(r"^((?:UNIQUE )?KEY|CONSTRAINT) `[^`]*`", r"\1", each) for each in lines)


def _tables(connection: pymysql.Connection) -> list[str]:
    return sorted(
        str(name)
        for name, kind in _ask(connection, "SHOW FULL TABLES")
        if kind == "BASE TABLE" and name != "django_migrations"
    )


def _columns(connection: pymysql.Connection, table: str) -> list[Row]:
    return _ask(connection, f"SHOW COLUMNS FROM {_quoted(table)}")


def read(handle: str) -> State:
    """By the catalogue and all rows."""
    with closing(_connect(handle)) as connection:
        record = _ask(connection, "SELECT app, name FROM django_migrations ORDER BY id")
        names = _tables(connection)
        columns = {name: _columns(connection, name) for name in names}
        keys = {
            name: next(str(row[0]) for row in found if row[3] == "PRI")
            for name, found in columns.items()
        }
        return State(
            record=tuple(Key(str(label), str(name)) for label, name in record),
            columns={name: tuple(str(row[0]) for row in found) for name, found in columns.items()},
            keys=keys,
            schema={name: frozenset(_made(connection, name)) for name in names},
            rows={
                name: tuple(
                    tuple(map(_shown, row))
                    for row in _ask(
                        connection, f"SELECT * FROM {_quoted(name)} ORDER BY {_quoted(keys[name])}"
                    )
                )
                for name in names
            },
        )


def _shown(value: object) -> object:
    """As miglab shows it: numbers as they are, and others as texts."""
    return value if value is None or isinstance(value, (int, float, bytes)) else str(value)


def run(handle: str, sql: str) -> None:
    """One statement."""
    with closing(_connect(handle)) as connection:
        _ask(connection, sql)
        connection.commit()


def insert(handle: str, rows: Iterable[Insert]) -> None:
    """By one transaction."""
    with closing(_connect(handle)) as connection:
        for table, columns, values in rows:
            names = ", ".join(map(_quoted, columns))
            marks = ", ".join("%s" for _ in columns)
            sql = f"INSERT IGNORE INTO {_quoted(table)} ({names}) VALUES ({marks})"
            _ask(connection, sql, values)
        connection.commit()


def beside(folder: Path) -> str:
    """On the server that labs have, whose user may only have such names; no lab's is like it."""
    found = urlsplit(str(MariaDB().kept(folder, "x")))
    name = "miglab_plain_" + hashlib.sha1(str(folder).encode()).hexdigest()
    return found._replace(path=f"/{name}").geturl()


def _where(handle: str) -> str:
    known = _parts(handle)
    names = {"user": "user", "host": "host", "port": "port", "unix_socket": "socket"}
    return " ".join(f"--{name}={known[part]}" for part, name in names.items() if known.get(part))


def copy(handle: str, to: str) -> None:
    """By a dump."""
    empty(to)
    name, new = _parts(handle)["database"], _parts(to)["database"]
    subprocess.run(
        f"mariadb-dump {_where(handle)} --single-transaction {name} | mariadb {_where(to)} {new}",
        shell=True,
        check=True,
        capture_output=True,
    )


def setting(handle: str) -> Mapping[str, Any]:
    """By Django's own backend."""
    known = _parts(handle)
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": known["database"],
        "USER": known["user"],
        "HOST": known.get("unix_socket", known.get("host", "")),
        "PORT": known.get("port", ""),
    }


def _at_server(handle: str, *statements: str) -> None:
    with closing(_connect(handle, "")) as connection:
        for each in statements:
            _ask(connection, each)


def drop(handle: str) -> None:
    """If it is there."""
    _at_server(handle, f"DROP DATABASE IF EXISTS {_quoted(_parts(handle)['database'])}")


def empty(handle: str) -> None:
    """Another database of that name."""
    drop(handle)
    name = _quoted(_parts(handle)["database"])
    _at_server(handle, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")


def terminal(handle: str) -> Shell:
    """SQL goes to the client; its programs read where the server is from a file."""
    known = _parts(handle)
    home = Path(os.environ["MIGLAB_HOME"]) / "plain"
    home.mkdir(exist_ok=True)
    names = {"user": "user", "host": "host", "port": "port", "unix_socket": "socket"}
    told = [f"{name} = {known[part]}" for part, name in names.items() if known.get(part)]
    (home / ".my.cnf").write_text("\n".join(["[client]", *told, ""]), encoding="utf-8")

    def typed(line: str) -> str:
        is_sql = line.startswith(("DROP ", "CREATE "))
        return f"mysql -e '{line}'" if is_sql else line

    return Shell(known["database"], {"HOME": str(home)}, typed)


@contextmanager
def writing(handle: str, sql: str) -> Iterator[None]:
    """In a transaction that is kept open."""
    with closing(_connect(handle)) as connection:
        _ask(connection, sql)
        yield
        connection.commit()


def raw(handle: str, left_out: Collection[str]) -> object:
    """The catalogue and the rows."""
    try:
        connection = _connect(handle)
    except pymysql.OperationalError:
        return None
    with closing(connection):
        names = [*_tables(connection), "django_migrations"]
        return [
            [(name, _columns(connection, name), _made(connection, name)) for name in names],
            [
                sorted(map(repr, _ask(connection, f"SELECT * FROM {_quoted(name)}")))
                for name in names
                if name not in left_out
            ],
        ]


def databases(home: Path) -> set[str]:
    """Whatever is on the server but what is kept for the next lab."""
    kept = owner_of(home / "templates")
    with closing(_connect(str(MariaDB().kept(home, "x")), "")) as connection:
        found = {str(name) for (name,) in _ask(connection, "SHOW DATABASES")}
    return {name for name in found - {*_OWN} if not name.startswith(kept)}


def settled(home: Path) -> bool:
    """A statement of somebody who was killed goes on to its end."""
    with closing(_connect(str(MariaDB().kept(home, "x")), "")) as connection:
        sql = "SELECT count(*) FROM information_schema.processlist WHERE id <> connection_id()"
        return _ask(connection, f"{sql} AND command NOT IN ('Daemon', 'Sleep')") == [(0,)]


def large(rows: int) -> tuple[str, ...]:
    """By its table of numbers."""
    return (
        "CREATE TABLE large (data blob)",
        f"INSERT INTO large SELECT repeat('x', 1000) FROM seq_1_to_{rows}",
    )


def joined(*parts: str) -> str:
    """Its own function: to it, two bars mean OR."""
    return f"CONCAT({', '.join(parts)})"
