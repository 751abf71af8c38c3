"""Names that have no room are cut where they differ."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.draw.dot import WIDE_NODES, dot
from miglab.draw.layout import NARROW, WIDE, Layout, lay_out
from miglab.draw.names import apart, names_of
from miglab.draw.strip import drawn
from miglab.facts.picture import Picture, State
from miglab.show.live import board

from .samples import edges, key, long_chain, node, picture

PRICE, DISCOUNT = "store.0006_alter_product_price", "store.0006_alter_product_discount"


def two_leaves(**flags: bool) -> Picture:
    """0001 ─ … ─ 0005 ─ 0006_alter_product_price
    └ 0006_alter_product_discount"""
    chain = long_chain(5)
    pairs = edges(f"store.0005_step {PRICE}", f"store.0005_step {DISCOUNT}")
    both = [node(each, State.UNAPPLIED, **flags) for each in (PRICE, DISCOUNT)]
    return picture(*chain.nodes, *both, edges=(*chain.edges, *pairs))


def words(svg: str, name: str) -> list[str]:
    """The lines of text on the card of a migration."""
    group = re.search(f'<g id="{name}".*?</g>', svg)
    assert group is not None
    return re.findall("<text[^>]*>([^<]*)<", group[0])


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("changed", [False, True])
def test_cards_with_one_number_tell_what_is_different(layout: Layout, changed: bool) -> None:
    svg = drawn(lay_out(two_leaves(changed=changed), layout=layout))
    one, other = words(svg, PRICE), words(svg, DISCOUNT)
    assert "price" in one[-1]
    assert "dis" in other[-1]


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
def test_long_numbers_that_begin_alike_are_told_apart_behind_their_sign(layout: Layout) -> None:
    nodes = [node(f"store.2024010112{minute:02}00_auto") for minute in range(5)]
    pairs = [f"{one.key} {other.key}" for one, other in itertools.pairwise(nodes)]
    svg = drawn(lay_out(picture(*nodes, edges=edges(*pairs)), layout=layout))
    numbers = [words(svg, str(each.key))[0] for each in nodes]
    assert len({*numbers}) == 5
    assert {each[:2] for each in numbers} == {"✓ "}


def test_a_name_is_the_same_before_and_after() -> None:
    after = two_leaves()
    before = replace(after, nodes=after.nodes[:-1], edges=after.edges[:-1])
    upper = drawn(lay_out(before, after, NARROW))
    assert words(upper, PRICE) == words(drawn(lay_out(after, before, NARROW)), PRICE)


def test_in_a_picture_of_many_names_with_one_number_are_told_apart_too() -> None:
    many = long_chain(WIDE_NODES, "blog")
    nodes = (*many.nodes, *two_leaves().nodes)
    told = dot(replace(many, nodes=nodes, apps=("blog", "store")))
    assert "…price" in told
    assert "…discount" in told


def test_the_graph_of_a_notebook_is_given_names_that_are_told_apart() -> None:
    (lane,) = board(two_leaves())["lanes"]
    short = {each["id"]: (each["rest"], each["short"]) for each in lane["nodes"]}
    assert short[PRICE] == ("alter_product_price", "…price")
    assert short["store.0005_step"] == ("step", "step")


def test_names_with_different_numbers_are_left_alone() -> None:
    keys = [key("store.0001_alter_product_price"), key("store.0002_alter_product_discount")]
    assert [*names_of(keys, lambda name: name[:5]).values()] == [
        *("alter_product_price", "alter_product_discount")
    ]


def test_names_that_end_alike_keep_how_they_begin() -> None:
    ends = ["alter_product_price", "alter_product_stock"]
    ends += [each.replace("alter", "remove") for each in ends]
    assert [*apart(ends, lambda name: name[:9]).values()] == [
        *("a…price", "a…stock", "r…price", "r…stock")
    ]


_NAME = st.text("ab_", max_size=12)


@settings(max_examples=500)
@given(st.sets(_NAME, max_size=6), st.integers(6, 9))
def test_no_two_names_look_alike_where_there_is_room_for_six_letters(
    names: set[str], length: int
) -> None:
    def cut(name: str) -> str:
        return name if len(name) <= length else f"{name[: length - 1]}…"

    assert len({cut(each) for each in apart(sorted(names), cut).values()}) == len(names)
