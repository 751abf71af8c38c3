"""The task of the lesson on what a migration is: to read a file, and to mend it."""

from __future__ import annotations

from miglab.lessons import check, your_turn

FILE = "store/migrations/0006_product_colour.py"


def test_it_is_not_done_before_it_is_begun() -> None:
    with your_turn("read-and-mend") as lab:
        assert lab.manage("migrate store").refused
        checked = check("read-and-mend")
        assert [point.done for point in checked.points] == [False] * 4


def test_both_mistakes_mended_and_applied_is_done() -> None:
    with your_turn("read-and-mend") as lab:
        lab.replace(FILE, "0005_tags", "0005_tag_product_tags")
        lab.replace(FILE, 'model_name="category"', 'model_name="product"')
        lab.manage("migrate store")
        assert check("read-and-mend").done
