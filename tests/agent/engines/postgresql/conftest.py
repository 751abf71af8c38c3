"""Databases of one test each, on a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest

from miglab.agent.engines.postgresql import copies, drivers, opening
from miglab.agent.engines.postgresql.engine import PostgreSQL

SERVER = os.environ.get("MIGLAB_POSTGRESQL", "postgresql://postgres@/postgres?host=127.0.0.1")


@pytest.fixture
def database() -> Iterator[str]:
    """The handle of an empty database."""
    handle = copies.called(SERVER, f"miglab_{uuid4().hex[:12]}")
    server = opening.maintain(handle)
    opening.execute(server, f"CREATE DATABASE {opening.database(handle)}")
    yield handle
    copies.drop(handle)
    beside = f"datname LIKE '{opening.database(handle)}\\_%'"
    for (name,) in opening.rows(server, f"SELECT datname FROM pg_database WHERE {beside}"):
        copies.drop_database(server, name)
    server.close()


@pytest.fixture
def engine() -> PostgreSQL:
    return PostgreSQL()


@pytest.fixture(params=drivers.NAMES)
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the drivers is the one that is here."""
    name: str = request.param
    module = pytest.importorskip(name)
    monkeypatch.setattr(drivers, "driver", lambda: module)
    return name


def run(handle: str, *statements: str) -> None:
    """Run statements, and close the connection."""
    connection = drivers.connect(handle)
    try:
        for sql in statements:
            opening.execute(connection, sql)
    finally:
        connection.close()
