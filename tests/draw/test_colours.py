"""The table of looks can be read by everybody, on a light page and on a dark one."""

from __future__ import annotations

import pytest

from miglab.draw.colours import (
    GREY,
    INK,
    LOOKS,
    NO_FILE,
    PAGES,
    ROWS,
    TRUTH,
    UNREADABLE,
    VERDICTS,
    Look,
)
from miglab.facts.picture import State

from ..contrast import contrast

ALL = [*LOOKS.values(), NO_FILE, ROWS, TRUTH, UNREADABLE, *VERDICTS.values()]


def test_every_state_has_a_look() -> None:
    assert set(LOOKS) == set(State)


@pytest.mark.parametrize("look", ALL, ids=lambda look: look.fill)
def test_text_reads_on_every_card(look: Look) -> None:
    assert contrast(INK, look.fill) >= 4.5


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("colour", sorted({GREY, *(look.border for look in ALL)}))
def test_borders_edges_and_headings_show_on_both_pages(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


def test_no_two_states_differ_by_colour_alone() -> None:
    """Applied and unapplied differ by glyph; every other state has a word and a border too."""
    said = {(state.glyph, state.word) for state in State}
    assert len(said) == len(State)
    drawn = [(look.shape, look.line, look.width) for look in LOOKS.values()]
    assert len(set(drawn)) == len(drawn)
