"""The task of the lesson on reverting."""

from __future__ import annotations

from miglab.lessons import check, your_turn


def test_going_too_far_and_coming_back_loses_the_prices() -> None:
    with your_turn("before-discounts") as lab:
        lab.manage("migrate store 0001")
        lab.manage("migrate store 0003")
        missing = [point.text for point in check("before-discounts").points if not point.done]
    assert missing == ["21 products have a price above 0, as before."]
