"""Tries all targets at once: makes a what-if for each further step back in an app."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..compare.agreement import applied
from ..compare.losses import Loss, listed, losses
from ..compare.picture import picture
from ..errors import BadInput, UnknownName
from ..facts.consequences import Consequences
from ..facts.graph import Graph, graph_of
from ..facts.ladder import Ladder, Rung, free_from_the_top
from ..facts.migration import Key
from ..facts.outcome import Happened
from ..facts.picture import Picture
from ..facts.truths import Files, Record
from ..steps import given
from ..steps.copies import keep_copies_for, twin_of
from ..steps.stage import Stage
from .command import Command, command
from .rehearse import what_if
from .walk import Walk


def what_if_all(stage: Stage, app_label: str, alias: str | None = None) -> Ladder:
    """Find out what each further step back in an app would cost, down to zero: for every target,
    what the command to it would do. ``alias`` names the database; ``None`` means the stage's own.

    Raises:
        UnknownName: there is no such app with migrations.
        BadInput: none of its migrations is applied, or there is no such database.
        Interrupted: the search was stopped; nothing is left behind.
    """
    started = time.perf_counter()
    given.name(app_label, "app label")
    if alias is not None and given.name(alias, "database") not in stage.sandbox.databases:
        known = ", ".join(sorted(stage.sandbox.databases))
        raise BadInput(f"there is no database {alias!r}; choose from: {known}")
    extra = ["--database", alias] if alias else []
    twin = twin_of(stage, alias)
    _, truths = twin.now()
    files, record = truths.known_files, truths.known_record
    labels = sorted({key.app_label for key in graph_of(files, record.keys)})
    if app_label not in labels:
        raise UnknownName("app with migrations", app_label, labels)
    targets = _targets(files, record, app_label)
    if not targets:
        raise BadInput(f"no migration of {app_label} is applied, so there is nothing to undo")
    names = [each.target.name if each.target else "zero" for each in targets]
    commands = [command(["migrate", app_label, name, *extra]) for name in names]
    rungs: list[Rung] = []
    before: Sequence[Loss] = ()
    for each, found in zip(targets, _measured(stage, twin, commands, targets), strict=True):
        lost = _lost(found)
        rungs.append(_rung(each, found, lost, before))
        if found.outcome.happened is Happened.RAN:
            before = lost
    return Ladder(
        app_label,
        tuple(rungs),
        _picture(picture(truths, (app_label,)), rungs),
        stage.reader.engine(),
        time.perf_counter() - started,
    )


#: Bytes of copies of databases that a walk may leave behind before they are looked at.
ROOM = 2 << 30


def _measured(
    stage: Stage, twin: Stage, commands: Sequence[Command], targets: Sequence[_Target]
) -> Iterator[Consequences]:
    """What each of these commands would do, in their order."""
    alias, many = twin.reader.alias, at_once(twin)
    for start in range(0, len(commands), many):
        part = [*zip(commands, targets, strict=True)][start : start + many]
        walks = _walks(stage, alias, part)
        for number, (each, _) in enumerate(part, start + 1):
            if stage.reader.tell is not None:
                stage.reader.tell(f"{number} of {len(commands)}: {each.line}")
            found = (walk.what_if(stage, each) for walk in walks)
            yield next((one for one in found if one), None) or what_if(stage, [each.words])


def at_once(stage: Stage) -> int:
    """How many commands one walk may run. Each of them leaves a copy of the database, so this
    depends on the database's size."""
    alias = stage.reader.alias
    state = stage.sandbox.engines[alias].state(stage.sandbox.databases[alias])
    return max(2, ROOM // max(state.size if state else 0, 1))


def _walks(stage: Stage, alias: str, part: Sequence[tuple[Command, _Target]]) -> list[Walk]:
    """Walks back that together cover these targets. Several may be needed, because targets inside a
    squash and outside it are not on the same way. The search ends with a walk that can tell
    only what its last command does."""
    found: list[Walk] = []
    left = [*part]
    while len(left) > 1:
        walk = Walk(
            twin_of(stage, alias),
            [each for each, _ in left],
            [each.target for _, each in left[:-1] if each.target],
        )
        keep_copies_for(stage, walk)
        found.append(walk)
        rest = [each for each in left[:-1] if not walk.tells(each[0])]
        if len(rest) == len(left) - 1:
            break
        left = rest
    return found


@dataclass(frozen=True)
class _Target:
    """The target of a step back, where ``None`` means zero, and the migrations that this step
    unapplies in addition to the steps before it."""

    target: Key | None
    unapplied: tuple[Key, ...]


def _rung(each: _Target, found: Consequences, lost: Sequence[Loss], before: Sequence[Loss]) -> Rung:
    more = _more(lost, before)
    last = found.runs[-1]
    at = f"at {last.failed.key}: " if last.failed else ""
    return Rung(
        each.target,
        each.unapplied,
        found.outcome,
        found.verdict,
        listed(lost) if lost else "",
        listed(more) if more else "",
        _short(found, more),
        found.rows,
        found.seconds,
        f"{at}{last.step.refusal}" if last.step.refusal else "",
    )


def _lost(found: Consequences) -> list[Loss]:
    """What is lost for good by the command to a target and by the way back from there."""
    there, back = losses(found.lost_there), losses(found.lost_coming_back, coming_back=True)
    return sorted((e for e in (*there, *back) if e.lost), key=lambda each: -each.lost)


def _targets(files: Files, record: Record, label: str) -> list[_Target]:
    """Every target further back, from the top down. Migrations inside a squash are targets too if
    their files exist, because Django accepts them."""
    graph = graph_of(files, record.keys)
    inside = graph_of(files, record.keys, squashed=False)
    now, now_inside = applied(graph, record), applied(inside, record)
    found: list[_Target] = []
    taken: set[Key] = set()
    for target in _order(graph, inside, now, label):
        used, here = (graph, now) if target is None or target in graph else (inside, now_inside)
        plan = used.migration_plan([target or (label, None)], here)
        keys = tuple(key for key, backwards in plan if backwards)
        new = tuple(key for key in keys if key not in taken)
        if new:
            found.append(_Target(target, new))
            taken.update(new)
    return found


def _order(graph: Graph, inside: Graph, now: set[Key], label: str) -> Iterator[Key | None]:
    """The app's applied migrations from the top down, with those inside a squash after it, and then
    ``None`` for zero."""
    order = dict.fromkeys(
        key
        for leaf in graph.leaves(label)
        for key in graph.forwards_plan(leaf)
        if key.app_label == label and key in now
    )
    for key in reversed(order):
        yield key
        own = [old for old, squash in (graph.replaced or {}).items() if squash == key]
        # The last of those that it replaces leads where the squash leads.
        ordered = dict.fromkeys(
            each for old in own if old in inside for each in inside.forwards_plan(old)
        )
        within = [each for each in ordered if each in own]
        yield from reversed(within[:-1])
    yield None


def _short(found: Consequences, more: Sequence[Loss]) -> str:
    """What a step costs, in as few words as a card has room for."""
    outcome = found.outcome
    if outcome.happened is Happened.NOT_REHEARSED:
        return "not rehearsed"
    if outcome.happened is Happened.FAILED_AFTER:
        # All of it is done by then: nothing was refused.
        return "fails at the end"
    if outcome.happened is not Happened.RAN:
        return "stops" if found.runs[-1].failed else "refused"
    counts: dict[tuple[str, str], int] = {}
    for each in more:
        counts[each.what] = counts.get(each.what, 0) + each.lost
    lines = [f"−{number:,} {what[number != 1]}" for what, number in counts.items()]
    if lines:
        return ", ".join(lines)
    return "unknown" if outcome.status == 13 else "free"


def _more(by_then: Sequence[Loss], before: Sequence[Loss]) -> list[Loss]:
    """The losses that this step adds to those of the steps before it, the largest first."""
    known = {(each.id, each.where): each.lost for each in before}
    new = []
    for each in by_then:
        more = each.lost - known.get((each.id, each.where), 0)
        if more > 0:
            new.append(replace(each, lost=more, gone=more))
    return sorted(new, key=lambda each: -each.lost)


def _picture(whole: Picture, rungs: Sequence[Rung]) -> Picture:
    """The picture, with what it costs to unapply each migration."""
    costs = {key: rung.short for rung in rungs for key in rung.unapplied}
    nodes = tuple(replace(node, cost=costs.get(node.key, "")) for node in whole.nodes)
    return replace(whole, sentence=_sentence(whole.apps[0], rungs), nodes=nodes, hidden=0)


def _sentence(label: str, rungs: Sequence[Rung]) -> str:
    stopping = next((rung for rung in rungs if not rung.done), None)
    stops = ""
    if stopping is not None:
        place = stopping.target.name if stopping.target else "zero"
        stops = f" Going to {place} {stopping.outcome.happened.words}."
    if not any(rung.done for rung in rungs):
        return f"No step back in {label} runs to its end.{stops}"
    free = free_from_the_top(rungs)
    if not free:
        return f"No step back in {label} is free.{stops}"
    target = free[-1].target.name if free[-1].target else "zero"
    return f"Going back in {label} is free down to {target}.{stops}"
