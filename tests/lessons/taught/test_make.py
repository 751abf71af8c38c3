"""The task of the lesson on making migrations: one file that is right from the start."""

from __future__ import annotations

from miglab.lessons import check, your_turn

OLD, NEW = 'CharField(max_length=10, default="")', "PositiveIntegerField(default=0)"


def test_it_is_not_done_before_it_is_begun() -> None:
    with your_turn("make-it-again"):
        checked = check("make-it-again")
        assert [point.done for point in checked.points] == [False, False, True, True, True]


def test_deleted_mended_and_made_again_is_done() -> None:
    with your_turn("make-it-again") as lab:
        lab.delete("store/migrations/0006_product_weight.py")
        lab.replace("store/models.py", OLD, NEW)
        lab.manage("makemigrations store -n add_weight")
        assert check("make-it-again").done
