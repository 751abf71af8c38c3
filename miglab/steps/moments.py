"""The moments that a lab has been through, and which one is current."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from ..errors import BadInput
from ..facts.step import Step
from ..facts.truths import Truths
from ..facts.view import History
from ..sandbox.snapshot import Snapshot


@dataclass
class Moment:
    """The project after a step. ``truths`` are read when somebody asks. ``step`` is ``None`` at the
    beginning. If reading the truths was stopped, ``stopped_at`` is the time limit in seconds that
    was too short, or 0 if there was another reason. Missing truths then say nothing about the
    project."""

    snapshot: Snapshot
    truths: Truths | None = None
    step: Step | None = None
    stopped_at: float | None = None

    def known(self, limit: float) -> Truths | None:
        """The truths that were read; ``None`` if there are none, or if reading them again with this
        time limit could find out more."""
        again = self.stopped_at is not None and limit > self.stopped_at
        return None if again else self.truths


class Moments:
    """A line of moments, one of which is current. A new moment replaces all that came after the
    current one."""

    def __init__(self, first: Moment) -> None:
        self._line = [first]
        self._position = 0

    @property
    def now(self) -> Moment:
        """The current moment."""
        return self._line[self._position]

    def add(self, moment: Moment) -> None:
        """Put a moment after the current one, in place of all later moments, and make it the
        current one."""
        self._line[self._position + 1 :] = [moment]
        self._position += 1

    def at(self, place: int) -> Moment:
        """The moment at that place, 0 for the beginning.

        Raises:
            BadInput: there is none.
        """
        whole = isinstance(place, int) and not isinstance(place, bool)
        if not whole or place not in range(len(self._line)):
            raise BadInput(
                f"there is no moment {place!r}; give a number from 0 to {len(self._line) - 1}"
            )
        return self._line[place]

    @property
    def line(self) -> tuple[Step, ...]:
        """All steps."""
        return tuple(self.steps(0, len(self._line)))

    def steps(self, first: int, second: int) -> list[Step]:
        """The steps that lead from one moment to a later one."""
        return [each.step for each in self._line[first + 1 : second + 1] if each.step is not None]

    def around(self, step: Step) -> tuple[Moment, Moment] | None:
        """The moments before and after a step, if it belongs to this line."""
        for before, after in itertools.pairwise(self._line):
            if after.step is step:
                return before, after
        return None

    def peek(self, by: int) -> Moment:
        """The moment this number of steps later (or earlier, if negative).

        Raises:
            BadInput: there are not enough steps.
        """
        place = self._position + by
        if by < 0 and place < 0:
            raise BadInput(f"cannot rewind {_steps(-by)}; there {_are(self._position)} to rewind")
        if place >= len(self._line):
            ahead = len(self._line) - 1 - self._position
            raise BadInput(f"cannot go forward {_steps(by)}; there {_are(ahead)} ahead")
        return self._line[place]

    def move(self, by: int) -> None:
        """Make the moment this number of steps later the current one. Call ``peek`` first: it
        checks that there is one."""
        self._position += by

    @property
    def position(self) -> int:
        """The number of steps before the current moment."""
        return self._position

    def history(self) -> History:
        """The lines of all steps, and how many of them are in effect now."""
        return History(tuple(each.line for each in self.line), self._position)


def _steps(number: int) -> str:
    return "1 step" if number == 1 else f"{number} steps"


def _are(number: int) -> str:
    return "is 1 step" if number == 1 else f"are {number or 'no'} steps"
