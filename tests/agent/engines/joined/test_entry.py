"""What is told of a table does not depend on how much of it is looked at first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from miglab.agent.engines.engine import NOTHING_RENAMED
from miglab.agent.engines.joined import entry
from miglab.agent.engines.sqlite import rows

MADE = (
    "CREATE TABLE shop (id integer PRIMARY KEY, name text, price integer, note text)",
    "INSERT INTO shop VALUES (1, 'a', 1, NULL), (2, 'b', 2, NULL), (3, 'c', 3, 'x')",
    "INSERT INTO shop VALUES (4, 'd', 4, 0)",
)


def made(path: Path, *statements: str) -> str:
    with closing(sqlite3.connect(path)) as connection:
        for sql in (*MADE, *statements):
            connection.execute(sql)
        connection.commit()
    return str(path)


@pytest.mark.parametrize("first", [1, 2, 3, 1000])
def test_a_column_that_differs_only_further_on_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    monkeypatch.setattr(entry, "FIRST", first)
    old = made(tmp_path / "old")
    new = made(
        tmp_path / "new",
        "UPDATE shop SET name = 'x' WHERE id IN (1, 2)",
        "UPDATE shop SET price = 9 WHERE id = 3",
        "UPDATE shop SET note = 'y' WHERE id < 3",
        "DELETE FROM shop WHERE id = 4",
        "INSERT INTO shop VALUES (5, 'e', 5, NULL)",
    )
    (found,) = rows.compare(old, new, NOTHING_RENAMED)
    assert (found["lost"], found["gained"], found["changed"]) == (1, 1, 3)
    assert found["changed_columns"] == {"name": 2, "price": 1, "note": 2}
    assert found["filled"] == {"note": 2}
    assert found["changed_sample"]["price"] == [{"id": 3, "before": 3, "now": 9}]
    assert found["lost_sample"] == [{"id": 4, "name": "d", "price": 4, "note": "0"}]
