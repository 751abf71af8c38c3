"""The mark of a database moves with every kind of write, and with nothing else."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

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
