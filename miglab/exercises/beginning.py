"""Begins an exercise: runs its start, stores its moments, computes the answers to its questions.
The result is kept on disk for the next time."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..compare.truths import compare
from ..errors import BadInput
from ..facts.exercise import Exercise
from ..facts.step import Step
from ..facts.truths import value_or
from ..home import home
from ..lab import Lab
from ..project import Project
from ..project.circumstances import circumstances
from ..sandbox.digests import digest_of
from ..sandbox.kept import keep, kept
from ..steps.looks import Found
from ..steps.stage import Stage
from . import asking, instructions
from .look import Known, Look, Query
from .trying import copied, take_all


@dataclass(frozen=True)
class Beginning:
    """What is known of an exercise's start: the results of its queries at the marked moments, the
    answers to its questions, its files (path → digest of the content), and how many rows its tables
    have."""

    moments: Mapping[str, Mapping[Query, Found]]
    keys: Mapping[str, str]
    files: Mapping[str, str]
    rows: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """This beginning as JSON."""
        moments = {
            name: [[*query, found.rows, found.error] for query, found in asked.items()]
            for name, asked in self.moments.items()
        }
        rest = {"keys": self.keys, "files": self.files, "rows": self.rows}
        return {"moments": moments, **rest}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Beginning:
        """The beginning that ``as_json`` has written."""
        moments = {
            name: {
                (alias, sql): Found(tuple(tuple(row) for row in rows), error)
                for alias, sql, rows, error in asked
            }
            for name, asked in told["moments"].items()
        }
        return cls(moments, told["keys"], told["files"], told["rows"])


def begin(stage: Stage, exercise: Exercise) -> Beginning:
    """Bring a stage to where an exercise begins: from what was kept, or by running its start.

    Raises:
        BadInput: a step was refused unexpectedly, or was expected to be refused and was not.
    """
    place, first = place_of(stage.project, exercise), stage.moments.now.snapshot
    found = kept(stage.sandbox, first, place)
    if found is not None:
        with contextlib.suppress(OSError, KeyError, TypeError, ValueError):
            beginning = Beginning.from_json(found[1])
            stage.begin_with(found[0])
            return beginning
    beginning = take(stage, exercise)
    keep(stage.sandbox, first, stage.moments.now.snapshot, place, beginning.as_json())
    return beginning


def place_of(project: Project, exercise: Exercise) -> Path:
    """The folder that a beginning is kept in. It changes as soon as anything changes that the
    beginning depends on."""
    engines = sorted((alias, project.engine(alias).vendor) for alias in project.databases)
    keys = [(goal.name, goal.conditions["key"]) for goal in exercise.goals if goal.name]
    told = (circumstances(), engines, exercise.at, exercise.start, keys, _asked(exercise))
    return home() / "beginnings" / digest_of(repr(told).encode())


def _asked(exercise: Exercise) -> dict[str, list[Query]]:
    """The queries to run at each moment that a start marks: name of the moment → queries."""
    wanted: dict[str, list[Query]] = {}
    tables = [goal.conditions for goal in exercise.goals]
    tables += [hint.when for hint in exercise.hints] + [end.when for end in exercise.wrong]
    for table in tables:
        for name, query in asking.moments(table):
            wanted.setdefault(name, []).append(query)
    return wanted


def take(stage: Stage, exercise: Exercise) -> Beginning:
    """Run an exercise's start on a stage. Its databases are read only at the end and at the moments
    that the start marks.

    Raises:
        BadInput: a step was refused unexpectedly, or was expected to be refused and was not.
    """
    wanted = _asked(exercise)
    moments: dict[str, dict[Query, Found]] = {}

    def mark(name: str) -> None:
        stage.begin_as_found()
        look = Look(stage, Known(), wanted.get(name, ()))
        moments[name] = {query: look.query(query) for query in wanted.get(name, ())}

    for each in exercise.start:
        if each.word == "moment":
            mark(each.line.split()[1])
            continue
        refused = instructions.take_unseen(stage, each)
        if (refused is not None) != each.refused:
            said = refused or "it was not refused"
            raise BadInput(f"{exercise.name}: the start goes wrong at {each.line!r}: {said}")
    mark("start")
    if missing := sorted({*wanted} - {*moments}):
        raise BadInput(
            f"{exercise.name}: a condition compares with {missing[0]!r}, but the start has no line "
            f"'moment {missing[0]}'"
        )
    rows = dict(value_or(stage.truths().rows, {}))
    return Beginning(moments, _keys(stage, exercise), stage.moments.now.snapshot.files, rows)


def _keys(stage: Stage, exercise: Exercise) -> dict[str, str]:
    """Question → its right answer, found by steps in copies; the same steps are run only once."""
    told = {goal.name: goal.conditions["key"] for goal in exercise.goals if goal.name}
    found: dict[str, str] = {}
    for lines in dict.fromkeys(str(each.get("steps", "")) for each in told.values()):
        with copied(stage) as copy:
            steps, refused = take_all(copy, lines)
            if refused:
                raise BadInput(f"the right answer to a question cannot be computed: {refused}")
            for name, each in told.items():
                if str(each.get("steps", "")) == lines:
                    found[name] = _key(copy, each, steps)
    return found


def _key(copy: Lab, told: Mapping[str, Any], steps: Sequence[Step]) -> str:
    """The right answer to one question, from a copy in which the steps of its key were run.

    It is the result of a query, the number of rows and values that the steps lost from some tables,
    or the migrations that the steps removed from the record.
    """
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
        raise BadInput(f"the right answer to a question cannot be computed: {found.error}")
    return ", ".join(str(cell) for row in found.rows for cell in row)


def backed_up(stage: Stage, step: Step) -> bool:
    """Whether a step left a file that is a copy of the database, or a dump of it."""
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
