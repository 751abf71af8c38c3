"""A few apps as strips of small cards, for a picture that takes little room below a command.

store   ✓ 0001 → ✓ 0002 → ⋯ 12 applied → ○ 0015
after
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..facts.migration import Key
from ..facts.picture import Picture
from . import svg
from .colours import CHANGED_WIDTH, GREY, QUIET
from .layout import BIG, CARD, GAP, LABEL, PRINT, ROW, Card, Strip
from .letters import cut, width_of
from .names import ident
from .routes import Box, route
from .words import clean, sentence_of, shortened

#: About how wide a letter of small print is in the widest of the common fonts, in pixels.
_SMALL = 6.4


def drawn(strip: Strip) -> str:
    """The strip as SVG."""
    boxes: dict[Key, Box] = {}
    body: list[str] = []
    top = 3.0
    for label, lane in strip.lanes.items():
        rows = 1 + max((each.row for each in lane), default=0)
        below = strip.titles.get(label, strip.picture.title)
        body += _heading(label, strip.label, top, below)
        if not lane:
            body.append(svg.note(strip.label + 4, top + 24, "(no migrations)", 13))
        for each in lane:
            left = strip.label + each.column * (strip.card + GAP)
            box = Box(left, top + each.row * ROW, strip.card, CARD, label)
            body.append(_card(each, box))
            boxes.update(dict.fromkeys(each.keys, box))
        top += rows * ROW
    lines = _lines(strip.picture, boxes)
    height = max(top - (ROW - CARD) + 5, CARD)
    return svg.picture(strip.width, height, sentence_of(strip.picture), "".join([*lines, *body]))


def _heading(label: str, width: float, top: float, below: str) -> list[str]:
    app = shortened(clean(label), int((width - 24) / LABEL))
    return [
        # Lines to the first column run between the plate and the cards.
        svg.plate(0, top, width - GAP, CARD),
        svg.text(6, top + 16, app, 13, style="bold", fill=QUIET, anchor="start"),
        svg.text(6, top + 31, below, 12, style="italic", fill=QUIET, anchor="start"),
    ]


def _card(card: Card, box: Box) -> str:
    """A card: its number and its marks in one line, its name in the next."""
    width = CHANGED_WIDTH - 1 if card.changed else None
    shapes = svg.card(box.x, box.y, box.width, box.height, card.look, width=width)
    inside = card.room(box.width)
    big, name = card.words
    left = inside - BIG * len(big) - 8
    mark = card.mark if width_of(card.mark, PRINT) <= left else ""
    start = box.x + (box.width - inside) / 2
    texts = [svg.text(start, box.y + 16, big, 13, style="bold", anchor="start")]
    if mark:
        end = box.x + box.width - (box.width - inside) / 2
        texts.append(_fitted(end, box.y + 16, mark, left, style="italic", anchor="end"))
    # A changed card shows its state, even if that leaves no room for its name. But if only the
    # name tells it from another card, the name is shown.
    instead = card.note or (card.mark if card.changed else "")
    named = mark or not instead or (card.told_apart and name)
    below, style = (name, "") if named else (instead, "italic")
    if below := cut(below, PRINT, inside):
        texts.append(_fitted(start, box.y + 31, below, inside, style=style))
    return (
        f'<g id="{ident(card.keys[0])}" class="node {card.names}">'
        f"<title>{svg.escape(card.tooltip)}</title>{shapes}{''.join(texts)}</g>"
    )


def _fitted(
    x: float, y: float, words: str, room: float, *, anchor: str = "start", style: str = ""
) -> str:
    """Small print that stays within its room, however wide the reader's font is."""
    within = width_of(words, PRINT) if len(words) * _SMALL > room else 0
    return svg.text(x, y, words, PRINT, within=within, anchor=anchor, style=style)


def _lines(picture: Picture, boxes: Mapping[Key, Box]) -> list[str]:
    """The lines within each app, and those between apps if both migrations changed."""
    changed = {node.key for node in picture.nodes if node.changed}
    found: dict[str, None] = {}
    slots: dict[Key, int] = {}
    for parent, child in picture.edges:
        if parent not in boxes or child not in boxes or boxes[parent] is boxes[child]:
            continue
        across = parent.app_label != child.app_label
        if across and not {parent, child} <= changed:
            continue
        slot = slots.setdefault(parent, len(slots)) if across else 1
        path = route(boxes[parent], boxes[child], GAP, ROW - CARD, slot)
        found[_line(path, across)] = None
    return list(found)


def _line(points: Sequence[tuple[float, float]], across: bool) -> str:
    dash = ' stroke-width="1.1" stroke-dasharray="5 3"' if across else ' stroke-width="1.6"'
    *rest, (x, y) = points
    path = "M" + "L".join(f"{a:g},{b:g}" for a, b in [*rest, (x - 6, y)])
    head = svg.arrow_head(x, y, "r")
    return f'<path d="{path}" fill="none" stroke="{GREY}"{dash}/>{head}'
