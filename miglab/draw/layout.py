"""Decides which cards a strip has, and where: small cards in lanes. In the middle of a long lane,
one card takes the place of several that look alike, and counts them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from ..facts.migration import Key
from ..facts.picture import Node, Picture, State
from .colours import NO_FILE, Look, look_of
from .letters import cut
from .names import apart, classes, names_of
from .places import held, places
from .words import clean, lanes_of, leaves_of, number_of, shortened, words_of_missing


class Layout(NamedTuple):
    """How large a strip may be: ``width`` is in pixels. If a lane needs more than ``columns``, one
    card takes the place of several that look alike."""

    width: int
    columns: int


#: For the output of a cell on pages that are 1280 and 1000 pixels wide, without its surroundings.
WIDE, NARROW = Layout(820, 7), Layout(540, 5)
#: The height of a card and of a strip with one row of them, in pixels.
CARD, ROW = 38, 50
#: The space between two cards, in pixels.
GAP = 18
_WIDEST, _NARROWEST = 132, 54
#: The size of small print; then about how wide a letter is in the widest of the common fonts: a big
#: letter, one of an app's label, and one of the words below the label. In pixels.
PRINT, BIG, LABEL = 11, 8.2, 8.4
_BELOW = 5.6


@dataclass
class Card:
    """A card: one migration, or several that are alike. ``words`` are its two lines. If ``there``
    is false, the card is not drawn: it only keeps a place free, because the picture beside has a
    card there. If ``told_apart`` is true, another card has the same number, and only the name says
    which card this is."""

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
    told_apart: bool = False

    def room(self, width: float) -> float:
        """How wide the lines of the card may be if the card has this width, in pixels."""
        return width - (26 if self.look.shape in ("forward", "backward", "cut") else 10)


class Strip(NamedTuple):
    """A picture that is laid out, and the picture beside it. ``lanes`` maps app labels to the cards
    that are drawn, and ``titles`` maps them to the words below the label. ``label`` and ``card``
    are the widths of labels and cards; all sizes are in pixels."""

    picture: Picture
    beside: Picture | None
    lanes: dict[str, list[Card]]
    titles: dict[str, str]
    label: float
    card: float
    width: float
    height: int


def lay_out(picture: Picture, beside: Picture | None = None, layout: Layout = WIDE) -> Strip:
    """The picture as a strip, as low as it can be.

    Args:
        beside: the same apps at another moment: each migration has the same place in both.
    """
    lanes, columns = _lanes(picture, beside, layout.columns)
    titles = _titles(picture)
    labels = [clean(each) for each in lanes]
    others = _titles(beside) if beside else {}
    below = [*others.values(), *titles.values()]
    label = min(
        160.0,
        max(
            26 + LABEL * max([len(each) for each in labels] + [6]),
            8 + GAP + _BELOW * max([len(each) for each in below] + [0]),
        ),
    )
    room = (layout.width - label) / columns - GAP
    card = max(_NARROWEST, min(_WIDEST, room))
    for lane in lanes.values():
        _tell_apart(lane, card)
    drawn = {app: [each for each in lane if each.there] for app, lane in lanes.items()}
    height = ROW * sum(1 + max((each.row for each in lane), default=0) for lane in drawn.values())
    width = label + columns * (card + GAP) - GAP + 6
    return Strip(picture, beside, drawn, titles, label, card, width, height)


def _titles(picture: Picture) -> dict[str, str]:
    """App label → the words below it."""
    leaves = leaves_of(picture)
    more = {label: f"{leaves[label]} leaves" if leaves[label] > 1 else "" for label in leaves}
    return {label: ", ".join(filter(None, (picture.title, each))) for label, each in more.items()}


def _tell_apart(lane: list[Card], width: float) -> None:
    """Shortens numbers and names to what a card of this width has room for, so that no two cards
    look alike."""
    if not lane:
        return
    room = min(each.room(width) for each in lane)
    letters = int(room / BIG)
    signs = [each.words[0].partition(" ") for each in lane]
    numbers = apart([number for _, _, number in signs], lambda told: shortened(told, letters - 2))
    single = {each.keys[0]: each for each in lane if len(each.keys) == 1}
    names = names_of(single, lambda name: cut(name, PRINT, room))
    taken = Counter(number_of("", key.name)[0] for key in single)
    for key, each in single.items():
        each.words = each.words[0], names[key]
        each.told_apart = taken[number_of("", key.name)[0]] > 1
    for each, (glyph, space, number) in zip(lane, signs, strict=True):
        each.words = shortened(f"{glyph}{space}{numbers[number]}", letters), each.words[1]


def _lanes(
    picture: Picture, beside: Picture | None, most: int
) -> tuple[dict[str, list[Card]], int]:
    """App label → its cards, including those that only keep a place free; then how many columns all
    lanes need: at most ``most``, if possible."""
    pictures = [each for each in (beside, picture) if each is not None]
    edges = held(*pictures)
    nodes = [{node.key: node for node in each.nodes} for each in pictures]
    there = {label: set(keys) for label, keys in lanes_of(picture).items()}
    labels = dict.fromkeys([*there, *(label for each in pictures for label in lanes_of(each))])
    found: dict[str, list[Card]] = {}
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
        found[label] = lane
    return found, columns


def _looks(node: Node | None) -> tuple[State, bool] | None:
    return None if node is None else (node.state, node.changed)


def _item(key: Key, node: Node | None, place: tuple[int, int]) -> Card:
    column, row = place
    if node is None:
        words = words_of_missing(key)
        told = number_of("✗", key.name)
        return Card([key], column, row, NO_FILE, told, "no such file", "missing", words.tooltip)
    quiet = not node.changed and node.state in (State.APPLIED, State.UNAPPLIED)
    return Card(
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


def _folded(items: list[Card], most: int) -> list[Card]:
    """The cards of a lane. In a long lane, one card takes the place of several in the middle that
    look alike, and counts them."""
    columns = 1 + max((each.column for each in items), default=0)
    if columns <= most:
        return items
    single = {e.column for e in items} - {
        a.column for a in items for b in items if a is not b and a.column == b.column
    }
    runs: list[list[Card]] = []
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
    found: list[Card] = []
    for run in runs:
        found += run if len(run) < 4 else [run[0], _counted(run), run[-1]]
    order = {column: at for at, column in enumerate(sorted({each.column for each in found}))}
    for each in found:
        each.column = order[each.column]
    return found


def _counted(run: list[Card]) -> Card:
    """One card for all cards of a run except the first and the last."""
    first, *middle, _ = run
    word, glyph = (first.state.word, first.state.glyph) if first.state else ("", "⋯")
    names = f"{middle[0].keys[0].name} to {middle[-1].keys[0].name}"
    return Card(
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
