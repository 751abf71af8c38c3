"""The task of the first lesson."""

from __future__ import annotations

from miglab import Lab
from miglab.lessons import check, your_turn

FIELD = "    weight = models.IntegerField(default=0)\n    discount ="


def make_and_apply(lab: Lab) -> None:
    lab.replace("store/models.py", "    discount =", FIELD)
    lab.manage("makemigrations store")
    lab.manage("migrate store")


def test_untouched_it_is_not_done() -> None:
    with your_turn("there-and-back"):
        assert not check("there-and-back").done


def test_there_and_back_is_done() -> None:
    with your_turn("there-and-back") as lab:
        make_and_apply(lab)
        lab.manage("migrate store 0005")
        lab.delete("store/migrations/0006_*.py")
        lab.replace("store/models.py", FIELD, "    discount =")
        assert check("there-and-back").done
