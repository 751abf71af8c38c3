"""Strips: small cards that keep their place, lines between them and behind none."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.draw.colours import PLATE
from miglab.draw.layout import CARD, NARROW, ROW, WIDE, Layout, lay_out
from miglab.draw.places import held, places
from miglab.draw.routes import Box, route
from miglab.draw.strip import drawn
from miglab.facts.migration import Key
from miglab.facts.picture import Picture, State

from .samples import edges, history, key, long_chain, node, picture, three_apps

_CARD = re.compile(r'<g id="([^"]+)".*?<(?:rect x="|path d="M)([\d.]+)"?,?(?: y=")?([\d.]+)')


def strip(one: Picture, beside: Picture | None = None, layout: Layout = WIDE) -> str:
    return drawn(lay_out(one, beside, layout))


def corners(drawn: str) -> dict[str, tuple[float, float]]:
    """Id → the upper left corner of its card."""
    return {name: (float(x), float(y)) for name, x, y in _CARD.findall(drawn)}


def width_of(drawn: str) -> float:
    found = re.search(r'width="([\d.]+)"', drawn)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("gone", range(5))
def test_a_migration_whose_file_goes_keeps_its_place(gone: int) -> None:
    """0001 ─ 0002 ─ 0003 ─ 0004 ─ 0005, and one of them without its file"""
    before = history(*[State.APPLIED] * 5)
    lost = before.nodes[gone]
    left = [each for each in before.nodes if each is not lost]
    after = replace(
        before,
        # As ``compare.picture`` gives it: what is no node of the graph comes last.
        nodes=(*left, replace(lost, state=State.GHOST)),
        edges=tuple(pair for pair in before.edges if lost.key not in pair),
    )
    assert corners(strip(before, after)) == corners(strip(after, before))


@pytest.mark.parametrize("length", [1, 4, WIDE.columns - 1, WIDE.columns, WIDE.columns + 1, 40])
def test_what_was_there_before_stands_below_itself_when_a_migration_is_new(length: int) -> None:
    """0001 ─ 0002          and below it
    0001 ─ 0002 ─ 0003"""
    after = long_chain(length + 1)
    new = replace(after.nodes[-1], state=State.UNAPPLIED, changed=True)
    after = replace(after, nodes=(*after.nodes[:-1], new))
    before = replace(after, nodes=after.nodes[:-1], edges=after.edges[:-1])
    lower, upper = corners(strip(after, before)), corners(strip(before, after))
    assert lower.keys() - upper.keys() == {f"{new.key.app_label}.{new.key.name}"}
    assert {name: lower[name] for name in upper} == upper


def test_a_ghost_stands_behind_the_migration_before_it_by_name() -> None:
    first, ghost = node("store.0001_x"), node("store.0002_x", State.GHOST)
    drawn = picture(ghost, first)
    at = places([ghost.key, first.key], held(drawn))
    assert at == {first.key: (0, 0), ghost.key: (1, 0)}


def test_branches_have_a_row_each_and_stay_in_it() -> None:
    """0001 ─ 0002_x ─ 0003_x
    └ 0002_y ─ 0003_y"""
    pairs = edges("a.1 a.2x", "a.1 a.2y", "a.2x a.3x", "a.2y a.3y")
    at = places([key(f"a.{name}") for name in ("1", "2x", "2y", "3x", "3y")], pairs)
    assert [at[key(f"a.{name}")][1] for name in ("2x", "3x", "2y", "3y")] == [0, 0, 1, 1]


def test_two_leaves_are_named_beside_the_moment_and_no_card_moves_for_it() -> None:
    """0001 ─ 0002, and below it two that follow it, then one"""
    one = [node("store.0001"), node("store.0002"), node("store.0003_a", leaf=True)]
    two = node("store.0003_b", State.UNAPPLIED, leaf=True)
    pairs = ("store.0001 store.0002", "store.0002 store.0003_a", "store.0002 store.0003_b")
    before = picture(*one, edges=edges(*pairs[:2]), title="before")
    after = picture(*one, two, edges=edges(*pairs), title="after")
    upper, lower = strip(before, after), strip(after, before)
    assert ">before</text>" in upper
    assert ">after, 2 leaves</text>" in lower
    assert corners(upper).items() <= corners(lower).items()


def test_a_strip_is_as_high_as_its_rows() -> None:
    three = lay_out(three_apps())
    assert three.height == 3 * ROW
    assert f'height="{3 * ROW - ROW + CARD + 8}' in drawn(three)


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("length", [1, 5, 6, WIDE.columns, WIDE.columns + 1, 40, 300])
def test_a_strip_fits_a_notebook_however_long_the_history_is(length: int, layout: Layout) -> None:
    assert width_of(strip(long_chain(length), layout=layout)) <= layout.width + 10


@pytest.mark.parametrize("length", [1, 5, 40])
def test_how_wide_a_strip_is_can_be_told_before_it_is_drawn(length: int) -> None:
    chain = lay_out(long_chain(length))
    assert chain.width == pytest.approx(width_of(drawn(chain)), abs=1)


def test_a_narrow_strip_has_the_same_rows_and_shows_what_changed() -> None:
    chain = long_chain(7)
    nodes = (*chain.nodes[:-1], replace(chain.nodes[-1], state=State.UNAPPLIED, changed=True))
    changed = replace(chain, nodes=nodes)
    drawn = strip(changed, layout=NARROW)
    assert "4 applied" in drawn
    assert "○ 0007" in drawn
    assert re.findall(r'height="\d+"', drawn)[0] == re.findall(r'height="\d+"', strip(changed))[0]


def test_what_is_alike_in_a_long_history_is_counted_and_what_changed_is_not() -> None:
    chain = long_chain(40)
    nodes = (*chain.nodes[:-1], replace(chain.nodes[-1], state=State.UNAPPLIED, changed=True))
    drawn = strip(replace(chain, nodes=nodes))
    assert len(corners(drawn)) == 4
    assert "37 applied" in drawn
    assert "○ 0040" in drawn


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("length", [1, 5, 6, 7])
def test_what_changed_says_what_it_is_now_however_little_room_it_has(
    length: int, layout: Layout
) -> None:
    chain = long_chain(length)
    last = replace(chain.nodes[-1], state=State.UNAPPLIED, changed=True)
    drawn = strip(replace(chain, nodes=(*chain.nodes[:-1], last)), layout=layout)
    assert ">not applied</text>" in drawn


def test_an_app_without_migrations_says_so() -> None:
    assert "(no migrations)" in strip(Picture("after", "", ("store",), ()))


def test_small_print_stays_inside_its_card() -> None:
    """Whatever is longer than a card is cut, and what may be is fitted to it."""
    name = "0002_" + "m" * 60
    drawn = strip(picture(node(f"store.{name}", State.NOT_IN_TABLES, changed=True)))
    for told in re.findall(r'<text[^>]*font-size="11"[^>]*>[^<]*</text>', drawn):
        words = re.search(">([^<]*)<", told)
        assert words is not None
        assert len(words[1]) * 6.4 < 132 or "textLength" in told
        assert len(words[1]) < 25
    assert name in drawn  # where one points at it


def test_lines_between_apps_are_those_of_what_changed() -> None:
    plain = strip(three_apps()).count('stroke-dasharray="5 3"')
    moved = replace(
        three_apps(), nodes=tuple(replace(each, changed=True) for each in three_apps().nodes)
    )
    assert (plain, strip(moved).count('stroke-dasharray="5 3"')) == (0, 4)


def test_no_line_is_hidden_behind_the_plate_of_a_heading() -> None:
    """accounts zero takes marketplace and media along: lines lead to the first column."""
    three = three_apps()
    changed = replace(three, nodes=tuple(replace(each, changed=True) for each in three.nodes))
    svg = strip(changed)
    plates = re.findall(rf'<rect x="0" y="[^"]*" width="([^"]*)"[^>]*fill="{PLATE}"', svg)
    lines = re.findall('<path d="M([^"]*)" fill="none"', svg)
    left = [float(x) for path in lines for x in re.findall(r"(?:^|L)([\d.]+),", path)]
    assert len(plates) == 3
    assert min(left) > max(map(float, plates))


GAP, BETWEEN = 18, 12
_PLACE = st.tuples(st.integers(0, 6), st.integers(0, 6))


def box(column: int, row: int) -> Box:
    return Box(column * (100 + GAP), row * (CARD + BETWEEN), 100, CARD)


@given(_PLACE, _PLACE, st.integers(0, 5))
def test_no_line_passes_behind_a_card(
    one: tuple[int, int], other: tuple[int, int], slot: int
) -> None:
    corner = route(box(*one), box(*other), GAP, BETWEEN, slot)
    cards = [box(column, row) for column in range(7) for row in range(7)]
    for (x1, y1), (x2, y2) in itertools.pairwise(corner):
        left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        for each in cards:
            across = left < each.x + each.width and right > each.x
            down = top < each.y + each.height and bottom > each.y
            assert not (across and down), (each, corner)


@given(_PLACE, _PLACE)
def test_a_line_ends_at_the_dependent(one: tuple[int, int], other: tuple[int, int]) -> None:
    child = box(*other)
    *_, (before, _), end = route(box(*one), child, GAP, BETWEEN)
    assert end == (child.x, child.y + child.height / 2)
    assert before < child.x


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_no_two_migrations_have_one_place_whatever_their_edges(
    pairs: list[tuple[int, int]],
) -> None:
    keys = [Key("a", f"{number:04}") for number in range(9)]
    at = places(keys, [(keys[a], keys[b]) for a, b in pairs])
    assert len({*at.values()}) == len(keys)
