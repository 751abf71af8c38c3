"""An exercise in a notebook, without a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab.exercises import ExerciseLab, exercise
from miglab.notebook.exercise import ExercisePanel, show_exercise

from ..waiting import until


@pytest.fixture
def attempt() -> Iterator[ExerciseLab]:
    with exercise("undo-only-the-last") as lab:
        yield lab


def test_goals_tick_after_a_command_of_any_cell(attempt: ExerciseLab) -> None:
    panel = ExercisePanel(attempt)
    assert "2 of 4 goals are reached" in panel.goals.value
    assert attempt.exercise.nothing not in panel.goals.value
    attempt.manage("migrate store 0004")
    assert "every goal is reached" in panel.goals.value
    assert "miglab-solved" in panel.goals.value


def test_goals_tick_after_a_command_of_a_terminal(attempt: ExerciseLab) -> None:
    panel = ExercisePanel(attempt)
    command = [sys.executable, "manage.py", "migrate", "store", "0004"]
    subprocess.run(command, cwd=attempt.folder, check=True, capture_output=True)
    until(lambda: "every goal is reached" in panel.goals.value)


def test_buttons_give_hints_play_ways_and_go_back(attempt: ExerciseLab) -> None:
    panel = ExercisePanel(attempt)
    panel.hint.click()
    assert "Hint 1 of 3" in panel.said.value
    panel.way.click()
    assert "<code>migrate store 0004</code>" in panel.said.value
    attempt.manage("migrate store 0003")
    assert "class='miglab-remark'" in panel.goals.value
    panel.rewind.click()
    assert "class='miglab-remark'" not in panel.goals.value
    panel.rewind.click()
    assert "cannot rewind" in panel.said.value
    panel.restart.click()
    assert attempt.history().position == 0


def test_the_graph_to_reach_is_beside_the_graph_now_which_follows(attempt: ExerciseLab) -> None:
    panel = ExercisePanel(attempt)
    before = panel.now.value
    assert "<img" in before
    until(lambda: "<img" in panel.to_reach.value)
    attempt.manage("migrate store 0004")
    assert panel.now.value != before
    assert panel.now.value.partition("<img")[2] == panel.to_reach.value.partition("<img")[2]


def test_a_closed_lab_says_what_to_do(attempt: ExerciseLab) -> None:
    panel = ExercisePanel(attempt)
    attempt.close()
    panel.draw()
    assert "Run the cell again" in panel.goals.value
    panel.hint.click()
    assert "this lab is closed" in panel.said.value


def test_an_incident_has_a_clock_that_nobody_needs(attempt: ExerciseLab) -> None:
    assert not hasattr(ExercisePanel(attempt), "clock")
    with exercise("this-mornings-backup") as lab:
        panel = ExercisePanel(lab)
        panel.clock.click()
        assert "You opened this exercise 0 minutes ago" in panel.said.value


def test_a_notebook_keeps_how_far_it_is_and_the_journal(
    attempt: ExerciseLab, shell: InteractiveShell
) -> None:
    with capture_output() as shown:
        show_exercise(attempt)
        attempt.manage("migrate store 0003")
    *_, last = [each for each in shown.outputs if each.metadata.get("miglab")]
    assert [each["text"] for each in last.metadata["miglab"]["journal"]] == [
        "",
        "migrate store 0003",
    ]
    assert "You did:" in last.data["text/plain"]
    assert str(attempt.folder) not in str(last.metadata)


def test_questions_are_answered_in_fields() -> None:
    with exercise("ask-before-you-go") as lab:
        panel = ExercisePanel(lab)
        fields = [box.children for box in panel.children[1:3]]
        for field, button in fields:
            field.value = {"tags": "40", "free": "3"}[field.description]
            button.click()
        assert lab.standing.done
