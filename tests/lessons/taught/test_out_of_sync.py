"""The task of Out of sync: two truths that are wrong, each in a way of its own."""

from __future__ import annotations

from miglab.lessons import check, your_turn

TASK = "two-disagreements"


def test_nothing_done_is_not_done() -> None:
    with your_turn(TASK):
        assert not check(TASK).done


def test_mending_the_record_twice_is_right() -> None:
    with your_turn(TASK) as lab:
        lab.manage("migrate --fake store 0006")
        lab.manage("migrate --fake media 0001")
        lab.manage("migrate media")
        assert check(TASK).done
