"""The report as JSON, for programs: its keys are documented in ``SCHEMA``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from ...facts.consequences import Consequences
from ...facts.ladder import Ladder
from ...facts.migration import Key
from ...facts.outcome import STATUSES, Outcome
from ...facts.picture import Picture
from ...facts.run import Run, WayBack
from ..lines import (
    fidelity_lines,
    truths_around,
)
from .for_real import for_real

#: What ``report_json`` holds under each key. A later version may add keys, never take one away.
SCHEMA = {
    "version": "2; the number changes when a key gets a different meaning",
    "commands": "the commands to rehearse, as typed",
    "outcome": "happened, cost, back, agreeing, next: each with the name of its value",
    "status": "the exit status: "
    + "; ".join(f"{status}: {meaning}" for status, meaning in STATUSES.items()),
    "verdict": "one line in plain words",
    "reason": "the reason, as given; may be empty",
    "loses": "whether stored data would be gone, after the commands and the way back",
    "comes_back": "whether the way back restores every row and every value",
    "stops": "whether a command is refused or fails",
    "safe": "whether no problem was found: the status is 0",
    "findings": "most serious first: id, severity, what, where, do",
    "runs": "one object for each command; its keys are command, seconds, error (or null) and plan. "
    "The plan has one object for each migration; its keys are migration, backwards, fate, why, "
    "seconds (or null), irreversible, unknown, atomic, sql, grew (bytes, or null) and locks. The "
    "locks have one object for each table; its keys are table, mode, read and write (both in "
    "seconds), at_least, rewritten and rows (or null)",
    "schema": "what changed in the tables, a line for each thing",
    "rows": "what happened to the rows, table by table, with samples",
    "truths": "whether neighbouring truths agree: truths, before, after, reason",
    "way_back": "null, or commands, files_put_back, level, meaning, runs, schema, reordered, rows",
    "next": "what plain migrate does next: null, or like one of runs, with rows",
    "left_behind": "content_types and permissions that nothing needs anymore",
    "graph": "before and after: sentence, text and nodes (migration, state, target)",
    "for_real": "the commands to run for real, in order: command, why",
    "fidelity": "the differences from a real run: null for a bundled project, or replaced, "
    "left_out, linked, kinds, unentered, databases, engine, allowed, protection; and lines, a "
    "sentence each",
    "engine": "the versions that this was measured on: database, django, python",
    "seconds": "how long the rehearsal took",
    "project": "where the project is; may be empty",
    "database": "the original's database: its file, or its name on a server; may be empty",
}


#: What ``report_json`` holds for all targets of an app.
LADDER_SCHEMA = {
    "version": "2; the number changes when a key gets a different meaning",
    "app": "which app",
    "status": "the exit status of --all",
    "reason": "the reason, as given; may be empty",
    "sentence": "how far back the steps are free, in plain words",
    "rungs": "from the top down: target (zero or a name), unapplied, outcome, status, verdict, "
    "lost, step_lost, rows, seconds, error",
    "engine": "the versions that this was measured on: database, django, python",
    "seconds": "how long all steps took",
}


def report_json(found: Consequences | Ladder, reason: str = "") -> str:
    """The report as JSON; ``SCHEMA`` and ``LADDER_SCHEMA`` say what each key holds."""
    whole = _json_ladder(found, reason) if isinstance(found, Ladder) else _json(found, reason)
    told = json.dumps(_data(whole), ensure_ascii=False, indent=2, allow_nan=False)
    return told.encode("utf-8", "backslashreplace").decode() + "\n"


def _json_ladder(ladder: Ladder, reason: str) -> dict[str, object]:
    return {
        "version": 2,
        "app": ladder.app_label,
        "status": ladder.status,
        "reason": reason.strip(),
        "sentence": ladder.picture.sentence,
        "rungs": [
            {
                "target": each.target.name if each.target else "zero",
                "unapplied": each.unapplied,
                "outcome": _json_outcome(each.outcome),
                "status": each.outcome.status,
                "verdict": each.verdict,
                "lost": each.lost,
                "step_lost": each.step_lost,
                "rows": each.rows,
                "seconds": each.seconds,
                "error": each.error,
            }
            for each in ladder
        ],
        "engine": ladder.engine,
        "seconds": ladder.seconds,
    }


def _json_outcome(outcome: Outcome) -> dict[str, str]:
    """The name of each part's value, in lower case. Words may change in a later version; names do
    not."""
    return {each.name: getattr(outcome, each.name).name.lower() for each in fields(outcome)}


def _json(consequences: Consequences, reason: str) -> dict[str, object]:
    back, following = consequences.back, consequences.next
    return {
        "version": 2,
        "commands": consequences.commands,
        "outcome": _json_outcome(consequences.outcome),
        "status": consequences.outcome.status,
        "verdict": consequences.verdict,
        "reason": reason.strip(),
        "loses": consequences.loses,
        "comes_back": consequences.comes_back,
        "stops": consequences.stops,
        "safe": consequences.safe,
        "findings": consequences.findings,
        "runs": [_json_run(run) for run in consequences.runs],
        "schema": consequences.schema,
        "rows": consequences.rows,
        "truths": [
            dict(zip(("truths", "before", "after", "reason"), each, strict=True))
            for each in truths_around(consequences)
        ],
        "way_back": _json_back(back) if back else None,
        "next": {**_json_run(following), "rows": consequences.next_rows} if following else None,
        "left_behind": consequences.left_behind,
        "graph": {
            "before": _json_picture(consequences.before),
            "after": _json_picture(consequences.after),
        },
        "for_real": [{"command": each, "why": told} for each, told in for_real(consequences)],
        "fidelity": _json_fidelity(consequences),
        "engine": consequences.engine,
        "seconds": consequences.seconds,
        "project": consequences.project,
        "database": consequences.database,
    }


def _json_run(run: Run) -> dict[str, object]:
    return {
        "command": run.step.line,
        "seconds": run.seconds,
        "error": str(run.step.refusal) if run.step.refusal else None,
        "plan": [
            {
                "migration": each.key,
                "backwards": each.backwards,
                "fate": each.fate,
                "why": each.why,
                "seconds": each.seconds,
                "irreversible": each.irreversible,
                "unknown": each.unknown,
                "atomic": each.atomic,
                "sql": each.sql,
                "locks": each.locks,
                "grew": each.grew,
            }
            for each in run.plan
        ],
    }


def _json_back(back: WayBack) -> dict[str, object]:
    return {
        "commands": back.commands,
        "files_put_back": back.files_put_back,
        "level": back.level.name.lower(),
        "meaning": back.level.meaning,
        "runs": [_json_run(run) for run in back.runs],
        "schema": back.schema,
        "reordered": back.reordered,
        "rows": back.rows,
    }


def _json_fidelity(consequences: Consequences) -> dict[str, object] | None:
    found = consequences.fidelity
    if found is None:
        return None
    held = {each.name: getattr(found, each.name) for each in fields(found)}
    return {**held, "lines": fidelity_lines(consequences)}


def _json_picture(picture: Picture) -> dict[str, object]:
    return {
        "sentence": picture.sentence,
        "text": picture.text,
        "nodes": [
            {"migration": each.key, "state": each.state.word, "target": each.target}
            for each in picture.nodes
        ],
    }


def _data(value: object) -> object:
    """A fact in the types that JSON has."""
    if isinstance(value, Key):
        return str(value)
    if isinstance(value, Enum):
        return _data(value.value)
    if is_dataclass(value):
        return {each.name: _data(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _data(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_data(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
