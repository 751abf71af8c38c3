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


def test_to_go_back_and_apply_the_edited_file_costs_the_tags() -> None:
    with your_turn("edited-migration") as lab:
        lab.manage("migrate store 0004")
        lab.manage("migrate store")
        assert len(missing()) == 2
        assert "The 6 tags and their 40 links are still there." in missing()


def test_a_column_made_by_hand_helps_this_database_alone() -> None:
    with your_turn("edited-migration") as lab:
        lab.sql("ALTER TABLE store_tag ADD COLUMN colour varchar(9) NOT NULL DEFAULT ''")
        assert missing()[0] == "The file `0005` exists, and does not contain `colour`."
