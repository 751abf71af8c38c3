"""SQLite, by Python's own module."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from miglab.facts.migration import Key

from .state import Insert, Row, Shell, State

VENDOR = DATABASE = "sqlite"


def absent() -> str:
    """It comes with Python."""
    return ""


def read(handle: str) -> State:
    """By the catalogue and all rows."""
    with closing(sqlite3.connect(f"file:{handle}?mode=ro", uri=True)) as connection:

        def ask(sql: str) -> list[Row]:
            return connection.execute(sql).fetchall()

        record = ask("SELECT app, name FROM django_migrations ORDER BY id")
        found = ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        names = [str(name) for (name,) in found]
        names = [name for name in names if name != "django_migrations" and name[:7] != "sqlite_"]
        columns = {name: ask(f'PRAGMA table_info("{name}")') for name in names}
        links = {name: ask(f'PRAGMA foreign_key_list("{name}")') for name in names}
        keys = {name: next(str(row[1]) for row in columns[name] if row[5]) for name in names}
        return State(
            record=tuple(Key(str(label), str(name)) for label, name in record),
            columns={name: tuple(str(row[1]) for row in columns[name]) for name in names},
            keys=keys,
            schema={
                name: frozenset(
                    row[at:] for at, rows in ((1, columns), (2, links)) for row in rows[name]
                )
                for name in names
            },
            rows={
                name: tuple(ask(f'SELECT * FROM "{name}" ORDER BY "{keys[name]}"'))
                for name in names
            },
        )


def run(handle: str, sql: str) -> None:
    """One statement."""
    with closing(sqlite3.connect(handle)) as connection, connection:
        connection.execute(sql)


def insert(handle: str, rows: Iterable[Insert]) -> None:
    """By one transaction."""
    with closing(sqlite3.connect(handle)) as connection, connection:
        for table, columns, values in rows:
            names = ", ".join(f'"{each}"' for each in columns)
            marks = ", ".join("?" for _ in columns)
            connection.execute(
                f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', values
            )


def beside(folder: Path) -> str:
    """The file that a copy of the folder has itself."""
    return str(folder / "db.sqlite3")


def copy(handle: str, to: str) -> None:
    """Nobody is connected: the file is all of it."""
    shutil.copyfile(handle, to)


def setting(handle: str) -> Mapping[str, Any]:
    """Its file."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": handle}


def empty(handle: str) -> None:
    """No file is an empty database."""
    drop(handle)


def terminal(handle: str) -> Shell:
    """It is a file."""
    return Shell(handle, {})


@contextmanager
def writing(handle: str, sql: str) -> Iterator[None]:
    """In a transaction that is kept open."""
    with closing(sqlite3.connect(handle)) as connection, connection:
        connection.execute(sql)
        yield


def drop(handle: str) -> None:
    """Its file."""
    Path(handle).unlink(missing_ok=True)


def raw(handle: str, left_out: Collection[str]) -> object:
    """The catalogue and the rows, in the order in which they lie."""
    if not Path(handle).exists():
        return None
    with closing(sqlite3.connect(f"file:{handle}?mode=ro", uri=True)) as database:
        schema = database.execute("SELECT * FROM sqlite_master ORDER BY name").fetchall()
        tables = [
            database.execute(f'SELECT * FROM "{row[1]}"').fetchall()
            for row in schema
            if row[0] == "table" and row[1] not in left_out
        ]
    return [row[:3] + row[4:] for row in schema], tables


def beyond(handle: str) -> object:
    """There is nothing of the kind."""
    return None


def databases(home: Path) -> set[str]:
    """They are files."""
    return set()


def settled(home: Path) -> bool:
    """There is no server."""
    return True


def large(rows: int) -> tuple[str, ...]:
    """By a query that counts."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows})"
    return (
        "CREATE TABLE large (data blob)",
        f"INSERT INTO large {numbers} SELECT zeroblob(1000) FROM n",
    )


def joined(*parts: str) -> str:
    """As the standard has it."""
    return " || ".join(parts)
