"""Takes the starts of exercises before anybody opens them, so that they open sooner."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from ..errors import MiglabError
from ..facts.exercise import Exercise
from ..project import bundled
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
