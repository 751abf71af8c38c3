"""Describes what happened to one table: how many rows and values were lost, added or changed, with
examples."""

from __future__ import annotations

import itertools
from operator import ne
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from ..entries import SAMPLE, empty, free, plain
from .blocks import Block, Columns, side_by_side
from .multisets import as_multisets
from .opening import quote, rows
from .pair import Pair
from .scan import Scan
from .values import NULL, labelled, shown, whole

#: How many rows that differ are looked at column by column. If there are more, the columns that
#: differ in these rows are counted one by one, and all others together.
FIRST = 1000
#: The hash of NULL as blocks have it, as text.
_NULL = str(NULL)


def entry_of(pair: Pair, scan: Scan) -> Dict[str, Any]:
    """The entry of a table in two databases.

    Raises:
        Error: the table cannot be read.
    """
    entry = empty(pair.table.name, pair.now_name, scan.before, scan.after)
    entry["many_to_many"] = pair.many_to_many
    stored = _stored(pair, scan)
    if pair.now is None:
        entry["lost"] = scan.before
        entry["lost_sample"] = _first_rows(pair)
        return entry
    entry["approximate"] = not pair.key
    if is_same(pair, scan):
        return entry
    if pair.key:
        _by_key(pair, entry, scan, stored)
    else:
        as_multisets(pair, entry, scan, stored)
    changed = entry["changed_columns"]
    entry["retyped"] = [
        each.new.name for each in pair.kept.values() if each.retyped and each.new.name in changed
    ]
    return entry


def is_same(pair: Pair, scan: Scan) -> bool:
    """Whether the first look was enough: the table exists, and nothing differs."""
    return _stays(scan) and pair.now is not None and not pair.remade and not _stored(pair, scan)


def _stays(scan: Scan) -> bool:
    """Whether each row is still there with the same values, apart from columns that were remade or
    dropped."""
    return scan.same and scan.before == scan.after


def _stored(pair: Pair, scan: Scan) -> List[str]:
    """The dropped columns that had values."""
    return [name for name in pair.dropped if scan.stored[name]]


class Counts:
    """What a walk along both sides finds. ``changed`` counts the rows that differ; ``differing``
    are the keys of the first of them. The other lists have an item for each column that is looked
    at. ``columns`` counts the rows in which it differs, and ``filled`` those of them in which it
    was NULL. ``keys`` are the keys of the first rows in which it was not NULL."""

    def __init__(self, width: int) -> None:
        self.gone = self.changed = 0
        self.gone_keys: List[Any] = []
        self.differing: List[Any] = []
        self.columns, self.filled = [0] * width, [0] * width
        self.keys: List[List[Any]] = [[] for _ in range(width)]

    def compare(self, keys: Sequence[Any], old: Columns, new: Columns) -> None:
        """Compare rows that are on both sides, by their hashes."""
        if old == new:
            return
        unlike = [list(map(ne, *both)) for both in zip(old, new)]
        of_rows = unlike[0] if len(unlike) == 1 else list(map(any, zip(*unlike)))
        self.changed += sum(of_rows)
        _extend(self.differing, FIRST, itertools.compress(keys, of_rows))
        for place, flags in enumerate(unlike):
            was = list(itertools.compress(old[place], flags))
            self.columns[place] += len(was)
            self.filled[place] += was.count(_NULL)
            if len(self.keys[place]) < SAMPLE:
                stored = map(_NULL.__ne__, was)
                _extend(
                    self.keys[place],
                    SAMPLE,
                    itertools.compress(itertools.compress(keys, flags), stored),
                )


def _extend(found: List[Any], most: int, more: Iterator[Any]) -> None:
    """Add items to ``found`` until it has ``most`` of them."""
    found += itertools.islice(more, most - len(found))


def _by_key(pair: Pair, entry: Dict[str, Any], scan: Scan, stored: List[str]) -> None:
    compared = pair.compared
    counted: List[str] = []
    if _stays(scan):
        counted = pair.remade
        counts = _walk_in_step(pair, counted) if counted else Counts(0)
    else:
        counts = _walk(pair, [], compared, FIRST)
    if counts.changed and not counted:
        first = _in_these_rows(pair, compared, counts.differing)
        if counts.changed < FIRST:
            counted, first.gone, first.gone_keys = compared, counts.gone, counts.gone_keys
            counts = first
        else:
            counted = [name for name, number in zip(compared, first.columns) if number]
            rest = [name for name in compared if name not in counted]
            counts = _walk(pair, counted, rest)
            if rest and counts.columns[-1]:
                counted = compared
                counts = _walk(pair, counted, [])
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
    for name in stored:
        number, keys = _lost_values(pair, name, scan, bool(counts.gone))
        if number:
            entry["lost_values"][name] = number
            entry["lost_values_sample"][name] = _fetched(pair, pair.lost_value(name), keys)
    if counts.gone:
        names = list(pair.table.columns)
        wanted = [(name, pair.shown_old(name)) for name in names]
        entry["lost_sample"] = _fetched(pair, wanted, counts.gone_keys)


def _walk(pair: Pair, counted: List[str], rest: List[str], limit: int = 0) -> Counts:
    """Walk along both sides, and compare the ``counted`` columns one by one and the ``rest``
    together. If ``limit`` is given, stop when that many rows differ."""
    counts = Counts(len(counted) + bool(rest))

    def side(is_new: bool) -> Iterator[Block]:
        wanted = [pair.kept[each].digest("t", is_new) for each in counted]
        if rest:
            wanted.append(whole((pair.kept[each] for each in rest), "t", is_new))
        return pair.blocks(is_new, wanted)

    for keys, (old, new) in side_by_side(side(False), side(True)):
        if old is None:
            continue
        if new is None:
            counts.gone += len(keys)
            _extend(counts.gone_keys, SAMPLE, iter(keys))
            continue
        counts.compare(keys, old, new)
        if limit and counts.changed >= limit:
            break
    return counts


def _walk_in_step(pair: Pair, counted: List[str]) -> Counts:
    """Walk along both sides if they have the same keys, and compare the ``counted`` columns one by
    one."""
    if not pair.is_numbered:
        return _walk(pair, counted, [])
    counts = Counts(len(counted))
    sides = [
        pair.numbered(is_new, [pair.kept[each].digest("t", is_new) for each in counted])
        for is_new in (False, True)
    ]
    for numbers, (old, new) in side_by_side(*sides):
        # Each is there, for the keys are the same.
        counts.compare(numbers, old or [], new or [])
    counts.keys = [[pair.key_of(each) for each in found] for found in counts.keys]
    return counts


def _lost_values(pair: Pair, name: str, scan: Scan, some_are_gone: bool) -> Tuple[int, List[Any]]:
    """How many values of a dropped column are gone from rows that are still there, and the keys of
    the first of these rows."""
    old = pair.blocks(False, [], pair.is_stored(name))
    if not some_are_gone:
        first = itertools.chain.from_iterable(block.keys for block in old)
        return scan.stored[name], list(itertools.islice(first, SAMPLE))
    number = 0
    found: List[Any] = []
    for keys, (was, now) in side_by_side(old, pair.blocks(True, [])):
        if was is not None and now is not None:
            number += len(keys)
            _extend(found, SAMPLE, iter(keys))
    return number, found


def _in_these_rows(pair: Pair, compared: List[str], keys: List[Any]) -> Counts:
    """What differs in the rows with these keys, column by column."""
    counts = Counts(len(compared))

    def columns(is_new: bool) -> Columns:
        wanted = ["(%s)::text" % pair.kept[each].digest("t", is_new) for each in compared]
        found = pair.fetch(is_new, wanted, keys)
        return list(map(list, zip(*(found[key] for key in keys))))

    counts.compare(keys, columns(False), columns(True))
    return counts


def _fetched(pair: Pair, wanted: List[Tuple[str, str]], keys: List[Any]) -> List[Dict[str, Any]]:
    """Labelled values of old rows, by their keys and in their order."""
    found = pair.fetch(False, [value for _, value in wanted], keys)
    names = [name for name, _ in wanted]
    return [dict(zip(names, map(plain, found[key]))) for key in keys]


def changed_value(pair: Pair, name: str) -> Tuple[List[str], List[str], List[str]]:
    """Labels and, for each side, what is shown of a changed value: the row's key and its value on
    the old side, and its value on the new side."""
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
