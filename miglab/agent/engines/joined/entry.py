"""Describes what happened to one table: how many rows and values were lost, added or changed, with
examples."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..entries import SAMPLE, empty, plain
from .pair import Pair


def entry_of(pair: Pair) -> Dict[str, Any]:
    """The entry of a table in two databases.

    Raises:
        Error: the table cannot be read; the exception is the driver's own.
    """
    before, after = pair.counts()
    entry = empty(pair.table, pair.now, before, after)
    entry["many_to_many"] = pair.many_to_many
    if pair.now is None:
        entry["lost"] = before
    else:
        if pair.key:
            _by_key(pair, entry)
        else:
            entry["approximate"] = True
            entry["lost"], entry["gained"] = pair.surplus(), pair.surplus(back=True)
        entry["retyped"] = [name for name in pair.retyped if name in entry["changed_columns"]]
        for name in pair.dropped:
            sql, order = pair.lost_values(name)
            number = pair.number("SELECT count(*) FROM (%s) c" % sql)
            if number:
                entry["lost_values"][name] = number
                entry["lost_values_sample"][name] = _sample(pair, sql, order)
    if entry["lost"] and (pair.now is None or pair.kept):
        entry["lost_sample"] = _sample(pair, *pair.lost_rows())
    return entry


#: How many rows are looked at first, to see which columns differ.
FIRST = 1000


def _by_key(pair: Pair, entry: Dict[str, Any]) -> None:
    """Enter which rows are gone and which values changed, usually in one pass. The columns that do
    not differ in the first rows are checked all together, which takes half the time of counting for
    each."""
    differ = pair.compared
    counted = _differing_first(pair, differ)
    numbers = _count_changes(pair, differ, counted)
    if numbers is None:
        numbers = _count_changes(pair, differ, list(differ)) or [0]
        counted = list(differ)
    entry["lost"] = numbers[0]
    entry["gained"] = entry["after"] - (entry["before"] - numbers[0])
    for name, number in zip(counted, numbers[1:]):
        if number:
            now = pair.kept[name]
            entry["changed_columns"][now] = number
            entry["old_names"][now] = name
            entry["changed_sample"][now] = _sample(pair, *pair.changed_values(name))
            filled = pair.number(pair.filled(name))
            if filled:
                entry["filled"][now] = filled
    entry["changed"] = numbers[-1] if counted else 0


def _differing_first(pair: Pair, differ: Dict[str, str]) -> List[str]:
    """The columns that differ somewhere in the first rows."""
    if not differ:
        return []
    parts = ", ".join("%s AS d%d" % (each, place) for place, each in enumerate(differ.values()))
    sums = ", ".join("coalesce(sum(d%d), 0)" % place for place in range(len(differ)))
    inner = "SELECT %s %s LIMIT %d" % (parts, pair.join, FIRST)
    numbers = pair.numbers("SELECT %s FROM (%s) c" % (sums, inner))
    return [name for name, number in zip(differ, numbers) if number]


def _count_changes(pair: Pair, differ: Dict[str, str], counted: List[str]) -> Optional[List[int]]:
    """How many rows are gone, in how many each of the counted columns differs, and in how many any
    of them does; ``None`` if another column differs too.

    Each value is compared once: ``all_rows`` keeps an engine from putting the comparison into every
    sum.
    """
    names = ["d%d" % place for place in range(len(counted))]
    others = " OR ".join(each for name, each in differ.items() if name not in counted)
    parts = ["%s AS gone" % pair.gone, "%s AS other" % (others or "0")]
    parts += ["%s AS %s" % (differ[each], name) for each, name in zip(counted, names)]
    # Where no row answers, every value differs from nothing, and none has changed.
    sums = ["coalesce(sum(gone), 0)", "coalesce(sum(other > gone), 0)"]
    sums += ["coalesce(sum(%s > gone), 0)" % name for name in names]
    if names:
        sums.append("coalesce(sum((%s) > gone), 0)" % " OR ".join(names))
    inner = "SELECT %s %s%s" % (", ".join(parts), pair.join, pair.all_rows)
    gone, other, *rest = pair.numbers("SELECT %s FROM (%s) c" % (", ".join(sums), inner))
    return None if other else [gone, *rest]


def in_order(sql: str, order: List[str]) -> str:
    """The query, sorted by these columns."""
    return sql + " ORDER BY " + ", ".join(order) if order else sql


def _sample(pair: Pair, sql: str, order: List[str]) -> List[Dict[str, Any]]:
    """The first rows of a query, in the order of these columns."""
    names, found = pair.labelled("%s LIMIT %d" % (in_order(sql, order), SAMPLE))
    return [{name: plain(value) for name, value in zip(names, row)} for row in found]


def orphans(pair: Pair, parent: Pair, own: str, theirs: str) -> Dict[str, int]:
    """How many rows of the parent model's table still exist without the rows of this table that
    extended them, by the parent table's present name. Rows belong together if the parent's column
    ``theirs`` equals this table's column ``own``."""
    if parent.now is None or (pair.now is not None and not pair.key):
        return {}
    source, gone = "FROM %s o" % pair.old, "1"
    if pair.now is not None:
        source, gone = pair.join, pair.gone
    number = pair.number(
        "SELECT count(*) %s WHERE %s AND EXISTS (SELECT 1 FROM %s p WHERE p.%s = o.%s)"
        % (source, gone, parent.new, pair.quote(theirs), pair.quote(own))
    )
    return {parent.now: number} if number else {}
