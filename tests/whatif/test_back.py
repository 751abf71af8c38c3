"""The way back turns around what was done, part by part, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from miglab.facts.graph import Graph
from miglab.facts.migration import Key
from miglab.facts.step import Ran
from miglab.whatif.back import net, parts, record_before, ways_between

A1, A2, A3 = (Key("a", f"000{n}") for n in (1, 2, 3))
B1, B2 = (Key("b", f"000{n}") for n in (1, 2))
#: a: 0001 ← 0002 ← 0003     b: 0001 ← 0002, which depends on a.0002
GRAPH = Graph({A1: (), A2: (A1,), A3: (A2,), B1: (), B2: (B1, A2)})


def ran(key: Key, *, backwards: bool = False, fake: bool = False, done: bool = True) -> Ran:
    return Ran(key, backwards, fake, done, 0.1)


def test_plain_migrate_where_that_is_all() -> None:
    (way,) = ways_between(GRAPH, {A1, A2, B1}, {*GRAPH})
    assert (way.line, way.keys) == ("migrate", {A3, B2})


def test_back_first_and_then_forward() -> None:
    ways = ways_between(GRAPH, {A1, A2, A3}, {A1, A2, B1})
    assert [each.line for each in ways] == ["migrate a 0002", "migrate b 0001"]


def test_zero_where_nothing_of_an_app_stays() -> None:
    (way,) = ways_between(GRAPH, {A1, A2}, set())
    assert (way.line, way.keys) == ("migrate a zero", {A1, A2})


def test_a_command_says_what_else_it_moves() -> None:
    """Going back before a.0002 takes b.0002 with it."""
    (way,) = ways_between(GRAPH, {A1, A2, B1, B2}, {A1, B1, B2})[:1]
    assert B2 in way.keys


def test_what_was_faked_is_faked_back() -> None:
    (way,) = ways_between(GRAPH, {A1}, {A1, A2}, fake=True)
    assert (way.line, way.fake) == ("migrate --fake a 0002", True)


def test_what_was_undone_by_the_commands_themselves_needs_no_way_back() -> None:
    assert net([ran(A3, backwards=True), ran(A3)]) == []


def test_a_revert_that_is_faked_forward_leaves_two_things_to_turn_around() -> None:
    both = [ran(A3, backwards=True), ran(A3, fake=True)]
    assert net(both) == both


def test_what_failed_was_not_done() -> None:
    assert net([ran(A2), ran(A3, done=False)]) == [ran(A2)]


MOVES = st.builds(ran, st.sampled_from([A1, A2, A3]), backwards=st.booleans(), fake=st.booleans())


@given(st.lists(MOVES, max_size=8))
def test_what_is_left_to_turn_around_moves_as_much_as_all_of_it(moves: list[Ran]) -> None:
    def sums(some: list[Ran]) -> dict[tuple[Key, bool], int]:
        found: dict[tuple[Key, bool], int] = {}
        for each in some:
            found[each.key, each.fake] = found.get((each.key, each.fake), 0) + (
                -1 if each.backwards else 1
            )
        return found

    left = net(moves)
    assert all(each in moves for each in left)
    for key, total in sums(moves).items():
        if abs(total) <= 1:
            assert sums(left).get(key, 0) == total


@given(st.lists(MOVES, max_size=8))
def test_parts_hold_everything_in_its_order(moves: list[Ran]) -> None:
    found = parts(moves)
    assert [each for part in found for each in part] == moves
    assert all(len({(each.fake, each.backwards) for each in part}) == 1 for part in found)


@given(st.sets(st.sampled_from([A1, A2, A3])))
def test_undoing_a_part_gives_the_record_of_before(recorded: set[Key]) -> None:
    part = [ran(key, backwards=True) for key in recorded]
    assert record_before(set(), part) == recorded
    assert record_before(recorded, [ran(key) for key in recorded]) == set()
