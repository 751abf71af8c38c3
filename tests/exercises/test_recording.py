"""An exercise's file is made out of a session in a lab."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.errors import BadInput
from miglab.exercises import form, record
from miglab.exercises.prove import Fault, prove


def test_a_session_becomes_a_start_and_a_way(tmp_path: Path) -> None:
    with record(apps=["blog"]) as lab:
        lab.copy_file("blog/migrations/0004_comment_is_approved.py", "attic.txt")
        lab.delete("blog/migrations/0004_comment_is_approved.py")
        lab.begin_here()
        lab.sql("UPDATE blog_comment SET name = 'nobody'")
        lab.rewind()
        lab.copy_file("attic.txt", "blog/migrations/0004_comment_is_approved.py")
        path = lab.save(tmp_path / "ghost.toml")
    found = form.read(path)
    assert [each.line for each in found.start] == [
        "copy blog/migrations/0004_comment_is_approved.py attic.txt",
        "delete blog/migrations/0004_comment_is_approved.py",
    ]
    assert [each.line for each in found.ways[0].steps] == [
        "copy attic.txt blog/migrations/0004_comment_is_approved.py"
    ]
    faults = [each.what for each in prove(tmp_path, searched=False) if isinstance(each, Fault)]
    assert not [each for each in faults if "the way" in each or "solved" in each]


def test_nothing_repaired_is_no_exercise(tmp_path: Path) -> None:
    with record() as lab:
        with pytest.raises(BadInput, match="begin_here"):
            lab.save(tmp_path / "x.toml")
        lab.delete("blog/migrations/0004_comment_is_approved.py")
        lab.begin_here()
        with pytest.raises(BadInput, match="nothing has been repaired"):
            lab.save(tmp_path / "x.toml")
    assert not (tmp_path / "x.toml").exists()


def test_a_way_that_adds_a_column_keeps_the_goals_that_were_recorded_and_todo_is_named(
    tmp_path: Path,
) -> None:
    with record(apps=["store"]) as lab:
        lab.manage("migrate store 0003")
        lab.begin_here()
        lab.manage("migrate store")
        path = lab.save(tmp_path / "forward.toml")
    asked = [goal.conditions["same"] for goal in form.read(path).goals if goal.kind == "never"]
    assert "SELECT id, name, sku, category_id, price FROM store_product ORDER BY 1" in asked
    faults = [each.what for each in prove(tmp_path, searched=False) if isinstance(each, Fault)]
    assert [each for each in faults if "TODO" in each and "the way" not in each][:1] == [
        "replace TODO in: title, belief, story, happened, why, cost, nothing, "
        "a hint, a way, a wrong end"
    ]
    assert not [each for each in faults if each.startswith("the way ")]
