"""What a goal can ask for: each condition by its name, with what is expected and what is found.

A condition looks at truths, rows and what was done, never at the text of a cell, so that any way
that leads there counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..errors import BadInput
from ..facts.exercise import Finding
from ..facts.migration import Key
from ..steps.looks import Found
from .look import Look, Query, record_query

_Test = Callable[[Look, Any], Finding]

_PAIRS = {
    "models_files": "the models and the migration files agree",
    "files_record": "the migration files and the record agree",
    "record_tables": "the record and the tables agree",
}


def every(look: Look, conditions: Mapping[str, Any]) -> Finding:
    """The first of these conditions that does not hold, or that all do."""
    found = Finding(True, "", "")
    for name, wanted in conditions.items():
        if name in _BESIDE:
            continue
        found = CONDITIONS[name](look, wanted if name not in _WHOLE else conditions)
        if not found.holds:
            return found
    return found


def queries(conditions: Mapping[str, Any]) -> Iterator[Query]:
    """What these conditions will ask the databases."""
    alias = str(conditions.get("database", "default"))
    for name, wanted in conditions.items():
        if name == "sql":
            yield alias, str(wanted)
        elif name == "same":
            yield from ((alias, sql) for sql in _several(wanted))
        elif name == "live":
            live = str(wanted.get("database", "live"))
            yield from (record_query(label, live) for label in wanted if label != "database")
        elif name in ("any", "not"):
            for each in _tables(wanted):
                yield from queries(each)


def moments(conditions: Mapping[str, Any]) -> Iterator[tuple[str, Query]]:
    """The queries that are compared with a moment of the start, each with its name."""
    if "same" in conditions:
        alias = str(conditions.get("database", "default"))
        since = str(conditions.get("since", "start"))
        yield from ((since, (alias, sql)) for sql in _several(conditions["same"]))
    for name in ("any", "not", "tried"):
        for each in _tables(conditions.get(name, [])):
            yield from moments(each)


def check(conditions: Mapping[str, Any], where: str) -> None:
    """Refuse conditions that nobody knows.

    Raises:
        BadInput: says which, and what there is.
    """
    for name, wanted in conditions.items():
        if name not in CONDITIONS and name not in _BESIDE:
            known = ", ".join(sorted({*CONDITIONS, *_BESIDE}))
            raise BadInput(f"{where}: there is no condition {name!r}; there is: {known}")
        if name in ("any", "not"):
            for each in _tables(wanted):
                check(each, where)


def _several(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _tables(value: Any) -> list[Mapping[str, Any]]:
    return list(value) if isinstance(value, list) else [value]


def _listed(names: Iterable[object]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _agree(look: Look, wanted: Any) -> Finding:
    expected = "all four truths agree"
    for pair in _PAIRS if wanted is True else _several(wanted):
        found = getattr(look.agreements, pair)
        if found.verdict is not True:
            details = "; ".join(found.details[:2])
            said = f"{found.reason} {details}".strip()
            return Finding(False, expected if wanted is True else _PAIRS[pair], said)
    return Finding(True, expected, "")


def _disagree(look: Look, wanted: Any) -> Finding:
    agreed = [pair for pair in _several(wanted) if getattr(look.agreements, pair).verdict is True]
    return Finding(not agreed, "the truths differ", "they agree")


def _keys(wanted: Any) -> list[Key]:
    return [Key(*each.split(".", 1)) for each in _several(wanted)]


def _missing(look: Look, wanted: Any) -> tuple[list[Key], list[Key]]:
    """Of these migrations those that are recorded, and those that are not."""
    recorded = {*look.truths.known_record.keys}
    keys = _keys(wanted)
    there = [key for key in keys if any(_named(key, each) for each in recorded)]
    return there, [key for key in keys if key not in there]


def _named(key: Key, other: Key) -> bool:
    """Whether a name or the beginning of one names this migration."""
    return key.app_label == other.app_label and (
        key.name == other.name or other.name.startswith(f"{key.name}_")
    )


def _applied(look: Look, wanted: Any) -> Finding:
    _, missing = _missing(look, wanted)
    return Finding(
        not missing,
        f"{_listed(_keys(wanted))} in the record",
        f"the record does not have {_listed(missing)}",
    )


def _not_applied(look: Look, wanted: Any) -> Finding:
    there, _ = _missing(look, wanted)
    return Finding(
        not there,
        f"no {_listed(_keys(wanted))} in the record",
        f"the record has {_listed(there)}",
    )


def _at(look: Look, wanted: Mapping[str, str]) -> Finding:
    return _stands(wanted, lambda label: look.applied(label), "")


def _live(look: Look, wanted: Mapping[str, str]) -> Finding:
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
                f"it is `{last}`" if last != "zero" else "none is applied",
            )
    return Finding(True, "", "")


def _files(look: Look, wanted: Any) -> Finding:
    gone = [path for path in _several(wanted) if look.read(path) is None]
    return Finding(not gone, f"the files {_listed(_several(wanted))}", f"{_listed(gone)} is gone")


def _no_files(look: Look, wanted: Any) -> Finding:
    there = [path for path in _several(wanted) if look.read(path) is not None]
    return Finding(not there, f"no file {_listed(_several(wanted))}", f"{_listed(there)} is there")


def _migrations(look: Look, wanted: Mapping[str, Any]) -> Finding:
    for label, count in wanted.items():
        names = look.files(label)
        if len(names) != count:
            return Finding(
                False,
                f"{count} migration files in `{label}`",
                f"there are {len(names)}: {_listed(names)}",
            )
    return Finding(True, "", "")


def _contains(look: Look, wanted: Mapping[str, str]) -> Finding:
    for path, text in wanted.items():
        if re.search(text, look.read(path) or "") is None:
            return Finding(False, f"`{text}` in `{path}`", "it is not in that file")
    return Finding(True, "", "")


def _lacks(look: Look, wanted: Mapping[str, str]) -> Finding:
    for path, text in wanted.items():
        if re.search(text, look.read(path) or ""):
            return Finding(False, f"no `{text}` in `{path}`", "it is in that file")
    return Finding(True, "", "")


def _operations(look: Look, wanted: Mapping[str, Any]) -> Finding:
    """That migrations whose names fit have operations of these kinds at least."""
    migrations = look.truths.known_files.migrations
    for name, kinds in wanted.items():
        (key,) = _keys(name)
        found = [each for each in migrations if _named(key, each)]
        has = [each.kind for one in found for each in migrations[one].operations]
        missing = [kind for kind in _several(kinds) if kind not in has]
        if missing or not found:
            said = f"it has {_listed(has)}" if found else "there is no such file"
            return Finding(False, f"{_listed(_several(kinds))} in `{name}`", said)
    return Finding(True, "", "")


def _has(look: Look, place: str) -> bool:
    table, _, column = place.partition(".")
    found = look.truths.known_tables.tables.get(table)
    return found is not None and (not column or column in found.column_names)


def _columns(look: Look, wanted: Any) -> Finding:
    gone = [place for place in _several(wanted) if not _has(look, place)]
    return Finding(
        not gone, f"{_listed(_several(wanted))} in the database", f"{_listed(gone)} is not there"
    )


def _no_columns(look: Look, wanted: Any) -> Finding:
    there = [place for place in _several(wanted) if _has(look, place)]
    return Finding(
        not there, f"no {_listed(_several(wanted))} in the database", f"{_listed(there)} is there"
    )


def _sql(look: Look, conditions: Mapping[str, Any]) -> Finding:
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
    return Finding(right and not found.error, expected, shown)


def _shown(found: Found) -> str:
    """The rows of a query, or why there are none, in a line."""
    if found.error:
        return f"the database says: {found.error}"
    lines = [", ".join("NULL" if cell is None else str(cell) for cell in r) for r in found.rows[:4]]
    return "; ".join(lines + ["…"] * (len(found.rows) > 4)) or "no rows"


def _same(look: Look, conditions: Mapping[str, Any]) -> Finding:
    for since, query in moments(conditions):
        was, now = look.known.moments.get(since, {}).get(query), look.query(query)
        if was is None or was.error:
            raise BadInput(f"nothing was asked at the moment {since!r}: {query[1]}")
        if now.error:
            return Finding(False, "the same values as before", _shown(now))
        if now.rows != was.rows:
            gone = [row for row in was.rows if row not in now.rows]
            new = [row for row in now.rows if row not in was.rows]
            return Finding(
                False,
                f"{_shown(Found(tuple(gone) or was.rows))}",
                _shown(Found(tuple(new))) if new else f"{len(gone)} of these are not there",
            )
    return Finding(True, "", "")


def _did(look: Look, conditions: Mapping[str, Any]) -> Finding:
    """That something was done, at all or before something else: ``did`` and ``before`` are regular
    expressions for a line; ``did = "backup"`` is a copy of the database."""
    wanted, before = str(conditions["did"]), conditions.get("before")
    for each in look.known.done:
        fits = each.backed_up if wanted == "backup" else re.match(wanted, each.text)
        if fits:
            return Finding(True, "", "")
        if before is not None and each.moved and re.match(str(before), each.text):
            return Finding(False, "it is done first", f"`{_first(each.text)}` came before it")
    what = "a copy of the database" if wanted == "backup" else f"`{wanted}`"
    return Finding(False, what, "you have not done it yet")


def _first(text: str) -> str:
    return text.splitlines()[0]


def _answer(look: Look, wanted: str) -> Finding:
    given, key = look.known.answers.get(wanted), look.known.keys.get(wanted)
    if given is None:
        return Finding(False, f'an answer: `lab.answer("{wanted}", …)`', "there is none yet")
    right = key is not None and _plain(given) == _plain(key)
    return Finding(right, "another answer", f"you answered {given}")


def _plain(text: str) -> str:
    return " ".join(sorted(re.findall(r"[^\s,;]+", text.strip().strip("`'\"").lower())))


def _refused(look: Look, wanted: Any) -> Finding:
    refusal = look.last.refusal if look.last else None
    return Finding(
        refusal is not None and refusal.error in _several(wanted), "a refusal", str(refusal or "")
    )


def _ran(look: Look, wanted: Any) -> Finding:
    """That a line that begins so was among what was done, refused or not."""
    for each in look.known.done:
        if any(re.match(one, each.text) for one in _several(wanted)):
            return Finding(True, "", "")
    return Finding(False, f"`{wanted}`", "it was not done")


def _tried(look: Look, wanted: Mapping[str, Any]) -> Finding:
    """That some steps in a copy would lead to where the other conditions beside them hold."""
    rest = {name: each for name, each in wanted.items() if name not in ("steps", "expects")}
    refused, copy = look.after(str(wanted["steps"]), queries(rest))
    found = Finding(False, "", refused) if refused else every(copy, rest)
    expected = str(wanted.get("expects", found.expected))
    return Finding(found.holds, expected, found.found)


def _any(look: Look, wanted: Any) -> Finding:
    found = [every(look, each) for each in _tables(wanted)]
    return next((each for each in found if each.holds), found[0])


def _not(look: Look, wanted: Any) -> Finding:
    holds = all(every(look, each).holds for each in _tables(wanted))
    return Finding(not holds, "otherwise", "it is so")


#: Keys that belong to a condition beside them.
_BESIDE = ("database", "gives", "since", "before")
#: Conditions that look at the keys beside theirs.
_WHOLE = ("sql", "same", "did")

CONDITIONS: dict[str, _Test] = {
    "agree": _agree,
    "disagree": _disagree,
    "applied": _applied,
    "not_applied": _not_applied,
    "at": _at,
    "live": _live,
    "files": _files,
    "no_files": _no_files,
    "migrations": _migrations,
    "contains": _contains,
    "lacks": _lacks,
    "operations": _operations,
    "columns": _columns,
    "no_columns": _no_columns,
    "tables": _columns,
    "no_tables": _no_columns,
    "sql": _sql,
    "same": _same,
    "did": _did,
    "ran": _ran,
    "answer": _answer,
    "tried": _tried,
    "refused": _refused,
    "any": _any,
    "not": _not,
}
