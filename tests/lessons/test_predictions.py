"""A question is answered by the run, and waits for nobody."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from miglab import Lab
from miglab.errors import BadInput, UnknownName
from miglab.facts.question import NumberAnswer, SetAnswer, SetQuestion
from miglab.lessons import Prediction, predict, reveal
from miglab.lessons.predictions import _QUESTIONS

from .conftest import new_kernel

pytestmark = pytest.mark.usefixtures("anywhere")


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


def test_asking_again_keeps_the_choice(lab: Lab) -> None:
    predict("tags-after-0004").choose(1)
    assert predict("tags-after-0004").chosen == 1


def test_a_choice_can_be_changed_until_the_command_has_run(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    asked.choose(1)
    asked.choose(0)
    lab.manage("migrate store 0004")
    assert asked.frozen
    with pytest.raises(BadInput, match="“Start again” clears it"):
        asked.choose(2)
    assert asked.chosen == 0
    assert predict("tags-after-0004") is asked


def test_a_question_that_nobody_answered_is_frozen_too(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    lab.manage("migrate store 0004")
    with pytest.raises(BadInput, match="the command has run"):
        asked.choose(2)


@pytest.mark.parametrize(
    "line", ["showmigrations", "migrate store 0004 --plan", "sqlmigrate store 0001"]
)
def test_a_look_before_the_command_freezes_nothing(lab: Lab, line: str) -> None:
    asked = predict("tags-after-0004")
    lab.manage(line)
    assert not asked.frozen
    assert reveal("tags-after-0004").right is None
    asked.choose(1)


def test_a_look_after_the_command_thaws_nothing(lab: Lab) -> None:
    asked = predict("made-again")
    lab.manage("makemigrations store")
    lab.manage("showmigrations store")
    assert asked.frozen


@pytest.mark.parametrize(
    ("name", "line"),
    [("sqlmigrate-does", "sqlmigrate store 0002"), ("table-dropped", "showmigrations store")],
)
def test_where_the_question_is_about_a_look_the_look_freezes_it(
    lab: Lab, name: str, line: str
) -> None:
    asked = predict(name)
    lab.manage(line)
    assert asked.frozen


def test_a_command_that_is_refused_freezes_too(lab: Lab) -> None:
    lab.replace(
        "store/models.py", "    discount =", "    weight = models.IntegerField()\n    discount ="
    )
    asked = predict("check-says")
    lab.manage("makemigrations --check")
    assert asked.frozen


def test_what_a_terminal_did_freezes_too(lab: Lab) -> None:
    asked = predict("prices-back")
    command = [sys.executable, "manage.py", "migrate", "store", "0001"]
    subprocess.run(command, cwd=lab.folder, check=True, capture_output=True)
    assert asked.frozen


def test_whoever_shows_a_question_hears_of_each_step(lab: Lab) -> None:
    asked, heard = predict("tags-after-0004"), []
    asked.on_change = lambda: heard.append(asked.frozen)
    lab.manage("showmigrations")
    lab.manage("migrate store 0004")
    assert heard == [False, True]


def test_start_again_clears_the_answer_and_brings_the_lab_back_to_the_question(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    asked = predict("prices-back")
    asked.choose(0)
    lab.manage("migrate store 0001")
    lab.manage("migrate store")
    asked.start_again()
    assert (asked.chosen, asked.frozen, lab.history().position) == (None, False, 1)
    asked.choose(1)
    lab.manage("migrate store 0001")
    lab.manage("migrate store")
    assert (reveal("prices-back").right, reveal("prices-back").chosen) == (1, 1)


def test_start_again_before_the_command_clears_the_answer_alone(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    asked = predict("prices-back")
    asked.choose(0)
    asked.start_again()
    assert (asked.chosen, asked.frozen, lab.history().position) == (None, False, 1)


def test_start_again_where_the_lab_is_closed_says_so(lab: Lab) -> None:
    asked = predict("prices-back")
    lab.close()
    with pytest.raises(BadInput, match="run %resume in a new cell here"):
        asked.start_again()


def test_after_a_rewind_the_question_is_asked_anew_and_keeps_the_choice(lab: Lab) -> None:
    asked = predict("tags-after-0004")
    asked.choose(1)
    lab.manage("migrate store 0004")
    lab.rewind()
    again = predict("tags-after-0004")
    assert again is not asked
    assert (again.chosen, again.frozen) == (1, False)


def test_in_a_new_lab_the_question_keeps_the_choice(open_lab: Callable[..., Lab]) -> None:
    open_lab()
    predict("tags-after-0004").choose(1)
    open_lab()
    assert predict("tags-after-0004").chosen == 1


def test_names_that_the_new_lab_does_not_have_are_not_chosen(open_lab: Callable[..., Lab]) -> None:
    open_lab()
    predict("tables-that-go").choose(["media_photo"])
    open_lab(at="media.zero")
    assert predict("tables-that-go").chosen is None


def test_the_answer_has_the_reason_of_its_run_and_no_other(lab: Lab) -> None:
    predict("tags-after-0004")
    lab.manage("migrate store 0004")
    assert "Unapplying" in reveal("tags-after-0004").reason
    lab.restart()
    predict("tags-after-0004")
    lab.manage("migrate --fake store 0004")
    assert reveal("tags-after-0004").reason == ""


def test_before_anything_has_run_there_is_no_reason(lab: Lab) -> None:
    predict("tags-after-0004")
    assert reveal("tags-after-0004").reason == ""


def test_every_question_has_a_reason_that_reads_in_short_sentences() -> None:
    for name, kind in _QUESTIONS.items():
        assert kind.because, name  # type: ignore[attr-defined]
        for reason in kind.because.values():  # type: ignore[attr-defined]
            words = re.sub(r"`[^`]*`", "code", reason)
            for sentence in re.split(r"(?<=[.!?:])\s|\n", words):
                assert len(re.findall(r"[\w'-]+", sentence)) <= 18, (name, sentence)


@pytest.mark.parametrize("place", [-1, 3, "A", True, 1.0, ["A"]])
def test_a_choice_that_is_no_option_is_refused(lab: Lab, place: object) -> None:
    asked = predict("tags-after-0004")
    with pytest.raises(BadInput, match="give a number from 0 to 2"):
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
    with pytest.raises(BadInput, match="run %resume in a new cell here"):
        reveal("tags-after-0004")


def test_what_a_terminal_did_is_an_answer_too(lab: Lab) -> None:
    predict("prices-back")
    command = [sys.executable, "manage.py", "migrate", "store", "0001"]
    subprocess.run(command, cwd=lab.folder, check=True, capture_output=True)
    assert reveal("prices-back").right == 2


SET, NUMBER = "marketplace-0001", "answered-no"
GO = (
    "marketplace.0002_listing_condition",
    "marketplace.0003_listing_constraints",
    "marketplace.0004_upper_case_coupons",
    "media.0002_photo_alt_text",
)


def names(asked: Prediction) -> tuple[str, ...]:
    assert isinstance(asked.question, SetQuestion)
    return asked.question.names


def set_answer(name: str = SET) -> SetAnswer:
    found = reveal(name)
    assert isinstance(found, SetAnswer)
    return found


def number_answer() -> NumberAnswer:
    found = reveal(NUMBER)
    assert isinstance(found, NumberAnswer)
    return found


def test_the_migrations_to_choose_from_are_those_of_the_lab(lab: Lab) -> None:
    before = names(predict(SET))
    lab.manage("makemigrations media --empty --name more")
    new_kernel()
    assert names(predict(SET)) == (*before, "media.0003_more")
    assert before[0] == "accounts.0001_initial"
    assert set(GO) < set(before)


def test_the_tables_to_choose_from_are_those_of_the_lab(lab: Lab) -> None:
    lab.manage("migrate media zero")
    assert names(predict("tables-that-go")) == (
        "accounts_customer",
        "accounts_seller",
        "marketplace_listing",
        "marketplace_order",
    )


def test_where_there_is_nothing_to_choose_from_it_says_how_to_come_back(lab: Lab) -> None:
    lab.manage("migrate accounts zero")
    with pytest.raises(BadInput, match=r"nothing to choose from.*run lab\.restart\(\)"):
        predict("tables-that-go")


def test_a_set_is_answered_by_what_moved(lab: Lab) -> None:
    predict(SET)
    lab.manage("migrate marketplace 0001")
    assert set_answer().right == GO


def test_another_run_makes_another_set_the_right_one(lab: Lab) -> None:
    predict(SET)
    lab.manage("migrate media 0001")
    assert set_answer().right == ("media.0002_photo_alt_text",)


def test_all_commands_since_the_question_count(lab: Lab) -> None:
    predict(SET)
    lab.manage("migrate marketplace 0003")
    lab.manage("migrate marketplace 0001")
    assert set_answer().right == GO


def test_what_moved_before_the_question_does_not_count(lab: Lab) -> None:
    lab.manage("migrate media 0001")
    predict(SET)
    lab.manage("migrate marketplace 0001")
    assert set_answer().right == GO[:-1]


def test_what_a_terminal_did_answers_a_set_too(lab: Lab) -> None:
    predict("tables-that-go")
    command = [sys.executable, "manage.py", "migrate", "media", "zero"]
    subprocess.run(command, cwd=lab.folder, check=True, capture_output=True)
    assert set_answer("tables-that-go").right == ("media_photo",)


def test_a_refused_command_answers_with_the_empty_set(lab: Lab) -> None:
    predict(SET)
    lab.manage("migrate marketplace 0009")
    assert set_answer().right == ()


def test_a_preview_is_no_run(lab: Lab) -> None:
    predict(SET)
    lab.manage("migrate marketplace 0001 --plan")
    assert set_answer().right is None


def test_a_set_tells_hits_from_missed_and_extra(lab: Lab) -> None:
    predict(SET).choose([GO[2], GO[1], "marketplace.0001_initial", GO[1]])
    lab.manage("migrate marketplace 0001")
    answer = set_answer()
    assert answer.hits == GO[1:3]
    assert answer.missed == (GO[0], GO[3])
    assert answer.extra == ("marketplace.0001_initial",)


def test_none_of_them_is_a_choice(lab: Lab) -> None:
    predict(SET).choose([])
    assert set_answer().chosen == ()


def test_what_was_chosen_can_be_taken_back(lab: Lab) -> None:
    asked = predict(SET)
    asked.choose([])
    asked.choose(None)
    assert asked.chosen is None


@pytest.mark.parametrize("choice", ["media.0002_photo_alt_text", ["media.0009"], 2, [2], True])
def test_a_choice_of_other_names_is_refused(lab: Lab, choice: object) -> None:
    asked = predict(SET)
    asked.choose([GO[0]])
    with pytest.raises(BadInput, match=r"give a list.*accounts\.0001_initial"):
        asked.choose(choice)
    assert asked.chosen == (GO[0],)


def test_more_than_was_asked_about_says_how_to_come_back(lab: Lab) -> None:
    predict(SET)
    lab.manage("migrate store 0004")
    with pytest.raises(BadInput, match=r"store\.0005_tag_product_tags; run lab\.restart\(\)"):
        reveal(SET)


def test_a_lab_that_went_back_behind_the_question_says_how_to_come_back(lab: Lab) -> None:
    lab.manage("migrate media 0001")
    predict(SET)
    lab.rewind()
    with pytest.raises(BadInput, match=r"went back.*run lab\.restart\(\)"):
        reveal(SET)


def test_a_number_is_computed_from_the_run(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    predict(NUMBER).choose(9)
    lab.sql("DELETE FROM store_product WHERE id = 1")
    answer = number_answer()
    assert (answer.right, answer.chosen) == (1, 9)


def test_before_anything_has_run_there_is_no_number(lab: Lab) -> None:
    predict(NUMBER).choose(0)
    assert number_answer().right is None


@pytest.mark.parametrize("choice", [-1, 2.5, "24", True, [24]])
def test_what_is_no_number_is_refused(lab: Lab, choice: object) -> None:
    asked = predict(NUMBER)
    asked.choose(24)
    with pytest.raises(BadInput, match="give a whole number, 0 or more"):
        asked.choose(choice)
    assert asked.chosen == 24
