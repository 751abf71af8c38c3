"""Compares rows without a lasting key, as two multisets."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator, List, Optional, Tuple

from ..entries import SAMPLE, free, plain
from .opening import quote
from .pair import Pair, merged
from .scan import Scan


def as_multisets(pair: Pair, entry: Dict[str, Any], scan: Scan, stored: List[str]) -> None:
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
                dict(zip([each for each, _ in pair.lost_value(name)], map(plain, row)))
                for row in itertools.islice(found, SAMPLE)
            ]
    if entry["lost"] and pair.kept:
        labels, rows_ = lost_groups(pair)
        entry["lost_sample"] = [
            dict(zip(labels, map(plain, row))) for row in itertools.islice(rows_, SAMPLE)
        ]


def surplus(pair: Pair, back: bool = False) -> int:
    """How many rows are gone, or, if ``back`` is true, how many are new. The rows are taken as
    a multiset."""
    number = 0
    for _, (old, new) in merged(pair.multiset(False, []), pair.multiset(True, [])):
        one, other = (old[0] if old else 0), (new[0] if new else 0)
        number += max(0, other - one) if back else max(0, one - other)
    return number


def lost_groups(pair: Pair) -> Tuple[List[str], Iterator[List[Any]]]:
    """Column labels, and the groups of equal rows of which there are fewer now. Each group has the
    values of the columns that stay, and how many of its rows are gone."""
    labels = [*pair.kept, free("rows", pair.kept)]

    def found() -> Iterator[List[Any]]:
        wanted = ["(array_agg(%s))[1]" % pair.shown_old(each) for each in pair.kept]
        for _, (old, new) in merged(pair.multiset(False, wanted), pair.multiset(True, [])):
            number = (old[0] if old else 0) - (new[0] if new else 0)
            if old is not None and number > 0:
                yield [*old[1:], number]

    return labels, found()


def lost_values_number(pair: Pair, name: str, scan: Scan) -> int:
    """How many values of a dropped column are gone from rows that are still there. Equal rows
    cannot be told apart: of these, as many count as still there as there are now."""
    if not pair.kept:
        return min(scan.stored[name], scan.after)
    wanted = ["count(t.%s)" % quote(name)]
    number = 0
    for _, (old, new) in merged(pair.multiset(False, wanted), pair.multiset(True, [])):
        if old is not None and new is not None:
            number += min(old[1], new[0])
    return number


def lost_values(pair: Pair, name: str, scan: Scan) -> Tuple[List[str], Iterator[Tuple[Any, ...]]]:
    """Column labels, and the values of a dropped column that are gone from rows that are still
    there, with the keys of these rows."""
    wanted = pair.lost_value(name)
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
