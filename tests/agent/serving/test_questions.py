"""Django's questions, read from a standard input that asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.agent.serving.questions import NoAnswer, Questions, printed_since


def test_a_question_is_what_was_printed_since_the_last_one(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_text("a banner\n")
    printed, asked = printed_since(str(output)), []

    def ask(question: str) -> str:
        asked.append(question)
        return "y"

    questions = Questions(ask, printed)
    for text in ("Rename it? ", "Sure? "):
        with output.open("a") as file:
            file.write(text)
        assert questions.readline() == "y\n"
    assert asked == ["Rename it? ", "Sure? "]


def test_where_nobody_answers_it_is_no_error_that_a_command_could_take_for_its_own() -> None:
    questions = Questions(lambda question: None, lambda: "Sure? ")
    with pytest.raises(NoAnswer, match=r"Sure\? "):
        questions.readline()
    assert not issubclass(NoAnswer, Exception)


def test_it_is_a_terminal_for_who_asks() -> None:
    assert Questions(lambda question: None, lambda: "").isatty()
