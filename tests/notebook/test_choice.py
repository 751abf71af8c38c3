"""The letters below a question, without a browser."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab import Lab
from miglab.lessons import predict
from miglab.notebook import install
from miglab.notebook.choice import choices


def test_choosing_a_letter_chooses_the_option(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    buttons, said = choices(asked).children
    assert buttons.options == ("A", "B", "C")
    assert buttons.value is None
    buttons.value = "B"
    assert asked.chosen == 1
    assert "Django refuses" in said.value


def test_shown_again_it_remembers_the_choice(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    asked.choose(2)
    assert choices(asked).children[0].value == "C"


def test_the_question_is_an_output_of_its_own_before_the_letters(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = InteractiveShell.instance()
    install(shell)
    asked = predict("tags-after-0004")
    assert shell.display_formatter is not None
    with capture_output() as captured:
        shell.display_formatter.format(asked)
    shown: list[dict[str, Any]] = [each.data for each in captured.outputs]
    assert [sorted(each) for each in shown] == [
        ["text/html", "text/plain"],
        ["application/vnd.jupyter.widget-view+json"],
    ]
