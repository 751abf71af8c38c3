"""The task of the lesson in plain commands."""

from __future__ import annotations

import shutil

import pytest

from miglab import Lab
from miglab.lessons import check, predict, reveal, your_turn

pytestmark = pytest.mark.usefixtures("anywhere")

MODEL = "\n\nclass Courier(models.Model):\n    name = models.CharField(max_length=50)\n"


def back_up(lab: Lab) -> None:
    shutil.copy(lab.folder / "db.sqlite3", lab.folder / "backup.sqlite3")


def change(lab: Lab) -> None:
    with open(lab.folder / "store" / "models.py", "a", encoding="utf-8") as models:
        models.write(MODEL)
    lab.manage("makemigrations store")
    lab.manage("migrate store")


def test_going_there_and_back_costs_the_supplier_and_the_tags(lab: Lab) -> None:
    change(lab)
    with open(lab.folder / "store" / "models.py", "a", encoding="utf-8") as models:
        models.write(MODEL.replace("Courier", "Supplier"))
    lab.manage("makemigrations store")
    lab.manage("migrate store")
    lab.shell("Supplier.objects.create(name='Oak and Sons')")
    predict("nobody-looked")
    lab.manage("migrate store 0004")
    lab.manage("migrate store")
    assert reveal("nobody-looked").right == 2


def test_a_backup_of_before_knows_nothing_of_the_new_migration(lab: Lab) -> None:
    back_up(lab)
    change(lab)
    predict("morning-restored")
    shutil.copy(lab.folder / "backup.sqlite3", lab.folder / "db.sqlite3")
    answer = reveal("morning-restored")
    assert (answer.right, "Oak and Sons" in answer.reason) == (1, True)


def test_a_day_of_your_own_begins_undone() -> None:
    with your_turn("a-day-of-your-own"):
        assert not check("a-day-of-your-own").done


def test_a_day_of_your_own_is_done_with_the_backup_put_back() -> None:
    with your_turn("a-day-of-your-own") as lab:
        back_up(lab)
        change(lab)
        lab.manage("migrate store 0004")
        shutil.copy(lab.folder / "backup.sqlite3", lab.folder / "db.sqlite3")
        lab.manage("migrate store")
        assert check("a-day-of-your-own").done
