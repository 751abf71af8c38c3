"""Takes the starts of exercises before anybody opens them, so that they open sooner.

``python -m miglab.exercises.ahead JSON`` is a process of its own, in which whatever somebody does
meanwhile comes first. ``JSON`` has the arguments of :func:`wanted`.
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
    """Keep how exercises begin, one after the other, where that is not kept yet. Yields the name of
    each before its turn. Where one cannot begin, whoever opens it is told why."""
    project = bundled("storefront")
    for each in exercises:
        yield each.name
        if not place_of(project, each).exists():
            with contextlib.suppress(MiglabError, OSError):
                ExerciseLab(each, aside=True).close()


def wanted(first: str, place: str | None, seed: str | None) -> Iterator[Exercise]:
    """The exercises of a set, or of all that are installed, in the shapes that a learner gets.

    Args:
        first: the name of a file, without its ending: of the one that is needed first.
        place: the set's folder, or its name.
        seed: the learner's name or number.
    """
    known = shelf.exercises(place).values()
    for path in sorted(known, key=lambda each: (each.stem != first, each.name)):
        yield form.read_for(path, seed)


def main(told: str) -> None:
    """Do it, until it is done or whoever began it is gone."""
    parent = os.getppid()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    for _ in begin_ahead(wanted(**json.loads(told))):
        if os.getppid() != parent:
            break


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, MiglabError):
        main(*sys.argv[1:])
