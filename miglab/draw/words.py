"""The words on a card: a migration's glyph and number, its name in short lines, its marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from ..facts.migration import Key
from ..facts.picture import Node, Picture, State

#: The longest line of a name, in characters; five such cards stand side by side in a notebook.
LINE = 18
#: A name has at most this many lines; if cut, it ends in "…". The tooltip has the full name.
LINES = 4
#: The longest name in a picture with many migrations, in characters.
BRIEF = 14

_PIECES = {"_": re.compile("[^_]*_|[^_]+"), " ": re.compile("[^ ]* |[^ ]+")}
_NUMBERED = re.compile(r"(\d+)_?(.*)", re.DOTALL)
# Characters that file names can contain, but XML or UTF-8 cannot.
UNPRINTABLE = "\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}]")


class Words(NamedTuple):
    """What a card says: one big line, the rest of the name, small marks, and the tooltip."""

    big: str
    name: tuple[str, ...]
    marks: tuple[str, ...]
    tooltip: str


def words_of(node: Node, leaves: int = 1, brief: str | None = None) -> Words:
    """The words on a migration's card. ``leaves`` is how many leaves its app has; ``brief`` is its
    short name in a picture with many migrations: it is on one line, and a single leaf is not marked
    as the latest migration."""
    big, name = _named(node.state.glyph, node.key.name)
    if brief is not None:
        name = (briefly(brief),) if brief else ()
    tooltip = f"{clean(str(node.key))} — {node.state.word}: {node.state.meaning}"
    return Words(big, name, _marks(node, leaves, brief is not None), tooltip)


def words_of_missing(key: Key) -> Words:
    """The words on the card of a migration that another one depends on, but that has no file."""
    big, name = _named("✗", key.name)
    tooltip = f"{clean(str(key))} — no such file: another migration depends on it"
    return Words(big, name, ("no such file",), tooltip)


def leaves_of(picture: Picture) -> Counter[str]:
    """App label → how many of its migrations are leaves; two are a conflict."""
    return Counter(node.key.app_label for node in picture.nodes if node.leaf)


def heading(label: str, leaves: int = 1) -> str:
    """The words on an app's frame."""
    text = clean(label)
    return f"{text} — conflict: {leaves} leaves" if leaves > 1 else text


def footnote(picture: Picture) -> str:
    """The line below a picture: how much it leaves out."""
    if not picture.hidden:
        return ""
    one = picture.hidden == 1
    what = "migration of another app is" if one else "migrations of other apps are"
    return f"{picture.hidden:,} {what} not shown"


def sentence_of(picture: Picture) -> str:
    """What a screen reader says of a picture."""
    parts = [part for part in (picture.title, picture.sentence) if part]
    return clean(": ".join(parts)) or "a graph of migrations"


def missing_parents(picture: Picture) -> list[Key]:
    """Migrations that others depend on, but that have no file, in a fixed order."""
    known = {node.key for node in picture.nodes}
    return sorted({parent for parent, child in picture.edges if child in known} - known)


def lanes_of(picture: Picture) -> dict[str, list[Key]]:
    """App label → the migrations that are drawn for it, in order. A parent without a file comes
    before its child. The picture's apps come first, in their order, then other apps with cards."""
    found: dict[str, list[Key]] = {label: [] for label in picture.apps}
    for node in picture.nodes:
        found.setdefault(node.key.app_label, []).append(node.key)
    for key in missing_parents(picture):
        lane = found.setdefault(key.app_label, [])
        children = {child for parent, child in picture.edges if parent == key}
        lane.insert(next((at for at, each in enumerate(lane) if each in children), 0), key)
    return found


def wrap(
    text: str,
    width: float = LINE,
    lines: int = LINES,
    after: str = "_",
    wide: Callable[[str], float] = len,
) -> tuple[str, ...]:
    """Text in lines of at most ``width``, broken after the character ``after`` if possible. If
    there are more than ``lines``, the text is cut and ends with "…". ``wide`` measures the width of
    a text; without it, characters are counted."""
    if wide(text) <= width:
        return (text.strip(),) if text.strip() else ()
    found: list[str] = []
    for piece in _PIECES[after].findall(text):
        if found and wide((found[-1] + piece).rstrip()) <= width:
            found[-1] += piece
            continue
        left = piece.rstrip()
        while wide(left) > width:
            most = next(at for at in range(len(left), 0, -1) if at == 1 or wide(left[:at]) <= width)
            found.append(left[:most])
            left = left[most:]
        found.append(left + piece[len(piece.rstrip()) :])
    found = [line.strip() for line in found if line.strip()]
    if len(found) > lines:
        end = found[lines - 1]
        while wide(f"{end}…") > width:
            end = end[:-1]
        found[lines - 1 :] = [f"{end}…"]
    return tuple(found)


def number_of(glyph: str, name: str) -> tuple[str, str]:
    """The glyph with the number of a migration, and the rest of its name."""
    text = clean(name)
    numbered = _NUMBERED.fullmatch(text)
    if not numbered or len(numbered[1]) > LINE:
        return glyph, text
    return f"{glyph} {numbered[1]}", numbered[2]


def shortened(text: str, length: int) -> str:
    """The text. If it is longer, it is cut off with "…"."""
    return text if len(text) <= length else text[: max(0, length - 1)] + "…"


def briefly(name: str) -> str:
    """A name, cut for a picture with many migrations."""
    return shortened(name, BRIEF)


def clean(text: str) -> str:
    """The text without characters that a picture cannot hold."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _named(glyph: str, name: str) -> tuple[str, tuple[str, ...]]:
    big, rest = number_of(glyph, name)
    return big, wrap(rest)


def _marks(node: Node, leaves: int, brief: bool) -> tuple[str, ...]:
    marks = []
    if node.changed:
        marks.append(f"now: {node.state.word}")
    elif node.state not in (State.APPLIED, State.UNAPPLIED):
        marks.append(node.state.word)
    marks += node.cost.split(", ") if node.cost else []
    if node.target:
        marks.append("◎ target")
    if node.leaf and not (brief and leaves < 2):
        marks.append("latest" if leaves < 2 else f"one of {leaves} leaves")
    lines: list[str] = []
    for mark in marks:
        if lines and len(f"{lines[-1]} · {mark}") <= LINE:
            lines[-1] += f" · {mark}"
        else:
            lines.append(mark)
    return tuple(lines)
