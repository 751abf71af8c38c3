"""Databases of one test each, on a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest

from miglab.agent.engines.mariadb import copies, drivers, duplicate
from miglab.agent.engines.mariadb.engine import MariaDB

from ....databases.mariadb import servers


def any_server() -> str:
    """The one that a variable names, or else one that miglab starts."""
    return os.environ.get(servers.VARIABLE) or servers.own()


def made(name: str) -> str:
    """The handle of an empty database of this name."""
    handle = copies.called(any_server(), name)
    with closing(drivers.connect(handle, "")) as server:
        place = duplicate.quoted(name)
        drivers.rows(server, f"CREATE DATABASE {place} CHARACTER SET utf8mb4")
    return handle


def dropped(handle: str) -> None:
    """With whatever was made beside it."""
    beside = drivers.parts(handle)["database"].replace("_", "\\_") + "%"
    with closing(drivers.connect(handle, "")) as server:
        for (name,) in drivers.rows(server, f"SHOW DATABASES LIKE '{beside}'"):
            drivers.rows(server, f"DROP DATABASE {duplicate.quoted(name)}")


@pytest.fixture
def database() -> Iterator[str]:
    """The handle of an empty database."""
    handle = made(f"miglab_{uuid4().hex[:12]}")
    yield handle
    dropped(handle)


@pytest.fixture
def engine() -> MariaDB:
    return MariaDB()


def run(handle: str, *statements: str) -> None:
    """Run statements, and close the connection."""
    with closing(drivers.connect(handle)) as connection:
        for sql in statements:
            drivers.rows(connection, sql)
