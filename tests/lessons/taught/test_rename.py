"""The task about a new name and a new type: one change at a time keeps the values."""

from __future__ import annotations

from miglab.lessons import check, your_turn

OLD = 'models.PositiveSmallIntegerField(default=0, help_text="percent")'
NEW = "models.DecimalField(max_digits=5, decimal_places=2, default=0)"


def missing() -> list[str]:
    return [point.text for point in check("rename-and-widen").points if not point.done]


def test_untouched_it_is_not_done() -> None:
    with your_turn("rename-and-widen"):
        assert missing() == [
            "The column is called `percent_off`.",
            "The column `percent_off` can hold 12.5.",
        ]


def test_one_change_at_a_time_is_the_way() -> None:
    with your_turn("rename-and-widen") as lab:
        lab.replace("store/models.py", "discount =", "percent_off =")
        lab.manage("makemigrations store", answers=["y"])
        lab.replace("store/models.py", OLD, NEW)
        lab.manage("makemigrations store")
        lab.manage("migrate store")
        assert check("rename-and-widen").done
