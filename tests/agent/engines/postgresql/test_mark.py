"""The mark of a database moves with every kind of write, and with nothing else."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from contextlib import closing
from typing import Any

import psycopg
import pytest

from miglab.agent.engines.postgresql import drivers, opening
from miglab.agent.engines.postgresql.engine import PostgreSQL

from .conftest import run

MADE = (
    "CREATE TABLE shop (id bigserial PRIMARY KEY, name text)",
    "INSERT INTO shop (name) VALUES ('a'), ('b')",
    "CREATE SEQUENCE apart",
    "CREATE UNLOGGED TABLE unlogged (id integer)",
)
WRITES = {
    "a row": "INSERT INTO shop (name) VALUES ('c')",
    "a value": "UPDATE shop SET name = 'x' WHERE id = 1",
    "no row": "DELETE FROM shop WHERE id = 1",
    "a table": "CREATE TABLE other (id integer)",
    "a column": "ALTER TABLE shop ADD COLUMN price numeric",
    "a name": "ALTER TABLE shop RENAME TO market",
    "an index": "CREATE INDEX ON shop (name)",
    "a comment": "COMMENT ON TABLE shop IS 'here'",
    "a truncate": "TRUNCATE shop",
    "a truncate of nothing": "TRUNCATE unlogged",
    "a number": "SELECT nextval('shop_id_seq')",
    "a number of a sequence apart": "SELECT nextval('apart')",
    "a number that was set": "SELECT setval('apart', 7, false)",
    "a large object": "SELECT lo_from_bytea(0, 'abc')",
    "a view": "CREATE VIEW seen AS SELECT * FROM shop",
    "a row that is not logged": "INSERT INTO unlogged VALUES (1)",
    "an extension": "CREATE EXTENSION hstore",
    "a setting": "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
}


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_each_kind_of_write_moves_it_when_the_connection_is_closed(
    engine: PostgreSQL, database: str, sql: str
) -> None:
    run(database, *MADE)
    before = engine.mark(database)
    run(database, sql)
    assert engine.mark(database) != before


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_each_kind_of_write_moves_it_while_the_connection_is_open(
    engine: PostgreSQL, database: str, sql: str
) -> None:
    run(database, *MADE)
    with closing(drivers.connect(database)) as connection:
        opening.execute(connection, "SELECT 1")
        before = engine.mark(database)
        opening.execute(connection, sql)
        assert engine.mark(database) != before


def test_a_write_of_another_process_moves_it(engine: PostgreSQL, database: str) -> None:
    run(database, *MADE)
    before = engine.mark(database)
    code = (
        "import sys, psycopg\n"
        "with psycopg.connect(sys.argv[1]) as connection:\n"
        "    with connection.cursor().copy('COPY shop (name) FROM STDIN') as copy:\n"
        "        copy.write('z\\n')\n"
    )
    subprocess.run([sys.executable, "-c", code, database], check=True)
    assert engine.mark(database) != before


def test_what_is_not_committed_yet_moves_it_again_when_it_is(
    engine: PostgreSQL, database: str
) -> None:
    run(database, *MADE)
    with closing(drivers.connect(database)) as connection:
        opening.execute(connection, "BEGIN")
        opening.execute(connection, "UPDATE shop SET name = 'x'")
        before = engine.mark(database)
        opening.execute(connection, "COMMIT")
    assert engine.mark(database) != before


def test_reading_does_not_move_it(engine: PostgreSQL, database: str, driver: str) -> None:
    run(database, *MADE)
    before = engine.mark(database)
    engine.read(database)
    run(database, "SELECT * FROM shop", "SELECT * FROM shop_id_seq", "BEGIN", "COMMIT")
    engine.compare(database, database, None)
    assert engine.mark(database) == before


def test_a_database_that_is_not_there_has_none(engine: PostgreSQL, database: str) -> None:
    gone = database.replace("?", "_gone?")
    assert engine.mark(gone) is None
    assert not engine.exists(gone)
    assert engine.read(gone)["record"] == {"exists": False, "keys": []}


def test_nobody_waits_for_a_lock(engine: PostgreSQL, database: str) -> None:
    run(database, *MADE)
    with closing(drivers.connect(database)) as connection:
        opening.execute(connection, "BEGIN")
        opening.execute(connection, "LOCK TABLE shop IN ACCESS EXCLUSIVE MODE")
        opening.execute(connection, "DROP SEQUENCE apart")
        assert engine.mark(database) != engine.mark(database)


class OfDjango:
    """What is asked of a connection of Django's: the driver's, as Django opens it."""

    def __init__(self, handle: str) -> None:
        self.connection: Any = psycopg.connect(handle, autocommit=True, client_encoding="UTF8")

    def close(self) -> None:
        self.connection.close()
        self.connection = None


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_each_kind_of_write_of_djangos_moves_it_when_its_session_goes_on_as_ours(
    engine: PostgreSQL, database: str, sql: str
) -> None:
    run(database, *MADE)
    before = engine.mark(database)
    connection = OfDjango(database)
    with engine.together():
        opening.execute(connection.connection, sql)
        engine.take(connection, database)
        assert connection.connection is None
        assert engine.mark(database) != before


def test_a_session_that_goes_on_as_ours_holds_nothing_of_the_projects(
    engine: PostgreSQL, database: str
) -> None:
    run(database, *MADE)
    connection = OfDjango(database)
    (pid,) = opening.rows(connection.connection, "SELECT pg_backend_pid()")[0]
    for each in ("SET search_path = nowhere", "CREATE TEMPORARY TABLE shop (wrong integer)"):
        opening.execute(connection.connection, each)
    with engine.together():
        engine.take(connection, database)
        with opening.opened(database) as ours:
            assert opening.rows(ours, "SELECT pg_backend_pid()") == [(pid,)]
            assert opening.rows(ours, "SHOW default_transaction_read_only") == [("on",)]
        assert engine.read(database)["rows"] == {"shop": 2, "unlogged": 0}


@pytest.mark.parametrize("sql", ["BEGIN", "SELECT 1/0"], ids=["a transaction", "one that failed"])
def test_a_session_with_a_transaction_is_closed_and_its_writes_are_gone(
    engine: PostgreSQL, database: str, sql: str
) -> None:
    run(database, *MADE)
    connection = OfDjango(database)
    opening.execute(connection.connection, "BEGIN")
    opening.execute(connection.connection, "DELETE FROM shop")
    with contextlib.suppress(drivers.error()):
        opening.execute(connection.connection, sql)
    with engine.together():
        engine.take(connection, database)
        assert database not in opening.kept
        assert engine.read(database)["rows"]["shop"] == 2
