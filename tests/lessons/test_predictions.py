"""A question is answered by the run, and waits for nobody."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from miglab import Lab
from miglab.errors import BadInput, UnknownName
from miglab.lessons import predict, reveal


def test_the_right_option_is_the_one_that_the_run_made_true(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    asked.choose(0)
    lab.manage("migrate store 0004")
    answer = reveal("tags-after-0004")
    assert (answer.right, answer.chosen) == (2, 0)


def test_another_run_makes_another_option_the_right_one(lab: Lab) -> None:
    predict("tags-after-0004")
    lab.manage("migrate --fake store 0004")
    assert reveal("tags-after-0004").right == 0


def test_before_anything_has_run_there_is_no_answer(lab: Lab) -> None:
    predict("tags-after-0004")
    assert reveal("tags-after-0004").right is None


def test_an_unanswered_question_has_its_answer_all_the_same(lab: Lab) -> None:
    predict("tags-after-0004")
    lab.manage("migrate store 0004")
    answer = reveal("tags-after-0004")
    assert (answer.right, answer.chosen) == (2, None)


def test_asking_again_forgets_the_choice(lab: Lab) -> None:
    predict("tags-after-0004").choose(1)
    assert predict("tags-after-0004").chosen is None


@pytest.mark.parametrize("place", [-1, 3, "A"])
def test_a_choice_that_is_no_option_is_refused(lab: Lab, place: object) -> None:
    asked = predict("tags-after-0004")
    with pytest.raises(BadInput, match="counted from 0 to 2"):
        asked.choose(place)  # type: ignore[arg-type]
    assert asked.chosen is None


def test_a_run_that_fits_no_option_says_how_to_come_back(lab: Lab) -> None:
    predict("marketplace-0001")
    lab.manage("migrate store 0004")
    with pytest.raises(BadInput, match=r"run lab\.restart\(\)"):
        reveal("marketplace-0001")


def test_a_question_that_was_not_asked_names_the_cell_to_run(lab: Lab) -> None:
    with pytest.raises(BadInput, match="run the cell"):
        reveal("green-back")


def test_an_unknown_question_names_those_there_are(lab: Lab) -> None:
    with pytest.raises(UnknownName, match="prices-back"):
        predict("nonsense")


def test_the_lab_of_a_question_may_be_gone() -> None:
    lab = Lab("storefront", apps=["store"])
    predict("tags-after-0004")
    lab.close()
    del lab
    gc.collect()
    with pytest.raises(BadInput, match="run the notebook from its top"):
        reveal("tags-after-0004")


def test_what_a_terminal_did_is_an_answer_too(lab: Lab) -> None:
    predict("prices-back")
    command = [sys.executable, "manage.py", "migrate", "store", "0001"]
    subprocess.run(command, cwd=lab.folder, check=True, capture_output=True)
    assert reveal("prices-back").right == 2
