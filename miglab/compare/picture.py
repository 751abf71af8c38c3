"""The state of each migration at one moment, as a picture to be drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..facts.graph import Graph, graph_of
from ..facts.migration import Key
from ..facts.picture import Node, Picture, State
from ..facts.truths import Truths, Unreadable
from .agreement import applied, counted, ghosts, unapplied


def picture(
    truths: Truths,
    apps: Sequence[str] = (),
    *,
    title: str = "",
    sentence: str = "",
    plan: Sequence[tuple[Key, bool]] = (),
    target: Key | None = None,
    changed: Collection[Key] = (),
    also: Collection[Key] = (),
    missing: Collection[Key] = (),
) -> Picture:
    """The migration graph of these truths, with the state of each migration.

    Args:
        apps: the labels to show; empty means every app with migrations. Apps that the plan
            or ``changed`` reaches are shown as well.
        plan: keys that are about to be applied or unapplied, each with whether it goes backwards.
        target: the migration to which the plan leads.
        changed: keys that have just changed.
        also: keys whose apps are always shown as well.
        missing: recorded keys whose tables or columns are not there.
    """
    files = truths.known_files
    record = truths.known_record
    graph = graph_of(files, record.keys)
    gone = ghosts(files, record)
    replaced = graph.replaced or {}
    names = {*graph, *gone, *files.bad, *files.unseen, *replaced}
    shown = _apps(apps, names, [*(key for key, _ in plan), *changed, *also])
    waiting = set(unapplied(graph, record))
    moving = dict(plan)
    own = target.app_label if target else None

    def state(key: Key) -> State:
        if key in moving:
            return moving_state(key, moving[key], own)
        if key in files.bad:
            return State.BROKEN
        if key in replaced:
            return State.REPLACED
        if key in files.unseen:
            return State.UNSEEN
        if key in gone:
            return State.GHOST
        if key in missing:
            return State.NOT_IN_TABLES
        return State.UNAPPLIED if key in waiting else State.APPLIED

    nodes = []
    for label in shown:
        # Where a ghost came between two migrations, the first one only looks like a last one.
        torn = any(child.app_label == label and parent in gone for child, parent in graph.missing)
        leaves = set() if torn else set(graph.leaves(label))
        for key in _in_order(label, names, graph):
            nodes.append(Node(key, state(key), key == target, key in leaves, key in changed))
    if isinstance(truths.record, Unreadable):
        sentence = f"The record {truths.record}."
    elif isinstance(truths.files, Unreadable):
        sentence = f"The migration files {truths.files}."
    elif graph.missing and not sentence:
        child, parent = graph.missing[0]
        told = standing(nodes)
        sentence = f"{child} depends on {parent}, which has no file; {told[0].lower()}{told[1:]}"
    there = {node.key for node in nodes}
    edges = tuple(
        (parent, child)
        for child in sorted(there)
        if child in graph
        for parent in graph.parents[child]
        if parent in there or parent not in graph
    )
    hidden = len(names - there)
    return Picture(title, sentence or standing(nodes), shown, tuple(nodes), edges, hidden)


def plan_picture(
    truths: Truths,
    graph: Graph,
    target: tuple[str, Key | None],
    apps: Sequence[str] = (),
    missing: Collection[Key] = (),
) -> Picture:
    """A picture of what going to a target would apply or unapply. The target ``(app_label, None)``
    means zero."""
    label, key = target
    done = applied(graph, truths.known_record)
    plan = graph.migration_plan([key or (label, None)], done)
    return picture(
        truths,
        apps,
        plan=plan,
        missing=missing,
        target=key or Key(label, "zero"),
        sentence=plan_sentence(target, plan),
    )


def plan_sentence(target: tuple[str, Key | None], plan: Sequence[tuple[Key, bool]]) -> str:
    """How many migrations going to a target would unapply and apply."""
    label, key = target
    back = sum(backwards for _, backwards in plan)
    told = [
        f"{word} {counted(number, 'migration', 'migrations')}"
        for word, number in (("unapply", back), ("apply", len(plan) - back))
        if number
    ]
    sentence = f"Going to {label} {key.name if key else 'zero'} would "
    return sentence + (" and ".join(told) or "change nothing") + "."


def moving_state(key: Key, backwards: bool, own: str | None) -> State:
    """The state of a migration of a plan before it runs; ``own`` is the app of the target."""
    if own and key.app_label != own:
        return State.PULLED_IN
    return State.TO_UNAPPLY if backwards else State.TO_APPLY


def _apps(apps: Sequence[str], names: Iterable[Key], moving: Sequence[Key]) -> tuple[str, ...]:
    """The labels of the wanted apps (of all apps with migrations if none is wanted), in their
    order, and then of the other apps that are reached."""
    with_migrations = sorted({key.app_label for key in names})
    wanted = [*apps] if apps else with_migrations
    reached = sorted({key.app_label for key in moving} - set(wanted))
    return (*wanted, *reached)


def _in_order(label: str, names: Collection[Key], graph: Graph) -> list[Key]:
    """An app's migrations, parents first. Those that are not in the graph are placed by their
    names."""
    own = sorted(key for key in names if key.app_label == label)
    return [each for each in graph.in_order(own) if each.app_label == label and each in names]


#: States whose word does not follow a number well.
_COUNTED = {State.GHOST: "without a file", State.BROKEN: "with a broken file"}


def standing(nodes: Sequence[Node]) -> str:
    """One sentence: how many migrations are in which state."""
    counts: dict[State, int] = {}
    for node in nodes:
        counts[node.state] = counts.get(node.state, 0) + 1
    if not counts:
        return "There are no migrations."
    if len(counts) == 1 and State.APPLIED in counts:
        one = len(nodes) == 1
        return "The migration is applied." if one else f"All {len(nodes)} migrations are applied."
    told = ", ".join(f"{n} {_COUNTED.get(state, state.word)}" for state, n in counts.items())
    return f"{counted(len(nodes), 'migration', 'migrations')}: {told}."
