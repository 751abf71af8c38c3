"""Finds what Django leaves to chance, because a rehearsal sees only one of the possible results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..facts.fidelity import Versions
from ..facts.loading import left_to_chance
from ..facts.outcome import Unknown
from ..facts.run import Run

#: From here on Django takes squashed migrations in one order, the inner ones first.
_IN_ORDER = (6, 0)


def left_unknown(versions: Versions, runs: Iterable[Run]) -> Iterator[Unknown]:
    """Says so if Django may do something else the next time it is started, because of the order in
    which it takes squashed migrations."""
    if tuple(map(int, versions.django.split(".")[:2])) >= _IN_ORDER:
        return
    befores = [run.step.before for run in runs]
    found = {
        key
        for truths in befores
        for key in left_to_chance(truths.known_files, truths.known_record.keys)
    }
    if found:
        names = ", ".join(map(str, sorted(found)))
        yield Unknown(
            "squashes-by-chance",
            f"{names} replace each other or the same migrations, and Django {versions.django} "
            "takes them in an order that may change with every run: it may plan other migrations, "
            "or refuse to start",
            names,
            "use Django 6.0 or newer, or follow the steps in Django's documentation that turn a "
            "squashed migration into a normal one before it is squashed again",
        )
