"""The state of each migration at one moment, in labs whose files were changed by hand."""

from __future__ import annotations

from miglab import Lab
from miglab.compare.picture import picture
from miglab.facts.picture import State
from miglab.facts.truths import Truths


def leaves(truths: Truths) -> list[str]:
    return [each.key.name for each in picture(truths, ["blog"]).nodes if each.leaf]


def test_where_a_ghost_came_between_the_migration_before_it_is_not_called_a_leaf() -> None:
    """0001 ─ (0002) ─ 0003 ─ 0004: Django cannot build this graph, and reports no conflict."""
    with Lab("storefront", apps=["blog"]) as lab:
        step = lab.delete("blog/migrations/0002_*.py")
    assert leaves(step.before) == ["0004_comment_is_approved"]
    assert leaves(step.after) == []


def states(truths: Truths) -> set[State]:
    return {each.state for each in picture(truths, ["blog"]).nodes}


def test_a_file_that_is_there_and_not_loaded_is_not_called_gone() -> None:
    """blog: four files, applied up to 0003, in a folder without __init__.py"""
    with Lab("storefront", apps=["blog"], at="blog.0003") as lab:
        unloaded = lab.delete("blog/migrations/__init__.py").after
        gone = lab.delete("blog/migrations/0003_*.py").after
        drawn = lab.graph()
    assert states(unloaded) == {State.UNSEEN}
    assert len(picture(unloaded, ["blog"]).nodes) == 4
    assert [each.state for each in picture(gone, ["blog"]).nodes] == [
        *(State.UNSEEN, State.UNSEEN, State.GHOST, State.UNSEEN)
    ]
    assert drawn.sentence == "4 migrations: 3 not loaded, 1 without a file."
