"""The words on a card: short lines, the state in a word, marks that a beginner reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.draw.words import (
    LINE,
    LINES,
    clean,
    footnote,
    heading,
    lanes_of,
    missing_parents,
    sentence_of,
    words_of,
    wrap,
)
from miglab.facts.picture import State

from .samples import edges, key, node, picture


def test_the_number_is_big_and_the_rest_stands_below_it() -> None:
    words = words_of(node("store.0002_add_price_to_product"))
    assert words.big == "✓ 0002"
    assert words.name == ("add_price_to_", "product")
    assert words.marks == ()


@pytest.mark.parametrize(
    ("name", "big", "rest"),
    [
        ("0001", "✓ 0001", ()),
        ("initial", "✓", ("initial",)),
        ("0001_squashed_0004_x", "✓ 0001", ("squashed_0004_x",)),
        ("20260102030405_x", "✓ 20260102030405", ("x",)),
        ("0007rename", "✓ 0007", ("rename",)),
    ],
)
def test_names_of_any_form_are_shown(name: str, big: str, rest: tuple[str, ...]) -> None:
    words = words_of(node(f"store.{name}"))
    assert (words.big, words.name) == (big, rest)


@pytest.mark.parametrize("state", State)
def test_a_state_that_is_not_plain_is_said_in_a_word(state: State) -> None:
    plain = state in (State.APPLIED, State.UNAPPLIED)
    assert words_of(node("store.0001_initial", state)).marks == (() if plain else (state.word,))


def test_what_has_just_moved_says_so() -> None:
    assert words_of(node("store.0001_x", changed=True)).marks == ("now: applied",)
    unapplied = node("store.0001_x", State.UNAPPLIED, changed=True)
    assert words_of(unapplied).marks == ("now: not applied",)
    ghost = node("store.0001_x", State.GHOST, changed=True)
    assert words_of(ghost).marks == ("now: file gone",)


def test_the_target_and_the_leaf_are_marked_on_one_line_where_they_fit() -> None:
    assert words_of(node("store.0001_x", target=True, leaf=True)).marks == ("◎ target · latest",)
    assert words_of(node("store.0001_x", State.TO_UNAPPLY, leaf=True)).marks == (
        "to unapply",
        "latest",
    )


def test_two_leaves_of_an_app_are_a_conflict() -> None:
    assert words_of(node("store.0002_x", leaf=True), leaves=2).marks == ("one of 2 leaves",)
    assert heading("store", 1) == "store"
    assert heading("store", 2) == "store — conflict: 2 leaves"


def test_the_tooltip_says_what_the_state_means() -> None:
    words = words_of(node("store.0001_initial", State.GHOST))
    assert words.tooltip == (
        "store.0001_initial — file gone: is recorded as applied, but its file is gone"
    )


def test_a_parent_without_a_file_stands_before_its_child() -> None:
    """
    0001    (0002) ─ 0003
    """
    gap = picture(
        node("store.0001_initial"),
        node("store.0003_x"),
        edges=edges("store.0002_gone store.0003_x"),
    )
    assert missing_parents(gap) == [key("store.0002_gone")]
    assert lanes_of(gap) == {
        "store": [key("store.0001_initial"), key("store.0002_gone"), key("store.0003_x")]
    }


def test_a_parent_in_an_app_of_its_own_adds_a_lane() -> None:
    gap = picture(node("store.0001_x"), edges=edges("shop.0001_gone store.0001_x"))
    assert list(lanes_of(gap)) == ["store", "shop"]


def test_what_is_left_out_is_counted() -> None:
    assert footnote(picture()) == ""
    assert footnote(picture(hidden=1)) == "1 migration of another app is not shown"
    assert footnote(picture(hidden=1800)) == "1,800 migrations of other apps are not shown"


def test_the_sentence_begins_with_the_title() -> None:
    assert sentence_of(picture(title="before", sentence="All applied.")) == "before: All applied."
    assert sentence_of(picture(sentence="All applied.")) == "All applied."
    assert sentence_of(picture(sentence="")) == "a graph of migrations"


@given(st.text(), st.integers(2, 30), st.integers(1, 5), st.sampled_from("_ "))
def test_wrapped_lines_are_short_and_lose_nothing_but_the_end(
    text: str, width: int, lines: int, after: str
) -> None:
    found = wrap(text, width, lines, after)
    assert len(found) <= lines
    assert all(0 < len(line) <= width for line in found)
    if found and not found[-1].endswith("…"):
        assert "".join("".join(found).split()) == "".join(text.split())


def test_a_very_long_name_ends_in_dots() -> None:
    found = words_of(node("store.0001_" + "word_" * 40)).name
    assert len(found) == LINES
    assert found[-1].endswith("…")
    assert max(map(len, found)) <= LINE


def test_what_a_picture_cannot_hold_is_replaced() -> None:
    assert clean("a\x00b\udc80é<") == "a�b�é<"
