"""A check says what is missing, of the lab that is open."""

from __future__ import annotations

import pytest

from miglab.errors import UnknownName
from miglab.lessons import check, your_turn


def test_an_untouched_lab_is_not_done_and_the_missing_point_is_named() -> None:
    with your_turn("before-discounts"):
        checked = check("before-discounts")
    assert not checked.done
    assert [point.text for point in checked.points if not point.done] == [
        "`store` stands at `0003`, the moment before discounts."
    ]


def test_a_solved_task_is_done() -> None:
    with your_turn("before-discounts") as lab:
        lab.manage("migrate store 0003")
        assert check("before-discounts").done


def test_an_unknown_task_names_those_there_are() -> None:
    with pytest.raises(UnknownName, match="there-and-back"):
        your_turn("nonsense")
