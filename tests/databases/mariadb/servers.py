"""The MariaDB servers that tests run on: one of the programs installed here, which miglab starts,
and the one of this machine."""

from __future__ import annotations

import os
from typing import Any

import pymysql
import pytest

from miglab.databases.mariadb import binaries, originals
from miglab.databases.mariadb.connections import connect

#: Names the machine's server for tests, where it is not this one.
VARIABLE = "MIGLAB_TEST_MARIADB"
HERE = os.environ.get(VARIABLE, "mysql://root@127.0.0.1:3306/")
KINDS = ("own", "named")


def needed() -> None:
    """Skip the test where no server is installed; on the project's own machines that is a
    failure."""
    if next(binaries.servers(), None) is None:
        assert not os.environ.get("CI"), "mariadbd and mariadb-install-db have to be installed here"
        pytest.skip("no MariaDB server is installed here (mariadbd and mariadb-install-db)")


def server(kind: str) -> str:
    """What ``MariaDB(server)`` is given for a kind; skips the test where there is none."""
    if kind == "own":
        needed()
        return ""
    try:
        connect(HERE).close()
    except pymysql.Error as error:
        pytest.skip(f"no MariaDB server runs at {HERE} ({VARIABLE} names another): {error}")
    return HERE


def own() -> str:
    """The handle of the server that miglab starts."""
    needed()
    return originals.own_server()


def run(handle: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements by one connection, and close it: the rows of the last."""
    with connect(handle) as connection, connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
        return [*cursor.fetchall()]
