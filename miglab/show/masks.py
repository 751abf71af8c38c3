"""Hides what differs from run to run: one list of masks for all text.

Durations that Django or the project prints are masked. Durations that miglab has measured are kept:
they have a no-break space before the unit, which no mask matches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Mask:
    """What is masked, and what is shown instead. If ``from_word`` is true, everything from the
    beginning of the word to the end of the match is masked. ``pattern`` then matches only a fixed
    piece, so that very long words do not slow the search down.
    """

    pattern: re.Pattern[str]
    instead: str
    from_word: bool = False


MASKS = (
    Mask(re.compile(r"[/\\]labs[/\\][0-9a-f]{16}[/\\]project"), "<lab.folder>", True),
    Mask(re.compile(r"[/\\]site-packages[/\\]"), "<site-packages>/", True),
    Mask(re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),
    Mask(re.compile(r"\b\d{1,6}\.\d{1,9}( ?(?:s|seconds|ms))\b"), r"…\1"),
)

#: At most this many characters before a match are masked.
_LONGEST = 4096
_BEFORE_A_WORD = frozenset(" \t\r\n'\"(<")


def masked(text: str) -> str:
    """The text with addresses, paths of this machine and durations masked."""
    for mask in MASKS:
        text = _from_word(mask, text) if mask.from_word else mask.pattern.sub(mask.instead, text)
    return text


def _from_word(mask: Mask, text: str) -> str:
    parts: list[str] = []
    done = 0
    for found in mask.pattern.finditer(text):
        if found.start() < done:
            continue
        start = found.start()
        while start > max(done, found.start() - _LONGEST) and text[start - 1] not in _BEFORE_A_WORD:
            start -= 1
        parts += [text[done:start], mask.instead]
        done = found.end()
    return "".join([*parts, text[done:]])
