"""An exercise's file: what it has, and what is said where something is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from miglab.errors import BadInput, UnknownName
from miglab.exercises import form


def test_goals_have_their_kinds(written: Callable[..., Path]) -> None:
    found = form.read(written())
    assert [goal.kind for goal in found.goals] == ["state", "never"]
    assert (found.name, found.shape, found.shapes) == ("undo", "", ("",))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("level = 1", "level = 7", "give a number from 1 to 5"),
        ("belief =", "believe =", "there is no key 'believe'"),
        ('nothing = "Nothing has changed yet."\n', "", "nothing is missing"),
        ("at = {", "stands_at = {", "there is no condition 'stands_at'"),
        ('says = ["Look.", ', "says = [", "a hint needs three tiers"),
        ('when = { not_applied = "store.0004" }', "", "needs a condition that recognizes it"),
        ('steps = "migrate store 0003"', 'steps = "copy a"', "give 2 words after 'copy'"),
        ("0004_add", "$what", "no shape has a value for \\$what"),
        ("title = ", "title", "undo.toml"),
    ],
)
def test_what_is_wrong_is_named(written: Callable[..., Path], old: str, new: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        form.read(written((old, new)))


_SHAPES = '[shapes.a]\ntarget = "0004"\nlist = ["x"]\n\n[shapes.b]\ntarget = "0003"\nlist = []\n\n'


def test_names_stand_for_what_their_shape_says(written: Callable[..., Path]) -> None:
    path = written(
        ('[[goals]]\nsays = "`store`', f'{_SHAPES}[[goals]]\nsays = "`store`'),
        ('{ store = "0004" }', '{ store = "$target" }'),
        ('apps = ["store"]', 'apps = "$list"'),
    )
    first, second = form.read(path), form.read(path, "b")
    assert first.goals[0].conditions == {"at": {"store": "0004"}}
    assert second.goals[0].conditions == {"at": {"store": "0003"}}
    assert (first.apps, second.apps) == (("x",), ())
    assert first.digest != second.digest
    with pytest.raises(UnknownName, match="no shape 'c'"):
        form.read(path, "c")


def test_words_that_are_only_read_leave_the_digest_as_it_is(written: Callable[..., Path]) -> None:
    before = form.read(written()).digest
    assert form.read(written(("one too many", "eines zu viel"))).digest == before
    assert form.read(written(("migrate store 0003", "migrate store 0002"))).digest != before
