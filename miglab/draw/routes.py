"""Finds the way of a line from one card to another: between the cards, never behind one."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A card's place from its upper left corner, in pixels, and the lane it lies in."""

    x: float
    y: float
    width: float
    height: float
    lane: str = ""


def route(
    parent: Box, child: Box, gap: float, between: float, slot: int = 0
) -> list[tuple[float, float]]:
    """The corners of a line from the right side of the parent to the left side of the child.

    Cards stand in columns that are ``gap`` apart, and in rows that are ``between`` apart. The line
    leaves into the gap beside the parent, runs between two rows to the gap beside the child, and
    enters from there. Lines with different
    values of ``slot`` (modulo 3) run side by side, not on top of each other.
    """
    aside = (-1, 0, 1)[slot % 3]
    x1, y1 = parent.x + parent.width, parent.y + parent.height / 2
    x2, y2 = child.x, child.y + child.height / 2
    out, into = x1 + gap * (0.5 + aside / 5), x2 - gap * (0.5 - aside / 5)
    if abs(out - into) < 1:
        corners = [(x1, y1), (out, y1), (out, y2), (x2, y2)]
    else:
        # Above the child, or below it if the line comes from below.
        above = y1 <= y2
        row = child.y - between / 2 if above else child.y + child.height + between / 2
        row += aside * between / 4
        corners = [(x1, y1), (out, y1), (out, row), (into, row), (into, y2), (x2, y2)]
    return [each for at, each in enumerate(corners) if at == 0 or each != corners[at - 1]]
