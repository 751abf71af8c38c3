"""The first notebook in a real JupyterLab, run from top to bottom by the menu."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .pages import Jupyter, opened, run_all

pytestmark = pytest.mark.browser

NOTEBOOK = "00_start_here.ipynb"

#: Loaded, and not just a box for the text alternative.
DRAWN = "images => images.filter(each => each.complete && each.naturalWidth > 100).length"


def graphs(page: Page) -> int:
    """How many pictures of the migration graph or of the truths are drawn."""
    return int(page.locator(".jp-OutputArea img[alt]").evaluate_all(DRAWN))


def scroll(page: Page) -> None:
    """Pass by every cell: JupyterLab draws those that come into view."""
    cells = page.locator(".jp-Notebook .jp-Cell")
    for place in range(cells.count()):
        cells.nth(place).scroll_into_view_if_needed()
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.locator(".jp-Notebook").screenshot(path=str(Path(folder) / "notebook.png"))


def test_its_pictures_show_before_it_is_trusted_and_before_anything_is_run(
    browser: Browser, jupyter: Jupyter
) -> None:
    page = opened(browser, jupyter, NOTEBOOK)
    scroll(page)
    assert graphs(page) >= 8
    page.close()


def test_run_all_cells_makes_applies_and_reverts_and_shows_the_graph(
    browser: Browser, jupyter: Jupyter
) -> None:
    path = jupyter.folder / NOTEBOOK
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    empty = jupyter.folder / "empty.ipynb"
    empty.write_text(json.dumps(notebook))
    page = opened(browser, jupyter, empty.name)
    scroll(page)
    assert graphs(page) == 0
    run_all(page)
    last = sum(cell["cell_type"] == "code" for cell in notebook["cells"])
    expect(page.get_by_text(f"[{last}]:").first).to_be_attached(timeout=180_000)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)
    scroll(page)
    assert graphs(page) >= 8
    assert (
        page.locator(
            ".jp-OutputArea [data-mime-type*='error'], .jp-RenderedText[data-mime-type*='stderr']"
        ).count()
        == 0
    )
    expect(page.get_by_alt_text("✓ 0006_product_colour").first).to_be_attached()
    page.close()


def test_a_question_of_djangos_is_asked_and_answered_in_the_notebook(
    browser: Browser, jupyter: Jupyter
) -> None:
    notebook = json.loads((jupyter.folder / NOTEBOOK).read_text())
    sources = (
        'from miglab import Lab\nlab = Lab("storefront", apps=["store"])',
        'lab.replace("store/models.py", "    discount = ", "    rebate = ")',
        "%manage makemigrations store",
    )
    notebook["cells"] = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    (jupyter.folder / "asks.ipynb").write_text(json.dumps(notebook))
    page = opened(browser, jupyter, "asks.ipynb")
    run_all(page)
    answer = page.locator(".jp-Stdin-input")
    expect(answer).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-Stdin-prompt")).to_contain_text("renamed to product.rebate")
    answer.fill("y")
    answer.press("Enter")
    expect(page.get_by_text("~ Rename field discount on product to rebate")).to_be_visible(
        timeout=60_000
    )
    page.close()
