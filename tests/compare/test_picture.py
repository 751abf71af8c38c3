"""The state of each migration at one moment, in labs whose files were changed by hand."""

from __future__ import annotations

from miglab import Lab
from miglab.compare.picture import picture
from miglab.facts.truths import Truths


def leaves(truths: Truths) -> list[str]:
    return [each.key.name for each in picture(truths, ["blog"]).nodes if each.leaf]


def test_where_a_ghost_came_between_the_migration_before_it_is_not_called_a_leaf() -> None:
    """0001 ─ (0002) ─ 0003 ─ 0004: Django cannot build this graph, and reports no conflict."""
    with Lab("storefront", apps=["blog"]) as lab:
        step = lab.delete("blog/migrations/0002_*.py")
    assert leaves(step.before) == ["0004_comment_is_approved"]
    assert leaves(step.after) == []
