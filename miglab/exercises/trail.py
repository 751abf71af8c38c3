"""What was done in an exercise, which steps are still in effect, and what was broken on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..facts.exercise import Instruction
from ..facts.step import Step
from ..steps.copies import twin_of
from ..steps.moments import Moment
from ..steps.stage import Stage
from .beginning import backed_up
from .judging import Faults
from .look import Done


@dataclass
class _Seen:
    """What was done, and the moment after it if it changed something."""

    done: Done
    moment: Moment | None


class Trail:
    """The steps since an exercise began, including rewound ones.

    ``faults`` looks for broken ``never`` goals in a copy of a moment.
    """

    def __init__(self, faults: Callable[[Stage], Faults]) -> None:
        self._faults = faults
        self._seen: list[_Seen] = []
        self._broken: list[tuple[Moment, Faults]] = []
        self._last: Step | None = None

    def add(self, done: Done, moment: Moment | None = None) -> None:
        """Note what was done."""
        self._seen.append(_Seen(done, moment))

    def news(self, stage: Stage, typed: Instruction | None) -> list[Done]:
        """What was done since the last call. It is noted now, except moves along the history.
        ``typed`` is the last step with its whole text."""
        moments, new = _held(stage), []
        for moment in moments:
            if moment is not stage.moments.now and not self._looked_at(moment):
                # Several steps were taken before anybody looked.
                twin = twin_of(stage, at=moment)
                self._broken.append((moment, self._faults(twin)))
        for moment in moments:
            if moment.step is not None and not any(each.moment is moment for each in self._seen):
                new.append(_done(stage, moment.step, typed, moved=True))
                self.add(new[-1], moment)
        last, before = stage.last, self._last
        self._last = last
        if last is None or last is before or any(moment.step is last for moment in moments):
            return new
        if last.kind in ("rewind", "forward", "restart"):
            return [*new, Done(last.line)]
        new.append(_done(stage, last, typed, moved=False))
        self.add(new[-1])
        return new

    def holding(self, stage: Stage) -> list[Done]:
        """What was done, without the steps that were rewound."""
        moments = _held(stage)
        return [
            each.done
            for each in self._seen
            if each.moment is None or any(each.moment is moment for moment in moments)
        ]

    def broken(self, stage: Stage) -> Faults:
        """The ``never`` goals that were broken at a moment that is still in effect."""
        moments = _held(stage)
        found: Faults = {}
        for moment, faults in self._broken:
            if any(moment is each for each in moments):
                found = {**faults, **found}
        return found

    def looked(self, stage: Stage, faults: Faults) -> None:
        """Note which ``never`` goals are broken at the current moment."""
        now = stage.moments.now
        if stage.moments.position and not self._looked_at(now):
            self._broken.append((now, faults))

    def forget_looks(self) -> None:
        """Forget the steps that changed nothing."""
        self._seen = [each for each in self._seen if each.moment is not None]

    @property
    def length(self) -> int:
        """How much was noted."""
        return len(self._seen)

    def _looked_at(self, moment: Moment) -> bool:
        return any(moment is each for each, _ in self._broken)


def _held(stage: Stage) -> list[Moment]:
    """The moments that are in effect, without the beginning."""
    line = stage.moments
    return [line.at(place) for place in range(1, line.position + 1)]


def _done(stage: Stage, step: Step, typed: Instruction | None, *, moved: bool) -> Done:
    told = typed if step is stage.last else None
    line, body = (told.line, told.body) if told is not None else (step.line, "")
    refused = step.refusal.error if step.refusal else ""
    return Done(
        line, body, moved, moved and backed_up(stage, step), refused, step.kind == "outside"
    )
