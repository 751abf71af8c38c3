"""Turns what the agent says into facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..databases.registry import READS
from ..facts.locks import Lock
from ..facts.migration import BadFile, Key, Migration, Operation
from ..facts.schema import Column, ForeignKey, Index, Schema, Table
from ..facts.step import (
    Difference,
    Obstacle,
    Ran,
    Reach,
    Refusal,
    Renames,
    RowChange,
    Statement,
)
from ..facts.truths import Files, Lens, Model, Models, Record, Unreadable
from ..facts.view import Rows

Json = Mapping[str, Any]


@dataclass(frozen=True)
class ProjectFacts:
    """What the project's files say: the first two truths. ``known`` is what only the models say
    about tables; it goes back to the agent with requests (``protocol.REQUESTS``)."""

    models: Models | Unreadable
    files: Files | Unreadable
    known: Json


@dataclass(frozen=True)
class DatabaseFacts:
    """What the database has: the record, the tables and the rows."""

    record: Record | Unreadable
    tables: Schema | Unreadable
    rows: Mapping[str, int] | Unreadable


def _reason(data: Json) -> Unreadable | None:
    return Unreadable(data["unreadable"]) if "unreadable" in data else None


def _key(pair: Sequence[str]) -> Key:
    return Key(pair[0], pair[1])


def _keys(pairs: Sequence[Sequence[str]]) -> tuple[Key, ...]:
    return tuple(_key(pair) for pair in pairs)


def project(data: Json) -> ProjectFacts:
    """``done.project`` as facts."""
    return ProjectFacts(_models(data["models"]), _files(data["files"]), data.get("known", {}))


def _models(data: Json) -> Models | Unreadable:
    return _reason(data) or Models(
        {
            label: {
                name: Model(each["table"], each["fields"], each["options"], each["managed"])
                for name, each in models.items()
            }
            for label, models in data.items()
        }
    )


def _files(data: Json) -> Files | Unreadable:
    if reason := _reason(data):
        return reason
    migrations = (_migration(each) for each in data["migrations"])
    bad = (
        BadFile(_key(each["key"]), each["path"], each["digest"], each["reason"])
        for each in data["bad"]
    )
    return Files(
        tuple(data["labels"]),
        {each.key: each for each in migrations},
        {each.key: each for each in bad},
        {Key(label, name): folder for label, name, folder in data["unseen"]},
    )


def _migration(data: Json) -> Migration:
    return Migration(
        key=_key(data["key"]),
        path=data["path"],
        digest=data["digest"],
        dependencies=_keys(data["dependencies"]),
        run_before=_keys(data["run_before"]),
        replaces=_keys(data["replaces"]),
        operations=tuple(
            Operation(
                each["kind"],
                each["text"],
                each["reversible"],
                each["in_state"],
                each["leaves_no_trace"],
            )
            for each in data["operations"]
        ),
        initial=data["initial"],
        atomic=data["atomic"],
    )


def database(data: Json) -> DatabaseFacts:
    """``done.database`` as facts."""
    if reason := _reason(data):
        return DatabaseFacts(reason, reason, reason)
    record = data["record"]
    return DatabaseFacts(
        Record(_keys(record["keys"]), record["exists"]), _schema(data["tables"]), data["rows"]
    )


def _schema(data: Json) -> Schema:
    tables = (_table(each) for each in data["tables"])
    return Schema({each.name: each for each in tables}, data["views"], data["triggers"])


def _table(data: Json) -> Table:
    return Table(
        data["name"],
        tuple(Column(**each) for each in data["columns"]),
        tuple(Index(**_tuples(each)) for each in data["indexes"]),
        tuple(ForeignKey(**_tuples(each)) for each in data["foreign_keys"]),
        tuple(data["checks"]),
        data["unreadable"],
        data.get("comment", ""),
    )


def _tuples(data: Json) -> dict[str, Any]:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in data.items()}


def lens(data: Json) -> Lens | Unreadable:
    """``done.lens`` as facts."""
    return _reason(data) or Lens(data)


def refusal(data: Json | None) -> Refusal | None:
    """``done.error`` as facts."""
    if data is None:
        return None
    return Refusal(data["class"], data["message"], data["traceback"], data.get("cause", ""))


def statements(data: Sequence[Sequence[str]]) -> tuple[Statement, ...]:
    """``done.sql`` as facts."""
    return tuple(
        Statement(sql, alias, not sql.lstrip().upper().startswith(READS)) for alias, sql in data
    )


def plan(data: Sequence[Sequence[Any]]) -> tuple[tuple[Key, bool], ...]:
    """``done.plan`` as facts."""
    return tuple((Key(label, name), backwards) for label, name, backwards in data)


def ran(data: Sequence[Json], sql: Sequence[Statement]) -> tuple[Ran, ...]:
    """``done.migrations`` as facts; ``sql`` are the facts of ``done.sql``."""
    return tuple(
        Ran(
            _key(each["key"]),
            each["backwards"],
            each["fake"],
            each["done"],
            each["seconds"],
            tuple(one for one in sql[slice(*each["sql"])] if one.writes),
            each["alias"],
            tuple(Lock(**lock) for lock in each.get("locks", ())),
            each.get("grew"),
            each["kept"],
        )
        for each in data
    )


def renames(data: Mapping[str, Json]) -> dict[str, Renames]:
    """``done.renames`` as facts."""
    return {
        alias: Renames(each["tables"], each["columns"], tuple(each["rebuilt"]))
        for alias, each in data.items()
    }


def reaches(data: Sequence[Json]) -> tuple[Reach, ...]:
    """``done.refused`` as facts."""
    return tuple(
        Reach(**{**each, "during": _key(each["during"]) if each["during"] else None})
        for each in data
    )


def obstacles(data: Sequence[Json]) -> tuple[Obstacle, ...]:
    """``done.obstacles`` or ``done.unmeasured`` as facts."""
    return tuple(Obstacle(each["id"], each["what"], each["do"]) for each in data)


def instead(data: Mapping[str, int]) -> tuple[Difference, ...]:
    """``done.instead`` as facts."""
    mail, cache = data.get("mail", 0), data.get("cache", 0)
    found = []
    if mail:
        said = "message was" if mail == 1 else "messages were"
        found.append(Difference("mail-not-sent", f"{mail:,} {said} not sent", mail))
    if cache:
        said = "entry went" if cache == 1 else "entries went"
        what = f"{cache:,} cache {said} to a cache in memory"
        found.append(Difference("cache-replaced", what, cache))
    return tuple(found)


def _samples(data: Mapping[str, Sequence[Json]]) -> dict[str, tuple[Json, ...]]:
    return {name: tuple(rows) for name, rows in data.items()}


def row_changes(data: Sequence[Json]) -> tuple[RowChange, ...]:
    """``done.rows`` as facts."""
    return tuple(
        RowChange(
            **{
                **each,
                "lost_sample": tuple(each["lost_sample"]),
                "lost_values_sample": _samples(each["lost_values_sample"]),
                "changed_sample": _samples(each["changed_sample"]),
                "retyped": tuple(each["retyped"]),
            }
        )
        for each in data
    )


def rows(data: Json, title: str = "", total: int | None = None) -> Rows:
    """The agent's answer with rows as facts. ``total`` is the number of all rows, if the answer
    does not say it."""
    found = tuple(tuple(row) for row in data["rows"])
    known = data.get("total", len(found)) if total is None else total
    return Rows(title, tuple(data["columns"]), found, known)
