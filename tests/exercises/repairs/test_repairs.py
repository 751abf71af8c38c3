"""Each exercise begins broken, is repaired by its ways, and refuses its wrong ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from .proving import NAMES, long_faults, short_faults, unsearched


@pytest.mark.parametrize("name", NAMES)
def test_it_is_proven_in_its_first_shape(name: str) -> None:
    assert short_faults(name) == []


@pytest.mark.parametrize("name", NAMES)
def test_shorter_ways_were_looked_for_in_every_shape_since_it_changed(name: str) -> None:
    command = f"miglab exercise check miglab/exercises/sets/repairs {name}"
    assert unsearched(name) == [], f"run: {command}"


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_it_is_proven_in_all_shapes_and_has_no_shorter_way(name: str, tmp_path: Path) -> None:
    assert long_faults(name, tmp_path) == []
