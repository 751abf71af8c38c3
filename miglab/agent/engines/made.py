"""Finds the triggers and views that SQL makes and drops, from the tokens that an engine reads."""

from __future__ import annotations

from typing import Any, Iterator, Sequence, Tuple

_KINDS = ("TRIGGER", "VIEW")
#: What may come between a verb and the name of what it makes.
_BETWEEN = ("TEMP", "TEMPORARY", "IF", "NOT", "EXISTS", "OR", "REPLACE", "RECURSIVE")
_BETWEEN_TOO = ("MATERIALIZED", "CONSTRAINT")


def made(found: Sequence[Any]) -> Iterator[Tuple[str, str, str]]:
    """Each trigger and view that is created or dropped: ``CREATE`` or ``DROP``, ``TRIGGER`` or
    ``VIEW``, and its name. ``found`` are tokens, each with ``word`` (the keyword in capitals),
    ``name`` and ``text`` (for a sign, the sign)."""
    place, starts = 0, True
    while place < len(found):
        word = found[place].word
        if found[place].text == ";":
            starts = True
        elif starts and word in ("CREATE", "DROP"):
            rest = _behind(found, place + 1)
            kind = found[rest].word if rest < len(found) else ""
            rest = _behind(found, rest + 1)
            if kind in _KINDS and rest < len(found):
                if rest + 2 < len(found) and found[rest + 1].text == ".":
                    rest += 2
                yield word, kind, found[rest].name
            starts = False
        else:
            starts = False
        place += 1


def _behind(found: Sequence[Any], place: int) -> int:
    while place < len(found) and found[place].word in (*_BETWEEN, *_BETWEEN_TOO):
        place += 1
    return place
