"""How an exercise begins: its start is taken, its moments are kept, its keys are computed."""

from __future__ import annotations

from typing import Any

from ..compare.truths import compare
from ..errors import BadInput
from ..facts.exercise import Exercise
from ..facts.step import Step
from ..lab import Lab
from ..steps.looks import Found
from ..steps.stage import Stage
from . import asking, instructions
from .look import Known, Look, Query
from .trying import copied, take_all


def begin(lab: Lab, exercise: Exercise) -> tuple[dict[str, dict[Query, Found]], dict[str, str]]:
    """Take an exercise's start on a lab: what its queries give at the moments that are marked, and
    the keys of its questions, computed by running.

    Raises:
        BadInput: a step was refused that is not said to be, or the other way round.
    """
    wanted: dict[str, list[Query]] = {}
    tables = [goal.conditions for goal in exercise.goals]
    tables += [hint.when for hint in exercise.hints] + [end.when for end in exercise.wrong]
    for table in tables:
        for name, query in asking.moments(table):
            wanted.setdefault(name, []).append(query)
    moments: dict[str, dict[Query, Found]] = {}

    def mark(name: str) -> None:
        with lab._turns.one() as stage:
            look = Look(stage, Known(), wanted.get(name, ()))
            moments[name] = {query: look.query(query) for query in wanted.get(name, ())}

    for each in exercise.start:
        if each.word == "moment":
            mark(each.line.split()[1])
            continue
        step = instructions.take(lab, each)
        refused = step.refusal if step is not None else None
        if (refused is not None) != each.refused:
            said = refused or "it was not refused"
            raise BadInput(f"{exercise.name}: the start does not work at {each.line!r}: {said}")
    mark("start")
    if missing := sorted({*wanted} - {*moments}):
        raise BadInput(
            f"{exercise.name}: a goal looks back at {missing[0]!r}, and the start has no line "
            f"'moment {missing[0]}'"
        )
    keys = {goal.name: _key(lab, goal.conditions["key"]) for goal in exercise.goals if goal.name}
    lab.take_noticed()
    lab.begin_here()
    return moments, keys


def _key(lab: Lab, told: dict[str, Any]) -> str:
    """The right answer, found by taking steps in a copy: what a query gives then, how many rows and
    values of some tables they cost, or what left the record."""
    with lab._turns.one() as stage:
        copy = copied(stage)
    with copy:
        steps, refused = take_all(copy, str(told.get("steps", "")))
        if refused:
            raise BadInput(f"the key of an answer cannot be computed: {refused}")
        if "unrecorded" in told:
            return " ".join(
                str(key) for step in steps for key in compare(step.before, step.after).unapplied
            )
        if "lost" in told:
            changes = [change for step in steps for change in step.rows]
            tables = str(told["lost"]).split()
            costs = (c.lost + sum(c.lost_values.values()) for c in changes if c.table in tables)
            return str(sum(costs))
        with copy._turns.one() as stage:
            query = (str(told.get("database", "default")), str(told["sql"]))
            found = Look(stage, Known()).query(query)
        if found.error:
            raise BadInput(f"the key of an answer cannot be computed: {found.error}")
        return ", ".join(str(cell) for row in found.rows for cell in row)


def backed_up(stage: Stage, step: Step) -> bool:
    """Whether a step left a copy of the database as it was before it, or a dump of it."""
    added = [change.path for change in step.files if change.how in ("added", "changed")]
    if step.kind == "manage" and step.line.startswith("dumpdata"):
        return bool(added)
    if not added or step.before.record != step.after.record:
        return False
    first = stage.sandbox.first
    engine, handle = stage.sandbox.engines[first], stage.sandbox.databases[first]
    database = engine.files(handle)[0]
    if not database.exists():
        return False
    content = database.read_bytes()
    return any(stage.sandbox.inside(path).read_bytes() == content for path in added)
