"""Lessons in a real JupyterLab: read before they are run, run by the menu, and answered by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .pages import (
    FRONT,
    Jupyter,
    all_run,
    emptied,
    idle,
    opened,
    run_cell,
    save,
    violations,
    written,
)
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
        assert "The goals of this task:" in json.dumps(code[-1]["outputs"], ensure_ascii=False)
        if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
            scroll(page)
            page.locator(".jp-Notebook").screenshot(path=str(Path(folder) / f"{name}.png"))


Go = Callable[[], None]


@contextmanager
def asked(
    desk: Page, jupyter: Jupyter, question: str, command: str, *begin: str
) -> Iterator[tuple[Page, Go]]:
    """A notebook that asks a question in a lab, after what leads to it, and what runs the command
    and the answer."""
    sources = (
        "from miglab import Lab\nfrom miglab.lessons import predict, reveal\n"
        + "\n".join(['lab = Lab("storefront")', *begin]),
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


def option(page: Page, letter: str) -> Locator:
    """The option of the question in front that has this letter."""
    return page.locator(f"{FRONT} .miglab-option", has=page.get_by_text(letter, exact=True))


def said(page: Page, words: str) -> Locator:
    """The line of a question's box that says what is chosen."""
    return page.get_by_role("status").filter(has_text=words)


def test_a_prediction_is_clicked_and_shift_enter_does_not_lose_it(
    desk: Page, jupyter: Jupyter
) -> None:
    with asked(desk, jupyter, "tags-after-0004", "migrate store 0004") as (page, go_on):
        option(page, "A").click(timeout=60_000)
        option(page, "C").click()
        expect(said(page, "You chose C. You can still change your answer.")).to_be_visible(
            timeout=20_000
        )
        # The question stands there once.
        expect(page.get_by_text("You go back to 0004.").locator("visible=true")).to_have_count(1)
        assert violations(page) == []
        # The click chose the cell, and the key runs it again.
        page.keyboard.press("Shift+Enter")
        idle(page)
        expect(said(page, "You chose C. You can still change your answer.")).to_be_visible(
            timeout=20_000
        )
        expect(option(page, "C")).to_have_attribute("aria-pressed", "true")
        keep(page, "prediction_chosen")
        go_on()
        expect(page.get_by_text("That is what you chose.")).to_be_visible(timeout=60_000)
        expect(option(page, "A")).to_be_disabled()


def test_a_prediction_is_frozen_by_the_command_and_start_again_goes_back_to_it(
    desk: Page, jupyter: Jupyter
) -> None:
    begin = 'lab.manage("migrate store 0001")'
    with asked(desk, jupyter, "prices-back", "migrate store", begin) as (page, go_on):
        option(page, "A").click(timeout=60_000)
        go_on()
        expect(page.get_by_text("Not this time: can you see why")).to_be_visible(timeout=60_000)
        # A miss is first a puzzle: the reason opens on a click.
        expect(page.get_by_text("A migration says how to create a column.")).to_be_hidden()
        option(page, "A").scroll_into_view_if_needed()
        expect(option(page, "B")).to_be_disabled()
        page.get_by_role("button", name="Start again").click()
        expect(said(page, "The lab is back where this question was asked.")).to_be_visible(
            timeout=20_000
        )
        option(page, "B").click()
        expect(said(page, "You chose B.")).to_be_visible(timeout=20_000)
        go_on()
        expect(page.get_by_text("That is what you chose.")).to_be_visible(timeout=60_000)


def test_a_prediction_is_made_by_keyboard_alone(desk: Page, jupyter: Jupyter) -> None:
    with asked(desk, jupyter, "tags-after-0004", "migrate store 0004") as (page, _):
        option(page, "B").focus(timeout=60_000)
        page.keyboard.press("Enter")
        expect(said(page, "You chose B.")).to_be_visible(timeout=20_000)
        page.keyboard.press("Space")
        expect(said(page, "Click an answer, or just read on.")).to_be_visible(timeout=20_000)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(said(page, "You chose C.")).to_be_visible(timeout=20_000)


def test_names_are_ticked_by_keyboard_and_compared_with_the_run(
    desk: Page, jupyter: Jupyter
) -> None:
    with asked(desk, jupyter, "tables-that-go", "migrate marketplace zero") as (page, go_on):
        page.get_by_role("checkbox", name="accounts_seller").focus(timeout=60_000)
        for key in ("Space", "Tab", "Tab", "Space"):
            page.keyboard.press(key)
        expect(page.get_by_role("checkbox", name="marketplace_order")).to_be_checked()
        expect(said(page, "You chose 2 of 5")).to_be_visible(timeout=20_000)
        assert violations(page) == []
        go_on()
        missed = page.get_by_text("You missed: marketplace_listing, media_photo.")
        expect(missed).to_be_visible(timeout=60_000)
        expect(page.get_by_text("Not gone: accounts_seller.")).to_be_visible()
        keep(page, "names_ticked")


def test_none_of_them_and_a_name_exclude_each_other(desk: Page, jupyter: Jupyter) -> None:
    with asked(desk, jupyter, "tables-that-go", "migrate marketplace zero") as (page, _):
        name = page.get_by_role("checkbox", name="media_photo")
        none = page.get_by_role("checkbox", name="none of them")
        name.check(timeout=60_000)
        none.check()
        expect(name).not_to_be_checked()
        expect(said(page, "You chose none of them")).to_be_visible(timeout=20_000)
        name.check()
        expect(none).not_to_be_checked()
        expect(said(page, "You chose 1 of 5: media_photo")).to_be_visible(timeout=20_000)


def test_a_number_is_typed_and_compared_with_the_run(desk: Page, jupyter: Jupyter) -> None:
    renamed = 'lab.replace("store/models.py", "    discount =", "    percent_off =")'
    refused = 'lab.manage("makemigrations store", answers=["N"])'
    begin = (renamed, refused)
    with asked(desk, jupyter, "answered-no", "migrate store", *begin) as (page, go_on):
        field = page.get_by_role("spinbutton", name="I predict")
        field.fill("6", timeout=60_000)
        page.keyboard.press("Tab")
        expect(said(page, "You chose 6.")).to_be_visible(timeout=20_000)
        assert violations(page) == []
        go_on()
        expect(page.get_by_text("You chose 6, which is 18 too few.")).to_be_visible(timeout=60_000)
        keep(page, "number_typed")


def test_a_claim_is_judged_before_it_is_tried(desk: Page, jupyter: Jupyter) -> None:
    sources = ("from miglab.lessons import judge, try_claim", 'judge("C9")', 'try_claim("C9")')
    with opened(desk, written(jupyter, "judged", *sources)) as page:
        run_cell(page, 0)
        run_cell(page, 1)
        option(page, "A").click(timeout=60_000)
        expect(said(page, "You chose A.")).to_be_visible(timeout=20_000)
        assert violations(page) == []
        run_cell(page, 2)
        expect(page.get_by_text("Your verdict was: it holds.")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("Tried:")).to_be_hidden()
        expect(option(page, "B")).to_be_disabled()
        keep(page, "claim_judged")


def keep(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants one."""
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_before_it_is_run_its_questions_and_answers_are_there_to_read(desk: Page) -> None:
    with opened(desk, "05_revert.ipynb") as page:
        drawn(page, 8)
        expect(page.get_by_text("Answer: C. Both tables are dropped").first).to_be_attached()
        expect(page.get_by_text("model not found")).to_have_count(0)
        expect(page.locator(".jupyter-widgets")).to_have_count(0)
