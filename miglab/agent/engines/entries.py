"""What engines report about one table in two databases (``facts.step.RowChange``), and which of
these reports matter."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from .engine import NOTHING_RENAMED, Renames

#: Django's own bookkeeping, which is reported elsewhere, as the record.
BOOKKEEPING = ("django_migrations",)
#: How many rows or values of each kind are shown as examples.
SAMPLE = 5


def empty(
    table: str, now: Optional[str], before: int, after: int, lost: int = 0, gained: int = 0
) -> Dict[str, Any]:
    """The entry of a table about which nothing more is known, or nothing else is true."""
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
    """The entries of tables with these numbers of rows, in a database that is gone."""
    entries = [empty(name, None, number, 0, lost=number) for name, number in counts.items()]
    return [each for each in entries if each["lost"] and each["table"] not in BOOKKEEPING]


def all_new(names: Iterable[str], counts: Dict[str, int]) -> List[Dict[str, Any]]:
    """The entries of tables that did not exist before; those without a number could not be
    counted."""
    found = []
    for name in names:
        number = counts.get(name, 0)
        entry = empty(name, name, 0, number, gained=number)
        if name not in counts:
            entry["unreadable"] = "its rows cannot be counted"
        found.append(entry)
    return found


def says_something(entry: Dict[str, Any]) -> bool:
    """Whether rows or values were lost, added or changed, or this is not known."""
    counts = (entry["lost"], entry["gained"], entry["changed"], entry["lost_values"])
    return any(counts) or bool(entry["unreadable"])


def plain(value: Any) -> Any:
    """A stored value in a form that JSON can hold: bytes become hexadecimal text."""
    return "0x" + value.hex() if isinstance(value, bytes) else value


def asked_back(request: Dict[str, Any]) -> Iterator[Tuple[str, Renames, List[Any]]]:
    """The parts of a ``not_back`` request: each alias, its renames, and its entries of ``tables``
    without the alias."""
    for alias, entries in groupby(request["tables"], key=itemgetter(0)):
        renames = request["renames"].get(alias, NOTHING_RENAMED)
        yield alias, renames, [entry[1:] for entry in entries]


def told_by_rows(
    asked: Dict[str, Any], found: Optional[Dict[str, Any]]
) -> Optional[Dict[str, Any]]:
    """What ``not_back`` would answer for one table, if the comparison of ``old`` with ``back`` is
    enough to know it; otherwise ``None``. ``found`` is the table's entry in that comparison, or
    ``None`` if nothing in the table differs. It is not enough if what was there in between matters
    too."""
    dropped, overwritten = asked["dropped"], asked["overwritten"]
    columns = dict.fromkeys([*dropped, *overwritten], 0)
    answer = {"database": asked["database"], "table": asked["table"], "rows": 0, "columns": columns}
    if found is None:
        return answer
    now = {old: new for new, old in found["old_names"].items()}
    if found["unreadable"] or found["approximate"]:
        return None
    if asked["gone"]:
        # Nothing was there in between. A row that comes back with another value is another row.
        rows = found["lost"] + found["changed"]
        return None if dropped or overwritten else {**answer, "rows": rows}
    if found["now"] is None or found["lost"]:
        return None
    if any(name in now or name in found["lost_values"] for name in overwritten):
        return None
    if dropped and asked["rows"]:
        # Values of rows that went are not among them.
        return None
    for name in dropped:
        new = now.get(name, "")
        stored = found["changed_columns"].get(new, 0) - found["filled"].get(new, 0)
        columns[name] = stored + found["lost_values"].get(name, 0)
    return answer


def compare_each(
    old: Dict[str, Optional[str]],
    new: Dict[str, str],
    renames: Dict[str, Renames],
    compare: Callable[[str, str, str, Renames], List[Dict[str, Any]]],
) -> List[Dict[str, Any]]:
    """What ``compare`` finds for each alias that has an old copy: it is called with the alias, both
    handles and the renames; a database with two aliases is compared once."""
    found, seen = [], set()
    for alias, handle in new.items():
        before = old.get(alias)
        if before and (before, handle) not in seen:
            seen.add((before, handle))
            entries = compare(alias, before, handle, renames.get(alias, NOTHING_RENAMED))
            found += [dict(each, database=alias) for each in entries]
    return found


def free(label: str, names: Iterable[str]) -> str:
    """A label that is not the name of one of these columns."""
    taken = {name.lower() for name in names}
    while label in taken:
        label += "_"
    return label
