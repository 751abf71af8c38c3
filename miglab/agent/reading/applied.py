"""Computes the state of the models from the applied migrations, in time that grows with their
number.

``MigrationGraph.make_state`` looks each node's whole plan up in a list: given every applied node,
it takes time that grows with the cube of their number. The plan made here is the same.
"""

from __future__ import annotations

from typing import Any, Collection, Dict, Iterable, List, Set, Tuple

Key = Tuple[str, str]


def plan_of(graph: Any, nodes: Iterable[Key]) -> List[Key]:
    """These nodes and all that they depend on, in the order in which ``make_state`` takes them:
    the plan of each node in turn, without what came before."""
    plan: Dict[Key, None] = {}
    for start in nodes:
        stack = [(graph.node_map[start], False)]
        while stack:
            node, processed = stack.pop()
            if node.key in plan:
                continue
            if processed:
                plan[node.key] = None
                continue
            stack.append((node, True))
            stack += [(each, False) for each in sorted(node.parents)]
    return list(plan)


def state_of(loader: Any, plan: Iterable[Key]) -> Any:
    """The ``ProjectState`` that these migrations make, one after the other."""
    from django.db.migrations.state import ProjectState

    state = ProjectState(real_apps=loader.unmigrated_apps)
    for key in plan:
        state = loader.graph.nodes[key].mutate_state(state, preserve=False)
    return state


def introduced(
    loader: Any, applied: Iterable[Key], wanted: Collection[Tuple[Any, ...]]
) -> Dict[Any, Key]:
    """Which migration introduced each ``(app, model, field)`` of ``wanted``. If the field is
    ``None``, the model itself is meant."""
    from django.db.migrations.state import ProjectState

    state = ProjectState(real_apps=loader.unmigrated_apps)
    known: Set[Any] = set()
    found: Dict[Any, Key] = {}
    for key in applied:
        state = loader.graph.nodes[key].mutate_state(state, preserve=False)
        for each in wanted:
            model = state.models.get(each[:2])
            if model is None or (each[2] is not None and each[2] not in model.fields):
                known.discard(each)
            elif each not in known:
                known.add(each)
                found[each] = key
    return found
