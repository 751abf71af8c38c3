"""What is told of one table: how many rows and values went, came or changed, and some of them."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ..entries import SAMPLE, empty, free, plain
from .opening import quote, rows
from .pair import Pair, merged
from .values import NULL, labelled, shown, whole

#: So many rows that differ are looked at column by column; of more, the columns that differ in
#: these are counted first, and all others together.
FIRST = 1000


class Scan(NamedTuple):
    """One look at each side of a pair: how many rows, and the sum of their hashes; of the old side
    how many values other than NULL each dropped column had."""

    before: int
    after: int
    same: bool
    stored: Dict[str, int]


def scanned(found: List[Pair]) -> List[Scan]:
    """A look at each of these pairs, in one query for each side.

    Raises:
        Error: one of them cannot be read.
    """
    old = _scan(found, False)
    new = _scan(found, True)
    scans = []
    for number, pair in enumerate(found):
        before, sum_before, *stored = old[number]
        after, sum_after = new.get(number, (0, None))[:2]
        scans.append(Scan(before, after, sum_before == sum_after, dict(zip(pair.dropped, stored))))
    return scans


def _scan(found: List[Pair], is_new: bool) -> Dict[int, List[Any]]:
    queries, connection = [], None
    for number, pair in enumerate(found):
        if is_new and pair.now is None:
            continue
        connection = (pair.new if is_new else pair.old).connection
        hashed = "0"
        if pair.now is not None:
            hashed = whole((pair.kept[each] for each in pair.kept), "t", is_new)
        wanted = [] if is_new else ["count(t.%s)" % quote(each) for each in pair.dropped]
        queries.append(
            "SELECT %d, count(*), coalesce(sum(%s::numeric), 0)::text, ARRAY[%s]::bigint[] "
            "FROM %s t"
            % (
                number,
                hashed,
                ", ".join(wanted),
                pair.source if is_new else pair.table.source,
            )
        )
    if not queries:
        return {}
    answer = rows(connection, " UNION ALL ".join(queries))
    return {number: [count, total, *stored] for number, count, total, stored in answer}


def entry_of(pair: Pair, scan: Scan) -> Dict[str, Any]:
    """The entry of a table in two databases.

    Raises:
        Error: it cannot be read.
    """
    entry = empty(pair.table.name, pair.now_name, scan.before, scan.after)
    entry["many_to_many"] = pair.many_to_many
    stored = [name for name in pair.dropped if scan.stored[name]]
    if pair.now is None:
        entry["lost"] = scan.before
        entry["lost_sample"] = _first_rows(pair)
        return entry
    entry["approximate"] = not pair.key
    if scan.same and scan.before == scan.after and not stored:
        return entry
    if pair.key:
        _by_key(pair, entry, scan, stored)
    else:
        _as_multisets(pair, entry, scan, stored)
    changed = entry["changed_columns"]
    entry["retyped"] = [
        each.new.name for each in pair.kept.values() if each.retyped and each.new.name in changed
    ]
    return entry


# -- rows that answer to each other


class Counts:
    """What a walk along both sides finds. ``differing`` are the first keys of rows that differ;
    ``changed`` counts those rows; by the place of a column that is looked at, ``columns`` counts
    the rows in which it differs, ``filled`` those where it was NULL, and ``keys`` are the first."""

    def __init__(self, width: int) -> None:
        self.gone = self.changed = 0
        self.gone_keys: List[Any] = []
        self.differing: List[Any] = []
        self.columns, self.filled = [0] * width, [0] * width
        self.keys: List[List[Any]] = [[] for _ in range(width)]

    def differs(self, key: Any, old: Tuple[Any, ...], new: Tuple[Any, ...]) -> None:
        """A row whose hashes are others now."""
        self.changed += 1
        if len(self.differing) < FIRST:
            self.differing.append(key)
        for place, value in enumerate(old):
            if value != new[place]:
                self.columns[place] += 1
                self.filled[place] += value == NULL
                if len(self.keys[place]) < SAMPLE:
                    self.keys[place].append(key)


class Values:
    """The values of dropped columns that are gone from rows that are still there."""

    def __init__(self, names: List[str]) -> None:
        self.numbers = dict.fromkeys(names, 0)
        self.keys: Dict[str, List[Any]] = {name: [] for name in names}

    def saw(self, key: Any, flags: Tuple[Any, ...]) -> None:
        """A row that is still there, with whether it had a value of each."""
        for name, has in zip(self.numbers, flags):
            if has:
                self.numbers[name] += 1
                if len(self.keys[name]) < SAMPLE:
                    self.keys[name].append(key)


def _by_key(pair: Pair, entry: Dict[str, Any], scan: Scan, stored: List[str]) -> None:
    compared = pair.compared
    counts, values = _walk(pair, [], compared, stored, FIRST)
    counted: List[str] = []
    if counts.changed:
        first = _in_these_rows(pair, compared, counts.differing)
        if counts.changed < FIRST:
            counted, first.gone, first.gone_keys = compared, counts.gone, counts.gone_keys
            counts = first
        else:
            counted = [name for name, number in zip(compared, first.columns) if number]
            rest = [name for name in compared if name not in counted]
            counts, values = _walk(pair, counted, rest, stored)
            if rest and counts.columns[-1]:
                counted = compared
                counts, values = _walk(pair, counted, [], stored)
    entry["lost"], entry["changed"] = counts.gone, counts.changed
    entry["gained"] = entry["after"] - (entry["before"] - counts.gone)
    for place, name in enumerate(counted):
        if counts.columns[place]:
            now = pair.kept[name].new.name
            entry["changed_columns"][now] = counts.columns[place]
            entry["old_names"][now] = name
            entry["changed_sample"][now] = _changed_sample(pair, name, counts.keys[place])
            if counts.filled[place]:
                entry["filled"][now] = counts.filled[place]
    for name, number in values.numbers.items():
        if number:
            entry["lost_values"][name] = number
            wanted = _lost_value(pair, name)
            entry["lost_values_sample"][name] = _fetched(pair, wanted, values.keys[name])
    if counts.gone:
        names = list(pair.table.columns)
        wanted = [(name, pair.shown_old(name)) for name in names]
        entry["lost_sample"] = _fetched(pair, wanted, counts.gone_keys)


def _walk(
    pair: Pair, counted: List[str], rest: List[str], stored: List[str], limit: int = 0
) -> Tuple[Counts, Values]:
    """Along both sides: the columns that are ``counted`` one by one, the ``rest`` together. With a
    ``limit``, no further than that many rows that differ."""
    width = len(counted) + bool(rest)
    counts, values = Counts(width), Values(stored)

    def wanted(is_new: bool) -> List[str]:
        found = [pair.kept[each].digest("t", is_new) for each in counted]
        if rest:
            found.append(whole((pair.kept[each] for each in rest), "t", is_new))
        return found + ([] if is_new else [pair.is_stored(each) for each in stored])

    for key, (old, new) in merged(
        pair.stream(False, wanted(False)), pair.stream(True, wanted(True))
    ):
        if old is None:
            continue
        if new is None:
            counts.gone += 1
            if len(counts.gone_keys) < SAMPLE:
                counts.gone_keys.append(key)
            continue
        if old[:width] != new:
            counts.differs(key, old[:width], new)
            if counts.changed == limit:
                break
        if stored:
            values.saw(key, old[width:])
    return counts, values


def _in_these_rows(pair: Pair, compared: List[str], keys: List[Any]) -> Counts:
    """What differs in these rows, column by column."""
    counts = Counts(len(compared))
    sides = [
        pair.fetch(is_new, [pair.kept[each].digest("t", is_new) for each in compared], keys)
        for is_new in (False, True)
    ]
    for key in keys:
        counts.differs(key, sides[0][key], sides[1][key])
    return counts


def _lost_value(pair: Pair, name: str) -> List[Tuple[str, str]]:
    """What is shown of a value that is gone with its column: its row's key before it."""
    names = [*(each for each in pair.table.key if each != name), name]
    return [(each, pair.shown_old(each)) for each in names]


def _fetched(pair: Pair, wanted: List[Tuple[str, str]], keys: List[Any]) -> List[Dict[str, Any]]:
    """Labelled values of old rows, by their keys and in their order."""
    found = pair.fetch(False, [value for _, value in wanted], keys)
    names = [name for name, _ in wanted]
    return [dict(zip(names, map(plain, found[key]))) for key in keys]


def changed_value(pair: Pair, name: str) -> Tuple[List[str], List[str], List[str]]:
    """Labels and, for each side, what is shown of a value that is another one now: the row's key
    and the value of the old side, and the value of the new."""
    labels = [*pair.key, free("before", pair.key), free("now", pair.key)]
    old = [*(pair.shown_old(each) for each in pair.key), pair.shown_old(name)]
    return labels, old, [shown("t", pair.kept[name].new)]


def _changed_sample(pair: Pair, name: str, keys: List[Any]) -> List[Dict[str, Any]]:
    labels, old, new = changed_value(pair, name)
    was, is_now = pair.fetch(False, old, keys), pair.fetch(True, new, keys)
    return [dict(zip(labels, map(plain, [*was[key], *is_now[key]]))) for key in keys]


def _first_rows(pair: Pair) -> List[Dict[str, Any]]:
    """The first rows of a table that is gone."""
    table = pair.table
    sql = "SELECT %s FROM %s t" % (labelled("t", table.columns.values()) or "NULL", table.source)
    if table.key:
        sql += " ORDER BY " + ", ".join("t." + quote(each) for each in table.key)
    found = rows(pair.old.connection, sql + " LIMIT %d" % SAMPLE)
    return [dict(zip(table.columns, map(plain, row))) for row in found]


# -- rows without a key that lasts


def _as_multisets(pair: Pair, entry: Dict[str, Any], scan: Scan, stored: List[str]) -> None:
    if not pair.kept:
        entry["lost"], entry["gained"] = scan.before, scan.after
    else:
        entry["lost"], entry["gained"] = surplus(pair), surplus(pair, back=True)
    for name in stored:
        number = lost_values_number(pair, name, scan)
        if number:
            entry["lost_values"][name] = number
            _, found = lost_values(pair, name, scan)
            entry["lost_values_sample"][name] = [
                dict(zip([each for each, _ in _lost_value(pair, name)], map(plain, row)))
                for row in itertools.islice(found, SAMPLE)
            ]
    if entry["lost"] and pair.kept:
        labels, rows_ = lost_groups(pair)
        entry["lost_sample"] = [
            dict(zip(labels, map(plain, row))) for row in itertools.islice(rows_, SAMPLE)
        ]


def surplus(pair: Pair, back: bool = False) -> int:
    """How many rows are gone, or with ``back`` are new, where rows are multisets."""
    number = 0
    for _, (old, new) in merged(pair.multiset(False, []), pair.multiset(True, [])):
        one, other = (old[0] if old else 0), (new[0] if new else 0)
        number += max(0, other - one) if back else max(0, one - other)
    return number


def lost_groups(pair: Pair) -> Tuple[List[str], Iterator[List[Any]]]:
    """Labels, and groups of equal rows of which there are fewer now: the values of columns that
    stay, and how many are gone."""
    labels = [*pair.kept, free("rows", pair.kept)]

    def found() -> Iterator[List[Any]]:
        wanted = ["(array_agg(%s))[1]" % pair.shown_old(each) for each in pair.kept]
        for _, (old, new) in merged(pair.multiset(False, wanted), pair.multiset(True, [])):
            number = (old[0] if old else 0) - (new[0] if new else 0)
            if old is not None and number > 0:
                yield [*old[1:], number]

    return labels, found()


def lost_values_number(pair: Pair, name: str, scan: Scan) -> int:
    """How many values of a dropped column are gone from rows that are still there: among equal rows
    as many are still there as there are now, and nobody can say which."""
    if not pair.kept:
        return min(scan.stored[name], scan.after)
    wanted = ["count(t.%s)" % quote(name)]
    number = 0
    for _, (old, new) in merged(pair.multiset(False, wanted), pair.multiset(True, [])):
        if old is not None and new is not None:
            number += min(old[1], new[0])
    return number


def lost_values(pair: Pair, name: str, scan: Scan) -> Tuple[List[str], Iterator[Tuple[Any, ...]]]:
    """Labels, and these values with the keys of their rows."""
    wanted = _lost_value(pair, name)
    labels = [label for label, _ in wanted]

    def found() -> Iterator[Tuple[Any, ...]]:
        where = pair.is_stored(name)
        values = [value for _, value in wanted]
        stored = pair.hashed(values, where)
        groups = pair.multiset(True, []) if pair.kept else iter([(0, (scan.after,))])
        hashed: Optional[int] = None
        left, group = 0, next(groups, None)
        for row in stored:
            if row[0] != hashed:
                hashed, left = row[0], 0
                while group is not None and group[0] < row[0]:
                    group = next(groups, None)
                if group is not None and group[0] == row[0]:
                    left = group[1][0]
            if left > 0:
                left -= 1
                yield row[1:]

    return labels, found()
