"""Opens an exercise by its name or number, in the shape that a learner gets."""

from __future__ import annotations

from pathlib import Path

from ..progress import Journal
from . import form, shelf
from .attempt import ExerciseLab


def exercise(
    name: str,
    *,
    shape: str | None = None,
    seed: object = None,
    folder: str | Path | None = None,
    journal: str | Path | None = None,
) -> ExerciseLab:
    """Open an exercise: a lab with a broken project, and the goals that the repair must reach.

    Args:
        name: the name of the exercise, as in ``"the-ghost"``, or its number, as in ``"3.1"``.
        shape: the name of one of its variants; without it, the seed decides.
        seed: a learner's name or number.
        folder: a set's folder, or the name of an installed set; without it, all installed sets.
        journal: the file that each step is written to; without it, nothing is written.

    Raises:
        UnknownName: there is no such exercise or shape.
        BadInput: its file cannot be read.
    """
    path = shelf.find(name, folder)
    found = form.read_for(path, seed) if shape is None else form.read(path, shape)
    kept = Journal(Path(journal)) if journal is not None else None
    return ExerciseLab(found, journal=kept)
