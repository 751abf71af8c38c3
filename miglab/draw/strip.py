"""A few apps as strips of small cards, for a picture that takes little room below a command.

store   ✓ 0001 → ✓ 0002 → ⋯ 12 applied → ○ 0015
after
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..facts.migration import Key
from ..facts.picture import Node, Picture, State
from . import svg
from .colours import CHANGED_WIDTH, GREY, NO_FILE, Look, look_of
from .letters import cut, width_of
from .names import classes, ident
from .places import held, places
from .routes import Box, route
from .words import clean, lanes_of, leaves_of, number_of, sentence_of, shortened, words_of_missing


class Layout(NamedTuple):
    """How wide a strip may be, in pixels; where it needs more columns than this, what is alike in
    the middle is counted."""

    width: int
    columns: int


#: For the output of a cell on a page of 1280 pixels, and of 1000, less what stands around it.
WIDE, NARROW = Layout(820, 7), Layout(540, 5)
#: The height of a card and of a strip with one row of them, in pixels.
CARD, ROW = 38, 50
_GAP, _WIDEST, _NARROWEST = 18, 132, 54
#: The size of small print, and about how wide letters are in the widest of the common fonts: big
#: ones, small ones, those of an app's label. In pixels.
_PRINT, _BIG, _SMALL, _LABEL, _BELOW = 11, 8.2, 6.4, 8.4, 5.6


@dataclass
class _Item:
    """A card: one migration, or several that are alike. ``words`` are its two lines; ``there`` is
    whether it is drawn, or only keeps its place free for the picture beside."""

    keys: list[Key]
    column: int
    row: int
    look: Look
    words: tuple[str, str]
    mark: str = ""
    names: str = ""
    tooltip: str = ""
    changed: bool = False
    there: bool = True
    state: State | None = None
    note: str = ""
    alike: tuple[object, ...] = ()


class _Placed(NamedTuple):
    """App label → its cards, how wide labels and cards are, and how wide the strip, in pixels."""

    lanes: dict[str, list[_Item]]
    label: float
    card: float
    width: float


def _placed(picture: Picture, beside: Picture | None, layout: Layout) -> _Placed:
    lanes, columns = _lanes(picture, beside, layout.columns)
    labels = [clean(each) for each in lanes]
    below = [each for one in (beside, picture) if one is not None for each in _titles(one).values()]
    label_width = min(
        160.0,
        max(
            26 + _LABEL * max([len(each) for each in labels] + [6]),
            12 + _BELOW * max([len(each) for each in below] + [0]),
        ),
    )
    room = (layout.width - label_width) / columns - _GAP
    card_width = max(_NARROWEST, min(_WIDEST, room))
    width = label_width + columns * (card_width + _GAP) - _GAP + 6
    return _Placed(lanes, label_width, card_width, width)


def strip(
    picture: Picture, beside: Picture | None = None, prefix: str = "", layout: Layout = WIDE
) -> str:
    """The picture as SVG, as low as it can be.

    Args:
        beside: the same apps at another moment: each migration has the same place in both.
        prefix: put before every id, so that several pictures can stand on one page.
    """
    lanes, label_width, card_width, width = _placed(picture, beside, layout)
    titles = _titles(picture)
    boxes: dict[Key, Box] = {}
    body: list[str] = []
    top = 3.0
    for label, lane in lanes.items():
        rows = 1 + max((each.row for each in lane), default=0)
        body += _heading(label, label_width, top, titles.get(label, picture.title))
        if not lane:
            body.append(
                svg.text(label_width, top + 24, "(no migrations)", 13, fill=GREY, anchor="start")
            )
        for each in lane:
            box = Box(
                label_width + each.column * (card_width + _GAP),
                top + each.row * ROW,
                card_width,
                CARD,
                label,
            )
            body.append(_card(each, box, prefix))
            boxes.update(dict.fromkeys(each.keys, box))
        top += rows * ROW
    lines = _lines(picture, boxes)
    height = max(top - (ROW - CARD) + 5, CARD)
    return svg.picture(width, height, sentence_of(picture), "".join([*lines, *body]))


def breadth_of(picture: Picture, beside: Picture | None = None) -> float:
    """How wide the wide strip is, in pixels."""
    return _placed(picture, beside, WIDE).width


def height_of(picture: Picture, beside: Picture | None = None) -> int:
    """How high the strip is, in pixels."""
    lanes, _ = _lanes(picture, beside, WIDE.columns)
    return ROW * sum(1 + max((each.row for each in lane), default=0) for lane in lanes.values())


def _titles(picture: Picture) -> dict[str, str]:
    """App label → the words below it."""
    leaves = leaves_of(picture)
    more = {label: f"{leaves[label]} leaves" if leaves[label] > 1 else "" for label in leaves}
    return {label: ", ".join(filter(None, (picture.title, each))) for label, each in more.items()}


def _heading(label: str, width: float, top: float, below: str) -> list[str]:
    app = shortened(clean(label), int((width - 24) / _LABEL))
    found = [svg.text(2, top + 16, app, 13, style="bold", fill=GREY, anchor="start")]
    return [*found, svg.text(2, top + 32, below, 12, style="italic", fill=GREY, anchor="start")]


def _lanes(
    picture: Picture, beside: Picture | None, most: int
) -> tuple[dict[str, list[_Item]], int]:
    """App label → its cards; and how many columns these and those of the picture beside need:
    ``most`` where that can be."""
    pictures = [each for each in (beside, picture) if each is not None]
    edges = held(*pictures)
    nodes = [{node.key: node for node in each.nodes} for each in pictures]
    there = {label: set(keys) for label, keys in lanes_of(picture).items()}
    labels = dict.fromkeys([*there, *(label for each in pictures for label in lanes_of(each))])
    found: dict[str, list[_Item]] = {}
    columns = 1
    for label in labels:
        keys = list(dict.fromkeys(k for e in pictures for k in lanes_of(e).get(label, ())))
        at = places(keys, edges)
        items = []
        for key in keys:
            item = _item(key, nodes[-1].get(key), at[key])
            item.there = key in there.get(label, ())
            # What differs in either picture is shown in both.
            item.alike = (item.there, *(_looks(each.get(key)) for each in nodes))
            items.append(item)
        lane = _folded(sorted(items, key=lambda each: (each.column, each.row)), most)
        columns = max([columns, *(1 + each.column for each in lane)])
        found[label] = [each for each in lane if each.there]
    return found, columns


def _looks(node: Node | None) -> tuple[State, bool] | None:
    return None if node is None else (node.state, node.changed)


def _item(key: Key, node: Node | None, place: tuple[int, int]) -> _Item:
    column, row = place
    if node is None:
        words = words_of_missing(key)
        told = number_of("✗", key.name)
        return _Item([key], column, row, NO_FILE, told, "no such file", "missing", words.tooltip)
    quiet = not node.changed and node.state in (State.APPLIED, State.UNAPPLIED)
    return _Item(
        [key],
        column,
        row,
        look_of(node),
        number_of(node.state.glyph, key.name),
        node.note or ("" if quiet else node.state.word),
        classes(node),
        f"{clean(str(key))} — {node.state.word}: {node.state.meaning}",
        node.changed,
        state=node.state,
        note=node.note,
    )


def _folded(items: list[_Item], most: int) -> list[_Item]:
    """The cards with what is alike in the middle of a long lane as one card that counts it."""
    columns = 1 + max((each.column for each in items), default=0)
    if columns <= most:
        return items
    single = {e.column for e in items} - {
        a.column for a in items for b in items if a is not b and a.column == b.column
    }
    runs: list[list[_Item]] = []
    for each in items:
        last = runs[-1][-1] if runs else None
        joins = (
            last is not None
            and each.alike == last.alike
            and {each.column, last.column} <= single
            and each.row == last.row
            and each.column == last.column + 1
        )
        if joins:
            runs[-1].append(each)
        else:
            runs.append([each])
    found: list[_Item] = []
    for run in runs:
        found += run if len(run) < 4 else [run[0], _counted(run), run[-1]]
    order = {column: at for at, column in enumerate(sorted({each.column for each in found}))}
    for each in found:
        each.column = order[each.column]
    return found


def _counted(run: list[_Item]) -> _Item:
    """One card for all of a run but its ends."""
    first, *middle, _ = run
    word, glyph = (first.state.word, first.state.glyph) if first.state else ("", "⋯")
    names = f"{middle[0].keys[0].name} to {middle[-1].keys[0].name}"
    return _Item(
        [key for each in middle for key in each.keys],
        middle[0].column,
        middle[0].row,
        first.look,
        (f"{glyph} ⋯ {len(middle)}", f"{len(middle)} {word}"),
        "",
        "folded",
        f"{len(middle)} {word}: {clean(names)}",
        first.changed,
        first.there,
    )


def _card(item: _Item, box: Box, prefix: str) -> str:
    """A card: its number and its marks in one line, its name in the next."""
    width = CHANGED_WIDTH - 1 if item.changed else None
    look = item.look
    shapes = svg.card(box.x, box.y, box.width, box.height, look, width=width)
    inside = box.width - (26 if look.shape in ("forward", "backward", "cut") else 10)
    big, name = item.words
    big = shortened(big, int(inside / _BIG))
    left = inside - _BIG * len(big) - 8
    mark = item.mark if width_of(item.mark, _PRINT) <= left else ""
    start = box.x + (box.width - inside) / 2
    texts = [svg.text(start, box.y + 16, big, 13, style="bold", anchor="start")]
    if mark:
        end = box.x + box.width - (box.width - inside) / 2
        texts.append(_fitted(end, box.y + 16, mark, left, style="italic", anchor="end"))
    # What changed says what it is now, even where that leaves no room for its name.
    instead = item.note or (item.mark if item.changed else "")
    below, style = (name, "") if mark or not instead else (instead, "italic")
    if below := cut(below, _PRINT, inside):
        texts.append(_fitted(start, box.y + 31, below, inside, style=style))
    key = ident(item.keys[0], prefix)
    return (
        f'<g id="{key}" class="node {item.names}"><title>{svg.escape(item.tooltip)}</title>'
        f"{shapes}{''.join(texts)}</g>"
    )


def _fitted(
    x: float, y: float, words: str, room: float, *, anchor: str = "start", style: str = ""
) -> str:
    """Small print that stays within its room, however wide the reader's font is."""
    within = width_of(words, _PRINT) if len(words) * _SMALL > room else 0
    return svg.text(x, y, words, _PRINT, within=within, anchor=anchor, style=style)


def _lines(picture: Picture, boxes: Mapping[Key, Box]) -> list[str]:
    """The lines within an app, and between apps those of what changed."""
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
        path = route(boxes[parent], boxes[child], _GAP, ROW - CARD, slot)
        found[_line(path, across)] = None
    return list(found)


def _line(points: Sequence[tuple[float, float]], across: bool) -> str:
    dash = ' stroke-width="1.1" stroke-dasharray="5 3"' if across else ' stroke-width="1.6"'
    *rest, (x, y) = points
    path = "M" + "L".join(f"{a:g},{b:g}" for a, b in [*rest, (x - 6, y)])
    head = svg.arrow_head(x, y, "r")
    return f'<path d="{path}" fill="none" stroke="{GREY}"{dash}/>{head}'
