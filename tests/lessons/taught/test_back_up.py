"""The task of the lesson about backups."""

from __future__ import annotations

import shutil

from miglab import Lab
from miglab.lessons import check, your_turn

TASK = "back-up-first"


def there(lab: Lab) -> None:
    lab.manage("migrate store 0001")
    lab.write("why.txt", "To see whether the old schema still works.")


def test_nothing_done_is_not_done() -> None:
    with your_turn(TASK):
        assert not check(TASK).done


def test_a_fresh_backup_brings_all_back() -> None:
    with your_turn(TASK) as lab:
        shutil.copy(lab.folder / "db.sqlite3", lab.folder / "now.sqlite3")
        there(lab)
        shutil.copy(lab.folder / "now.sqlite3", lab.folder / "db.sqlite3")
        assert check(TASK).done


def test_a_dump_of_the_app_brings_all_back() -> None:
    with your_turn(TASK) as lab:
        lab.manage("dumpdata store -o store.json")
        there(lab)
        lab.manage("migrate store")
        lab.manage("loaddata store.json")
        assert check(TASK).done
