"""What an agent really answers, as facts; and what each part of an answer becomes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miglab.agent.common.protocol import Message
from miglab.facts.migration import Key
from miglab.facts.truths import Unreadable
from miglab.runners import answers

from ..agent.agents import Asked, asked

UNREADABLE = {"unreadable": "file is not a database"}


@pytest.fixture(scope="module")
def agent() -> Iterator[Asked]:
    """store and all that it depends on, applied."""
    with asked() as found:
        assert found.manage("migrate", "-v0")["error"] is None
        yield found


@pytest.fixture(scope="module")
def look(agent: Asked) -> Message:
    return agent.ask("look")


def test_models_and_files_of_a_look_are_facts(look: Message) -> None:
    facts = answers.project(look["project"])
    assert not isinstance(facts.models, Unreadable)
    assert not isinstance(facts.files, Unreadable)
    key = Key("store", "0001_initial")
    assert facts.files.migrations[key].key == key
    assert facts.files.migrations[key].initial
    assert "store" in facts.files.labels


def test_record_tables_and_rows_of_a_look_are_facts(look: Message) -> None:
    facts = answers.database(look["database"])
    assert not isinstance(facts.record, Unreadable)
    assert not isinstance(facts.tables, Unreadable)
    assert not isinstance(facts.rows, Unreadable)
    assert Key("store", "0001_initial") in facts.record.keys
    assert "store_product" in facts.tables.tables
    assert {*facts.rows} <= {*facts.tables.tables}


def test_what_cannot_be_read_is_unreadable_with_the_reason() -> None:
    facts = answers.database(UNREADABLE)
    assert [str(each) for each in (facts.record, facts.tables, facts.rows)] == [
        str(Unreadable(UNREADABLE["unreadable"]))
    ] * 3
    assert isinstance(answers.lens(UNREADABLE), Unreadable)
    project = answers.project({"models": UNREADABLE, "files": UNREADABLE})
    assert isinstance(project.models, Unreadable)
    assert isinstance(project.files, Unreadable)


def test_migrations_that_ran_have_the_statements_that_wrote(agent: Asked) -> None:
    done = agent.manage("migrate", "store", "0004", "-v0")
    (ran,) = answers.ran(done["migrations"], answers.statements(done["sql"]))
    assert (ran.key.app_label, ran.backwards, ran.done) == ("store", True, True)
    assert ran.sql
    assert all(each.writes for each in ran.sql)
    assert answers.plan(done["plan"]) == ((ran.key, True),)
    agent.manage("migrate", "store", "-v0")


@pytest.mark.parametrize(
    ("sql", "writes"),
    [
        ("SELECT 1", False),
        ("  select 1", False),
        ("INSERT INTO a VALUES (1)", True),
        ("DROP TABLE a", True),
    ],
)
def test_a_statement_writes_or_reads(sql: str, writes: bool) -> None:
    (found,) = answers.statements([["default", sql]])
    assert (found.sql, found.alias, found.writes) == (sql, "default", writes)


def test_a_refusal_is_the_error_and_none_where_there_is_none(agent: Asked) -> None:
    assert answers.refusal(None) is None
    found = answers.refusal(agent.manage("migrate", "nothing")["error"])
    assert found is not None
    assert found.error == "CommandError"
    assert "nothing" in found.message


def test_stand_ins_that_got_nothing_are_not_told() -> None:
    assert answers.instead({}) == ()
    one, more = answers.instead({"mail": 1, "cache": 1200})
    assert one.what == "1 message was not sent"
    assert more.what == "1,200 cache entries went to a cache in memory"


def test_how_many_rows_there_are_is_what_is_known_best() -> None:
    data = {"columns": ["a"], "rows": [[1], [2]]}
    assert answers.rows(data).total == 2
    assert answers.rows({**data, "total": 9}).total == 9
    assert answers.rows({**data, "total": 9}, "title", 7).total == 7
