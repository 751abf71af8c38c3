"""How a test writes to a database of each vendor."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import psycopg

from .mariadb import servers


def _write_sqlite(handle: str, *statements: str) -> None:
    with closing(sqlite3.connect(handle)) as connection:
        for sql in statements:
            connection.execute(sql)
        connection.commit()


def _write_postgresql(handle: str, *statements: str) -> None:
    with psycopg.connect(handle) as connection:
        for sql in statements:
            connection.execute(sql.encode())


#: Vendor → what runs statements on the database of a handle, and commits.
WRITE: dict[str, Callable[..., None]] = {
    "sqlite": _write_sqlite,
    "postgresql": _write_postgresql,
    "mysql": servers.run,
}
