"""Every task is tried with wrong ends: a check tells them apart, says what it expected and what it
found, and how to recover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from miglab import Lab
from miglab.exercises.instructions import read
from miglab.lessons import check, your_turn
from miglab.lessons.shelf import stock
from miglab.lessons.tasks import _ENDS, _TASKS

from . import going_back, making, repairing, routes, together
from .end import End

ENDS = {**making.ENDS, **going_back.ENDS, **repairing.ENDS, **together.ENDS}


def verdict(task: str) -> tuple[tuple[int, ...], str]:
    """The goals that are not reached, by their place from 1, and what is said about the end."""
    checked = check(task)
    missing = [place for place, point in enumerate(checked.points, 1) if not point.done]
    return tuple(missing), checked.remark


def wrong(task: str, end: End) -> list[str]:
    """What a check says otherwise than this end expects."""
    checked = check(task)
    missing, remark = verdict(task)
    told = [] if missing == end.missing else [f"{end.name}: missing {missing}"]
    if not remark.startswith(end.says):
        told.append(f"{end.name}: {remark or 'nothing is said'}")
    silent = [
        each for each in checked.points if not each.done and not (each.expected and each.found)
    ]
    return told + [f"{end.name}: {each.text} says nothing" for each in silent]


def test_each_task_has_five_wrong_ends_at_least() -> None:
    stock()
    assert {task: len(ENDS.get(task, ())) for task in _TASKS if len(ENDS.get(task, ())) < 5} == {}
    assert set(_ENDS) == set(_TASKS)


def wrong_ends(task: str, ends: Sequence[End], bring: Callable[[Lab, End], None]) -> list[str]:
    """What a check says otherwise than these ends expect, when they are reached in this way."""
    told = []
    with your_turn(task) as lab:
        for end in ends:
            lab.restart()
            bring(lab, end)
            told += wrong(task, end)
    return told


@pytest.mark.parametrize("task", ENDS)
def test_a_check_names_what_is_missing_at_each_wrong_end_and_how_to_recover(task: str) -> None:
    assert wrong_ends(task, ENDS[task], routes.in_cells) == []


def at_once(ends: Mapping[str, Sequence[End]]) -> list[object]:
    """Each task with one of its ends; with the others too in a long run."""
    first = [pytest.param(task, found[:1], id=task) for task, found in ends.items() if found]
    others = [
        pytest.param(task, found[1:], id=f"{task}-others", marks=pytest.mark.long)
        for task, found in ends.items()
        if found[1:]
    ]
    return [*first, *others]


TYPED = {task: [end for end in ENDS[task] if routes.typeable(end)] for task in ENDS}
CLICKED = {
    task: [
        end
        for end in ENDS[task]
        if any(routes.clickable(each, _TASKS[task].apps) for each in read(end.steps))
    ]
    for task in ENDS
}


def test_each_task_has_five_wrong_ends_that_a_terminal_reaches() -> None:
    assert {task: len(ends) for task, ends in TYPED.items() if len(ends) < 5} == {}


@pytest.mark.parametrize(("task", "ends"), at_once(TYPED))
def test_a_wrong_end_is_the_same_from_a_terminal(task: str, ends: Sequence[End]) -> None:
    assert wrong_ends(task, ends, routes.in_a_terminal) == []


@pytest.mark.parametrize(("task", "ends"), at_once(CLICKED))
def test_a_wrong_end_is_the_same_by_clicks(task: str, ends: Sequence[End]) -> None:
    assert wrong_ends(task, ends, routes.by_clicks) == []


def test_a_database_that_is_gone_is_said_and_raises_nothing() -> None:
    with your_turn("before-discounts") as lab:
        (lab.folder / "db.sqlite3").unlink()
        missing, remark = verdict("before-discounts")
    assert missing == (1, 3, 4, 5)
    assert remark.startswith("The database has no record")
