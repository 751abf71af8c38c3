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

ALL = [*LOOKS.values(), NO_FILE, ROWS, TRUTH, UNREADABLE, *VERDICTS.values()]


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_that_the_standard_gives() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_every_state_has_a_look() -> None:
    assert set(LOOKS) == set(State)


@pytest.mark.parametrize("look", ALL, ids=lambda look: look.fill)
def test_text_reads_on_every_card(look: Look) -> None:
    assert contrast(INK, look.fill) >= 4.5


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("colour", sorted({GREY, *(look.border for look in ALL)}))
def test_borders_edges_and_headings_show_on_both_pages(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


def test_headings_read_on_both_pages() -> None:
    assert [contrast(GREY, page) >= 4 for page in PAGES] == [True, True]


def test_no_two_states_differ_by_colour_alone() -> None:
    """Applied and unapplied differ by glyph; every other state has a word and a border too."""
    said = {(state.glyph, state.word) for state in State}
    assert len(said) == len(State)
    drawn = [(look.shape, look.line, look.width) for look in LOOKS.values()]
    assert len(set(drawn)) == len(drawn)
