"""Lanes: one an app, boxes in order that do not lie on one another, lines between them."""

from __future__ import annotations

import itertools
import re

import pytest

from miglab.draw.lanes import CARD, PER_ROW, lanes
from miglab.facts.picture import Picture, State

from .samples import edges, history, long_chain, node, picture, three_apps


def places(drawn: Picture) -> dict[str, tuple[float, float]]:
    """Id → the upper left corner of its card."""
    found = re.findall(r'<g id="([^"]+)".*?<rect x="([\d.]+)" y="([\d.]+)"', lanes(drawn))
    return {name: (float(x), float(y)) for name, x, y in found}


def test_a_lane_runs_from_left_to_right() -> None:
    across = [x for x, _ in places(history()).values()]
    assert across == sorted(across)
    assert all(b - a > CARD for a, b in itertools.pairwise(across))


def test_each_app_has_a_lane_below_the_one_before() -> None:
    plain = Picture(
        "",
        "",
        three_apps().apps,
        tuple(node(str(each.key), State.APPLIED) for each in three_apps().nodes),
        three_apps().edges,
    )
    found = places(plain)
    tops = [found[f"{label}.0001_initial"][1] for label in plain.apps]
    assert tops == sorted(set(tops))


def test_a_long_lane_wraps_into_rows_that_fit_a_notebook() -> None:
    """
    0001 ─ 0002 ─ 0003 ─ 0004 ─ 0005
      ┌───────────────────────────┘
    0006 ─ 0007
    """
    found = list(places(long_chain(PER_ROW + 2)).values())
    assert found[0][0] == found[PER_ROW][0]
    assert found[0][1] < found[PER_ROW][1]
    width = re.search(r'width="(\d+)"', lanes(long_chain(50)))
    assert width is not None
    assert int(width[1]) <= 850


def test_cards_never_lie_on_one_another() -> None:
    boxes = list(places(long_chain(23)).values())
    for number, (x, y) in enumerate(boxes):
        for other_x, other_y in boxes[number + 1 :]:
            assert abs(x - other_x) > CARD or abs(y - other_y) > 30


@pytest.mark.parametrize(
    "pair",
    [
        "store.0001_x store.0002_x",
        "store.0001_x store.0003_x",
        "store.0001_x blog.0001_x",
        "blog.0001_x store.0003_x",
        "blog.0001_x store.0001_x",
    ],
)
def test_an_edge_is_one_line_with_one_head(pair: str) -> None:
    """Beside each other, over a card, down, up and to the right, straight up."""
    drawn = picture(
        node("store.0001_x"),
        node("store.0002_x"),
        node("store.0003_x"),
        node("blog.0001_x"),
        edges=edges(pair),
    )
    without = picture(*drawn.nodes)
    assert lanes(drawn).count("<path") == lanes(without).count("<path") + 2


def test_glyphs_words_and_target_are_those_of_the_other_engines() -> None:
    text = lanes(picture(node("store.0002_x", State.TO_UNAPPLY, target=True, changed=True)))
    assert "↩\N{VARIATION SELECTOR-15} 0002" in text
    assert "now: to unapply" in text
    assert "◎ target" in text


def test_what_is_left_out_is_said_below() -> None:
    assert "18 migrations of other apps are not shown" in lanes(picture(hidden=18))


def test_a_parent_that_no_file_has_is_dotted() -> None:
    text = lanes(picture(node("store.0002_x"), edges=edges("store.0001_gone store.0002_x")))
    assert "no such file" in text
    assert 'stroke-dasharray="2 3"' in text
