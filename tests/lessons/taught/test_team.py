"""The task of Team: not done, done, and done the wrong way."""

from __future__ import annotations

from miglab import Lab
from miglab.lessons import check, your_turn

FILE = "store/migrations/0005_tag_product_tags.py"
LINE = '("colour", models.CharField(max_length=9, default="")),'


def missing() -> list[str]:
    return [point.text for point in check("edited-migration").points if not point.done]


def take_the_edit_out(lab: Lab) -> None:
    lab.replace(FILE, LINE, "")


def test_untouched_it_is_not_done() -> None:
    with your_turn("edited-migration"):
        assert len(missing()) == 3


def test_the_old_file_and_a_new_one_do_it() -> None:
    with your_turn("edited-migration") as lab:
        take_the_edit_out(lab)
        lab.manage("makemigrations store")
        lab.manage("migrate store")
        assert check("edited-migration").done
