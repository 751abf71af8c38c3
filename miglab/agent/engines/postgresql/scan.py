"""The first look at tables: how many rows each has, and whether any of them differs."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

from .opening import at_once, quote, rows
from .pair import Pair
from .values import whole


class Scan(NamedTuple):
    """A first look at both sides of a pair: how many rows each has, and whether the sums of their
    hashes are the same, without the columns that were ``remade``. ``stored`` is how many values
    other than NULL each dropped column had."""

    before: int
    after: int
    same: bool
    stored: Dict[str, int]


def scanned(found: List[Pair]) -> List[Scan]:
    """A look at each of these pairs, in one query for each side.

    Raises:
        Error: one of them cannot be read.
    """
    old, new = at_once(lambda: _scan(found, False), lambda: _scan(found, True))
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
            remade = pair.remade
            stays = (each for name, each in pair.kept.items() if name not in remade)
            hashed = whole(stays, "t", is_new)
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
