"""Runs the starts of exercises in advance and keeps the results, so that exercises open sooner.

``python -m miglab.exercises.ahead JSON`` is a process of its own with a low priority. ``JSON`` is
an object with the arguments of :func:`wanted`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator

from ..errors import MiglabError
from ..facts.exercise import Exercise
from ..project import bundled
from . import form, shelf
from .attempt import ExerciseLab
from .beginning import place_of


def begin_ahead(exercises: Iterable[Exercise]) -> Iterator[str]:
    """Run the starts of exercises, one after the other, and keep the results that are not kept yet.

    Yields the name of each exercise before its turn. If a start fails, nothing is reported here:
    whoever opens the exercise sees the error.
    """
    project = bundled("storefront")
    for each in exercises:
        yield each.name
        if not place_of(project, each).exists():
            with contextlib.suppress(MiglabError, OSError):
                ExerciseLab(each, aside=True).close()


def wanted(first: str, place: str | None, seed: str | None) -> Iterator[Exercise]:
    """The exercises of a set, or of all that are installed, in the shapes that a learner gets.

    Args:
        first: the name of the file that is needed first, without ``.toml``.
        place: the set's folder, or its name; ``None`` means all installed sets.
        seed: the learner's name or number.
    """
    known = shelf.exercises(place).values()
    for path in sorted(known, key=lambda each: (each.stem != first, each.name)):
        yield form.read_for(path, seed)


def main(told: str) -> None:
    """Begin exercises ahead, until all are done or the parent process is gone."""
    parent = os.getppid()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    for _ in begin_ahead(wanted(**json.loads(told))):
        if os.getppid() != parent:
            break


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, MiglabError):
        main(*sys.argv[1:])
