"""The migration graph in plain lanes, one for each app: the picture without Graphviz."""

from __future__ import annotations

from dataclasses import dataclass

from ..facts.migration import Key
from ..facts.picture import Picture
from . import svg
from .colours import CHANGED_WIDTH, GREY, NO_FILE, Look, look_of
from .names import classes, ident
from .words import (
    Words,
    footnote,
    heading,
    lanes_of,
    leaves_of,
    sentence_of,
    words_of,
    words_of_missing,
)

#: A card's width, the space to the next card, and the largest number of cards in a row.
CARD, GAP, PER_ROW = 134, 32, 5
_EDGE, _HEAD, _ROW_GAP = 12, 34, 30
_NOTHING = "(no migrations)"


@dataclass
class _Box:
    """A card and its place, from its upper left corner."""

    words: Words
    look: Look
    ident: str
    names: str
    target: bool = False
    changed: bool = False
    x: float = 0
    y: float = 0

    def __post_init__(self) -> None:
        self.height = 32 + 14 * len(self.words.name) + 13 * len(self.words.marks)


def lanes(picture: Picture, prefix: str = "") -> str:
    """The picture as SVG. The order of its migrations alone decides where the cards are."""
    boxes = _boxes(picture, prefix)
    body: list[str] = []
    top: float = 2
    across = max((len(row) for row in boxes.values()), default=1)
    across = max(1, min(across, PER_ROW))
    leaves = leaves_of(picture)
    headings = {label: heading(label, leaves[label]) for label in boxes}
    # Room for the longest line that is not on a card, by its count of letters.
    widest = max(map(len, [footnote(picture), _NOTHING, *headings.values()]))
    width = max(2 * _EDGE + across * (CARD + GAP) - GAP + 4, 28 + 9 * widest)
    for label, lane in boxes.items():
        bottom = _place(list(lane.values()), top + _HEAD)
        body.append(
            f'<rect x="2" y="{top:g}" width="{width - 4:g}" height="{bottom - top + _EDGE:g}" '
            f'rx="10" fill="none" stroke="{GREY}"/>'
        )
        body.append(_on_page(top + 18, headings[label], "bold"))
        if not lane:
            body.append(_on_page(top + 34, _NOTHING))
        top = bottom + _EDGE + 10
    if not boxes:
        body.append(_on_page(top + 16, _NOTHING))
        top += 30
    flat = {key: box for lane in boxes.values() for key, box in lane.items()}
    edges = sorted({edge for edge in picture.edges if edge[0] in flat and edge[1] in flat})
    body += [_edge(flat[a], flat[b], a.app_label != b.app_label) for a, b in edges]
    body += [_card(box) for box in flat.values()]
    if footnote(picture):
        body.append(_on_page(top + 12, footnote(picture)))
        top += 26
    return svg.picture(width, top - 6, sentence_of(picture), "".join(body))


def _boxes(picture: Picture, prefix: str) -> dict[str, dict[Key, _Box]]:
    """App label → its boxes in order."""
    leaves = leaves_of(picture)
    nodes = {node.key: node for node in picture.nodes}
    found: dict[str, dict[Key, _Box]] = {}
    for label, keys in lanes_of(picture).items():
        found[label] = {}
        for key in keys:
            node, name = nodes.get(key), ident(key, prefix)
            if node is None:
                found[label][key] = _Box(words_of_missing(key), NO_FILE, name, "missing")
            else:
                words, look = words_of(node, leaves[label]), look_of(node)
                found[label][key] = _Box(
                    words, look, name, classes(node), node.target, node.changed
                )
    return found


def _place(lane: list[_Box], top: float) -> float:
    """Set the place of each box of a lane, and return the lower end of the lane, in pixels."""
    for start in range(0, len(lane), PER_ROW):
        row = lane[start : start + PER_ROW]
        height = max(box.height for box in row)
        if start:
            top += _ROW_GAP
        for column, box in enumerate(row):
            box.x = 2 + _EDGE + column * (CARD + GAP)
            box.y = top + (height - box.height) / 2
        top += height
    return top if lane else top + 6


def _on_page(y: float, words: str, style: str = "") -> str:
    return svg.note(14, y, words, 14, style=style)


def _card(box: _Box) -> str:
    x, y, words = box.x, box.y, box.words
    width = CHANGED_WIDTH if box.changed else None
    shapes = svg.card(x, y, CARD, box.height, box.look, width=width)
    if box.target:
        around = Look("none", box.look.border, shape=box.look.shape)
        shapes = svg.card(x - 4, y - 4, CARD + 8, box.height + 8, around) + shapes
    middle, line = x + CARD / 2, y + 20
    told = [svg.text(middle, line, words.big, 15, style="bold")]
    for name in words.name:
        line += 14
        told.append(svg.text(middle, line, name))
    for mark in words.marks:
        line += 13
        told.append(svg.text(middle, line, mark, 11, style="italic"))
    return (
        f'<g id="{box.ident}" class="node {box.names}"><title>{svg.escape(words.tooltip)}</title>'
        f"{shapes}{''.join(told)}</g>"
    )


def _edge(parent: _Box, child: _Box, across: bool) -> str:
    """A line from parent to child: straight to a neighbour, over the cards between, or curved."""
    dash = ' stroke-width="1.1" stroke-dasharray="5 3"' if across else ' stroke-width="1.6"'
    x1, y1 = parent.x + CARD, parent.y + parent.height / 2
    x2, y2 = child.x, child.y + child.height / 2
    level = abs(y1 - y2) < 1
    if level and 0 < x2 - x1 <= GAP:
        path, head = f"M{x1:g},{y1:g}H{x2 - 6:g}", svg.arrow_head(x2, y2, "r")
    elif level and x2 > x1:
        x1, x2 = x1 - CARD / 2, x2 + CARD / 2
        y1, y2 = parent.y, child.y
        path = f"M{x1:g},{y1:g}C{x1 + 20:g},{y1 - 24:g} {x2 - 20:g},{y2 - 30:g} {x2:g},{y2 - 6:g}"
        head = svg.arrow_head(x2, y2, "d")
    elif x2 > x1:
        bend = min(60, (x2 - x1) / 2 + 12)
        path = f"M{x1:g},{y1:g}C{x1 + bend:g},{y1:g} {x2 - bend:g},{y2:g} {x2 - 6:g},{y2:g}"
        head = svg.arrow_head(x2, y2, "r")
    else:
        down = 1 if y2 > y1 else -1
        x1, x2 = x1 - CARD / 2, x2 + CARD / 2
        y1 = parent.y + (parent.height if down > 0 else 0)
        y2 = child.y + (0 if down > 0 else child.height)
        bend = down * max(18.0, abs(y2 - y1) / 2)
        path = f"M{x1:g},{y1:g}C{x1:g},{y1 + bend:g} {x2:g},{y2 - bend:g} {x2:g},{y2 - 6 * down:g}"
        head = svg.arrow_head(x2, y2, "d" if down > 0 else "u")
    return f'<path d="{path}" fill="none" stroke="{GREY}"{dash}/>{head}'
