"""Tasks on a lab of their own, and checks that say what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..facts.lesson import Checked, Point
from ..lab import Lab
from .shelf import Shelf


@dataclass(frozen=True)
class _Task:
    points: Mapping[str, Callable[[Lab], bool]]
    at: str | Sequence[str] | None
    apps: Sequence[str]
    begin: Callable[[Lab], object] | None


_TASKS: Shelf[_Task] = Shelf("task")


def task(
    name: str,
    points: Mapping[str, Callable[[Lab], bool]],
    *,
    at: str | Sequence[str] | None = None,
    apps: Sequence[str] = (),
    begin: Callable[[Lab], object] | None = None,
) -> None:
    """Put a task on the shelf: what must be true of the lab when it is done, where the lab starts,
    and what happens in it before the learner gets it."""
    _TASKS.put(name, _Task(points, at, apps, begin))


def your_turn(name: str) -> Lab:
    """A lab where the task begins.

    Raises:
        UnknownName: no lesson sets it.
    """
    chosen = _TASKS[name]
    lab = Lab("storefront", at=chosen.at, apps=chosen.apps)
    if chosen.begin:
        chosen.begin(lab)
    return lab


def check(name: str) -> Checked:
    """How far the task is done in the lab that was opened last.

    Raises:
        UnknownName: no lesson sets it.
        BadInput: there is no open lab.
    """
    points = _TASKS[name].points
    lab = Lab.latest()
    return Checked(name, tuple(Point(text, holds(lab)) for text, holds in points.items()))
