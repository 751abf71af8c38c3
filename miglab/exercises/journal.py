"""What was done in an exercise, as events of the learner's progress, and how it is replayed.

Events of the kind ``"exercise"`` have these keys: ``what`` (``"began"`` or ``"step"``),
``exercise`` and ``shape`` (its name, and which of its shapes), ``text`` (the line that was typed,
in the words of an exercise's file), ``body`` (what belongs to it: a file's text, code, answers),
``where`` (``"cell"``, ``"click"`` or ``"terminal"``), ``truths`` (the digest of the truths after
it) and ``solved``. No path of a machine is in it, but what somebody typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from ..progress import Event, Journal, new_event

KIND = "exercise"


@dataclass(frozen=True)
class Entry:
    """One event; see the module."""

    what: str
    exercise: str
    shape: str
    text: str
    body: str
    where: str
    truths: str
    solved: bool = False


def append(journal: Journal, entry: Entry) -> None:
    """Keep an entry.

    Raises:
        BadInput: the file cannot be written.
    """
    journal.append(new_event(KIND, **asdict(entry)))


def entries(events: Iterable[Event]) -> list[Entry]:
    """The entries among events, in order; one that lacks something is left out."""
    found = []
    for event in events:
        if event.kind == KIND:
            data = {key: event.data.get(key) for key in Entry.__dataclass_fields__}
            solved = data.pop("solved") is True
            if all(isinstance(each, str) for each in data.values()):
                found.append(Entry(**data, solved=solved))  # type: ignore[arg-type]
    return found


def solved(events: Iterable[Event]) -> set[str]:
    """The names of the exercises that were solved at some time."""
    return {each.exercise for each in entries(events) if each.solved}
