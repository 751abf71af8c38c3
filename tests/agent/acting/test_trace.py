"""What ran, as the agent writes it down while Django runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ..agents import Asked, asked

#: media: 0001_initial ← 0002_photo_alt_text
MEDIA = ["media", "0001_initial"]


@pytest.fixture(scope="module")
def agent() -> Iterator[Asked]:
    with asked() as found:
        yield found


@pytest.fixture
def empty(agent: Asked) -> Asked:
    """With no migration of media applied."""
    assert agent.manage("migrate", "media", "zero", "-v0")["error"] is None
    return agent


def test_each_migration_is_written_down_with_its_own_statements(empty: Asked) -> None:
    answer = empty.manage("migrate", "media", "0001", "-v0")
    ran = answer["migrations"]
    assert [each["key"] for each in ran if each["key"][0] == "media"] == [MEDIA]
    assert all(each["done"] and not each["backwards"] for each in ran)
    first, behind = next(each["sql"] for each in ran if each["key"] == MEDIA)
    own = " ".join(sql for _, sql in answer["sql"][first:behind])
    assert 'CREATE TABLE "media_' in own
    assert 'CREATE TABLE "store_' not in own


def test_what_was_planned_is_what_then_ran(empty: Asked) -> None:
    answer = empty.manage("migrate", "media", "-v0")
    planned = sorted(each[:2] for each in answer["plan"])
    assert planned == sorted(each["key"] for each in answer["migrations"])
    assert MEDIA in planned


def test_going_back_is_written_down_as_that(empty: Asked) -> None:
    empty.manage("migrate", "media", "0001", "-v0")
    ran = empty.manage("migrate", "media", "zero", "-v0")["migrations"]
    assert [(each["key"], each["backwards"]) for each in ran] == [(MEDIA, True)]


def test_a_faked_migration_runs_no_statement_on_tables(empty: Asked) -> None:
    answer = empty.manage("migrate", "media", "--fake", "-v0")
    (entry,) = (each for each in answer["migrations"] if each["key"] == MEDIA)
    assert entry["fake"]
    assert not [sql for _, sql in answer["sql"] if "media_" in sql and "TABLE" in sql]
    empty.manage("migrate", "media", "zero", "--fake", "-v0")


def test_a_plan_that_is_only_shown_has_run_nothing(empty: Asked) -> None:
    assert empty.manage("migrate", "media", "--plan")["migrations"] == []


def test_a_renamed_table_and_column_are_followed(empty: Asked) -> None:
    sql = (
        "CREATE TABLE a (id integer PRIMARY KEY, x text);"
        "CREATE TABLE other (id integer PRIMARY KEY)"
    )
    assert empty.ask("sql", sql=sql)["error"] is None
    sql = "ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME COLUMN x TO y; DROP TABLE other"
    renames = empty.ask("sql", sql=sql)["renames"]["default"]
    assert renames["tables"] == {"a": "b", "other": None}
    assert renames["columns"]["a"] == {"id": "id", "x": "y"}
    empty.ask("sql", sql="DROP TABLE b")
