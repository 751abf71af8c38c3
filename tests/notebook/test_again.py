"""A check is repeated by a button, without a browser."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab.facts.lesson import Checked
from miglab.lessons import check, your_turn
from miglab.notebook.again import CheckAgain
from miglab.notebook.live import VIEW


class Kept:
    """Stands for the output that the notebook keeps."""

    def __init__(self) -> None:
        self.said: list[Checked] = []

    def say(self, fact: Checked) -> None:
        self.said.append(fact)


def test_pressed_it_keeps_in_the_notebook_what_is_so_now() -> None:
    with your_turn("before-discounts") as lab:
        kept = Kept()
        again = CheckAgain("before-discounts", kept)  # type: ignore[arg-type]
        lab.manage("migrate store 0004")
        again._hear(None, {"do": "again"}, None)
        assert again.widget.shown["said"] == "4 of 5 goals are reached."
        lab.manage("migrate store 0003")
        again._hear(None, {"do": "again"}, None)
        assert again.widget.shown["said"] == "5 of 5 goals are reached."
        assert [each.done for each in kept.said] == [False, True]


def test_where_the_lab_is_closed_it_says_so_and_what_was_kept_stays() -> None:
    your_turn("before-discounts").close()
    kept = Kept()
    again = CheckAgain("before-discounts", kept)  # type: ignore[arg-type]
    again._hear(None, {"do": "again"}, None)
    assert "this lab is closed" in again.widget.shown["said"]
    assert kept.said == []


def test_the_button_is_an_output_of_its_own_below_the_words(shell: InteractiveShell) -> None:
    assert shell.display_formatter is not None
    with your_turn("before-discounts"), capture_output() as captured:
        shell.display_formatter.format(check("before-discounts"))
    assert [sorted(output.data) for output in captured.outputs] == [
        ["text/html", "text/plain"],
        [VIEW],
    ]
