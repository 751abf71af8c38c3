"""Compares rows of several sides, many at a time.

Each side comes in blocks of rows, sorted by their key. A block has the keys, and a list for each
wanted column of numbers. If all sides have the same keys, whole lists are compared, without a look
at single rows.
"""

from __future__ import annotations

from typing import Any, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .opening import ahead, rows

#: How many rows a block has.
SIZE = 5000
#: How many keys are compared at once if the sides do not have the same keys.
_CHUNK = 100
#: A block's columns, in the order in which they were wanted.
Columns = List[List[str]]


class Block(NamedTuple):
    """Rows of one side, each with a different key."""

    keys: Sequence[Any]
    columns: Columns


def pages(
    connection: Any,
    source: str,
    key: str,
    wanted: Sequence[str],
    where: str = "",
    numbered: bool = False,
) -> Iterator[Block]:
    """The rows of a table in blocks; ``key`` is an integer with an index. The server sends a block
    as a few long texts, because a driver takes longer to make Python's rows than a server to find
    them. If ``numbered`` is true, each row has its number, from 0 on, instead of its key; then
    ``wanted`` must not be empty."""
    last: List[int] = []
    passed = 0
    texts = ["pg_catalog.string_agg(w%d::text, ' ')" % place for place in range(len(wanted))]
    ends = "pg_catalog.max(k)" if numbered else "pg_catalog.string_agg(k::text, ' ')"
    selected = ", ".join([ends, *texts])
    named = ", ".join(
        "%s AS %s" % each
        for each in ((key, "k"), *((one, "w%d" % place) for place, one in enumerate(wanted)))
    )

    def page() -> Block:
        nonlocal passed
        after = ["%s > %d" % (key, each) for each in last]
        parts = [*after, *(["(%s)" % where] if where else [])]
        # An aggregate takes the rows of a sorted subquery in their order (PostgreSQL's manual,
        # "Aggregate Functions").
        sql = "SELECT %s FROM (SELECT %s FROM %s t%s ORDER BY %s LIMIT %d) s" % (
            selected,
            named,
            source,
            " WHERE " + " AND ".join(parts) if parts else "",
            key,
            SIZE,
        )
        found, *more = rows(connection, sql)[0]
        columns = [each.split() if each else [] for each in more]
        if numbered:
            keys: Sequence[int] = range(passed, passed + len(columns[0]))
            last[:] = [found] if keys else []
        else:
            keys = list(map(int, found.split())) if found else []
            last[:] = keys[-1:]
        passed += len(keys)
        return Block(keys, columns)

    return ahead(page, lambda block: len(block.keys) == SIZE)


def of_rows(lists: Iterator[List[Tuple[Any, ...]]], width: int) -> Iterator[Block]:
    """Blocks made from lists of rows. The first ``width`` columns of a row are its key, and the
    others are texts."""
    for found in lists:
        if found:
            columns = list(map(list, zip(*found)))
            keys = columns[0] if width == 1 else list(zip(*columns[:width]))
            yield Block(keys, columns[width:])


class _Side:
    """A side, read block by block. ``place`` is how many rows of the current block were read."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self.blocks, self.block, self.place = blocks, Block([], []), 0

    def left(self) -> int:
        """How many rows of the current block are left; the next block is read if there are none. 0
        at the end of the side."""
        while self.place == len(self.block.keys):
            found = next(self.blocks, None)
            if found is None:
                return 0
            self.block, self.place = found, 0
        return len(self.block.keys) - self.place

    def keys(self, number: int) -> Sequence[Any]:
        """The next ``number`` keys, or as many as the block still has."""
        return self.block.keys[self.place : self.place + number]

    def take(self, number: int) -> Columns:
        """The columns of the next ``number`` rows, which count as read from then on."""
        begin, self.place = self.place, self.place + number
        if begin == 0 and self.place == len(self.block.keys):
            return self.block.columns
        return [each[begin : self.place] for each in self.block.columns]


def side_by_side(
    *sides: Iterator[Block],
) -> Iterator[Tuple[Sequence[Any], List[Optional[Columns]]]]:
    """All keys in their order, many at a time, with the columns of each side, or ``None`` where a
    side does not have these keys."""
    all_sides = [_Side(each) for each in sides]
    while True:
        there = [each for each in all_sides if each.left()]
        if not there:
            return
        for some in (min(each.left() for each in there), _CHUNK):
            keys = there[0].keys(some)
            if all(each.keys(some) == keys for each in there[1:]):
                yield keys, [each.take(len(keys)) if each in there else None for each in all_sides]
                break
        else:
            yield from _one_by_one(all_sides)


def _one_by_one(
    sides: List[_Side],
) -> Iterator[Tuple[Sequence[Any], List[Optional[Columns]]]]:
    """The next rows, in runs of keys that the same sides have."""
    heads = [each.keys(_CHUNK) if each.left() else [] for each in sides]
    # What comes after the end of a shorter list is not known here.
    end = min(each[-1] for each in heads if each)
    keys = sorted({key for each in heads for key in each if key <= end})
    places = [0] * len(sides)
    run: List[Any] = []
    has: Tuple[bool, ...] = ()
    for key in keys:
        now = tuple(place < len(head) and head[place] == key for place, head in zip(places, heads))
        if run and now != has:
            yield run, _taken(sides, has, len(run))
            run = []
        has = now
        run.append(key)
        places = [place + each for place, each in zip(places, now)]
    yield run, _taken(sides, has, len(run))


def _taken(sides: List[_Side], has: Tuple[bool, ...], number: int) -> List[Optional[Columns]]:
    return [side.take(number) if each else None for side, each in zip(sides, has)]
