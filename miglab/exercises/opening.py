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
    """Open an exercise: a lab with its broken project, and with its goals.

    Args:
        name: as in ``"the-ghost"``, or its number, as in ``"3.1"``.
        shape: the name of a shape; without it, the seed decides.
        seed: a learner's name or number.
        folder: of a set, or the name of an installed one; without it, all that are installed.
        journal: the file that each step is written to; without it, none.

    Raises:
        UnknownName: there is no such exercise or shape.
        BadInput: its file cannot be read.
    """
    path = shelf.find(name, folder)
    found = form.read_for(path, seed) if shape is None else form.read(path, shape)
    kept = Journal(Path(journal)) if journal is not None else None
    return ExerciseLab(found, journal=kept)
