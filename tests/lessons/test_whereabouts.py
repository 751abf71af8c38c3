"""A question is asked where its lesson asks it: what happens elsewhere answers another question."""

from __future__ import annotations

import pytest

from miglab import Lab
from miglab.errors import BadInput
from miglab.lessons import predict, reveal
from miglab.lessons.kinds import Measured
from miglab.lessons.predictions import _QUESTIONS
from miglab.lessons.whereabouts import _known, whereabouts

ELSEWHERE = "not in the state that this question is about. Run %resume"


def test_it_is_known_where_each_question_about_a_lab_is_asked() -> None:
    about_labs = {each for each in _QUESTIONS if not isinstance(_QUESTIONS[each], Measured)}
    assert about_labs == _known().keys()


def test_a_new_lab_is_not_where_a_question_about_a_revert_is_asked(lab: Lab) -> None:
    with pytest.raises(BadInput, match=ELSEWHERE):
        predict("prices-back")
    with pytest.raises(BadInput, match="has not been asked yet"):
        reveal("prices-back")


def test_where_the_lesson_asks_it_a_question_is_asked(lab: Lab) -> None:
    lab.manage("migrate store 0001")
    predict("prices-back").choose(0)
    lab.manage("migrate store")
    answer = reveal("prices-back")
    assert (answer.right, answer.chosen) == (1, 0)


def test_start_again_brings_a_lab_that_was_rewound_further_forward_to_the_question(
    lab: Lab,
) -> None:
    lab.manage("migrate store 0001")
    asked = predict("prices-back")
    asked.choose(0)
    lab.manage("migrate store")
    lab.rewind(2)
    assert asked.start_again()
    assert (asked.chosen, lab.history().position) == (None, 1)
    asked.choose(0)
    lab.manage("migrate store")
    assert reveal("prices-back").right == 1


def test_start_again_changes_nothing_where_the_lab_took_another_way(lab: Lab) -> None:
    lab.manage("migrate store 0001")
    asked = predict("prices-back")
    asked.choose(0)
    lab.rewind()
    lab.manage("migrate store 0003")
    with pytest.raises(BadInput, match=ELSEWHERE):
        asked.start_again()
    assert (asked.chosen, lab.history().lines) == (0, ("migrate store 0003",))


def test_asked_again_after_a_rewind_before_it_a_question_is_not_answered_there(lab: Lab) -> None:
    lab.manage("migrate store 0001")
    predict("prices-back").choose(0)
    lab.manage("migrate store")
    lab.rewind(2)
    with pytest.raises(BadInput, match=ELSEWHERE):
        predict("prices-back")


def test_what_a_migration_is_called_makes_no_other_place(lab: Lab) -> None:
    here = whereabouts(lab)
    old = "store/migrations/0005_tag_product_tags.py"
    text = lab.read(old)
    lab.delete(old)
    assert whereabouts(lab) != here
    lab.write("store/migrations/0005_other.py", text)
    assert whereabouts(lab) == here


def test_rows_make_no_other_place_and_a_field_does(lab: Lab) -> None:
    here = whereabouts(lab)
    lab.shell("Product.objects.update(discount=1)")
    assert whereabouts(lab) == here
    models = lab.read("store/models.py")
    lab.write("store/models.py", models + "\n\nclass New(models.Model):\n    pass\n")
    assert whereabouts(lab) != here
