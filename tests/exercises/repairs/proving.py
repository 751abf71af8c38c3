"""Proves the exercises: each in every shape; a long run looks for shorter ways again, too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from miglab.exercises import form, proofs, shelf
from miglab.exercises.attempt import ExerciseLab
from miglab.exercises.prove import Fault, Proof, prove
from miglab.facts.exercise import Exercise

FOLDER = shelf.sets()[shelf.OWN]
NAMES = list(shelf.files(FOLDER))


def shapes() -> list[tuple[str, str]]:
    """Every exercise in every shape, by their names."""
    paths = [(name, shelf.find(name, FOLDER)) for name in NAMES]
    return [(name, shape) for name, path in paths for shape in form.shapes(path)]


def short_faults(name: str, shape: str) -> list[str]:
    """What is wrong with a shape of an exercise; the way of the next one does not solve it."""
    path = shelf.find(name, FOLDER)
    read = [form.read(path, each) for each in form.shapes(path)]
    place = form.shapes(path).index(shape)
    others = [*read[place + 1 :], *read[:place]]
    with ExerciseLab(read[place], aside=True) as lab:
        proof = Proof(lab)
        found = [str(fault) for fault in proof.faults(others[:1])]
    return found + _otherwise(read[place], proof.loses)


def _otherwise(exercise: Exercise, loses: Mapping[str, int]) -> list[str]:
    """Whether its ways lose other rows than its proof says."""
    kept = proofs.read(FOLDER).get(exercise.digest, {}).get("loses")
    where = f"{exercise.name} ({exercise.shape})"
    return [] if kept == loses else [f"{where}: its ways lose {loses}; its proof says {kept}"]


def unsearched(name: str) -> list[str]:
    """The shapes in which shorter ways were not looked for since it changed."""
    path, kept = shelf.find(name, FOLDER), proofs.read(FOLDER)
    shapes = form.shapes(path)
    return [shape for shape in shapes if form.read(path, shape).digest not in kept]


def long_faults(name: str, to: Path) -> list[str]:
    """What is wrong with any shape, and each shorter way that is found: all of it looked for
    again, in a copy of the folder."""
    path = shelf.find(name, FOLDER)
    (to / path.name).write_bytes(path.read_bytes())
    found = [str(each) for each in prove(to) if isinstance(each, Fault)]
    again = proofs.read(to)
    for shape in form.shapes(path):
        exercise = form.read(path, shape)
        found += _otherwise(exercise, again.get(exercise.digest, {}).get("loses", {}))
    return found
