"""Print is measured as Helvetica and Arial draw it, and cut where it would leave its room."""

from __future__ import annotations

import pytest

from miglab.draw.letters import cut, width_of


def test_a_wide_letter_is_wider_than_a_narrow_one_and_bold_print_is_wider() -> None:
    assert width_of("m", 10) > 3 * width_of("i", 10)
    assert width_of("add_price", 13, bold=True) > width_of("add_price", 13)


def test_a_letter_that_nobody_measured_is_as_wide_as_the_size() -> None:
    assert width_of("漢", 11) == 11


@pytest.mark.parametrize("room", [0, 5, 12, 40, 90])
@pytest.mark.parametrize("text", ["", "initial", "add_price_to_product", "m" * 60])
def test_what_is_cut_fits_its_room_or_is_nothing_but_the_dots(text: str, room: float) -> None:
    shown = cut(text, 11, room)
    assert width_of(shown, 11) <= room or shown in ("", "…")
    assert shown == text or text.startswith(shown.removesuffix("…"))


def test_what_fits_is_left_as_it_is() -> None:
    assert cut("tag_product_tags", 11, width_of("tag_product_tags", 11)) == "tag_product_tags"
