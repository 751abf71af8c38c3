"""The task of Apply: one app, and no more than it needs."""

from __future__ import annotations

from miglab.lessons import check, your_turn


def test_photos_only_begins_undone() -> None:
    with your_turn("photos-only"):
        assert not check("photos-only").done


def test_photos_only_is_done_by_applying_the_one_app() -> None:
    with your_turn("photos-only") as lab:
        lab.manage("migrate media --plan")
        lab.manage("migrate media")
        assert check("photos-only").done
