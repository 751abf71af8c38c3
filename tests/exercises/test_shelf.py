"""Where exercises are found, and which shape a seed gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from miglab.errors import BadInput, UnknownName
from miglab.exercises import form, shelf


def test_an_exercise_is_found_by_its_name_and_by_its_number() -> None:
    assert shelf.find("the-ghost") == shelf.find("3.1")


def test_an_unknown_name_tells_those_there_are() -> None:
    with pytest.raises(UnknownName, match="the-ghost"):
        shelf.find("the-goat")


def test_a_folder_of_ones_own_is_looked_into(written: Callable[..., Path]) -> None:
    path = written()
    assert shelf.find("undo", path.parent) == path


def test_what_is_no_folder_or_has_no_exercise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a folder"):
        shelf.files(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="no exercise in"):
        shelf.files(tmp_path)


def test_a_seed_always_gives_the_same_shape_and_seeds_give_all() -> None:
    shapes = form.shapes(shelf.find("the-ghost"))
    given = [shelf.shape_for(f"learner {number}", "the-ghost", shapes) for number in range(40)]
    assert given == [shelf.shape_for(f"learner {n}", "the-ghost", shapes) for n in range(40)]
    assert {*given} == {*shapes}
