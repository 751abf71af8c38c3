"""Proves the exercises: a shape of each in every run, all of them in a long one."""

from __future__ import annotations

from pathlib import Path

from miglab.exercises import form, proofs, shelf
from miglab.exercises.attempt import ExerciseLab
from miglab.exercises.prove import Fault, Proof, prove

FOLDER = shelf.sets()[shelf.OWN]
NAMES = list(shelf.files(FOLDER))


def short_faults(name: str) -> list[str]:
    """What is wrong with the first shape of an exercise; the way of another does not solve it."""
    path = shelf.find(name, FOLDER)
    read = [form.read(path, shape) for shape in form.shapes(path)]
    with ExerciseLab(read[0], aside=True) as lab:
        return [str(fault) for fault in Proof(lab).faults(read[1:2])]


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
    return [str(each) for each in prove(to) if isinstance(each, Fault)]
