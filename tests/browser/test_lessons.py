"""Lessons in a real JupyterLab: read before they are run, run by the menu, and answered by hand."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .pages import Jupyter, opened, run_all, violations, written
from .test_first_notebook import graphs, scroll

pytestmark = pytest.mark.browser

#: Beside the first one: one that asks, one with two labs, one in plain commands.
CHOSEN = ("05_revert", "16_reset", "18_in_a_terminal")


def emptied(jupyter: Jupyter, name: str) -> Path:
    """A copy of the notebook without outputs."""
    notebook = json.loads((jupyter.folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    path = jupyter.folder / f"empty_{name}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def all_run(page: Page, path: Path) -> list[dict[str, Any]]:
    """Run the notebook as one does by the menu, save it, and give its cells of code.

    JupyterLab draws only the cells that are in view, so the file tells what happened.
    """
    run_all(page)
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline:
        page.wait_for_timeout(3000)
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1000)
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except ValueError:
            continue  # It is being written.
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        if code[-1]["execution_count"] == len(code) and code[-1]["outputs"]:
            return code
    raise AssertionError(f"{path.name} was not run to its end")


@pytest.mark.parametrize("name", CHOSEN)
def test_run_all_cells_waits_for_nobody_and_fails_nowhere(
    browser: Browser, jupyter: Jupyter, name: str
) -> None:
    path = emptied(jupyter, name)
    page = opened(browser, jupyter, path.name)
    code = all_run(page, path)
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        for output in cell["outputs"]:
            assert output["output_type"] != "error", cell["source"]
            assert output.get("name") != "stderr", cell["source"]
    assert "is still missing" in json.dumps(code[-1]["outputs"], ensure_ascii=False)
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        scroll(page)
        page.locator(".jp-Notebook").screenshot(path=str(Path(folder) / f"{name}.png"))
    page.close()


def test_a_prediction_is_chosen_and_compared_with_the_run(
    browser: Browser, jupyter: Jupyter
) -> None:
    """Chosen by mouse before the run, in a notebook that asks once."""
    notebook = json.loads((jupyter.folder / "05_revert.ipynb").read_text(encoding="utf-8"))
    wanted = ("from miglab", 'predict("tags', "%manage migrate store 0004", 'reveal("tags')
    notebook["cells"] = [
        {**cell, "outputs": [], "execution_count": None}
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and "".join(cell["source"]).startswith(wanted)
    ]
    path = jupyter.folder / "predicts.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    page = opened(browser, jupyter, path.name)
    page.locator(".jp-Cell").first.click()
    for _ in range(2):
        page.keyboard.press("Shift+Enter")
    option = page.locator(".widget-toggle-button", has_text="C")
    option.click(timeout=60_000)
    expect(page.get_by_text("You predict: Both tables go")).to_be_visible(timeout=20_000)
    assert violations(page) == []
    for place in (2, 3):
        page.locator(".jp-Cell").nth(place).click()
        page.keyboard.press("Shift+Enter")
    expect(page.get_by_text("So did you.")).to_be_visible(timeout=60_000)
    page.close()


def asked(
    browser: Browser, jupyter: Jupyter, question: str, command: str
) -> tuple[Page, Callable[[], None]]:
    """A notebook that asks a question in a lab, and what runs the command and the answer."""
    sources = (
        "from miglab import Lab\nfrom miglab.lessons import predict, reveal\n"
        'lab = Lab("storefront")',
        f'predict("{question}")',
        f"%manage {command}",
        f'reveal("{question}")',
    )
    page = opened(browser, jupyter, written(jupyter, question, *sources))

    def run(*places: int) -> None:
        for place in places:
            page.locator(".jp-Cell .jp-InputArea-editor").nth(place).click()
            page.keyboard.press("Shift+Enter")

    run(0, 1)
    return page, lambda: run(2, 3)


def test_names_are_ticked_by_keyboard_and_compared_with_the_run(
    browser: Browser, jupyter: Jupyter
) -> None:
    page, go_on = asked(browser, jupyter, "tables-that-go", "migrate marketplace zero")
    page.get_by_role("checkbox", name="accounts_seller").focus(timeout=60_000)
    for key in ("Space", "Tab", "Tab", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("checkbox", name="marketplace_order")).to_be_checked()
    said = page.get_by_role("status").filter(has_text="You predict 2 of 5")
    expect(said).to_be_visible(timeout=20_000)
    assert violations(page) == []
    go_on()
    missed = page.get_by_text("You missed: marketplace_listing, media_photo.")
    expect(missed).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Not gone: accounts_seller.")).to_be_visible()
    keep(page, "names_ticked")
    page.close()


def test_a_number_is_typed_and_compared_with_the_run(browser: Browser, jupyter: Jupyter) -> None:
    page, go_on = asked(browser, jupyter, "answered-no", "migrate store 0004")
    field = page.get_by_role("spinbutton", name="I predict")
    field.fill("6", timeout=60_000)
    page.keyboard.press("Tab")
    expect(page.get_by_role("status").filter(has_text="You predict: 6")).to_be_visible(
        timeout=20_000
    )
    assert violations(page) == []
    go_on()
    expect(page.get_by_text("You said 6: 40 too few.")).to_be_visible(timeout=60_000)
    keep(page, "number_typed")
    page.close()


def keep(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants one."""
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


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
