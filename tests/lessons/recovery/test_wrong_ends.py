"""Every task is tried with wrong ends: a check tells them apart, says what it expected and what it
found, and how to recover."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable

import pytest

from miglab import Lab
from miglab.lessons import check, your_turn
from miglab.lessons.shelf import stock
from miglab.lessons.tasks import _ENDS, _TASKS
from miglab.notebook.widgets.models import model_of

from ...waiting import until
from . import going_back, making, repairing, together
from .end import End, reach

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


@pytest.mark.parametrize("task", ENDS)
def test_a_check_names_what_is_missing_at_each_wrong_end_and_how_to_recover(task: str) -> None:
    told = []
    with your_turn(task) as lab:
        for end in ENDS[task]:
            lab.restart()
            reach(lab, end)
            told += wrong(task, end)
    assert told == []


@pytest.mark.parametrize("task", ["there-and-back", "two-lost-lines"])
def test_a_wrong_end_is_the_same_from_a_terminal(task: str) -> None:
    told = []
    with your_turn(task) as lab:
        for end in ENDS[task][:5]:
            lab.restart()
            reach(lab, end, in_a_terminal)
            told += wrong(task, end)
    assert told == []


@pytest.mark.parametrize("task", ["before-discounts", "one-truth-alone"])
def test_a_wrong_end_is_the_same_by_clicks(task: str) -> None:
    told = []
    with your_turn(task) as lab:
        for end in ENDS[task][:5]:
            lab.restart()
            reach(lab, end, by_clicks)
            told += wrong(task, end)
    assert told == []


def in_a_terminal(lab: Lab, line: str) -> None:
    """Run a command in the lab's folder, as one types it."""
    subprocess.run(
        [sys.executable, "manage.py", *shlex.split(line)],
        cwd=lab.folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        timeout=120,
    )


def by_clicks(lab: Lab, line: str) -> None:
    """Choose a card and run the command that the panel shows."""
    words = [word for word in line.split()[1:] if word != "--fake"]
    if len(words) != 2 or not line.startswith("migrate"):
        lab.manage(line)
        return
    app, target = words
    names = [key.name for key in lab.truths().truths.known_files.migrations if key.app_label == app]
    (name,) = [each for each in [*names, "zero"] if each.startswith(target)]
    model = model_of(lab)
    click = _clicker(lab)
    click({"do": "choose", "app": app, "name": name})
    click({"do": "option", "name": "--fake", "on": "--fake" in line})
    assert ("--fake" in model.chosen["line"]) == ("--fake" in line)
    click({"do": "run"})
    until(lambda: model.worker.idle)


def _clicker(lab: Lab) -> Callable[[dict[str, object]], None]:
    model = model_of(lab)
    return lambda order: model._handle_custom_msg(order, [])


def test_a_database_that_is_gone_is_said_and_raises_nothing() -> None:
    with your_turn("before-discounts") as lab:
        (lab.folder / "db.sqlite3").unlink()
        missing, remark = verdict("before-discounts")
    assert missing == (1, 3, 4)
    assert remark.startswith("The database has no record")
