"""Looks at a stage, and takes no step: rows of a table or a query, the graph, a plan in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..compare.picture import picture, plan_picture
from ..errors import BadInput, UnknownName
from ..facts.graph import graph_of
from ..facts.picture import Picture
from ..facts.step import Step
from ..facts.truths import value_or
from ..facts.view import Rows
from ..runners import answers
from . import start
from .commands import first_line
from .given import name
from .stage import Stage


def rows(stage: Stage, table: str, limit: int) -> Rows:
    """The first rows of a table, by primary key."""
    moment, truths = stage.now()
    schema = truths.known_tables
    if name(table, "table") not in schema.tables:
        raise UnknownName("table", table, schema.tables)
    keys = sorted((c.key, c.name) for c in schema.tables[table].columns if c.key)
    order = " ORDER BY " + ", ".join(_quoted(name) for _, name in keys) if keys else ""
    sql = f"SELECT * FROM {_quoted(table)}{order} LIMIT {limit}"
    answer = stage.reader.ask(moment.snapshot.digest, {"do": "sql", "sql": sql})
    if answer["error"]:
        raise BadInput(f"the rows of {table!r} cannot be read: {answers.refusal(answer['error'])}")
    return answers.rows(answer["table"], table, value_or(truths.rows, {}).get(table))


def sql(stage: Stage, sql: str, params: Sequence[Any]) -> Step | Rows:
    """Run SQL by hand: the rows of a query that changed nothing, which is a look and no step; else
    the step."""
    last = stage.last
    request = {"do": "sql", "sql": sql, "params": list(params)}
    step, answer = stage.step("sql", first_line(sql), request)
    table = answer.get("table")
    if table is None or step.refused or step.before is not step.after:
        return step
    stage.last = last
    return answers.rows(table)


def _quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def graph(stage: Stage, target: str | None, shown: tuple[str, ...]) -> Picture:
    """The graph of these apps; with a target, what going there would apply or unapply."""
    _, truths = stage.now()
    missing = stage.agreements().record_tables.missing
    stage.check_labels(shown)
    if target is None:
        return picture(truths, shown, missing=missing)
    whole = graph_of(truths.known_files, truths.known_record.keys)
    wanted = start.wanted(target)
    if len(wanted) != 1:
        raise BadInput(f"{target!r} is not one target; give one, as in 'store.0003'")
    ((label, prefix),) = wanted
    key = start.find(whole, label, prefix)
    return plan_picture(truths, whole, (label, key), shown, missing)
