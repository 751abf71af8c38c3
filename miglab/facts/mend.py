"""A way to make two truths agree again, which was tried in a copy."""

from __future__ import annotations

from dataclasses import dataclass

from .consequences import Consequences


@dataclass(frozen=True)
class Mend:
    """Commands that could make two truths agree.

    Attributes:
        lines: what you would type after ``python manage.py``, one line after the other.
        mends: whether the two truths agree afterwards, and no other problem is hidden.
        moves: whether they agree only because the record no longer says what is in the tables.
        consequences: what the commands did in the copy; ``None`` if they stopped.
        error: why they stopped, or empty.
    """

    lines: tuple[str, ...]
    mends: bool
    consequences: Consequences | None = None
    error: str = ""
    moves: bool = False

    @property
    def verdict(self) -> str:
        """What the commands did, or why they stopped, in one line."""
        return self.consequences.verdict if self.consequences else self.error
