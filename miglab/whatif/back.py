"""The commands that lead from one record to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..facts.graph import Graph
from ..facts.migration import Key
from ..facts.step import Ran


def commands_between(
    graph: Graph, now: Collection[Key], wanted: Collection[Key], *, fake: bool = False
) -> list[str]:
    """``migrate`` commands that take the record from ``now`` to ``wanted``: back first, then
    forward; plain ``migrate`` where that is all."""
    found: list[str] = []
    record = {key for key in now if key in graph}
    goal = {key for key in wanted if key in graph}
    word = "migrate --fake" if fake else "migrate"
    for label in _labels(record - goal):
        stay = {key for key in record & goal if key.app_label == label}
        leaves: list[Key | None] = [*_ends(graph, stay)]
        for leaf in leaves or [None]:
            plan = graph.migration_plan([leaf or (label, None)], record)
            if plan:
                found.append(f"{word} {label} {leaf.name if leaf else 'zero'}")
                record -= {key for key, backwards in plan if backwards}
    if goal - record and goal == set(graph) and not fake:
        return [*found, "migrate"]
    for label in _labels(goal - record):
        for leaf in _ends(graph, {key for key in goal if key.app_label == label}):
            plan = graph.migration_plan([leaf], record) if leaf not in record else []
            if plan:
                found.append(f"{word} {label} {leaf.name}")
                record |= {key for key, backwards in plan if not backwards}
    return found


def _labels(keys: Iterable[Key]) -> list[str]:
    return sorted({key.app_label for key in keys})


def _ends(graph: Graph, keys: Collection[Key]) -> list[Key]:
    """Those of one app's keys on which no other of them depends."""
    return [key for key in sorted(keys) if not any(each in keys for each in graph.children[key])]


def segments(ran: Iterable[Ran]) -> list[tuple[bool, list[Ran]]]:
    """What was run, parted where faking begins or ends, or the direction turns."""
    parts: list[tuple[bool, list[Ran]]] = []
    for each in ran:
        if not each.done:
            continue
        last = parts[-1][1][-1] if parts else None
        if last and (last.fake, last.backwards) == (each.fake, each.backwards):
            parts[-1][1].append(each)
        else:
            parts.append((each.fake, [each]))
    return parts


def undone(graph: Graph, record: Collection[Key], ran: Iterable[Ran]) -> list[str]:
    """The commands that undo what was run, the last first, each part as it was done: what was
    faked is faked back."""
    now = set(record)
    found: list[str] = []
    for fake, part in reversed(segments(ran)):
        before = set(now)
        for each in part:
            (before.add if each.backwards else before.discard)(each.key)
        found += commands_between(graph, now, before, fake=fake)
        now = before
    return found
