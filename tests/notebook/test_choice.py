"""What a question is answered with, without a browser."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab import Lab
from miglab.facts.lesson import SetQuestion
from miglab.lessons import Prediction, predict
from miglab.notebook import install
from miglab.notebook.choice import choices


def ticks(asked: Prediction) -> tuple[dict[str, Any], Any]:
    """The boxes of a question for a set by name, and the line that says what is chosen."""
    _, grid, said = choices(asked).children
    return {box.description: box for box in grid.children}, said


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


def test_each_name_has_a_box(lab: Lab) -> None:
    asked = predict("tables-that-go")
    label, grid, _ = choices(asked).children
    assert label.value == "I predict that these are gone:"
    assert isinstance(asked.question, SetQuestion)
    assert [box.description for box in grid.children] == [*asked.question.names, "none of them"]


def test_ticked_boxes_are_the_chosen_names(lab: Lab) -> None:
    asked = predict("tables-that-go")
    boxes, said = ticks(asked)
    for name in ("media_photo", "accounts_seller"):
        boxes[name].value = True
    assert asked.chosen == ("accounts_seller", "media_photo")
    assert "2 of 5: <code>accounts_seller</code>, <code>media_photo</code>" in said.value


def test_a_box_that_is_ticked_no_more_takes_its_name_back(lab: Lab) -> None:
    asked = predict("tables-that-go")
    boxes, said = ticks(asked)
    boxes["media_photo"].value = True
    boxes["media_photo"].value = False
    assert asked.chosen is None
    assert "just read on" in said.value


def test_none_of_them_takes_the_names_away(lab: Lab) -> None:
    asked = predict("tables-that-go")
    boxes, said = ticks(asked)
    boxes["media_photo"].value = True
    boxes["none of them"].value = True
    assert not boxes["media_photo"].value
    assert asked.chosen == ()
    assert "You predict: none of them" in said.value


def test_a_name_takes_none_of_them_away(lab: Lab) -> None:
    asked = predict("tables-that-go")
    boxes, _ = ticks(asked)
    boxes["none of them"].value = True
    boxes["media_photo"].value = True
    assert not boxes["none of them"].value
    assert asked.chosen == ("media_photo",)


@pytest.mark.parametrize("chosen", [("media_photo",), ()])
def test_shown_again_the_boxes_remember(lab: Lab, chosen: tuple[str, ...]) -> None:
    asked = predict("tables-that-go")
    asked.choose(chosen)
    boxes, _ = ticks(asked)
    assert [name for name, box in boxes.items() if box.value] == [*(chosen or ["none of them"])]


def test_a_typed_number_is_chosen(lab: Lab) -> None:
    asked = predict("answered-no")
    line, said = choices(asked).children
    field, _ = line.children
    assert field.description == "I predict"
    field.value = 9
    assert asked.chosen == 9
    assert "You predict: 9" in said.value


def test_the_number_that_stands_there_is_chosen_by_the_button_alone(lab: Lab) -> None:
    asked = predict("answered-no")
    line, _ = choices(asked).children
    assert asked.chosen is None
    line.children[1].click()
    assert asked.chosen == 0


def test_a_field_takes_no_number_below_0(lab: Lab) -> None:
    asked = predict("answered-no")
    field, _ = choices(asked).children[0].children
    field.value = -3
    assert asked.chosen in (0, None)


def test_shown_again_the_field_remembers(lab: Lab) -> None:
    asked = predict("answered-no")
    asked.choose(7)
    assert choices(asked).children[0].children[0].value == 7


@pytest.mark.parametrize("name", ["tags-after-0004", "tables-that-go", "answered-no"])
def test_what_is_chosen_is_told_to_those_who_listen(lab: Lab, name: str) -> None:
    assert 'role="status" aria-live="polite"' in choices(predict(name)).children[-1].value


@pytest.mark.parametrize("name", ["tags-after-0004", "tables-that-go", "answered-no"])
def test_the_question_is_an_output_of_its_own_before_what_it_is_answered_with(
    lab: Lab, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    shell = InteractiveShell.instance()
    install(shell)
    asked = predict(name)
    assert shell.display_formatter is not None
    with capture_output() as captured:
        shell.display_formatter.format(asked)
    shown: list[dict[str, Any]] = [each.data for each in captured.outputs]
    assert [sorted(each) for each in shown] == [
        ["text/html", "text/plain"],
        ["application/vnd.jupyter.widget-view+json"],
    ]
