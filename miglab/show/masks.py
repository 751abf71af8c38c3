"""What may differ from run to run is not shown: one list of masks for all text."""

from __future__ import annotations

import re

#: Each mask takes a pattern and what stands in its place.
MASKS = (
    (
        re.compile(r"(?:[A-Za-z]:)?[^\s'\"(<]*[/\\]labs[/\\][0-9a-f]{16}[/\\]project"),
        "<lab.folder>",
    ),
    (re.compile(r"(?:[A-Za-z]:)?[^\s'\"(<]*[/\\]site-packages[/\\]"), "<site-packages>/"),
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),
    (re.compile(r"\b\d+\.\d+( ?(?:s|seconds|ms))\b"), r"…\1"),
)


def masked(text: str) -> str:
    """The text with addresses, paths of this machine and durations masked."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text
