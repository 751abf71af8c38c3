"""Stores what the proof of a set found, beside the set, under the digests of its exercises."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ..facts.exercise import Exercise

#: The file in a set's folder.
NAME = "proof.json"


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Digest of an exercise in a shape → what was found; empty if nothing was stored."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def keep(
    folder: Path, exercise: Exercise, length: int, states: int, loses: Mapping[str, int]
) -> None:
    """Store that nothing shorter than ``length`` was found in this number of states, and how many
    rows of each table the ways lose."""
    found = {"exercise": exercise.name, "shape": exercise.shape}
    entry = {**found, "shortest": length, "states": states, "loses": dict(sorted(loses.items()))}
    _write(folder, {**read(folder), exercise.digest: entry})


def keep_only(folder: Path, digests: Collection[str]) -> None:
    """Forget what was found about exercises that have changed since."""
    kept = read(folder)
    if left := {key: each for key, each in kept.items() if key in digests}:
        _write(folder, left)


def _write(folder: Path, told: dict[str, dict[str, Any]]) -> None:
    ordered = dict(sorted(told.items(), key=lambda each: (each[1]["exercise"], each[0])))
    text = json.dumps(ordered, indent=1)
    (folder / NAME).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def of(exercise: Exercise) -> Mapping[str, Any]:
    """What the proof of a set found about an exercise; empty if this shape was never proven."""
    return read(exercise.set).get(exercise.digest, {})


def shortest(proven: Mapping[str, Any]) -> int | None:
    """The smallest number of changing commands in a way of the exercise; ``None`` if unknown."""
    found = proven.get("shortest")
    return found if isinstance(found, int) else None


def losses(proven: Mapping[str, Any]) -> Mapping[str, int] | None:
    """The most rows that a way loses from each table; ``None`` if it was never proven."""
    found = proven.get("loses")
    return found if isinstance(found, dict) else None
