"""Describes a lab at one moment in values that widgets can draw: text, numbers, lists and
dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..compare.picture import moving_state, plan_sentence
from ..compare.sentence import chips, sentence
from ..compare.truths import compare
from ..draw import told
from ..draw.colours import COSTLY, LOOKS, NO_FILE
from ..draw.names import names_of
from ..draw.panel import panel, stacked
from ..draw.places import held, places
from ..draw.words import (
    clean,
    heading,
    lanes_of,
    leaves_of,
    number_of,
    shortened,
    words_of,
    words_of_missing,
)
from ..facts.graph import Graph
from ..facts.migration import Key
from ..facts.picture import Node, Picture, State
from ..facts.step import Step
from ..facts.view import View
from .masks import masked

Value = dict[str, Any]

#: How many letters of a name fit into the narrowest card of the graph.
_LETTERS = 9


def board(picture: Picture) -> Value:
    """The graph in lanes, one for each app. A migration's column is the length of the longest path
    to it within its app. Migrations in the same column have different rows. As long as the files
    stay the same, no command changes these places.

    ``{"sentence", "lanes": [{"app", "heading", "columns", "rows", "nodes"}], "edges": [[parent,
    child]]}``; a node is a ``card`` with its ``id``, ``column`` and ``row``. ``rest`` is its name
    without the number, and ``short`` is the form of ``rest`` to cut if the whole is too long.
    """
    leaves = leaves_of(picture)
    nodes = {node.key: node for node in picture.nodes}
    leading = held(picture)
    lanes = []
    for label, keys in lanes_of(picture).items():
        at = places(keys, leading)
        short = names_of(keys, lambda name: shortened(name, _LETTERS))
        lane = [
            {
                "id": str(key),
                "name": clean(key.name),
                "rest": number_of("", key.name)[1],
                "short": short[key],
                "column": at[key][0],
                "row": at[key][1],
                **(card(nodes[key], leaves[label]) if key in nodes else _missing(key)),
            }
            for key in keys
        ]
        lanes.append(
            {
                "app": label,
                "heading": heading(label, leaves[label]),
                "columns": 1 + max((column for column, _ in at.values()), default=0),
                "rows": 1 + max((row for _, row in at.values()), default=0),
                "counts": _counts([nodes[key] for key in keys if key in nodes]),
                "nodes": lane,
            }
        )
    edges = sorted({(str(parent), str(child)) for parent, child in picture.edges})
    return {"sentence": clean(picture.sentence), "lanes": lanes, "edges": [[*e] for e in edges]}


def _counts(nodes: Sequence[Node]) -> str:
    """How many migrations of an app are in which state: ``"3 applied, 2 not applied"``."""
    counts: dict[str, int] = {}
    for node in nodes:
        counts[node.state.word] = counts.get(node.state.word, 0) + 1
    return ", ".join(f"{number} {word}" for word, number in counts.items()) or "no migrations"


def card(node: Node, leaves: int = 1) -> Value:
    """What a migration's card shows, and what is said of it."""
    words = words_of(node, leaves)
    said = ", ".join(dict.fromkeys([node.state.word, *words.marks]))
    return {
        "big": words.big,
        "lines": [*words.name],
        "marks": [*words.marks],
        "word": node.state.word if _speaks(node) else "",
        "cost": node.cost,
        "said": f"{clean(str(node.key))}: {said}",
        "look": "COSTLY" if node.costly else node.state.name,
        "changed": node.changed,
    }


def _speaks(node: Node) -> bool:
    """Whether a card says its state in words: for the plain states the sign is enough."""
    return node.changed or node.state not in (State.APPLIED, State.UNAPPLIED)


def _missing(key: Key) -> Value:
    words = words_of_missing(key)
    return {
        "big": words.big,
        "lines": [*words.name],
        "marks": [*words.marks],
        "word": "no such file",
        "cost": "",
        "said": words.tooltip,
        "look": "NO_FILE",
        "changed": False,
    }


def looks() -> Value:
    """Name of a look → its fill, border, width, line and shape, as pictures have them."""
    named = {**{state.name: look for state, look in LOOKS.items()}, "COSTLY": COSTLY}
    return {name: asdict(look) for name, look in {**named, "NO_FILE": NO_FILE}.items()}


def plan(
    graph: Graph, done: set[Key], target: tuple[str, Key | None], *, fake: bool = False
) -> Value:
    """What going to a target would do: ``{"sentence", "cards": {id: card with its "order"}}``."""
    label, key = target
    moves = graph.migration_plan([key or (label, None)], done)
    cards = {}
    for order, (each, backwards) in enumerate(moves, 1):
        node = Node(each, moving_state(each, backwards, label), target=each == key)
        cards[str(each)] = {**card(node), "order": order}
    alone = " With --fake, only the record changes, not the tables." if fake and moves else ""
    return {"sentence": clean(plan_sentence(target, moves)) + alone, "cards": cards}


def truths(view: View) -> Value:
    """The four truths, the rows, and whether neighbours agree: as a picture for a wide place, as a
    picture for a narrow one, and in words. Then, for each pair of neighbours, its agreement."""
    return {
        "sentence": told.panel_sentence(view),
        "wide": panel(view),
        "narrow": stacked(view),
        "text": masked(told.panel_text(view)),
        "agreements": [
            {
                "name": f"{above}_{below}",
                "between": [above, below],
                "sign": told.SIGNS[agreement.verdict][0],
                "word": told.SIGNS[agreement.verdict][1],
                "agree": agreement.verdict,
                "reason": masked(clean(agreement.reason)),
                "details": [masked(clean(each)) for each in agreement.details[:20]],
            }
            for above, below, agreement in told.agreements(view)
        ],
    }


def timeline(steps: Sequence[Step], position: int) -> Value:
    """The history as a strip: what was typed at each moment, and what it changed."""
    return {"position": position, "steps": [_on_strip(step) for step in steps]}


def _on_strip(step: Step) -> Value:
    moves = compare(step.before, step.after)
    return {
        "line": masked(step.line),
        "kind": step.kind,
        "marks": chips(step, moves),
        "sentence": masked(sentence(step, moves)),
    }
