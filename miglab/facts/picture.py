"""What a picture of the migration graph shows, before it is laid out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from .migration import Key

#: In text, if an app has more migrations than this, similar ones are counted, not listed.
_LISTED = 8
#: Up to this many similar ones in a row are named; of more, only the first and the last.
_NAMED = 3


class State(Enum):
    """The state of a migration: its word, its glyph, and what it means.

    The glyph and the border carry the state; the colour only repeats it.
    """

    APPLIED = ("applied", "✓", "has a file and is recorded as applied")
    UNAPPLIED = ("not applied", "○", "has a file but is not recorded")
    GHOST = ("file gone", "✗", "is recorded as applied, but its file is gone")
    UNSEEN = (
        "not loaded",
        "✗",
        "has a file, but Django does not load it: its folder has no __init__.py",
    )
    FAKED = ("faked", "≈", "was only recorded as applied; its operations did not run")
    NOT_IN_TABLES = (
        "not in tables",
        "≠",
        "is recorded as applied, but its work is missing from the tables",
    )
    BROKEN = ("broken file", "?", "has a file that cannot be imported")
    TO_APPLY = ("to apply", "▸", "is about to be applied")
    TO_UNAPPLY = ("to unapply", "↩", "is about to be unapplied")
    PULLED_IN = ("pulled in", "⤷", "is about to be applied or unapplied too, in another app")
    REPLACED = ("replaced", "⊂", "a squashed migration replaces it")

    def __init__(self, word: str, glyph: str, meaning: str) -> None:
        self.word, self.glyph, self.meaning = word, glyph, meaning


@dataclass(frozen=True)
class Node:
    """One migration in a picture.

    ``target`` marks the target of a plan, ``leaf`` the end of an app's history, and ``changed``
    what the step in the picture has changed. ``cost`` says briefly what unapplying the migration
    would lose, or is ``"free"``. ``note`` says what changed if the state did not.
    """

    key: Key
    state: State
    target: bool = False
    leaf: bool = False
    changed: bool = False
    cost: str = ""
    note: str = ""

    @property
    def costly(self) -> bool:
        """Whether unapplying it is known to lose something, or to be impossible."""
        return self.cost not in ("", "free", "not reached")


@dataclass(frozen=True)
class Picture:
    """A graph to be drawn.

    Attributes:
        title: two or three words, such as ``"before"``; may be empty.
        sentence: one plain sentence that says how things are, or what changed.
        apps: the app labels, in the order in which they are drawn.
        nodes: in the order of the apps; within an app, in the order of its history.
        edges: ``(parent, child)`` pairs; a parent that is not a node has no file.
        hidden: how many migrations of other apps are not shown.
    """

    title: str
    sentence: str
    apps: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[tuple[Key, Key], ...] = ()
    hidden: int = 0

    @property
    def text(self) -> str:
        """The picture as text: one line for each app, with its migrations in order. In a long
        history, similar migrations in a row are counted."""
        lines = []
        width = max((len(label) for label in self.apps), default=0)
        for label in self.apps:
            nodes = [each for each in self.nodes if each.key.app_label == label]
            told = map(_told, nodes) if len(nodes) <= _LISTED else _counted(nodes)
            lines.append(f"{label:<{width}}  {'  '.join(told) or '(no migrations)'}")
        return "\n".join(lines)


def _counted(nodes: Sequence[Node]) -> Iterator[str]:
    """A long history: of many similar migrations in a row, the first, the last and the number."""
    for _, run in itertools.groupby(nodes, lambda e: (e.state, e.target, e.cost, e.note)):
        alike = [*run]
        if len(alike) <= _NAMED:
            yield from map(_told, alike)
            continue
        first, last = alike[0], alike[-1]
        each = "".join(f", each: {told}" for told in (first.cost, first.note) if told)
        state = first.state
        names = f"{first.key.name} … {last.key.name}"
        yield f"{state.glyph} {names} ({len(alike):,} {state.word}{each})"


def _told(node: Node) -> str:
    target = " ◎" if node.target else ""
    told = "".join(f" ({each})" for each in (node.cost, node.note) if each)
    return f"{node.state.glyph} {node.key.name}{target}{told}"
