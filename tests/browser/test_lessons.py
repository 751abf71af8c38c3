"""Lessons in a real JupyterLab: read before they are run, run by the menu, and answered by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .pages import Jupyter, all_run, emptied, opened, save, violations, written
from .test_first_notebook import drawn, scroll

pytestmark = pytest.mark.browser

#: Beside the first one: one that asks, one with several labs, one in which Django asks.
CHOSEN = ("05_revert", "07_zero", "09_rename")


@pytest.mark.parametrize("name", CHOSEN)
def test_run_all_cells_waits_for_nobody_and_fails_nowhere(
    desk: Page, jupyter: Jupyter, name: str
) -> None:
    """JupyterLab draws only the cells that are in view, so the file tells what happened."""
    path = emptied(jupyter, f"{name}.ipynb")
    with opened(desk, path.name) as page:
        all_run(page)
        save(page)
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
        for cell in code:
            for output in cell["outputs"]:
                assert output["output_type"] != "error", cell["source"]
                assert output.get("name") != "stderr", cell["source"]
        assert "is still missing" in json.dumps(code[-1]["outputs"], ensure_ascii=False)
        if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
            scroll(page)
            page.locator(".jp-Notebook").screenshot(path=str(Path(folder) / f"{name}.png"))


Go = Callable[[], None]


@contextmanager
def asked(desk: Page, jupyter: Jupyter, question: str, command: str) -> Iterator[tuple[Page, Go]]:
    """A notebook that asks a question in a lab, and what runs the command and the answer."""
    sources = (
        "from miglab import Lab\nfrom miglab.lessons import predict, reveal\n"
        'lab = Lab("storefront")',
        f'predict("{question}")',
        f"%manage {command}",
        f'reveal("{question}")',
    )
    with opened(desk, written(jupyter, question, *sources)) as page:

        def run(*places: int) -> None:
            for place in places:
                page.locator(".jp-Cell .jp-InputArea-editor").nth(place).click()
                page.keyboard.press("Shift+Enter")

        run(0, 1)
        yield page, lambda: run(2, 3)


def test_a_prediction_is_chosen_and_compared_with_the_run(desk: Page, jupyter: Jupyter) -> None:
    with asked(desk, jupyter, "tags-after-0004", "migrate store 0004") as (page, go_on):
        page.locator(".widget-toggle-button", has_text="C").click(timeout=60_000)
        expect(page.get_by_text("You predict: Both tables go")).to_be_visible(timeout=20_000)
        assert violations(page) == []
        go_on()
        expect(page.get_by_text("So did you.")).to_be_visible(timeout=60_000)


def test_names_are_ticked_by_keyboard_and_compared_with_the_run(
    desk: Page, jupyter: Jupyter
) -> None:
    with asked(desk, jupyter, "tables-that-go", "migrate marketplace zero") as (page, go_on):
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


def test_a_number_is_typed_and_compared_with_the_run(desk: Page, jupyter: Jupyter) -> None:
    with asked(desk, jupyter, "answered-no", "migrate store 0004") as (page, go_on):
        field = page.get_by_role("spinbutton", name="I predict")
        field.fill("6", timeout=60_000)
        page.keyboard.press("Tab")
        said = page.get_by_role("status").filter(has_text="You predict: 6")
        expect(said).to_be_visible(timeout=20_000)
        assert violations(page) == []
        go_on()
        expect(page.get_by_text("You said 6: 40 too few.")).to_be_visible(timeout=60_000)
        keep(page, "number_typed")


def keep(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants one."""
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_before_it_is_run_its_questions_and_answers_are_there_to_read(desk: Page) -> None:
    with opened(desk, "05_revert.ipynb") as page:
        drawn(page, 8)
        expect(page.get_by_text("The run says C").first).to_be_attached()
        expect(page.get_by_text("model not found")).to_have_count(0)
        expect(page.locator(".jupyter-widgets")).to_have_count(0)
