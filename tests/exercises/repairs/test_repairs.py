"""Each exercise begins broken, is repaired by its ways, and refuses its wrong ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from .proving import NAMES, long_faults, shapes, short_faults, unsearched


@pytest.mark.parametrize(("name", "shape"), shapes())
def test_it_is_proven_in_every_shape(name: str, shape: str) -> None:
    assert short_faults(name, shape) == []


@pytest.mark.parametrize("name", NAMES)
def test_shorter_ways_were_looked_for_in_every_shape_since_it_changed(name: str) -> None:
    command = f"miglab exercise check miglab/exercises/sets/repairs {name}"
    assert unsearched(name) == [], f"run: {command}"


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_no_shape_has_a_shorter_way_when_it_is_looked_for_again(name: str, tmp_path: Path) -> None:
    assert long_faults(name, tmp_path) == []
