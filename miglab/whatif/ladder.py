"""All targets at once: one way down through an app, and what each further step costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from .. import wire
from ..compare.agreement import applied
from ..compare.picture import picture
from ..errors import BadInput, UnknownName
from ..facts.consequences import Engine, Ladder, Rung
from ..facts.graph import Graph, graph_of
from ..facts.migration import Key
from ..facts.picture import Picture
from ..facts.step import RowChange
from ..facts.truths import Files, Record, value_or
from ..stage import Stage
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
    files = value_or(truths.files, Files((), {}))
    record = value_or(truths.record, Record(()))
    graph = graph_of(files, record.keys)
    labels = sorted({key.app_label for key in graph})
    if app_label not in labels:
        raise UnknownName("app with migrations", app_label, labels)
    steps = _steps(graph, applied(graph, record), app_label)
    if not steps:
        raise BadInput(f"no migration of {app_label} is applied; there is nothing to go back from")
    request = {
        "do": "ladder",
        "rungs": [[list(key) for key in keys] for _, keys in steps],
    }
    step, answer = twin.step("ladder", f"all targets of {app_label}", request)
    about = twin.reader.runner.about
    rungs: list[Rung] = []
    before: Sequence[RowChange] = ()
    found = answer.get("rungs") or [{"rows": [], "seconds": 0.0, "done": False} for _ in steps]
    for (target, keys), told in zip(steps, found, strict=True):
        rows = wire.row_changes(told["rows"])
        by_then = losses(rows, None)
        rungs.append(
            Rung(
                target,
                tuple(keys),
                told["done"],
                listed(by_then) if by_then else "",
                _more(by_then, losses(before, None)) if told["done"] else "",
                rows,
                told["seconds"],
            )
        )
        if told["done"]:
            before = rows
    return Ladder(
        app_label,
        tuple(rungs),
        _picture(picture(truths, (app_label,)), rungs, steps),
        str(step.refusal) if step.refusal else "",
        Engine(f"SQLite {about.get('sqlite', '')}", about["django"], about["python"]),
        time.perf_counter() - started,
    )


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


def _more(by_then: Sequence[Loss], before: Sequence[Loss]) -> str:
    """What this step alone took."""
    known = {(each.id, each.where): each.lost for each in before}
    new = []
    for each in by_then:
        more = each.lost - known.get((each.id, each.where), 0)
        if more > 0:
            new.append(replace(each, lost=more, gone=more))
    return listed(sorted(new, key=lambda each: (-each.lost, each.where))) if new else ""


def _picture(
    whole: Picture, rungs: Sequence[Rung], steps: Sequence[tuple[Key | None, list[Key]]]
) -> Picture:
    """Each migration with what unapplying it costs."""
    costs: dict[Key, str] = {}
    for rung in rungs:
        own = [key for key in rung.unapplied if key in {node.key for node in whole.nodes}]
        told = rung.step_lost or "free"
        costs.update(dict.fromkeys(own, told if rung.done else "not reached"))
    free = next((rung for rung in reversed(rungs) if rung.done and not rung.lost), None)
    label = whole.apps[0]
    if free is None:
        sentence = f"Every step back in {label} loses something, or none was reached."
    else:
        target = free.target.name if free.target else "zero"
        sentence = f"Going back in {label} is free down to {target}."
    nodes = tuple(replace(node, cost=costs.get(node.key, "")) for node in whole.nodes)
    return replace(whole, sentence=sentence, nodes=nodes)
