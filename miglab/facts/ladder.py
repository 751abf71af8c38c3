"""What each further step back in one app costs: a what-if for every target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from .fidelity import Versions
from .migration import Key
from .outcome import Happened, Outcome
from .picture import Picture
from .step import RowChange


@dataclass(frozen=True)
class Rung:
    """One more step back, and what the command that goes back so far would do.

    Attributes:
        target: the target of the command; ``None`` is zero.
        unapplied: what this step unapplies, including migrations of other apps.
        outcome: how the command to this target ends.
        verdict: the same in one line of plain words.
        lost: what is lost by going there, in words; empty if nothing is.
        step_lost: what this step alone loses.
        short: ``step_lost`` in a few words for a card; ``"free"``, or how the command fails.
        rows: what happened to the rows from the top down to this target.
        seconds: how long the rehearsal of this command took.
        error: where and why it stops, or empty.
    """

    target: Key | None
    unapplied: tuple[Key, ...]
    outcome: Outcome
    verdict: str
    lost: str
    step_lost: str
    short: str
    rows: tuple[RowChange, ...]
    seconds: float
    error: str = ""

    @property
    def done(self) -> bool:
        """Whether the command to this target runs to its end."""
        return self.outcome.happened is Happened.RAN


def free_from_the_top(rungs: Iterable[Rung]) -> tuple[Rung, ...]:
    """The rungs from the top, before the first one with a problem."""
    return tuple(takewhile(lambda each: each.outcome.fine, rungs))


#: The exit statuses of a ladder, and what each means; if several apply, the first one counts.
STATUSES = {
    1: "a step could not be rehearsed",
    12: "a step is refused or fails",
    13: "something that matters about a step is unknown",
    0: "every step was measured, whatever it costs",
}


@dataclass(frozen=True)
class Ladder:
    """What each further step back costs in one app.

    Attributes:
        app_label: the app.
        rungs: the steps back, from the top down.
        picture: the graph; each migration shows what it would cost to unapply it.
        engine: what this was measured on.
        seconds: how long the whole measurement took.
    """

    app_label: str
    rungs: tuple[Rung, ...]
    picture: Picture
    engine: Versions
    seconds: float

    @property
    def free(self) -> tuple[Rung, ...]:
        """The rungs from the top, before the first one with a problem."""
        return free_from_the_top(self.rungs)

    @property
    def error(self) -> str:
        """Where and why the first command that fails stops, or empty."""
        return next((each.error for each in self.rungs if not each.done), "")

    @property
    def status(self) -> int:
        """The exit status, a key of ``STATUSES``."""
        found = {each.outcome.status for each in self.rungs}
        return next((status for status in STATUSES if status in found), 0)

    def __iter__(self) -> Iterator[Rung]:
        return iter(self.rungs)
