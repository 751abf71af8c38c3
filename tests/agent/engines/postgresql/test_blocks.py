"""Sides that are held against each other many rows at a time: what a look at each key finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.engines.postgresql import blocks
from miglab.agent.engines.postgresql.blocks import Block, side_by_side

KEYS = st.one_of(
    st.lists(st.integers(0, 30), unique=True).map(sorted),
    # Long runs of the same, with a few that are missing.
    st.sets(st.integers(0, 600), max_size=3).map(
        lambda gone: [key for key in range(600) if key not in gone]
    ),
)


def in_blocks(keys: list[int], sizes: list[int], side: int) -> Iterator[Block]:
    """Blocks of these sizes, in turn; the value of a key names its side."""
    place, turn = 0, 0
    while place < len(keys):
        some = keys[place : place + sizes[turn % len(sizes)]]
        yield Block(some, [[f"{side}:{key}" for key in some]])
        place, turn = place + len(some), turn + 1


@given(st.lists(st.tuples(KEYS, st.lists(st.integers(1, 300), min_size=1)), min_size=2, max_size=3))
def test_each_key_is_found_once_in_order_with_the_sides_that_have_it(
    sides: list[tuple[list[int], list[int]]],
) -> None:
    found: list[tuple[Any, ...]] = []
    streams = [in_blocks(keys, sizes, side) for side, (keys, sizes) in enumerate(sides)]
    for keys, columns in side_by_side(*streams):
        for place, key in enumerate(keys):
            found.append((key, *(each and each[0][place] for each in columns)))
    has = [set(keys) for keys, _ in sides]
    assert found == [
        (key, *(f"{side}:{key}" if key in one else None for side, one in enumerate(has)))
        for key in sorted(set().union(*has))
    ]


@given(st.lists(st.tuples(st.integers(), st.integers()), unique=True).map(sorted))
def test_rows_with_a_key_of_two_columns_are_blocks_as_well(rows: list[tuple[int, int]]) -> None:
    lists = [[(*key, "a", "b") for key in rows[at : at + 7]] for at in range(0, len(rows), 7)]
    found = [*blocks.of_rows(iter([*lists, []]), 2)]
    assert [key for each in found for key in each.keys] == rows
    assert all(each.columns == [["a"] * len(each.keys), ["b"] * len(each.keys)] for each in found)
