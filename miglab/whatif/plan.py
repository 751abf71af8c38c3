"""Describes the plan of a command after its run: how far each migration got, and what pulled it
in."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from ..facts.graph import Graph, graph_of
from ..facts.locks import Lock
from ..facts.migration import Key, Migration
from ..facts.run import Fate, Planned
from ..facts.step import Ran, Step


def planned(step: Step) -> tuple[Planned, ...]:
    """Each migration of the plan, in order, with how far it got."""
    files = step.before.known_files
    record = step.before.known_record
    graph = graph_of(files, record.keys)
    keys = [key for key, _ in step.plan]
    if any(key not in graph for key in keys):
        # Django takes squashed migrations out of its graph when a replaced one is the target.
        graph = graph_of(files, record.keys, squashed=False)
    ran = {each.key: each for each in step.ran}
    asked, _ = _asked(step)
    ways = {
        backwards: _came_from(graph, keys, asked, backwards)
        for backwards in {each for _, each in step.plan} | {each.backwards for each in step.ran}
    }
    return tuple(
        Planned(
            key=key,
            backwards=backwards,
            fate=_fate(ran.get(key)),
            why=() if asked in ("", key.app_label) else _path(ways[backwards], key),
            sql=ran[key].sql if key in ran else (),
            seconds=ran[key].seconds if key in ran else None,
            irreversible=_operations(files.migrations, key, False) if backwards else (),
            unknown=_operations(files.migrations, key, None) if backwards else (),
            atomic=files.migrations[key].atomic if key in files.migrations else True,
            locks=_locks(step, ran.get(key)),
            grew=ran[key].grew if key in ran else None,
            kept=ran[key].kept if key in ran else 0,
        )
        for key, backwards in _in_order(step)
    )


def _in_order(step: Step) -> Iterator[tuple[Key, bool]]:
    """The plan's migrations in the order in which they were run, and then those that were not
    reached, each with whether it goes backwards."""
    begun = dict.fromkeys((each.key, each.backwards) for each in step.ran)
    yield from begun
    yield from (each for each in step.plan if each not in begun)


def _fate(ran: Ran | None) -> Fate:
    if ran is None:
        return Fate.NOT_REACHED
    if not ran.done:
        return Fate.FAILED
    return Fate.FAKED if ran.fake else Fate.DONE


def _locks(step: Step, ran: Ran | None) -> tuple[Lock, ...]:
    """The locks that a migration took, each with the number of rows that its table had before."""
    rows = step.before.rows if isinstance(step.before.rows, Mapping) else {}
    return tuple(replace(each, rows=rows.get(each.table)) for each in (ran.locks if ran else ()))


def target(step: Step) -> Key | None:
    """The migration to which the plan leads, for the picture. Migrations of other apps than its own
    count as pulled in."""
    app_label, name = _asked(step)
    if not app_label:
        return None
    files = step.before.known_files
    own = [key for key in files.migrations if key.app_label == app_label]
    found = [key for key in own if key.name.startswith(name)] if name else []
    return found[0] if len(found) == 1 else Key(app_label, name)


def _asked(step: Step) -> tuple[str, str]:
    """The label of the app that the command names, and the name of the migration if it names one.
    Both are empty if it names no app."""
    words = step.line.split()
    labels = {key.app_label for key, _ in step.plan}
    place = next((n for n, word in enumerate(words) if n and word in labels), None)
    if place is None:
        return "", ""
    return words[place], words[place + 1] if place + 1 < len(words) else ""


def _came_from(
    graph: Graph, keys: Collection[Key], asked: str, backwards: bool
) -> Mapping[Key, Key | None]:
    """Maps each migration in ``keys`` that the app ``asked`` pulls in by dependencies to the one
    before it on the shortest way. The app's own migrations map to ``None``."""
    within = set(keys)
    neighbours = graph.children if backwards else graph.parents
    came_from: dict[Key, Key | None] = {each: None for each in keys if each.app_label == asked}
    waiting = deque(came_from)
    while waiting:
        here = waiting.popleft()
        for each in neighbours.get(here, ()):
            if each in within and each not in came_from:
                came_from[each] = here
                waiting.append(each)
    return came_from


def _path(came_from: Mapping[Key, Key | None], key: Key) -> tuple[Key, ...]:
    """The way by dependencies from a migration of the app that the command names to this migration;
    empty if there is none."""
    path: list[Key] = []
    here: Key | None = key if key in came_from else None
    while here is not None:
        path.append(here)
        here = came_from[here]
    return tuple(reversed(path))


def _operations(
    migrations: Mapping[Key, Migration], key: Key, reversible: bool | None
) -> tuple[str, ...]:
    found = migrations.get(key)
    operations = found.operations if found else ()
    return tuple(each.text for each in operations if each.reversible is reversible)
