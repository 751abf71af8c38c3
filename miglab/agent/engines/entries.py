"""What engines tell of one table in two databases (``facts.step.RowChange``), and what of it says
something."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Optional

from .engine import NOTHING_RENAMED, Renames

#: Django's own bookkeeping: it is told elsewhere, as the record.
BOOKKEEPING = ("django_migrations",)
#: So many rows and values are shown of each kind.
SAMPLE = 5


def empty(
    table: str, now: Optional[str], before: int, after: int, lost: int = 0, gained: int = 0
) -> Dict[str, Any]:
    """Of a table of which nothing else is known, or nothing else is so."""
    return {
        "table": table,
        "now": now,
        "database": "default",
        "before": before,
        "after": after,
        "lost": lost,
        "gained": gained,
        "changed": 0,
        "changed_columns": {},
        "filled": {},
        "old_names": {},
        "changed_sample": {},
        "retyped": [],
        "lost_values": {},
        "lost_sample": [],
        "lost_values_sample": {},
        "many_to_many": False,
        "by_handlers": False,
        "follows_rename": False,
        "approximate": False,
        "derived": False,
        "unreadable": "",
        "orphans": {},
    }


def all_gone(counts: Dict[str, int]) -> List[Dict[str, Any]]:
    """Of tables with so many rows each, in a database that is gone."""
    entries = [empty(name, None, number, 0, lost=number) for name, number in counts.items()]
    return [each for each in entries if each["lost"] and each["table"] not in BOOKKEEPING]


def all_new(names: Iterable[str], counts: Dict[str, int]) -> List[Dict[str, Any]]:
    """Of tables that were not there before; those without a count could not be counted."""
    found = []
    for name in names:
        number = counts.get(name, 0)
        entry = empty(name, name, 0, number, gained=number)
        if name not in counts:
            entry["unreadable"] = "its rows cannot be counted"
        found.append(entry)
    return found


def says_something(entry: Dict[str, Any]) -> bool:
    """Whether rows or values went, came or changed, or nobody can say."""
    counts = (entry["lost"], entry["gained"], entry["changed"], entry["lost_values"])
    return any(counts) or bool(entry["unreadable"])


def plain(value: Any) -> Any:
    """A stored value as text can carry it."""
    return "0x" + value.hex() if isinstance(value, bytes) else value


def compare_each(
    old: Dict[str, Optional[str]],
    new: Dict[str, str],
    renames: Dict[str, Renames],
    compare: Callable[[str, str, str, Renames], List[Dict[str, Any]]],
) -> List[Dict[str, Any]]:
    """What ``compare`` finds for each alias of which there is an old copy, given the alias, both
    handles and what was renamed; databases with two names once."""
    found, seen = [], set()
    for alias, handle in new.items():
        before = old.get(alias)
        if before and (before, handle) not in seen:
            seen.add((before, handle))
            entries = compare(alias, before, handle, renames.get(alias, NOTHING_RENAMED))
            found += [dict(each, database=alias) for each in entries]
    return found


def free(label: str, names: Iterable[str]) -> str:
    """A label that none of these columns has."""
    taken = {name.lower() for name in names}
    while label in taken:
        label += "_"
    return label
