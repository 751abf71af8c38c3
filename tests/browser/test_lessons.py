"""Lessons in a real JupyterLab: read before they are run, run by the menu, and answered by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import Jupyter
from .test_first_notebook import graphs, opened, scroll

pytestmark = pytest.mark.browser

#: One from the beginning, one with most pictures, one with two labs, one in plain commands.
CHOSEN = ("05_revert", "10_fake", "16_reset", "18_in_a_terminal")

FAILED = ".jp-OutputArea [data-mime-type*='error'], .jp-OutputArea [data-mime-type*='stderr']"


def emptied(jupyter: Jupyter, name: str) -> tuple[str, int]:
    """A copy of the notebook without outputs; its name and how many cells of code it has."""
    notebook = json.loads((jupyter.folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in code:
        cell["outputs"], cell["execution_count"] = [], None
    path = jupyter.folder / f"empty_{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.name, len(code)


def run_all(page: Page, last: int) -> None:
    """As one does by the menu; over when the last cell has its number."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.get_by_text(f"[{last}]:").first).to_be_attached(timeout=120_000)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)


@pytest.mark.parametrize("name", CHOSEN)
def test_run_all_cells_waits_for_nobody_and_fails_nowhere(
    browser: Browser, jupyter: Jupyter, name: str
) -> None:
    path, last = emptied(jupyter, name)
    page = opened(browser, jupyter, path)
    run_all(page, last)
    scroll(page)
    assert page.locator(FAILED).count() == 0
    expect(page.get_by_text("What has a ○ is still missing.").last).to_be_attached()
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.locator(".jp-Notebook").screenshot(path=str(Path(folder) / f"{name}.png"))
    page.close()


def test_a_prediction_is_chosen_with_the_mouse_and_compared_with_the_run(
    browser: Browser, jupyter: Jupyter
) -> None:
    path, last = emptied(jupyter, "05_revert")
    page = opened(browser, jupyter, path)
    run_all(page, last)
    scroll(page)
    first = page.locator(".jp-Cell", has_text="What happens to them?").first
    first.scroll_into_view_if_needed()
    first.get_by_role("radio", name="C").or_(first.get_by_role("button", name="C")).click()
    expect(first.get_by_text("You predict: Both tables go")).to_be_visible(timeout=20_000)
    page.close()


def test_before_it_is_run_its_questions_and_answers_are_there_to_read(
    browser: Browser, jupyter: Jupyter
) -> None:
    page = opened(browser, jupyter, "05_revert.ipynb")
    scroll(page)
    assert graphs(page) >= 8
    expect(page.get_by_text("The run says C").first).to_be_attached()
    expect(page.get_by_text("model not found")).to_have_count(0)
    expect(page.locator(".jupyter-widgets")).to_have_count(0)
    page.close()
