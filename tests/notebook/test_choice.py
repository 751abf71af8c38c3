"""What a question is answered with, and what the notebook keeps of it, without a browser."""

from __future__ import annotations

from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab import Lab
from miglab.facts.question import SetQuestion
from miglab.lessons import Judgement, Prediction, judge, predict, try_claim
from miglab.notebook.choice import Box
from miglab.notebook.live import VIEW
from miglab.show.bundle import in_words

pytestmark = pytest.mark.usefixtures("anywhere")

ALL = ("tags-after-0004", "tables-that-go", "answered-no")


class Kept:
    """Stands for the output that the notebook keeps: it notes what it is told to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, fact: object) -> None:
        self.said.append(in_words(fact))


class Clicked:
    """A question in its box, and what a click in it sends."""

    def __init__(self, asks: Prediction | Judgement) -> None:
        self.kept = Kept()
        self.box = Box(asks, self.kept)  # type: ignore[arg-type]

    def choose(self, choice: object) -> None:
        self.box._hear(None, {"do": "choose", "choice": choice}, None)

    def start_again(self) -> None:
        self.box._hear(None, {"do": "again"}, None)

    def __getitem__(self, key: str) -> Any:
        return self.box.widget.shown[key]


def test_each_option_is_a_button_with_its_letter_and_its_words(lab: Lab) -> None:
    shown = Clicked(predict("tags-after-0004"))
    assert shown["kind"] == "one"
    assert [(each["value"], each["mark"]) for each in shown["options"]] == [
        (0, "A"),
        (1, "B"),
        (2, "C"),
    ]
    assert shown["options"][1]["text"] == "Django refuses, because the tables have rows."
    assert (shown["chosen"], shown["frozen"]) == (None, False)


def test_a_click_chooses_and_a_second_one_takes_it_back(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    shown = Clicked(asked)
    shown.choose(1)
    assert (asked.chosen, shown["chosen"]) == (1, 1)
    assert shown["said"] == "You chose B. You can still change your answer. Now run the next cell."
    shown.choose(None)
    assert (asked.chosen, shown["chosen"]) == (None, None)
    assert "just read on" in shown["said"]


@pytest.mark.parametrize(
    ("name", "choice"), [(ALL[0], 2), (ALL[1], ("media_photo",)), (ALL[1], ()), (ALL[2], 7)]
)
def test_shown_again_it_remembers_the_choice(lab: Lab, name: str, choice: object) -> None:
    Clicked(predict(name)).choose(choice)
    shown = Clicked(predict(name))
    assert shown["chosen"] == choice
    assert "You chose" in shown["said"]


@pytest.mark.parametrize(("name", "choice"), [(ALL[0], 2), (ALL[1], ["media_photo"]), (ALL[2], 7)])
def test_when_the_command_runs_it_freezes_by_itself(lab: Lab, name: str, choice: object) -> None:
    shown = Clicked(predict(name))
    shown.choose(choice)
    lab.manage("migrate media zero")
    assert shown["frozen"]
    before = shown["chosen"]
    shown.choose(None)
    assert shown["chosen"] == before is not None
    assert "“Start again” clears it" in shown["said"]


def test_start_again_clears_it_and_lets_one_choose(lab: Lab) -> None:
    shown = Clicked(predict("tags-after-0004"))
    shown.choose(0)
    lab.manage("migrate store 0004")
    shown.start_again()
    assert (shown["chosen"], shown["frozen"], lab.history().position) == (None, False, 0)
    assert shown["said"].startswith("The lab is back where this question was asked.")
    shown.choose(2)
    assert shown["chosen"] == 2


def test_where_the_lab_is_closed_start_again_says_so(lab: Lab) -> None:
    shown = Clicked(predict("tags-after-0004"))
    lab.close()
    assert shown["frozen"]
    shown.start_again()
    assert "run %resume in a new cell here" in shown["said"]


def test_each_name_can_be_ticked(lab: Lab) -> None:
    asked = predict("tables-that-go")
    shown = Clicked(asked)
    assert isinstance(asked.question, SetQuestion)
    assert shown["kind"] == "several"
    assert [each["value"] for each in shown["options"]] == [*asked.question.names]
    assert (shown["none"], shown["label"]) == ("none of them", "I predict that these are gone")


def test_ticked_names_are_chosen_in_the_order_of_the_question(lab: Lab) -> None:
    asked = predict("tables-that-go")
    shown = Clicked(asked)
    shown.choose(["media_photo", "accounts_seller"])
    assert asked.chosen == ("accounts_seller", "media_photo")
    assert "2 of 5: <code>accounts_seller</code>, <code>media_photo</code>" in shown["said"]
    shown.choose([])
    assert asked.chosen == ()
    assert "You chose none of them" in shown["said"]


@pytest.mark.parametrize("choice", [-3, 2.5, "seven"])
def test_a_number_that_is_none_is_refused_and_the_last_one_stays(lab: Lab, choice: object) -> None:
    asked = predict("answered-no")
    shown = Clicked(asked)
    shown.choose(9)
    shown.choose(choice)
    assert (asked.chosen, shown["chosen"]) == (9, 9)
    assert "whole number, 0 or more" in shown["said"]


def test_a_claim_is_judged_in_the_same_box_and_frozen_when_it_is_tried() -> None:
    shown = Clicked(judge("C9"))
    assert len(shown["options"]) == 3
    shown.choose(0)
    try_claim("C9")
    assert (shown["chosen"], shown["frozen"]) == (0, True)


def test_the_notebook_keeps_what_the_widget_shows(lab: Lab) -> None:
    shown = Clicked(predict("tags-after-0004"))
    shown.choose(0)
    shown.choose(1)
    lab.manage("migrate store 0004")
    shown.start_again()
    assert [said.splitlines()[-1] for said in shown.kept.said] == [
        "You chose A.",
        "You chose B.",
        "You chose B, before the answer was known.",
        # On its way back the lab took a step.
        "You chose B, before the answer was known.",
        "  C  Both tables are dropped, with all their rows.",
    ]


def test_the_notebook_says_nothing_of_an_answer_that_nobody_gave(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    shown = Clicked(asked)
    lab.manage("migrate store 0004")
    assert set(shown.kept.said) == {in_words(asked.question)}


@pytest.mark.parametrize("name", ALL)
def test_the_question_is_an_output_of_its_own_before_what_it_is_answered_with(
    lab: Lab, shell: InteractiveShell, name: str
) -> None:
    asked = predict(name)
    assert shell.display_formatter is not None
    with capture_output() as captured:
        shell.display_formatter.format(asked)
    shown: list[dict[str, Any]] = [each.data for each in captured.outputs]
    assert [sorted(each) for each in shown] == [["text/html", "text/plain"], [VIEW]]
    assert shown[0]["text/plain"] == in_words(asked.question)
