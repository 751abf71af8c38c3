"""A way to make two truths agree again, as it was tried in a copy."""

from __future__ import annotations

from dataclasses import dataclass

from .consequences import Consequences


@dataclass(frozen=True)
class Mend:
    """Commands that could make two truths agree.

    Attributes:
        lines: what one would type after ``python manage.py``, one after the other.
        mends: whether the two truths agree afterwards, and nothing is hidden by that.
        moves: whether they agree, but only because the record no longer says what is in the tables.
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
        """One line in plain words."""
        return self.consequences.verdict if self.consequences else self.error
