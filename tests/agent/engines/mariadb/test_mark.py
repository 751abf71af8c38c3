"""The mark of a database moves with every kind of write, and with nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from miglab.agent.engines.mariadb import copies, drivers, marks, opening
from miglab.agent.engines.mariadb.engine import MariaDB

from .conftest import run

MADE = (
    "CREATE TABLE shop (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(9), INDEX (name))",
    "INSERT INTO shop (name) VALUES ('a'), ('b')",
    "CREATE TABLE child (id integer PRIMARY KEY, shop integer, "
    "FOREIGN KEY (shop) REFERENCES shop (id) ON DELETE CASCADE)",
    "INSERT INTO child VALUES (1, 1)",
    "CREATE SEQUENCE apart",
    "CREATE TABLE plain (id integer) ENGINE=Aria",
    "INSERT INTO plain VALUES (1)",
    "CREATE TABLE older (id integer) ENGINE=MyISAM",
    "INSERT INTO older VALUES (1)",
)
WRITES = {
    "a row": "INSERT INTO shop (name) VALUES ('c')",
    "a value": "UPDATE shop SET name = 'x' WHERE id = 1",
    "no row": "DELETE FROM shop WHERE id = 2",
    "a row and what hangs on it": "DELETE FROM shop WHERE id = 1",
    "a table": "CREATE TABLE other (id integer)",
    "a column": "ALTER TABLE shop ADD COLUMN price decimal(9, 2)",
    "a default": "ALTER TABLE shop ALTER name SET DEFAULT 'x'",
    "a name": "ALTER TABLE shop RENAME TO market",
    "a name of a column": "ALTER TABLE shop RENAME COLUMN name TO title",
    "an index": "CREATE INDEX more ON shop (name)",
    "a check": "ALTER TABLE shop ADD CONSTRAINT some CHECK (name > '')",
    "a comment": "ALTER TABLE shop COMMENT 'here'",
    "a truncate": "TRUNCATE child",
    "a truncate of Aria": "TRUNCATE plain",
    "a row of Aria": "INSERT INTO plain VALUES (2)",
    "all rows of Aria": "DELETE FROM plain",
    "a value of MyISAM": "UPDATE older SET id = 2",
    "all rows of MyISAM": "DELETE FROM older",
    "a table that is gone": "DROP TABLE child",
    "a number of a sequence": "SELECT nextval(apart)",
    "a number that was set": "SELECT setval(apart, 7)",
    "a number for the next row": "ALTER TABLE shop AUTO_INCREMENT = 100",
    "a view": "CREATE VIEW seen AS SELECT * FROM shop",
    "a trigger": "CREATE TRIGGER t BEFORE INSERT ON shop FOR EACH ROW SET NEW.name = 'x'",
    "a function": "CREATE FUNCTION one() RETURNS integer RETURN 1",
    "an event": "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
    "a collation": "ALTER DATABASE COLLATE latin1_bin",
    "a sum": "INSERT INTO shop (name) SELECT name FROM shop",
}


@pytest.fixture(scope="module", autouse=True)
def server_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nobody else writes on it: what is of the whole server moves with everybody's writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIGLAB_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(params=["alone", "with all of the server"])
def counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether the server counts what is written to this database alone."""
    kind: str = request.param
    monkeypatch.setattr(marks, "_counts_rows", lambda connection: kind == "alone")
    return kind


@pytest.fixture
def database(database: str, counted: str) -> str:
    with closing(drivers.connect(database)) as connection:
        setting = drivers.rows(connection, "SELECT @@userstat")
    if counted == "alone" and not setting[0][0]:
        pytest.skip("this server does not count the rows of each table (userstat)")
    return database


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_each_kind_of_write_moves_it(engine: MariaDB, database: str, sql: str) -> None:
    run(database, *MADE)
    before = engine.mark(database)
    assert engine.mark(database) == before
    with closing(drivers.connect(database)) as connection:
        drivers.rows(connection, sql)
        assert engine.mark(database) != before
    assert engine.mark(database) != before


def test_a_second_write_in_the_same_second_moves_it_again(engine: MariaDB, database: str) -> None:
    run(database, *MADE)
    seen = {engine.mark(database)}
    for number in range(3):
        run(database, f"UPDATE plain SET id = {number + 5}")
        seen.add(engine.mark(database))
        run(database, f"ALTER TABLE plain COMMENT '{number}'")
        seen.add(engine.mark(database))
    assert len(seen) == 7


def test_a_column_that_is_made_anew_at_once_moves_it_even_in_the_second_of_the_table(
    engine: MariaDB, database: str
) -> None:
    run(
        database,
        "CREATE TABLE priced (id integer PRIMARY KEY, price integer NOT NULL DEFAULT 0)",
        "INSERT INTO priced VALUES (1, 7)",
    )
    before = engine.mark(database)
    run(
        database,
        "ALTER TABLE priced DROP COLUMN price",
        "ALTER TABLE priced ADD COLUMN price integer NOT NULL DEFAULT 0",
    )
    assert engine.mark(database) != before


def test_what_moved_it_once_does_not_leave_it_when_something_happens_elsewhere(
    engine: MariaDB, database: str, counted: str
) -> None:
    run(database, "CREATE TABLE priced (id integer PRIMARY KEY, price integer)")
    run(database, "INSERT INTO priced VALUES (1, 7)")
    before = engine.mark(database)
    run(database, "ALTER TABLE priced DROP COLUMN price", "ALTER TABLE priced ADD price integer")
    moved = engine.mark(database)
    engine.forget(engine.keep(database, "copy"))
    after = engine.mark(database)
    assert after != before
    assert (after == moved) == (counted == "alone")


def test_the_age_of_a_table_does_not_move_it(engine: MariaDB, database: str, counted: str) -> None:
    run(database, *MADE)
    seen = [engine.mark(database)]
    for _ in range(2):
        time.sleep(1.2)
        engine.forget(engine.keep(database, "copy"))
        seen.append(engine.mark(database))
    assert (len({*seen}) == 1) == (counted == "alone")


def test_what_is_not_committed_yet_moves_it_again_when_it_is(
    engine: MariaDB, database: str
) -> None:
    run(database, *MADE)
    with closing(drivers.connect(database)) as connection:
        drivers.rows(connection, "BEGIN")
        drivers.rows(connection, "UPDATE shop SET name = 'x'")
        before = engine.mark(database)
        drivers.rows(connection, "COMMIT")
        assert engine.mark(database) != before


def test_reading_does_not_move_it(engine: MariaDB, database: str) -> None:
    run(database, *MADE)
    before = engine.mark(database)
    engine.read(database)
    run(database, "SELECT * FROM shop", "SELECT * FROM plain", "BEGIN", "SELECT * FROM shop")
    engine.compare(database, database, None)
    assert engine.mark(database) == before


def test_copies_beside_it_move_one_of_its_own_not(
    engine: MariaDB, database: str, counted: str
) -> None:
    run(database, *MADE)
    before = engine.mark(database)
    copy = engine.keep(database, "copy")
    engine.forget(copy)
    assert (engine.mark(database) == before) == (counted == "alone")


def test_a_database_that_is_not_there_has_none(engine: MariaDB, database: str) -> None:
    gone = copies.called(database, f"{opening.database(database)}_gone")
    assert engine.mark(gone) is None
    assert not engine.exists(gone)
    assert engine.read(gone)["record"] == {"exists": False, "keys": []}


def test_nobody_waits_for_a_lock(engine: MariaDB, database: str) -> None:
    run(database, *MADE)
    with closing(drivers.connect(database)) as connection:
        drivers.rows(connection, "LOCK TABLES shop WRITE, plain WRITE")
        assert engine.mark(database) is not None


def test_a_session_that_stays_is_not_waited_for(
    engine: MariaDB, database: str, counted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "_PATIENCE", 20.0)
    run(database, *MADE)
    with closing(drivers.connect(database)) as connection:
        marks.note_staying(connection)
        began = time.monotonic()
        before = engine.mark(database)
        drivers.rows(connection, "UPDATE shop SET name = 'x'")
        assert engine.mark(database) != before
        assert time.monotonic() - began < 15
    marks.note_leaving()
