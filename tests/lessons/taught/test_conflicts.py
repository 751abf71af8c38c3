"""The task of Conflicts: two branches, one of them with a mistyped dependency."""

from __future__ import annotations

from miglab import Lab
from miglab.lessons import check, your_turn

THEIRS = "store/migrations/0006_product_weight.py"


def mend(lab: Lab) -> None:
    lab.replace(THEIRS, "0005_tags", "0005_tag_product_tags")


def test_two_branches_begins_undone() -> None:
    with your_turn("two-branches"):
        assert not check("two-branches").done


def test_two_branches_is_done_by_mending_and_merging() -> None:
    with your_turn("two-branches") as lab:
        mend(lab)
        lab.manage("makemigrations --merge", answers=["y"])
        lab.manage("migrate")
        assert check("two-branches").done
