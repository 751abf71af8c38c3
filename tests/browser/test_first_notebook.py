"""The first notebook in a real JupyterLab, run from top to bottom by the menu."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .pages import FRONT, Jupyter, all_run, emptied, opened, run_all, written

pytestmark = pytest.mark.browser

NOTEBOOK = "00_start_here.ipynb"

ERRORS = ".jp-OutputArea [data-mime-type*='error'], .jp-RenderedText[data-mime-type*='stderr']"

#: Loaded, and not just a box for the text alternative.
DRAWN = "images => images.filter(each => each.complete && each.naturalWidth > 100).length"


def graphs(page: Page) -> int:
    """How many pictures of the migration graph or of the truths are drawn."""
    return int(page.locator(".jp-OutputArea img[alt]").evaluate_all(DRAWN))


def scroll(page: Page) -> None:
    """Pass by every cell: JupyterLab draws those that come into view."""
    page.locator(f"{FRONT} .jp-WindowedPanel-outer").evaluate(_SCROLL)
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.locator(".jp-Notebook").screenshot(path=str(Path(folder) / "notebook.png"))


_SCROLL = """async panel => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  for (let top = 0; top < panel.scrollHeight; top += panel.clientHeight / 2) {
    panel.scrollTop = top;
    await drawn();
  }
}"""


def drawn(page: Page, least: int) -> None:
    """Pass by the cells until so many graphs are drawn: a slow machine comes after."""
    limit = time.monotonic() + 60
    while graphs(page) < least:
        assert time.monotonic() < limit, f"{graphs(page)} of {least} are drawn"
        scroll(page)


def test_its_pictures_show_before_it_is_trusted_and_before_anything_is_run(
    desk: Page,
) -> None:
    with opened(desk, NOTEBOOK) as page:
        drawn(page, 8)


def test_run_all_cells_makes_applies_and_reverts_and_shows_the_graph(
    desk: Page, jupyter: Jupyter
) -> None:
    with opened(desk, emptied(jupyter, NOTEBOOK).name) as page:
        scroll(page)
        assert graphs(page) == 0
        all_run(page)
        drawn(page, 8)
        assert page.locator(ERRORS).count() == 0
        expect(page.get_by_alt_text("✓ 0006_product_colour").first).to_be_attached()


def test_a_question_of_djangos_is_asked_and_answered_in_the_notebook(
    desk: Page, jupyter: Jupyter
) -> None:
    sources = (
        'from miglab import Lab\nlab = Lab("storefront", apps=["store"])',
        'lab.replace("store/models.py", "    discount = ", "    rebate = ")',
        "%manage makemigrations store",
    )
    with opened(desk, written(jupyter, "asks", *sources)) as page:
        run_all(page)
        answer = page.locator(".jp-Stdin-input")
        expect(answer).to_be_visible(timeout=60_000)
        expect(page.locator(".jp-Stdin-prompt")).to_contain_text("renamed to product.rebate")
        answer.fill("y")
        answer.press("Enter")
        done = page.get_by_text("~ Rename field discount on product to rebate")
        expect(done).to_be_visible(timeout=60_000)
