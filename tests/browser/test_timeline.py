"""The strip of moments: nothing of it is cut without a sign, and a comparison can be closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from .pages import FRONT, Jupyter, card, exploring, previewed, sized, theme, violations
from .test_screen import AGAIN, NARROW, SMALL, TWO

pytestmark = pytest.mark.browser

STEPS = """for number in (4, 5, 3, 5, 2, 5, 4, 5):
    lab.manage(f"migrate store 000{number}")
None"""


@contextmanager
def long_history(desk: Page, jupyter: Jupyter, name: str) -> Iterator[tuple[Page, Locator]]:
    """The page with an explorer whose lab has taken eight steps, and its timeline."""
    with exploring(desk, jupyter, name, TWO, STEPS) as page:
        yield page, page.locator(f"{FRONT} .miglab-timeline")


def hidden(timeline: Locator) -> tuple[int, int]:
    """How many moments are not wholly in view, before and after those that are."""
    timeline.page.evaluate(AGAIN)
    found: list[int] = timeline.evaluate(
        """each => {
          const list = each.querySelector(".miglab-strip").getBoundingClientRect();
          const boxes = [...each.querySelectorAll(".miglab-moment")]
            .map(moment => moment.getBoundingClientRect());
          return [boxes.filter(box => box.left < list.left - 1).length,
                  boxes.filter(box => box.right > list.right + 1).length];
        }"""
    )
    return found[0], found[1]


def current_in_view(timeline: Locator) -> bool:
    timeline.page.evaluate(AGAIN)
    return bool(
        timeline.evaluate(
            """each => {
              const list = each.querySelector(".miglab-strip").getBoundingClientRect();
              const box = each.querySelector(".miglab-here").getBoundingClientRect();
              return box.left >= list.left - 1 && box.right <= list.right + 1;
            }"""
        )
    )


def test_each_end_of_the_history_says_how_many_moments_are_beyond_it(
    desk: Page, jupyter: Jupyter
) -> None:
    for size in (SMALL, NARROW):
        with sized(desk, size), long_history(desk, jupyter, f"ends{size['width']}") as opened:
            _, timeline = opened
            earlier, later = (timeline.locator(f'[data-to="{to}"]') for to in ("earlier", "later"))
            before, after = hidden(timeline)
            assert before > 0
            expect(earlier).to_have_text(f"◂ {before} earlier")
            expect(later).to_have_text("0 ▸ later")
            expect(later).to_be_disabled()
            assert current_in_view(timeline)
            while earlier.is_enabled():
                earlier.click()
                before, after = hidden(timeline)
                expect(earlier).to_have_text(f"◂ {before} earlier")
                expect(later).to_have_text(f"{after} ▸ later")
            assert (before, after > 0) == (0, True)


def test_the_current_moment_comes_into_view_and_the_page_stays(
    desk: Page, jupyter: Jupyter
) -> None:
    with sized(desk, SMALL), long_history(desk, jupyter, "current") as (page, timeline):
        timeline.get_by_role("button", name="Restart").click()
        expect(timeline.locator(".miglab-here .miglab-number")).to_have_text("● 0", timeout=60_000)
        assert current_in_view(timeline)
        with sized(page, NARROW):
            assert current_in_view(timeline)


def test_a_short_history_has_no_buttons_at_its_ends(desk: Page, jupyter: Jupyter) -> None:
    with sized(desk, SMALL), exploring(desk, jupyter, "short", TWO) as page:
        page.evaluate(AGAIN)
        expect(page.locator(f"{FRONT} .miglab-further:visible")).to_have_count(0)


def test_a_comparison_says_what_comes_back_and_is_closed(desk: Page, jupyter: Jupyter) -> None:
    with sized(desk, SMALL), long_history(desk, jupyter, "compared") as (page, timeline):
        told = timeline.locator(".miglab-between")
        moments = timeline.locator(".miglab-moment button")
        for close in ("button", "key"):
            timeline.get_by_role("button", name="Compare two").click()
            moments.nth(8).click()
            moments.nth(0).click()
            expect(told).to_contain_text("What changed from moment 0 to moment 8", timeout=60_000)
            expect(told).to_contain_text("LOST FOR GOOD: 40 links of store_product_tags")
            expect(told).not_to_contain_text("did not measure")
            if close == "button":
                for tone in ("Dark", "Light"):
                    theme(page, tone)
                    assert violations(page) == []
                told.get_by_role("button", name="Close").click()
            else:
                told.focus()
                page.keyboard.press("Escape")
            expect(told).to_be_hidden()
            expect(timeline.get_by_role("button", name="Compare two")).to_be_focused()


def test_the_panel_speaks_of_what_is_chosen_and_of_nothing_before(
    desk: Page, jupyter: Jupyter
) -> None:
    with sized(desk, SMALL), exploring(desk, jupyter, "stale", TWO) as page:
        panel = page.locator(f"{FRONT} .miglab-panel")
        preview, result = panel.locator(".miglab-preview"), panel.locator(".miglab-result")
        card(page.locator(FRONT), "0003_change_price_field").click()
        previewed(page, "migrate store 0003_change_price_field")
        expect(preview).to_contain_text("store_tag")
        page.locator(f'{FRONT} [data-miglab="blog.0003_fill_slugs"]').click()
        expect(preview).not_to_contain_text("store_tag")
        expect(panel.locator(".miglab-line")).to_contain_text("blog 0003_fill_slugs")
        previewed(page, "migrate blog 0003_fill_slugs")
        expect(panel).not_to_contain_text("store")
        panel.locator(".miglab-do").click()
        expect(result).to_contain_text("blog.0004", timeout=60_000)
        expect(preview).to_have_text("There is nothing to apply or unapply.")
        card(page.locator(FRONT), "0004_add_discount_field").click()
        expect(result).to_be_empty()
        expect(panel).not_to_contain_text(re.compile("blog"))
