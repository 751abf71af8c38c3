"""Goals after every step, whoever takes it; hints, answers, ways, going back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from miglab import Lab
from miglab.errors import BadInput, UnknownName
from miglab.exercises import ExerciseLab, exercise


@pytest.fixture
def attempt(written: Callable[..., Path]) -> Iterator[ExerciseLab]:
    """The exercise ``WHOLE``."""
    with exercise("undo", folder=written().parent) as lab:
        yield lab


def ticked(lab: ExerciseLab) -> list[bool]:
    return [goal.done for goal in lab.standing.goals]


def test_a_goal_that_is_not_reached_says_what_is_expected_and_found(attempt: ExerciseLab) -> None:
    first = attempt.goals().goals[0]
    assert not first.done
    assert first.expected == "the last applied migration of `store` is `0004`"
    assert first.found == "it is `0005_tag_product_tags`"


def test_goals_tick_after_a_command_without_being_asked(attempt: ExerciseLab) -> None:
    heard: list[bool] = []
    attempt.follow(lambda: heard.append(attempt.standing.done))
    assert ticked(attempt) == [False, True]
    attempt.manage("migrate store 0004")
    assert heard == [True]
    success = attempt.standing.success
    assert success is not None
    assert success[0] == "It went back."


def test_a_wrong_end_gets_its_words_and_doing_nothing_others(attempt: ExerciseLab) -> None:
    assert attempt.goals().remark == "Nothing has changed yet."
    attempt.manage("migrate store 0003")
    assert attempt.standing.remark == "That was one too many."


def test_a_command_that_finds_nothing_to_do_gets_words_and_a_look_gets_none(
    attempt: ExerciseLab,
) -> None:
    attempt.manage("migrate")
    assert attempt.standing.remark.startswith("`migrate` found nothing to do here")
    attempt.manage("migrate --plan")
    assert attempt.standing.remark == ""


def test_what_must_never_be_is_not_forgotten_when_it_is_repaired(attempt: ExerciseLab) -> None:
    attempt.copy_file("db.sqlite3", "backup.sqlite3")
    attempt.sql("UPDATE store_product SET discount = 0")
    attempt.copy_file("backup.sqlite3", "db.sqlite3")
    attempt.manage("migrate store 0004")
    assert ticked(attempt) == [True, False]
    assert "was not before" in attempt.standing.goals[1].found


def test_rewinding_takes_back_what_must_never_be(attempt: ExerciseLab) -> None:
    attempt.sql("UPDATE store_product SET discount = 0")
    attempt.rewind()
    attempt.manage("migrate store 0004")
    assert attempt.standing.done


def test_what_a_terminal_did_is_looked_at_at_each_moment(attempt: ExerciseLab) -> None:
    """A loss in a terminal is seen although a cell repaired it before anybody looked."""
    shutil.copy(attempt.folder / "db.sqlite3", attempt.folder.parent / "kept")
    command = [sys.executable, "manage.py", "migrate", "store", "0003"]
    subprocess.run(command, cwd=attempt.folder, check=True, capture_output=True)
    attempt.write("note.txt", "I look again.")
    assert ticked(attempt) == [False, False]


def test_a_command_in_a_terminal_can_solve_it(attempt: ExerciseLab) -> None:
    command = [sys.executable, "manage.py", "migrate", "store", "0004"]
    subprocess.run(command, cwd=attempt.folder, check=True, capture_output=True)
    assert attempt.goals().done


def test_backups_and_looks_are_not_counted(attempt: ExerciseLab) -> None:
    attempt.copy_file("db.sqlite3", "backup.sqlite3")
    attempt.manage("showmigrations")
    attempt.manage("migrate store 0004")
    assert attempt.standing.moves == 1


def test_hints_go_one_tier_further_and_the_first_reads_the_last_error(
    attempt: ExerciseLab,
) -> None:
    attempt.manage("migrate store 0099")
    first = attempt.hint()
    assert first.says[0] == "Look."
    assert first.says[1].startswith("Django's last error was CommandError")
    assert [attempt.hint().says for _ in range(3)] == [
        ("Think.",),
        ("`migrate store 0004`",),
        ("`migrate store 0004`",),
    ]


def test_an_unknown_tier_or_way_is_refused(attempt: ExerciseLab) -> None:
    with pytest.raises(BadInput, match="from 1 to 3"):
        attempt.hint(9)
    with pytest.raises(BadInput, match="from 0 to 1"):
        attempt.show_way(5)


def test_a_way_is_played_in_a_copy(attempt: ExerciseLab) -> None:
    steps = attempt.show_way()
    assert [step.line for step in steps] == ["migrate store 0004"]
    assert attempt.history().lines == ()
    assert not attempt.goals().done
    assert Lab.latest() is attempt


def test_a_copy_is_a_plain_lab(attempt: ExerciseLab) -> None:
    with attempt.copy() as copy:
        assert type(copy) is Lab
        copy.manage("migrate store 0004")
    assert not attempt.goals().done


def test_an_answer_is_compared_with_a_key_that_was_computed() -> None:
    with exercise("ask-before-you-go") as lab:
        with pytest.raises(UnknownName, match="tags"):
            lab.answer("cats", 1)
        lab.answer("tags", 3)
        assert lab.standing.goals[0].found == "you answered 3"
        assert "40" not in lab.standing.goals[0].expected
        lab.answer("tags", 40)
        assert lab.answer("free", 3).done


def test_restart_forgets_answers() -> None:
    with exercise("ask-before-you-go") as lab:
        lab.answer("tags", 40)
        lab.restart()
        assert not lab.goals().goals[0].done


def test_a_goal_that_cannot_be_looked_at_shows_no_traceback(attempt: ExerciseLab) -> None:
    attempt.write("store/models.py", "this is no Python")
    found = [goal.found for goal in attempt.standing.goals if not goal.done]
    assert found
    assert not any("Traceback" in each for each in found)


def test_a_start_that_does_not_work_names_the_line(written: Callable[..., Path]) -> None:
    path = written(('start = ""', 'start = "migrate store 0099"'))
    with pytest.raises(BadInput, match="the start goes wrong at 'migrate store 0099'"):
        exercise("undo", folder=path.parent)


def test_a_look_back_at_a_moment_that_is_not_marked_is_refused(
    written: Callable[..., Path],
) -> None:
    path = written(("never = true\nsame", 'never = true\nsince = "lunch"\nsame'))
    with pytest.raises(BadInput, match="'moment lunch'"):
        exercise("undo", folder=path.parent)
