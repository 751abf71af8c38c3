"""The last task: there and back without losing a row."""

from __future__ import annotations

import shutil

from miglab.lessons import check, your_turn


def test_untouched_it_is_not_done() -> None:
    with your_turn("as-if-nothing-happened"):
        assert not check("as-if-nothing-happened").done


def test_a_backup_put_back_is_done() -> None:
    with your_turn("as-if-nothing-happened") as lab:
        backup = lab.folder / "backup.sqlite3"
        shutil.copy(lab.folder / "db.sqlite3", backup)
        lab.manage("migrate store 0003")
        shutil.copy(backup, lab.folder / "db.sqlite3")
        assert check("as-if-nothing-happened").done
