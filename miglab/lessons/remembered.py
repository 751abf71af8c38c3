"""Notes what a reader answered and solved, if there is a file for it, and finds it there again.

The kinds of events, and their keys beside those of every event (``miglab.progress``):

``predicted``  ``question``, and ``chosen``: an option's words, a list of names, a number, or null
               if the answer was taken back
``revealed``   ``question``, ``right`` and ``chosen``, in the same form
``judged``     ``claim``, and ``chosen``: a kind of verdict, or null
``tried``      ``claim``, ``verdict``: its kind, and ``chosen``
``begun``      ``task``
``checked``    ``task``, ``done``, ``missing``: the points that are still missing
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..errors import BadInput
from ..progress import Event, Journal, new_event
from ..workbook.review import due

Told = Callable[[Event], None]

_journal: Journal | None = None
_told: Told | None = None


def keep_in(journal: Journal | None, told: Told | None = None) -> None:
    """From now on, note everything in ``journal``, and call ``told`` after each event. If
    ``journal`` is ``None``, nothing is noted any more."""
    global _journal, _told
    _journal, _told = journal, told


def note(kind: str, **data: Any) -> None:
    """Note that something happened. If the file cannot be written, one warning says so."""
    if _journal is None:
        return
    event = new_event(kind, **data)
    try:
        _journal.append(event)
    except BadInput as error:
        keep_in(None)
        warnings.warn(f"your progress is not kept: {error}", stacklevel=2)
        return
    if _told is not None:
        _told(event)


def comes_back(question: str) -> bool:
    """Whether a question was missed, is due for another answer, and has not had it yet."""
    if _journal is None:
        return False
    try:
        events = _journal.read()
    except BadInput:
        return False
    told = [each.kind for each in events if each.data.get("question") == question]
    return told[-1:] == ["revealed"] and question in due(events, datetime.now(UTC))


def recall(kind: str, **data: Any) -> Event | None:
    """The last event of a kind with these data; ``None`` if there is none."""
    if _journal is None:
        return None
    try:
        events = _journal.read()
    except BadInput:
        return None
    wanted = data.items()
    found = [each for each in events if each.kind == kind and wanted <= each.data.items()]
    return found[-1] if found else None
