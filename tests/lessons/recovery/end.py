"""What a wrong end is."""

from __future__ import annotations

from dataclasses import dataclass


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
