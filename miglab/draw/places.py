"""Where migrations are drawn: a column and a row within the lane of their app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..facts.migration import Key
from ..facts.picture import Picture, State

#: Migrations in these states are not in Django's graph, so no edge says where they belong.
_OUTSIDE_THE_GRAPH = (State.GHOST, State.UNSEEN, State.BROKEN, State.REPLACED)


def places(keys: Sequence[Key], edges: Iterable[tuple[Key, Key]]) -> Mapping[Key, tuple[int, int]]:
    """Key → its column and row. The column is the length of the longest path that leads to it
    within these keys; migrations in one column have different rows. A child has the row of a
    parent if that row is free."""
    own = set(keys)
    parents: dict[Key, list[Key]] = {}
    for parent, child in edges:
        if parent in own and child in own and parent != child:
            parents.setdefault(child, []).append(parent)
    columns: dict[Key, int] = {}

    def column(key: Key) -> int:
        if key not in columns:
            # A cycle counts as far as it was followed.
            columns[key] = 0
            columns[key] = max((1 + column(each) for each in parents.get(key, ())), default=0)
        return columns[key]

    found: dict[Key, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for key in sorted(keys, key=lambda key: (column(key), keys.index(key))):
        row = min((found[each][1] for each in parents.get(key, ()) if each in found), default=0)
        while (column(key), row) in taken:
            row += 1
        found[key] = column(key), row
        taken.add(found[key])
    return found


def held(*pictures: Picture) -> list[tuple[Key, Key]]:
    """The edges of all pictures. If no edge leads to a migration because it is not in Django's
    graph, one is added from the migration before it by name. So a migration keeps its place when
    its file is deleted."""
    edges = [edge for each in pictures for edge in each.edges]
    led_to = {child for _, child in edges}
    nodes = [node for each in pictures for node in each.nodes]
    names = sorted({node.key for node in nodes})
    for node in nodes:
        if node.key in led_to or node.state not in _OUTSIDE_THE_GRAPH:
            continue
        before = [k for k in names if k.app_label == node.key.app_label and k < node.key]
        if before and (before[-1], node.key) not in edges:
            edges.append((before[-1], node.key))
    return list(dict.fromkeys(edges))
