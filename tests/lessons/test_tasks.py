"""A check says what is missing, of the lab that is open."""

from __future__ import annotations

import pytest

from miglab import Lab
from miglab.errors import BadInput, LabClosed, UnknownName
from miglab.facts.lesson import Begun
from miglab.lessons import check, your_turn
from miglab.lessons.shelf import Shelf
from miglab.lessons.tasks import task


def test_an_untouched_lab_is_not_done_and_the_missing_point_is_named() -> None:
    with your_turn("before-discounts"):
        checked = check("before-discounts")
    assert not checked.done
    assert [point.text for point in checked.points if not point.done] == [
        "The last applied migration of `store` is `0003`, the one before the discounts."
    ]


def test_a_solved_task_is_done() -> None:
    with your_turn("before-discounts") as lab:
        lab.manage("migrate store 0003")
        assert check("before-discounts").done


def test_an_unknown_task_names_those_there_are() -> None:
    with pytest.raises(UnknownName, match="there-and-back"):
        your_turn("nonsense")


def test_a_check_looks_at_the_lab_of_its_task_and_not_at_another() -> None:
    """Nobody has to keep what your_turn gives."""
    your_turn("one-truth-alone")
    with Lab("storefront") as other:
        other.manage("migrate --fake store 0004")
        assert not check("one-truth-alone").done


def test_what_led_to_a_task_cannot_be_rewound() -> None:
    with your_turn("two-lost-lines") as lab:
        assert lab.history().lines == ()
        before = check("two-lost-lines")
        lab.manage("migrate --fake store")
        lab.restart()
        assert check("two-lost-lines").points == before.points


def test_a_task_is_begun_when_something_has_run_in_its_lab() -> None:
    with your_turn("before-discounts") as lab:
        assert not check("before-discounts").begun
        lab.manage("showmigrations")
        assert check("before-discounts").begun


def test_a_task_that_was_not_begun_names_the_cell_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miglab.lessons.tasks._TASKS", Shelf("task"))
    task("never-begun", {"Somebody began it.": lambda lab: True})
    with pytest.raises(BadInput, match="run the cell your_turn"):
        check("never-begun")


def test_a_task_whose_lab_was_closed_says_so() -> None:
    your_turn("before-discounts").close()
    with pytest.raises(LabClosed):
        check("before-discounts")


def test_a_task_that_begins_is_announced_with_its_lab_and_its_goals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[object] = []
    monkeypatch.setattr("miglab.lessons.tasks._TASKS", Shelf("task"))
    monkeypatch.setattr(Lab, "announce", staticmethod(heard.append))
    task("announced", {"You went back": lambda lab: False}, at="store.0003", apps=["store"])
    lab = your_turn("announced")
    assert heard == [
        Begun(
            "announced",
            ("store",),
            "5 migrations: 3 applied, 2 not applied.",
            ("You went back",),
        )
    ]
    lab.close()
