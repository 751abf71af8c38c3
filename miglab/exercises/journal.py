"""What was done in an exercise, as events: in the learner's progress file, and in a notebook.

Events of the kind ``"exercise"`` have these keys: ``what`` (``"began"`` or ``"step"``), ``attempt``
(one name for each time that an exercise was opened), ``exercise`` and ``shape`` (its name, and
which of its shapes), ``text`` (the line that was typed, in the words of an exercise's file),
``body`` (what belongs to it: a file's text, code, answers), ``where`` (``"cell"``, ``"click"`` or
``"terminal"``), ``truths`` (the digest of the truths after it) and ``solved``. No event
has the lab's folder in it: paths are relative to that folder.

A notebook has the same events, as objects, in the metadata of an output: ``miglab.journal``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..facts.exercise import Exercise
from ..progress import Event, Journal, new_event, parse, union
from ..workbook.lessons import read_object

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
    attempt: str = ""


class Diary:
    """The events of one attempt: kept in memory, and appended to a file if there is a journal.

    Args:
        folder: the lab's folder.
    """

    def __init__(self, exercise: Exercise, folder: Path, journal: Journal | None = None) -> None:
        self.journal = journal
        self.events: tuple[Event, ...] = ()
        self._exercise, self._folder = exercise, folder
        self._attempt = secrets.token_hex(8)

    def write(
        self, what: str, text: str, body: str, where: str, *, truths: str, solved: bool
    ) -> None:
        """Note an entry.

        Raises:
            BadInput: the file cannot be written; the entry is still kept in memory.
        """
        name, shape = self._exercise.name, self._exercise.shape
        text, body = self._from_the_lab(text), self._from_the_lab(body)
        entry = Entry(what, name, shape, text, body, where, truths, solved, self._attempt)
        event = new_event(KIND, **asdict(entry))
        self.events += (event,)
        if self.journal is not None:
            self.journal.append(event)

    def _from_the_lab(self, text: str) -> str:
        """The text, with paths in the lab's folder made relative to that folder."""
        for folder in {self._folder, self._folder.resolve()}:
            for end in ("/", "\\"):
                text = text.replace(f"{folder}{end}", "")
            text = text.replace(str(folder), ".")
        return text


def in_metadata(events: Iterable[Event]) -> dict[str, Any]:
    """These events as the metadata of a notebook's output."""
    return {"miglab": {"journal": [json.loads(each.line()) for each in events]}}


def in_notebook(path: Path) -> tuple[Event, ...]:
    """The events that a notebook keeps, each once, in order of time; none if there is no
    notebook, or none in it."""
    found = []
    for cell in read_object(path).get("cells", []):
        for output in cell.get("outputs", ()):
            told = output.get("metadata", {}).get("miglab", {})
            kept = told.get("journal", ()) if isinstance(told, dict) else ()
            found += [parse(json.dumps(each)) for each in kept]
    return union(event for event in found if event is not None)


def entries(events: Iterable[Event]) -> list[Entry]:
    """The entries among events, in order; incomplete ones are left out."""
    found = []
    for event in events:
        if event.kind == KIND:
            # Files from before attempts had names are read too.
            data = {key: event.data.get(key) for key in Entry.__dataclass_fields__}
            data["attempt"] = data["attempt"] or ""
            solved = data.pop("solved") is True
            if all(isinstance(each, str) for each in data.values()):
                found.append(Entry(**data, solved=solved))  # type: ignore[arg-type]
    return found


def solved(events: Iterable[Event]) -> set[str]:
    """The names of the exercises that have ever been solved."""
    return {each.exercise for each in entries(events) if each.solved}
