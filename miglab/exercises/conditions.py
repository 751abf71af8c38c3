"""What a goal can ask for: each condition by its name, with what it expects and what it finds.

A condition looks at truths, rows and what was done, never at the text of a cell, so that any way
that leads there counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import BadInput
from ..facts.exercise import Finding
from . import done_conditions, file_conditions, truth_conditions
from .asking import queries, tables
from .look import Look
from .trying import after

_Test = Callable[[Look, Any], Finding]


def every(look: Look, conditions: Mapping[str, Any]) -> Finding:
    """The finding of the first condition that does not hold, or a finding that all hold."""
    found = Finding(True, "", "")
    for name, wanted in conditions.items():
        if name in _BESIDE:
            continue
        found = CONDITIONS[name](look, wanted if name not in _WHOLE else conditions)
        if not found.holds:
            return found
    return found


def check(conditions: Mapping[str, Any], where: str) -> None:
    """Refuse unknown conditions.

    Raises:
        BadInput: a condition is unknown; the message says which ones there are.
    """
    for name, wanted in conditions.items():
        if name not in CONDITIONS and name not in _BESIDE:
            known = ", ".join(sorted({*CONDITIONS, *_BESIDE}))
            raise BadInput(f"{where}: there is no condition {name!r}; choose from: {known}")
        if name in ("any", "not"):
            for each in tables(wanted):
                check(each, where)


def _tried(look: Look, wanted: Mapping[str, Any]) -> Finding:
    """Whether the other conditions of this table hold in a copy, after ``steps`` were run there."""
    rest = {name: each for name, each in wanted.items() if name not in ("steps", "expects")}
    refused, copy = after(look, str(wanted["steps"]), queries(rest))
    found = Finding(False, "", refused) if refused else every(copy, rest)
    expected = str(wanted.get("expects", found.expected))
    return Finding(found.holds, expected, found.found)


def _any(look: Look, wanted: Any) -> Finding:
    found = [every(look, each) for each in tables(wanted)]
    return next((each for each in found if each.holds), found[0])


def _not(look: Look, wanted: Any) -> Finding:
    holds = all(every(look, each).holds for each in tables(wanted))
    return Finding(not holds, "the opposite", "it is true")


#: Keys that belong to a condition beside them.
_BESIDE = ("database", "gives", "since", "before", "but", "what", "held")
#: Conditions that look at the keys beside theirs.
_WHOLE = ("sql", "same", "did", "keeps")

CONDITIONS: dict[str, _Test] = {
    "agree": truth_conditions.agree,
    "disagree": truth_conditions.disagree,
    "applied": truth_conditions.applied,
    "not_applied": truth_conditions.not_applied,
    "at": truth_conditions.at,
    "live": truth_conditions.live,
    "files": file_conditions.files,
    "no_files": file_conditions.no_files,
    "keeps": file_conditions.keeps,
    "migrations": file_conditions.migrations,
    "contains": file_conditions.contains,
    "lacks": file_conditions.lacks,
    "operations": file_conditions.operations,
    "columns": truth_conditions.columns,
    "no_columns": truth_conditions.no_columns,
    "tables": truth_conditions.columns,
    "no_tables": truth_conditions.no_columns,
    "sql": truth_conditions.sql,
    "same": truth_conditions.same,
    "did": done_conditions.did,
    "ran": done_conditions.ran,
    "answer": done_conditions.answer,
    "answered": done_conditions.answered,
    "tried": _tried,
    "refused": done_conditions.refused,
    "any": _any,
    "not": _not,
}
