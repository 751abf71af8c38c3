"""What goes wrong while miglab measures is miglab's own, and is noted once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from miglab.agent.common import measuring


@pytest.fixture(autouse=True)
def _nothing_failed() -> Iterator[None]:
    measuring.failed.clear()
    yield
    measuring.failed.clear()


def test_an_error_does_not_go_through_and_is_told_as_a_fault_of_miglabs() -> None:
    with measuring.measuring("compare the rows"):
        raise RuntimeError("no")
    (entry,) = measuring.failed
    assert entry["id"] == "measuring-failed"
    assert entry["what"] == "miglab could not compare the rows (RuntimeError: no)"
    assert "a bug in miglab" in entry["do"]


def test_the_same_is_noted_once() -> None:
    for _ in range(2):
        with measuring.measuring("compare the rows"):
            raise RuntimeError("no")
    assert len(measuring.failed) == 1


def test_an_interrupt_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt), measuring.measuring("compare the rows"):
        raise KeyboardInterrupt
    assert not measuring.failed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT unheard_of(1)",
        "SELECT 'a' ORDER BY 1 COLLATE unheard_of",
        "CREATE VIRTUAL TABLE t USING unheard_of(a)",
        "CREATE VIRTUAL TABLE t USING fts5(a, tokenize='unheard_of')",
    ],
)
def test_what_a_connection_lacks_is_known_by_what_sqlite_says(sql: str) -> None:
    connection = sqlite3.connect(":memory:")
    try:
        with measuring.measuring("read the table"):
            connection.execute(sql)
    finally:
        connection.close()
    assert [each["id"] for each in measuring.failed] == ["connection-lacks"]


def test_a_table_that_is_not_there_is_not_what_a_connection_lacks() -> None:
    assert not measuring.lacks("no such table: shop")
