"""Looks at a stage without a step: rows of a table or a query, the graph, a plan in it, two moments
of its history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from .comparison import compare_moments
from .description import describe_step
from .given import name
from .stage import Stage


def rows(stage: Stage, table: str, limit: int) -> Rows:
    """The first rows of a table, by primary key."""
    moment, truths = stage.now()
    schema = truths.known_tables
    if name(table, "table") not in schema.tables:
        raise UnknownName("table", table, schema.tables)
    keys = sorted((c.key, c.name) for c in schema.tables[table].columns if c.key)
    quoted = stage.sandbox.engines[stage.sandbox.first].quoted
    order = " ORDER BY " + ", ".join(quoted(name) for _, name in keys) if keys else ""
    sql = f"SELECT * FROM {quoted(table)}{order} LIMIT {limit}"
    answer = stage.reader.ask(moment.snapshot.digest, {"do": "sql", "sql": sql})
    if answer["error"]:
        raise BadInput(f"the rows of {table!r} cannot be read: {answers.refusal(answer['error'])}")
    return answers.rows(answer["table"], table, value_or(truths.rows, {}).get(table))


def sql(stage: Stage, sql: str, params: Sequence[Any]) -> Step | Rows:
    """Run SQL by hand. A query that changes nothing returns its rows; anything else becomes a
    step."""
    last = stage.last
    request = {"do": "sql", "sql": sql, "params": list(params)}
    step, answer = stage.step("sql", first_line(sql), request)
    table = answer.get("table")
    if table is None or step.refused or step.before is not step.after:
        return step
    stage.last = last
    return answers.rows(table)


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


def between(stage: Stage, first: int, second: int) -> Step:
    """What changed from the earlier to the later of two moments of the history; the lab stays where
    it is.

    Raises:
        BadInput: there are no such moments.
        NotMeasured: their rows cannot be compared.
    """
    for each in (first, second):
        stage.moments.at(each)
    first, second = sorted((first, second))
    around = stage.moments.at(first), stage.moments.at(second)
    rows, renames = compare_moments(stage.reader, stage.moments, first, second)
    line = f"from {first} to {second}", "between"
    step = describe_step(stage.project, stage.apps, line, around, {})
    return replace(step, rows=rows, renames=renames)


@dataclass(frozen=True)
class Found:
    """The result of a query: its rows, or why it was refused."""

    rows: tuple[tuple[object, ...], ...] = ()
    error: str = ""


def ask_all(stage: Stage, questions: Sequence[tuple[str, str]]) -> list[Found]:
    """The results of these queries, in one request and without a step. Each query is the alias of a
    database and SQL; whatever it writes is undone."""
    if not questions:
        return []
    code = _ASK_ALL.replace("QUESTIONS", repr(list(questions)))
    request = {"do": "shell", "code": code}
    answer = stage.reader.ask(stage.moments.now.snapshot.digest, request)
    if answer["error"]:
        reason = str(answers.refusal(answer["error"]))
        return [Found(error=reason)] * len(questions)
    told = json.loads(answer["output"].splitlines()[-1])
    return [
        Found(error=each) if isinstance(each, str) else Found(tuple(tuple(row) for row in each))
        for each in told
    ]


_ASK_ALL = """
import json as _json
from django.db import connections as _connections
from django.db import transaction as _transaction

_told = []
for _alias, _sql in QUESTIONS:
    try:
        with _transaction.atomic(using=_alias), _connections[_alias].cursor() as _cursor:
            _cursor.execute(_sql)
            _told.append([list(_row) for _row in _cursor.fetchall()])
            _transaction.set_rollback(True, using=_alias)
    except Exception as _error:
        _told.append(str(_error) or type(_error).__name__)
print(_json.dumps(_told, default=str))
"""


def fingerprint(stage: Stage) -> str:
    """A digest of the names and the rows of all tables in all databases. When and in which order
    migrations were applied does not count."""
    request = {"do": "shell", "code": _FINGERPRINT}
    answer = stage.reader.ask(stage.moments.now.snapshot.digest, request)
    if answer["error"]:
        return str(answers.refusal(answer["error"]))
    return str(answer["output"].splitlines()[-1])


_FINGERPRINT = """
import hashlib as _hashlib
from django.db import connections as _connections

_told = []
for _connection in _connections.all():
    with _connection.cursor() as _cursor:
        for _table in sorted(_connection.introspection.table_names(_cursor)):
            _what = "app, name" if _table == "django_migrations" else "*"
            _name = _connection.ops.quote_name(_table)
            _cursor.execute("SELECT %s FROM %s" % (_what, _name))
            _columns = [_each[0] for _each in _cursor.description]
            _rows = sorted(repr(sorted(zip(_columns, _row))) for _row in _cursor.fetchall())
            _told.append((_connection.alias, _table, _rows))
print(_hashlib.sha256(repr(_told).encode()).hexdigest()[:32])
"""
