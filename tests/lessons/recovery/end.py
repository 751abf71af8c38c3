"""What a wrong end is, and how it is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from miglab import Lab
from miglab.exercises.instructions import read, take


@dataclass(frozen=True)
class End:
    """A wrong end of a task.

    Attributes:
        name: what the learner did.
        steps: as an exercise writes them, and ``rewind``.
        missing: the goals that are not reached then, by their place from 1.
        says: words of what is said about it.
    """

    name: str
    steps: str
    missing: tuple[int, ...]
    says: str


def reach(lab: Lab, end: End, manage: Callable[[Lab, str], object] | None = None) -> None:
    """Bring a lab to a wrong end; ``manage`` runs a command of Django's, without it the lab."""
    for each in read(end.steps):
        if each.line == "rewind":
            lab.rewind()
        elif manage and not each.body and each.word in ("migrate", "makemigrations"):
            manage(lab, each.line)
        else:
            take(lab, each)
