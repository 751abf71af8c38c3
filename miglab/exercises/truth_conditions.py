"""The conditions on the truths and on what is stored in the databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import BadInput
from ..facts.exercise import Finding
from ..facts.migration import Key
from ..facts.truths import AGREEING
from ..steps.looks import Found
from .asking import moments, several
from .look import Look
from .naming import keys, listed, named


def agree(look: Look, wanted: Any) -> Finding:
    """Whether all four truths agree, or only these pairs of neighbours."""
    expected = "all four truths agree"
    apart = look.agreements.first_apart(AGREEING if wanted is True else several(wanted))
    if apart is None:
        return Finding(True, expected, "")
    pair, why = apart
    return Finding(False, expected if wanted is True else AGREEING[pair], why)


def disagree(look: Look, wanted: Any) -> Finding:
    """Whether none of these pairs of neighbours is known to agree."""
    agreed = [pair for pair in several(wanted) if getattr(look.agreements, pair).verdict is True]
    return Finding(not agreed, "the truths differ", "they agree")


def applied(look: Look, wanted: Any) -> Finding:
    """Whether these migrations are in the record."""
    _, missing = _missing(look, wanted)
    return Finding(
        not missing,
        f"{listed(keys(wanted))} in the record",
        f"the record does not have {listed(missing)}",
    )


def not_applied(look: Look, wanted: Any) -> Finding:
    """Whether none of these migrations is in the record."""
    there, _ = _missing(look, wanted)
    return Finding(
        not there,
        f"no {listed(keys(wanted))} in the record",
        f"the record has {listed(there)}",
    )


def _missing(look: Look, wanted: Any) -> tuple[list[Key], list[Key]]:
    """Those of these migrations that are in the record, and those that are not."""
    recorded = {*look.truths.known_record.keys}
    asked = keys(wanted)
    there = [key for key in asked if any(named(key, each) for each in recorded)]
    return there, [key for key in asked if key not in there]


def at(look: Look, wanted: Mapping[str, str]) -> Finding:
    """Whether the last applied migration of each of these apps is the given one."""
    return _stands(wanted, lambda label: look.applied(label), "")


def live(look: Look, wanted: Mapping[str, str]) -> Finding:
    """Whether the last applied migration of each app is the given one in another database.

    ``database`` is the alias of that database; without it, ``"live"``.
    """
    alias = str(wanted.get("database", "live"))
    apps = {label: name for label, name in wanted.items() if label != "database"}
    return _stands(apps, lambda label: look.applied(label, alias), f" in the database `{alias}`")


def _stands(wanted: Mapping[str, str], applied: Callable[[str], list[str]], where: str) -> Finding:
    for label, name in wanted.items():
        names = applied(label)
        last = names[-1] if names else "zero"
        if not (last == name or last.startswith(f"{name}_")):
            return Finding(
                False,
                f"the last applied migration of `{label}`{where} is `{name}`"
                if name != "zero"
                else f"`{label}`{where} is at zero",
                f"it is `{last}`" if last != "zero" else "no migration is applied",
            )
    return Finding(True, "", "")


def columns(look: Look, wanted: Any) -> Finding:
    """Whether these tables or columns are in the database."""
    gone = [place for place in several(wanted) if not _has(look, place)]
    return Finding(
        not gone, f"{listed(several(wanted))} in the database", f"missing: {listed(gone)}"
    )


def no_columns(look: Look, wanted: Any) -> Finding:
    """Whether none of these tables or columns is in the database."""
    there = [place for place in several(wanted) if _has(look, place)]
    return Finding(
        not there, f"no {listed(several(wanted))} in the database", f"still there: {listed(there)}"
    )


def _has(look: Look, place: str) -> bool:
    table, _, column = place.partition(".")
    found = look.truths.known_tables.tables.get(table)
    return found is not None and (not column or column in found.column_names)


def sql(look: Look, conditions: Mapping[str, Any]) -> Finding:
    """Whether a query has this result; ``what`` says in words what the query counts."""
    query = (str(conditions.get("database", "default")), str(conditions["sql"]))
    found = look.query(query)
    wanted = conditions.get("gives")
    shown = _shown(found)
    rows = [[str(cell) for cell in row] for row in found.rows]
    if isinstance(wanted, list):
        lines = [each if isinstance(each, list) else [each] for each in wanted]
        right = rows == [[str(cell) for cell in line] for line in lines]
        expected = "; ".join(", ".join(map(str, line)) for line in lines) or "no rows"
    else:
        right, expected = rows == [[str(wanted)]], str(wanted)
    what = f"{conditions['what']}: " if "what" in conditions else ""
    return Finding(right and not found.error, f"{what}{expected}", f"{what}{shown}")


def same(look: Look, conditions: Mapping[str, Any]) -> Finding:
    """Whether queries have the same result as at a moment of the start."""
    for since, query in moments(conditions):
        was, now = look.known.moments.get(since, {}).get(query), look.query(query)
        if was is None or was.error:
            raise BadInput(f"this query has no result for the moment {since!r}: {query[1]}")
        if now.error:
            return Finding(False, "the same values as before", _shown(now))
        if now.rows != was.rows:
            gone = tuple(row for row in was.rows if row not in now.rows) or was.rows
            new = tuple(row for row in now.rows if row not in was.rows)
            many = f", in {len(gone)} rows" if len(gone) > 1 else ""
            found = _shown(Found(new)) if new else f"missing: {len(gone)}"
            return Finding(False, f"as it was{many}: {_shown(Found(gone))}", found)
    return Finding(True, "", "")


def _shown(found: Found) -> str:
    """The first rows that a query found, or the database's error, in one line."""
    if found.error:
        return f"the database says: {found.error}"
    lines = [", ".join(map(_cell, row)) for row in found.rows[:4]]
    return "; ".join(lines + ["…"] * (len(found.rows) > 4)) or "no rows"


def _cell(value: object) -> str:
    """A value of a row as text; an empty text is shown as ``''``, so that it can be seen."""
    return "NULL" if value is None else str(value) or "''"
