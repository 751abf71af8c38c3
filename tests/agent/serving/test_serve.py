"""What an agent answers, asked through its wire; both runners' agents answer the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from miglab.agent.common.protocol import DONE, Message
from miglab.runners import names
from miglab.runners.base import Terms

from ..agents import Asked, asked


@pytest.fixture(scope="module", params=names())
def agent(request: pytest.FixtureRequest) -> Iterator[Asked]:
    with asked(request.param) as found:
        yield found


def test_an_answer_has_no_other_keys_than_the_protocol_names(agent: Asked) -> None:
    for do, more in (("look", {}), ("sql", {"sql": "SELECT 1"}), ("agree", {"known": False})):
        answer = agent.ask(do, **more)
        assert {*answer} <= {*DONE, "event", "id"}
        assert answer["error"] is None
        assert answer["unmeasured"] == []


def test_a_command_that_writes_answers_with_the_database_and_one_that_reads_does_not(
    agent: Asked,
) -> None:
    assert agent.manage("migrate", "media", "-v0")["database"]["record"]["keys"]
    assert agent.manage("showmigrations", "media")["database"] is None


def test_a_command_that_is_not_noted_does_the_same_and_tells_only_what_it_left(
    agent: Asked,
) -> None:
    agent.manage("migrate", "media", "zero", "-v0")
    answer = agent.manage("migrate", "media", "-v0", noted=False)
    assert ["media", "0001_initial"] in [each[:2] for each in answer["database"]["record"]["keys"]]
    assert (answer["sql"], answer["migrations"]) == ([], [])


def test_what_a_command_printed_is_in_its_answer_and_not_in_the_next_one(agent: Asked) -> None:
    assert "no issues" in agent.manage("check")["output"]
    assert agent.ask("shell", code="None")["output"] == ""


def test_the_last_expression_is_printed_and_models_are_at_hand(agent: Asked) -> None:
    assert agent.ask("shell", code="x = 1\nProduct.__name__")["output"] == "'Product'\n"


def test_sql_answers_with_the_rows_of_the_last_query(agent: Asked) -> None:
    answer = agent.ask("sql", sql="SELECT 1 AS a; SELECT x'00ff' AS b, NULL AS c")
    assert answer["table"] == {"columns": ["b", "c"], "rows": [["0x00ff", None]]}


def test_a_query_before_a_statement_that_fails_is_in_the_answer_with_the_error(
    agent: Asked,
) -> None:
    answer = agent.ask("sql", sql="SELECT 1 AS a; SELECT * FROM there_is_none")
    assert answer["table"]["rows"] == [[1]]
    assert answer["error"]["class"] == "OperationalError"


def test_parameters_are_put_into_sql(agent: Asked) -> None:
    answer = agent.ask("sql", sql="SELECT %s AS a", params=["it's"])
    assert answer["table"]["rows"] == [["it's"]]


def test_a_question_travels_and_its_answer_comes_back(agent: Asked) -> None:
    questions = []

    def answer(question: str) -> str:
        questions.append(question)
        return "forty-two"

    code = "print('how many? ', end=''); print(input().upper())"
    done = agent.ask("shell", Terms(ask=answer, limit=120), code=code, ask=True)
    assert questions == ["how many? "]
    assert done["output"] == "how many? FORTY-TWO\n"


def test_a_question_that_may_not_be_asked_ends_the_command(agent: Asked) -> None:
    assert agent.ask("shell", code="input()")["error"]["class"] == "NoAnswer"


def test_what_is_asked_for_and_unknown_is_an_error_that_names_it(agent: Asked) -> None:
    error = agent.ask("dance")["error"]
    assert (error["class"], error["message"]) == (
        "ValueError",
        "there is no request 'dance'; see protocol.REQUESTS",
    )


def test_the_database_is_read_without_the_project(agent: Asked) -> None:
    models = agent.sandbox.project / "store" / "models.py"
    before = models.read_text()
    models.write_text("this is no Python\n")
    try:
        answer = agent.ask("database")
        assert answer["database"]["record"]["exists"] in (True, False)
        assert "project" not in answer
        assert agent.ask("look")["project"]["models"]["unreadable"].startswith("SyntaxError")
    finally:
        models.write_text(before)


def test_what_is_not_back_is_counted_beside_the_rows_and_cannot_hide_them(
    agent: Asked, tmp_path: Path
) -> None:
    for name, numbers in (("old", "(1), (2), (3)"), ("end", "(1)"), ("back", "(1), (2)")):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            connection.executescript(
                f"CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES {numbers}"
            )
    (tmp_path / "torn").write_text("this is no database, " * 99)

    def compared(end: str) -> Message:
        lost = {
            "end": {"default": str(tmp_path / end)},
            "renames": {},
            "tables": [
                {"database": "default", "table": "t", "gone": False, "rows": True}
                | {"dropped": [], "overwritten": []}
            ],
        }
        places = {"old": {"default": str(tmp_path / "old")}}
        places["new"] = {"default": str(tmp_path / "back")}
        return agent.ask("compare", renames={}, lost=lost, **places)

    answer, torn = compared("end"), compared("torn")
    assert [each["lost"] for each in answer["rows"]] == [1]
    assert answer["not_back"] == {
        "tables": [{"database": "default", "table": "t", "rows": 1, "columns": {}}],
        "unmeasured": [],
    }
    assert (torn["rows"], torn["unmeasured"]) == (answer["rows"], [])
    assert torn["not_back"]["tables"] == []
    (why,) = torn["not_back"]["unmeasured"]
    assert why["what"].startswith("miglab could not see what comes back (DatabaseError: ")


def test_an_edited_file_is_read_again(agent: Asked) -> None:
    models = agent.sandbox.project / "store" / "models.py"
    before = models.read_text()
    models.write_text(before + "\n\nLATER = 7\n")
    try:
        code = "import store.models; store.models.LATER"
        assert agent.ask("shell", code=code)["output"] == "7\n"
    finally:
        models.write_text(before)
    assert agent.ask("shell", code="import store.models; hasattr(store.models, 'LATER')")[
        "output"
    ] == ("False\n")
