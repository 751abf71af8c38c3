"""The last task: there and back without losing a row."""

from __future__ import annotations

import shutil

import pytest

from miglab import Lab
from miglab.lessons import check, predict, reveal, trials, verdicts, your_turn


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


def test_how_many_claims_hold_is_known_once_the_verdicts_are(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "_known", [])
    # One claim is enough to see that it is counted, and the others take minutes.
    monkeypatch.setattr(trials, "CLAIMS", {"C30": trials.CLAIMS["C30"]})
    asked = predict("claims-that-hold")
    asked.choose(3)
    assert (asked.frozen, reveal("claims-that-hold").right) == (False, None)
    verdicts()
    answer = reveal("claims-that-hold")
    assert (answer.right, "C30" in answer.reason) == (1, True)
