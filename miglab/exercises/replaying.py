"""Repeats an attempt, from its journal, in a lab of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadInput, MiglabError
from ..facts.exercise import Instruction, Standing
from ..facts.line import UNKNOWN, commands_in
from ..progress import Event
from . import form, journal, shelf
from .attempt import ExerciseLab
from .journal import Entry
from .look import digest


@dataclass(frozen=True)
class Replayed:
    """What a replay found.

    Attributes:
        exercise, shape: the exercise that was replayed, and its shape.
        standing: the goals at the end.
        steps: how many were repeated.
        differs: the first line after which the truths differ from the journal, or why it could not
            be run; empty if nothing differs.
    """

    exercise: str
    shape: str
    standing: Standing
    steps: int
    differs: str = ""

    @property
    def proven(self) -> bool:
        """Whether it solves the exercise, and every step had the same result as in the journal."""
        return self.standing.done and not self.differs


def attempts(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The entries, one list for each time that an exercise was begun. Several notebooks may have
    written at once: an entry belongs to the attempt, the exercise and the shape that it names."""
    found: list[list[Entry]] = []
    for entry in entries:
        same = [each for each in found if _of(each[0]) == _of(entry)]
        if entry.what == "began" or not same:
            found.append([entry])
        else:
            same[-1].append(entry)
    return found


def _of(entry: Entry) -> tuple[str, str, str]:
    return entry.exercise, entry.shape, entry.attempt


def left_off(events: Iterable[Event], lab: ExerciseLab) -> list[Entry]:
    """The last attempt at a lab's exercise, other than this lab's own, if something was done in it
    without solving the exercise; otherwise nothing."""
    own = {event.id for event in lab.events}
    told = journal.entries(event for event in events if event.id not in own)
    exercise = lab.exercise
    found = [
        each
        for each in attempts(told)
        if _of(each[0])[:2] == (exercise.name, exercise.shape) and len(each) > 1
    ]
    return [] if not found or found[-1][-1].solved else found[-1]


def take_up(lab: ExerciseLab, entries: Sequence[Entry]) -> str:
    """Go back to the beginning and repeat an attempt's steps, so that the learner can go on from
    there.

    Returns:
        Why the first line that failed could not be run, or that it had another result; no line
        after it is run. Empty if all were run.
    """
    lab.restart()
    return next(filter(None, (_again(lab, entry) for entry in entries if entry.what == "step")), "")


def replay(entries: Sequence[Entry], folder: str | Path | None = None) -> Replayed:
    """Repeat one attempt from its beginning.

    Args:
        entries: the entries of one attempt.
        folder: the set's folder or name; without it, all installed sets are searched.

    Raises:
        BadInput: there is no entry, or no such exercise.
    """
    if not entries:
        raise BadInput("there is nothing to replay; the journal has no entry for an exercise")
    first = entries[0]
    path = shelf.find(first.exercise, folder)
    taken, differs = 0, ""
    with ExerciseLab(form.read(path, first.shape), aside=True) as lab:
        for entry in entries:
            if entry.what != "step":
                continue
            differs = _again(lab, entry)
            if differs:
                break
            taken += 1
        return Replayed(first.exercise, first.shape, lab.goals(), taken, differs)


def _again(lab: ExerciseLab, entry: Entry) -> str:
    """Run one entry again. Returns how the result differs or why it failed; empty if neither."""
    line = entry.text
    if line == UNKNOWN:
        return "one step was done outside miglab, so its command is unknown"
    if line.startswith("what-if "):
        return ""
    try:
        if line.startswith("lab."):
            _move(lab, line)
        elif entry.where == "terminal":
            for command in commands_in(line):
                lab.take(Instruction(command, ""))
        else:
            lab.take(Instruction(line, entry.body))
    except MiglabError as error:
        if error.by_hand:
            raise
        return f"{line}: {error}"
    now = digest(lab.truths(compare=False).truths)
    return "" if now == entry.truths else f"{line}: the truths differ from those in the journal"


def _move(lab: ExerciseLab, text: str) -> None:
    """Go along the history, as the journal says: ``lab.rewind(2)``."""
    name, _, rest = text.removeprefix("lab.").partition("(")
    count = int(rest.rstrip(")") or 1)
    if name == "restart":
        lab.restart()
    elif name == "rewind":
        lab.rewind(count)
    else:
        lab.forward(count)
