"""A check is repeated by a button, without a browser."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab.lessons import check, your_turn
from miglab.notebook import install
from miglab.notebook.again import again
from miglab.notebook.live import VIEW


def test_pressed_it_says_what_is_missing_now() -> None:
    with your_turn("before-discounts") as lab:
        button, said = again("before-discounts").children
        assert said.value == ""
        button.click()
        assert "is still missing" in said.value
        lab.manage("migrate store 0003")
        button.click()
        assert "Nothing is missing." in said.value


def test_where_the_lab_is_closed_it_says_so() -> None:
    your_turn("before-discounts").close()
    button, said = again("before-discounts").children
    button.click()
    assert "this lab is closed" in said.value


def test_the_button_stands_beside_the_words_and_not_in_them() -> None:
    shell = InteractiveShell.instance()
    install(shell)
    assert shell.display_formatter is not None
    with your_turn("before-discounts"), capture_output() as captured:
        bundle, _ = shell.display_formatter.format(check("before-discounts"))
    assert [[*output.data] for output in captured.outputs] == [[VIEW]]
    assert {*bundle} == {"text/plain", "text/html"}
