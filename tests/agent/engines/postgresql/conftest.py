"""Databases of one test each, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from miglab.agent.engines.postgresql import copies, drivers, opening
from miglab.agent.engines.postgresql.engine import PostgreSQL
from miglab.databases.postgresql_engine import PostgreSQL as House

from ....databases.postgresql.servers import server as server_of


@pytest.fixture(params=["embedded", "named"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The handle of an empty database, on each kind of server."""
    somewhere = House(server_of(request.param)).handle(tmp_path, "databases/x")
    handle = copies.called(somewhere, f"miglab_{uuid4().hex[:12]}")
    with opening.maintained(handle) as server:
        opening.execute(server, f"CREATE DATABASE {opening.database(handle)}")
        yield handle
        copies.drop(handle)
        beside = f"datname LIKE '{opening.database(handle)}\\_%'"
        for (name,) in opening.rows(server, f"SELECT datname FROM pg_database WHERE {beside}"):
            copies.drop_database(server, name)


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
