"""The explorer in a real JupyterLab: the graph is the control, and the database really moves."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .pages import (
    FRONT,
    Jupyter,
    all_run,
    arrow_to,
    card,
    exploring,
    opened,
    previewed,
    tab_to,
    theme,
    violations,
)

pytestmark = pytest.mark.browser

OPEN = 'from miglab import Lab\nlab = Lab("storefront", apps=["store", "media", "blog"])'
WHERE = "print(lab.folder)"
SLOW = '''lab.write("store/migrations/0006_slow.py", """
import time
from django.db import migrations

def slow(apps, schema_editor):
    time.sleep(600)

class Migration(migrations.Migration):
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [migrations.RunPython(slow, migrations.RunPython.noop)]
""")
None'''


@contextmanager
def explored(desk: Page, jupyter: Jupyter, name: str, *more: str) -> Iterator[Page]:
    """The page with the explorer of the storefront."""
    with exploring(desk, jupyter, name, OPEN, *more, WHERE) as page:
        yield page


def database(page: Page | Locator) -> Path:
    """The lab's database, as its notebook prints the folder."""
    printed = page.locator(".jp-OutputArea-output pre", has_text="labs").first.inner_text()
    return Path(printed.strip()) / "db.sqlite3"


def recorded(path: Path) -> list[str]:
    """The names that the record holds for the store."""
    connection = sqlite3.connect(path.as_uri() + "?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT name FROM django_migrations WHERE app = 'store'")
        return sorted(name[:4] for (name,) in rows)
    finally:
        connection.close()


def accessible(page: Page, name: str = "") -> None:
    """The checker of accessibility finds nothing on the page, be it dark or light."""
    for tone in ("Dark", "Light"):
        theme(page, tone)
        if name:
            picture(page, f"{name}_{tone.lower()}")
        assert violations(page) == [], tone


def picture(page: Page, name: str) -> None:
    """Keep what is to be seen, for the README, where that is asked for."""
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.set_viewport_size({"width": 1700, "height": 1400})
        page.add_style_tag(content="[class*=Toastify] { display: none }")
        page.get_by_role("button", name="Show the whole graph").click()
        page.mouse.move(0, 0)
        page.wait_for_timeout(1000)
        page.locator(".miglab-explorer").screenshot(path=str(Path(folder) / f"{name}.png"))


def test_picked_by_mouse_previewed_done_and_rewound(desk: Page, jupyter: Jupyter) -> None:
    with explored(desk, jupyter, "mouse") as page:
        path = database(page)
        card(page, "0003_change_price_field").click()
        expect(page.locator(".miglab-line").first).to_have_text(
            "python manage.py migrate store 0003_change_price_field"
        )
        expect(card(page, "0005_tag_product_tags")).to_contain_text("to unapply, number 1")
        previewed(page, "migrate store 0003_change_price_field")
        expect(page.locator(".miglab-preview")).to_contain_text("6 rows of store_tag (6 for good)")
        assert recorded(path) == ["0001", "0002", "0003", "0004", "0005"]
        accessible(page, "explorer")
        page.locator(".miglab-do").click()
        expect(page.locator(".miglab-result")).to_contain_text("were unapplied", timeout=60_000)
        expect(card(page, "0005_tag_product_tags")).to_contain_text("not applied")
        assert recorded(path) == ["0001", "0002", "0003"]
        page.locator(".miglab-truths").get_by_role("button", name="How to repair it").click()
        page.locator(".miglab-cure").first.wait_for(timeout=60_000)
        accessible(page)
        page.locator(".miglab-timeline").get_by_role("button", name="Rewind").click()
        expect(page.locator(".miglab-result")).to_contain_text("lab.rewind()", timeout=60_000)
        assert recorded(path) == ["0001", "0002", "0003", "0004", "0005"]


def test_on_postgresql_the_locks_are_drawn_said_and_on_the_cards(
    desk: Page, jupyter: Jupyter
) -> None:
    opening = OPEN.replace('"storefront", ', '"storefront", database="postgresql", ')
    with exploring(desk, jupyter, "locks", opening) as page:
        card(page, "0003_change_price_field").click()
        previewed(page, "migrate store 0003_change_price_field")
        preview = page.locator(".miglab-preview")
        drawn = preview.get_by_role("img", name="What others wait for: store_")
        expect(drawn.first).to_be_visible()
        locked = card(page, "0005_tag_product_tags")
        expect(locked.locator(".miglab-lock")).to_have_attribute("data-stops", "reads")
        expect(locked).to_have_attribute(
            "aria-label", re.compile(r"store_tag \(6 rows\) can't be ")
        )
        expect(card(page, "0002_add_price_to_product").locator(".miglab-lock")).to_have_count(0)
        preview.get_by_text("locks", exact=False).first.click()
        accessible(page, "locks")
        card(page, "0005_tag_product_tags").click()
        expect(page.locator(".miglab-lock")).to_have_count(0)


def test_picked_and_done_by_keyboard_alone(desk: Page, jupyter: Jupyter) -> None:
    with explored(desk, jupyter, "keyboard") as page:
        path = database(page)
        arrow_to(page, "0003_change_price_field", 3)
        page.keyboard.press("Enter")
        expect(page.locator(".miglab-line").first).to_contain_text("0003_change_price_field")
        previewed(page, "migrate store 0003_change_price_field")
        tab_to(page, "miglab-do")
        page.keyboard.press("Enter")
        expect(page.locator(".miglab-result")).to_contain_text("were unapplied", timeout=60_000)
        assert recorded(path) == ["0001", "0002", "0003"]
        page.locator(".miglab-graph").focus()
        page.keyboard.press("f")
        expect(page.locator('[data-miglab="store."]')).to_be_visible()
        page.keyboard.press("/")
        page.keyboard.type("fill")
        expect(page.locator(".miglab-found")).to_have_text("1 of 1")


def test_what_was_pressed_is_chosen_though_the_graph_has_moved_meanwhile(
    desk: Page, jupyter: Jupyter
) -> None:
    """As where a page is still being laid out: here it is zoomed while the button is down."""
    with explored(desk, jupyter, "pressed") as page:
        pressed = card(page, "0002_add_price_to_product")
        pressed.hover()
        page.mouse.down()
        before = pressed.bounding_box()
        page.locator(".miglab-graph").focus()
        for _ in range(4):
            page.keyboard.press("+")
        page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")
        assert abs(pressed.bounding_box()["x"] - before["x"]) > before["width"]
        page.mouse.up()
        expect(page.locator(".miglab-line").first).to_have_text(
            "python manage.py migrate store 0002_add_price_to_product"
        )


def test_two_notebooks_have_a_lab_each(desk: Page, jupyter: Jupyter) -> None:
    with explored(desk, jupyter, "one") as page:
        first = database(page)
        with explored(desk, jupyter, "other"):
            second = database(page.locator(FRONT))
            assert second != first
            card(page.locator(FRONT), "0004_add_discount_field").click()
            page.locator(FRONT).locator(".miglab-do").click()
            result = page.locator(FRONT).locator(".miglab-result")
            expect(result).to_contain_text("unapplied", timeout=60_000)
        assert recorded(first) == ["0001", "0002", "0003", "0004", "0005"]
        expect(card(page, "0005_tag_product_tags")).not_to_contain_text("not applied")
        card(page, "0002_add_price_to_product").click()
        page.locator(".miglab-do").click()
        expect(page.locator(".miglab-result")).to_contain_text("unapplied", timeout=60_000)
        assert recorded(first) == ["0001", "0002"]


def test_a_long_command_tells_how_far_it_is_and_is_cancelled(desk: Page, jupyter: Jupyter) -> None:
    with explored(desk, jupyter, "slow", SLOW) as page:
        path = database(page)
        card(page, "0006_slow").click()
        page.locator(".miglab-do").click()
        # While it is tried in a copy, that is what the line speaks of.
        work = page.locator(".miglab-work")
        expect(work).to_have_text(
            "migrate store 0006_slow … applying store.0006_slow", timeout=60_000
        )
        page.locator(".miglab-panel").get_by_role("button", name="Cancel").click()
        expect(page.locator(".miglab-result")).to_contain_text("cancelled", timeout=60_000)
        assert recorded(path) == ["0001", "0002", "0003", "0004", "0005"]


def test_after_a_restart_of_the_kernel_it_names_the_cell_to_run(
    desk: Page, jupyter: Jupyter
) -> None:
    with explored(desk, jupyter, "restarted") as page:
        page.get_by_role("menuitem", name="Kernel", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Restart Kernel…$")).click()
        page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        told = page.locator(".miglab-explorer .miglab-gone")
        expect(told).to_contain_text("Run the cell with Lab(…) again", timeout=60_000)
        expect(page.locator(".miglab-do")).to_be_disabled()
        all_run(page)
        expect(told).to_be_hidden()


def test_where_no_kernel_runs_there_is_the_picture(desk: Page) -> None:
    with opened(desk, "explore/explorer.ipynb") as page:
        expect(page.get_by_alt_text("All 18 migrations are applied.")).to_be_visible()
        expect(page.get_by_text("model not found")).to_have_count(0)
        expect(page.locator(".miglab-explorer")).to_have_count(0)


def test_a_notebook_that_was_saved_and_opened_again_shows_the_picture_too(
    desk: Page, jupyter: Jupyter
) -> None:
    with explored(desk, jupyter, "saved") as page:
        expect(page.locator("[data-miglab-still]")).to_be_hidden()
    with opened(desk, "saved.ipynb") as page:
        expect(page.locator("[data-miglab-still] img").first).to_be_visible()
        expect(page.locator(":text('model not found'):visible")).to_have_count(0)
