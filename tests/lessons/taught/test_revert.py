"""The task of the lesson on reverting."""

from __future__ import annotations

from miglab.lessons import check, your_turn


def test_before_discounts_is_done_with_one_command() -> None:
    with your_turn("before-discounts") as lab:
        lab.manage("migrate store 0003")
        assert check("before-discounts").done
