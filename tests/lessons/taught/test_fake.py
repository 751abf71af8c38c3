"""The task of Fake: two lines of the record are lost, and one migration never ran."""

from __future__ import annotations

from miglab.lessons import check, your_turn

TASK = "two-lost-lines"


def test_nothing_done_is_not_done() -> None:
    with your_turn(TASK):
        assert not check(TASK).done


def test_faking_what_the_tables_have_and_running_the_rest_is_right() -> None:
    with your_turn(TASK) as lab:
        lab.manage("migrate --fake store 0005")
        lab.manage("migrate store")
        assert check(TASK).done
