"""Tasks, each in its own lab, and checks that say what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..compare.picture import picture
from ..errors import BadInput, Interrupted
from ..facts.lesson import Begun, Checked, Point
from ..lab import Lab
from .ends import BROKEN, OTHERWISE
from .goals import Goal, find
from .kinds import Here
from .remembered import note
from .shelf import Shelf


@dataclass(frozen=True)
class _Task:
    goals: Mapping[str, Goal]
    at: str | Sequence[str] | None
    apps: Sequence[str]
    begin: Callable[[Lab], object] | None


#: Remark about a wrong end → whether the lab is there.
_Ends = Mapping[str, Callable[[Lab], bool]]

_TASKS: Shelf[_Task] = Shelf("task")
_ENDS: Shelf[_Ends] = Shelf("task with wrong end")


def task(
    name: str,
    goals: Mapping[str, Goal],
    *,
    at: str | Sequence[str] | None = None,
    apps: Sequence[str] = (),
    begin: Callable[[Lab], object] | None = None,
) -> None:
    """Put a task on the shelf: its goals, where the lab starts, and what happens in the lab before
    the learner gets it."""
    _TASKS.put(name, _Task(goals, at, apps, begin))


def wrong_ends(name: str, ends: _Ends) -> None:
    """Put remarks about wrong ends of a task on the shelf, each with a test that recognizes the
    end. A check shows the first one that fits."""
    _ENDS.put(name, ends)


#: Task that was begun → its lab, for its check, and where this lab began.
_BEGUN: dict[str, tuple[Lab, Here]] = {}


def your_turn(name: str) -> Lab:
    """A lab for the task; ``lab.restart()`` goes back to where the task begins. A notebook shows
    the state of the lab, and the goals.

    Raises:
        UnknownName: no lesson sets this task.
    """
    chosen = _TASKS[name]
    lab = Lab("storefront", at=chosen.at, apps=chosen.apps)
    if chosen.begin:
        chosen.begin(lab)
        # What led to the task cannot be rewound.
        lab.begin_here()
    _BEGUN[name] = lab, Here(lab)
    note("begun", task=name)
    Lab.announce(_begun(name, lab))
    return lab


def _begun(name: str, lab: Lab) -> Begun:
    drawn = picture(lab.truths(compare=False).truths, lab.apps)
    return Begun(name, drawn.apps, drawn.sentence, tuple(_TASKS[name].goals))


def check(name: str) -> Checked:
    """How far the task is done in its lab.

    Raises:
        UnknownName: no lesson sets it.
        BadInput: the task has not begun yet.
        Interrupted: somebody stopped it.
        LabClosed: its lab was closed.
    """
    goals = _TASKS[name].goals
    if name not in _BEGUN:
        raise BadInput(f"this task has not begun yet; run the cell your_turn({name!r}) first")
    try:
        return _checked(name, goals, *_BEGUN[name])
    except KeyboardInterrupt:
        raise Interrupted(f"check({name!r})", "interrupted") from None
    except Interrupted as error:
        raise (Interrupted(f"check({name!r})", error.why) if error.by_hand else error) from None


def _checked(name: str, goals: Mapping[str, Goal], lab: Lab, here: Here) -> Checked:
    found = tuple(_point(lab, text, goal) for text, goal in goals.items())
    begun = not here.quiet(lab)
    done = all(point.done for point in found)
    checked = Checked(name, found, begun, "" if done or not begun else _remark(name, lab))
    if checked.begun:
        missing = [each.text for each in checked.points if not each.done]
        note("checked", task=name, done=checked.done, missing=missing)
    return checked


def _point(lab: Lab, text: str, goal: Goal) -> Point:
    found = find(lab, goal)
    said = ("", "") if found.holds else (found.expected, found.found)
    return Point(text, found.holds, *said)


def _remark(name: str, lab: Lab) -> str:
    """The remark about the wrong end that was reached, or ``""``."""
    ends = {**BROKEN, **_ENDS.get(name, {}), **OTHERWISE}
    return next((says for says, fits in ends.items() if fits(lab)), "")
