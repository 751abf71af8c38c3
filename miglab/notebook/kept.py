"""What a notebook keeps of an exercise: the standing, and the journal in an output's metadata."""

from __future__ import annotations

from ..errors import BadInput
from ..exercises import ExerciseLab
from ..exercises.journal import Entry, entries, in_metadata, in_notebook
from ..exercises.replaying import left_off
from ..facts.exercise import Attempted
from ..facts.picture import Picture
from ..progress import Event, union
from .place import this_notebook
from .stored import Stored


class KeptAttempt:
    """An output with the journal of a lab, and those of earlier attempts in the same notebook."""

    def __init__(self, lab: ExerciseLab) -> None:
        path = this_notebook()
        self._before = _worth_keeping(in_notebook(path) if path else (), lab)
        told = _attempted(lab, lab.graph())
        self.stored = Stored(told, instead=True, metadata=self._journal(lab))

    def say(self, lab: ExerciseLab, graph: Picture) -> None:
        """Store what was done since the last call, and the present graph."""
        self.stored.say(_attempted(lab, graph), self._journal(lab))

    def left_off(self, lab: ExerciseLab) -> list[Entry]:
        """The last unfinished attempt, from this notebook or the progress file; empty if there is
        none."""
        try:
            file = lab.journal.read() if lab.journal is not None else ()
        except BadInput:
            file = ()
        return left_off(union(self._before, file), lab)

    def _journal(self, lab: ExerciseLab) -> dict[str, object]:
        return in_metadata((*self._before, *lab.events))


def _attempted(lab: ExerciseLab, graph: Picture) -> Attempted:
    steps = [each for each in entries(lab.events) if each.what == "step"]
    return Attempted(lab.standing, tuple(each.text for each in steps), graph)


def _worth_keeping(events: tuple[Event, ...], lab: ExerciseLab) -> tuple[Event, ...]:
    """Those events that are of attempts at this exercise with at least one step."""
    begun = {event.data.get("attempt") for event in events if event.data.get("what") == "step"}
    return tuple(
        event
        for event in events
        if event.data.get("exercise") == lab.exercise.name and event.data.get("attempt") in begun
    )
