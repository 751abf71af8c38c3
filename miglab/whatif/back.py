"""Finds the commands that undo what was done, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from ..facts.graph import Graph
from ..facts.migration import Key
from ..facts.step import Ran


class Way(NamedTuple):
    """One ``migrate`` command, the migrations that it applies or unapplies by Django's plan, and
    whether it only fakes them."""

    line: str
    keys: frozenset[Key]
    fake: bool


def ways_between(
    graph: Graph, now: Collection[Key], wanted: Collection[Key], *, fake: bool = False
) -> list[Way]:
    """The ``migrate`` commands that take the record from ``now`` to ``wanted``: first backwards,
    then forwards. If the rest is to apply everything, the last one is plain ``migrate``."""
    found: list[Way] = []
    record = {key for key in now if key in graph}
    goal = {key for key in wanted if key in graph}
    word = "migrate --fake" if fake else "migrate"
    for label in _labels(record - goal):
        stay = {key for key in record & goal if key.app_label == label}
        leaves: list[Key | None] = [*_ends(graph, stay)]
        for leaf in leaves or [None]:
            plan = graph.migration_plan([leaf or (label, None)], record)
            gone = frozenset(key for key, backwards in plan if backwards)
            if plan:
                line = f"{word} {label} {leaf.name if leaf else 'zero'}"
                found.append(Way(line, frozenset(key for key, _ in plan), fake))
                record -= gone
    if goal - record and goal == set(graph) and not fake:
        return [*found, Way("migrate", frozenset(goal - record), fake)]
    for label in _labels(goal - record):
        for leaf in _ends(graph, {key for key in goal if key.app_label == label}):
            plan = graph.migration_plan([leaf], record) if leaf not in record else []
            if plan:
                line = f"{word} {label} {leaf.name}"
                found.append(Way(line, frozenset(key for key, _ in plan), fake))
                record |= {key for key, backwards in plan if not backwards}
    return found


def commands_between(graph: Graph, now: Collection[Key], wanted: Collection[Key]) -> list[str]:
    """The ``migrate`` commands that take the record from ``now`` to ``wanted``, as lines."""
    return [each.line for each in ways_between(graph, now, wanted)]


def _labels(keys: Iterable[Key]) -> list[str]:
    return sorted({key.app_label for key in keys})


def _ends(graph: Graph, keys: Collection[Key]) -> list[Key]:
    """Those of an app's migrations on which no other one in ``keys`` depends."""
    return [key for key in sorted(keys) if not any(each in keys for each in graph.children[key])]


def net(ran: Sequence[Ran]) -> list[Ran]:
    """What was done, without what the commands themselves undid. A migration that was unapplied and
    then applied again needs no way back."""
    moves: Counter[tuple[Key, bool]] = Counter()
    for each in ran:
        if each.done:
            moves[each.key, each.fake] += -1 if each.backwards else 1
    found: list[Ran] = []
    for each in reversed(ran):
        if each.done and moves[each.key, each.fake] == (-1 if each.backwards else 1):
            moves[each.key, each.fake] = 0
            found.append(each)
    return found[::-1]


def parts(ran: Iterable[Ran]) -> list[list[Ran]]:
    """The migrations that were run, in parts: a new part begins where faking begins or ends, or
    where the direction changes."""
    found: list[list[Ran]] = []
    for each in ran:
        last = found[-1][-1] if found else None
        if last and (last.fake, last.backwards) == (each.fake, each.backwards):
            found[-1].append(each)
        else:
            found.append([each])
    return found


def record_before(record: Collection[Key], part: Iterable[Ran]) -> set[Key]:
    """The record as it was before the migrations in ``part`` were run."""
    before = set(record)
    for each in part:
        (before.add if each.backwards else before.discard)(each.key)
    return before
