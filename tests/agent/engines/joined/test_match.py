"""A table or a column that nobody saw renamed is found by what is stored in it, and its entry
counts what differs. SQLite and MariaDB are both read so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from miglab.agent.engines.joined.entry import entry_of
from miglab.agent.engines.joined.pair import Pair
from miglab.agent.engines.sqlite.match import pairs

MADE = "CREATE TABLE {} (id integer PRIMARY KEY, colour text, size integer)"
ROWS = "INSERT INTO {} VALUES (1, 'red', 3), (2, 'blue', 4)"


@pytest.fixture
def both() -> Iterator[sqlite3.Connection]:
    """One connection to an old database, which has a table with two rows, and to a new one."""
    connection = sqlite3.connect(":memory:")
    for name in ("old", "new"):
        connection.execute(f"ATTACH ':memory:' AS {name}")
    connection.execute(MADE.format("old.pen"))
    connection.execute(ROWS.format("pen"))
    yield connection
    connection.close()


def only(connection: sqlite3.Connection) -> Pair:
    (pair,) = pairs(connection, None)
    assert isinstance(pair, Pair)
    return pair


def test_a_table_of_another_name_with_the_same_rows_is_the_same(both: sqlite3.Connection) -> None:
    both.execute(MADE.format("new.pencil"))
    both.execute(ROWS.format("new.pencil"))
    pair = only(both)
    assert pair.now == "pencil"
    assert entry_of(pair)["lost"] == 0


@pytest.mark.parametrize(
    "rows", ["INSERT INTO new.pencil VALUES (1, 'red', 3), (2, 'blue', 5)", ""]
)
def test_a_table_of_another_name_with_other_rows_is_another(
    both: sqlite3.Connection, rows: str
) -> None:
    both.execute(MADE.format("new.pencil"))
    if rows:
        both.execute(rows)
    pair = only(both)
    assert pair.now is None
    assert entry_of(pair)["lost"] == 2


def test_a_column_of_another_name_with_the_same_values_is_the_same(
    both: sqlite3.Connection,
) -> None:
    both.execute(MADE.format("new.pen").replace("colour", "shade"))
    both.execute(ROWS.format("new.pen"))
    pair = only(both)
    assert pair.kept["colour"] == "shade"
    assert not entry_of(pair)["changed_columns"]


def test_a_value_that_is_another_counts_in_its_column_alone(both: sqlite3.Connection) -> None:
    both.execute(MADE.format("new.pen"))
    both.execute("INSERT INTO new.pen VALUES (1, 'red', 3), (2, 'blue', 5)")
    entry = entry_of(only(both))
    assert (entry["lost"], entry["changed_columns"]) == (0, {"size": 1})
