"""The task of Reset: two apps that go together, and two that must stay."""

from __future__ import annotations

from miglab import Lab
from miglab.lessons import check, your_turn


def delete_files(lab: Lab) -> None:
    lab.delete("marketplace/migrations/0*.py")
    lab.delete("media/migrations/0*.py")


def make_and_apply(lab: Lab) -> None:
    lab.manage("makemigrations marketplace media")
    lab.manage("migrate")


def test_new_marketplace_begins_undone() -> None:
    with your_turn("new-marketplace"):
        assert not check("new-marketplace").done


def test_new_marketplace_is_done_by_zero_and_then_both_apps_files() -> None:
    with your_turn("new-marketplace") as lab:
        lab.manage("migrate marketplace zero")
        delete_files(lab)
        make_and_apply(lab)
        assert check("new-marketplace").done


def test_new_marketplace_is_not_done_without_the_database() -> None:
    """The sellers and customers are gone."""
    with your_turn("new-marketplace") as lab:
        (lab.folder / "db.sqlite3").unlink()
        delete_files(lab)
        make_and_apply(lab)
        found = check("new-marketplace")
        assert [point.done for point in found.points] == [True, True, True, False]
