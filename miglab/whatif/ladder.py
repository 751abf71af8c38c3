"""All targets at once: one way down through an app, and what each further step costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from ..compare.agreement import applied
from ..compare.picture import picture
from ..errors import BadInput, UnknownName
from ..facts.consequences import Ladder, Rung
from ..facts.graph import Graph, graph_of
from ..facts.migration import Key
from ..facts.picture import Picture
from ..facts.step import RowChange, Step
from ..runners import answers
from ..steps.stage import Stage
from .judge import Loss, listed, losses


def what_if_all(stage: Stage, app_label: str) -> Ladder:
    """Walk an app back in a copy, one migration at a time, and say what each step costs.

    Raises:
        UnknownName: there is no such app with migrations.
        BadInput: none of its migrations is applied.
    """
    started = time.perf_counter()
    twin = stage.twin()
    _, truths = twin.now()
    files = truths.known_files
    record = truths.known_record
    graph = graph_of(files, record.keys)
    labels = sorted({key.app_label for key in graph})
    if app_label not in labels:
        raise UnknownName("app with migrations", app_label, labels)
    steps = _steps(graph, applied(graph, record), app_label)
    if not steps:
        raise BadInput(f"no migration of {app_label} is applied; there is nothing to go back from")
    request = {
        "do": "ladder",
        # Each rung tells its own rows: nobody reads them once more at the end.
        "compare": "handlers",
        "rungs": [[list(key) for key in keys] for _, keys in steps],
    }
    step, answer = twin.step("ladder", f"all targets of {app_label}", request)
    rungs: list[Rung] = []
    before: Sequence[RowChange] = ()
    found = answer.get("rungs") or [{"rows": [], "seconds": 0.0, "done": False} for _ in steps]
    for (target, keys), told in zip(steps, found, strict=True):
        rows = answers.row_changes(told["rows"])
        by_then = losses(rows)
        more = _more(by_then, losses(before)) if told["done"] else []
        rungs.append(
            Rung(
                target,
                tuple(keys),
                told["done"],
                listed(by_then) if by_then else "",
                listed(more) if more else "",
                _short(more),
                rows,
                told["seconds"],
            )
        )
        if told["done"]:
            before = rows
    return Ladder(
        app_label,
        tuple(rungs),
        _picture(picture(truths, (app_label,)), rungs, _failed(step)),
        str(step.refusal) if step.refusal else "",
        twin.reader.engine(),
        time.perf_counter() - started,
    )


def _failed(step: Step) -> Key | None:
    """The migration that could not be unapplied."""
    return next((each.key for each in step.ran if not each.done), None)


def _steps(graph: Graph, record: set[Key], label: str) -> list[tuple[Key | None, list[Key]]]:
    """Each further target with what going there from the one before would unapply."""
    now = set(record)
    order = [
        key
        for leaf in graph.leaves(label)
        for key in graph.forwards_plan(leaf)
        if key.app_label == label and key in record
    ]
    order = list(dict.fromkeys(order))
    found: list[tuple[Key | None, list[Key]]] = []
    for target in [*reversed(order[:-1]), None]:
        plan = graph.migration_plan([target or (label, None)], now)
        keys = [key for key, backwards in plan if backwards]
        if keys:
            found.append((target, keys))
            now.difference_update(keys)
    return found


def _short(more: Sequence[Loss]) -> str:
    """How many of what, in as few words as a card has room for."""
    counts: dict[tuple[str, str], int] = {}
    for each in more:
        counts[each.what] = counts.get(each.what, 0) + each.lost
    told = [f"−{number:,} {what[number != 1]}" for what, number in counts.items()]
    return ", ".join(told) or "free"


def _more(by_then: Sequence[Loss], before: Sequence[Loss]) -> list[Loss]:
    """What this step alone took."""
    known = {(each.id, each.where): each.lost for each in before}
    new = []
    for each in by_then:
        more = each.lost - known.get((each.id, each.where), 0)
        if more > 0:
            new.append(replace(each, lost=more, gone=more))
    return sorted(new, key=lambda each: (-each.lost, each.where))


def _picture(whole: Picture, rungs: Sequence[Rung], failed: Key | None) -> Picture:
    """Each migration with what unapplying it costs."""
    costs: dict[Key, str] = {}
    for rung in rungs:
        costs.update(dict.fromkeys(rung.unapplied, rung.short if rung.done else "not reached"))
    if failed is not None:
        costs[failed] = "stops here"
    nodes = tuple(replace(node, cost=costs.get(node.key, "")) for node in whole.nodes)
    sentence = _sentence(whole.apps[0], rungs, failed)
    return replace(whole, sentence=sentence, nodes=nodes, hidden=0)


def _sentence(label: str, rungs: Sequence[Rung], failed: Key | None) -> str:
    done = [rung for rung in rungs if rung.done]
    free = [rung for rung in done if not rung.lost]
    stops = f" The way back stops at {failed.name}." if failed else ""
    if not done:
        return f"No step back in {label} can be taken.{stops}"
    if not free:
        return f"Each step back in {label} loses something.{stops}"
    target = free[-1].target
    return f"Going back in {label} is free down to {target.name if target else 'zero'}.{stops}"
