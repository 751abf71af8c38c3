"""A learner's copy of the lessons, opened again: what was said and solved is there to read, a new
kernel says how to go on, and the contents page knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page, expect

from miglab.progress import Journal
from miglab.workbook import bundled_lessons, deliver, journal_of, tick

from .pages import (
    FRONT,
    Jupyter,
    desk_of,
    jupyterlab,
    opened,
    restart_kernel,
    run_cell,
    save,
    violations,
    written,
)
from .test_lessons import keep, option, said

pytestmark = pytest.mark.browser

START = (
    "from miglab import Lab\nfrom miglab.lessons import check, predict, reveal, your_turn\n"
    'lab = Lab("storefront", apps=["store"])'
)

SOLVED = """field = "    weight = models.IntegerField(default=0)\\n    discount ="
lab.replace("store/models.py", "    discount =", field)
lab.manage("makemigrations store")
lab.manage("migrate")
lab.manage("migrate store 0005")
lab.delete("store/migrations/0006_*.py")
lab.replace("store/models.py", field, "    discount =")"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Jupyter]:
    """A learner's copy in JupyterLab as anybody starts it, without ``miglab lab``."""
    folder = tmp_path_factory.mktemp("learner") / "miglab-lessons"
    deliver(bundled_lessons(), folder, "1.0")
    tick(bundled_lessons(), folder)
    with jupyterlab(folder) as jupyter:
        yield jupyter


@pytest.fixture(scope="module")
def table(browser: Browser, copy: Jupyter) -> Page:
    """A page of it, with the file browser open."""
    page = desk_of(browser, copy)
    page.set_viewport_size({"width": 1280, "height": 800})
    return page


def texts(path: Path, place: int) -> str:
    """What the notebook keeps of a cell of code."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [each for each in cells if each["cell_type"] == "code"]
    told = ["".join(each.get("data", {}).get("text/plain", "")) for each in code[place]["outputs"]]
    return "\n".join(told)


def test_what_the_widgets_show_the_notebook_keeps_and_the_next_day_shows_it(
    table: Page, copy: Jupyter
) -> None:
    sources = (
        START,
        'predict("tags-after-0004")',
        'lab = your_turn("before-discounts")',
        'check("before-discounts")',
        "%manage migrate store 0003",
    )
    name = written(copy, "solved", *sources)
    with opened(table, name) as page:
        for place in range(5):
            run_cell(page, place)
            if place == 1:
                option(page, "B").click(timeout=60_000)
                expect(said(page, "You chose B.")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("The goals of this task:")).to_be_attached()
        page.get_by_role("button", name="Check again").click()
        expect(page.get_by_text("Done: every goal is reached.")).to_be_visible(timeout=60_000)
        expect(said(page, "5 of 5 goals are reached.")).to_be_visible()
        assert violations(page) == []
        keep(page, "checked_again")
        save(page)
    path = copy.folder / name
    assert texts(path, 1).endswith("\nYou chose B.\n")
    assert texts(path, 3).startswith("Done: every goal is reached.")
    with opened(table, name) as page:
        chosen = page.get_by_text("You chose B.").locator("visible=true")
        expect(chosen).to_have_count(1, timeout=60_000)
        expect(page.get_by_text("Done: every goal is reached.")).to_be_visible()
        expect(page.get_by_text("The goals of this task:")).to_have_count(0)
        # JupyterLab says so of each old widget, where nobody sees it.
        expect(page.get_by_text("model not found")).to_have_count(2, timeout=60_000)
        expect(page.get_by_text("model not found").locator("visible=true")).to_have_count(0)
        keep(page, "next_day")
    with pytest.warns(UserWarning, match="widget-view.* is not able to be represented"):
        exported, _ = HTMLExporter().from_filename(str(path))
    assert "You chose B." in exported
    assert "Done: every goal is reached." in exported
    assert "widget-view+json" not in exported
    assert "The goals of this task:" not in exported


def test_after_a_restart_the_questions_are_there_to_read_and_their_answers_come_back(
    table: Page, copy: Jupyter
) -> None:
    start = f'{START}\nlab.manage("migrate store 0001")'
    name = written(copy, "restarted", start, 'predict("prices-back")')
    with opened(table, name) as page:
        run_cell(page, 0)
        run_cell(page, 1)
        option(page, "A").click(timeout=60_000)
        expect(said(page, "You chose A.")).to_be_visible(timeout=20_000)
        restart_kernel(page)
        expect(option(page, "A")).to_be_hidden(timeout=60_000)
        chosen = page.get_by_text("You chose A.").locator("visible=true")
        expect(chosen).to_have_count(1, timeout=60_000)
        keep(page, "restarted")
        run_cell(page, 0)
        run_cell(page, 1)
        expect(said(page, "You chose A. You can still change your answer.")).to_be_visible(
            timeout=60_000
        )


def test_a_new_kernel_knows_the_commands_and_a_lesson_goes_on_at_a_heading(
    table: Page, copy: Jupyter
) -> None:
    with opened(table, "05_revert.ipynb") as page:
        command = run_cell(page, 1)
        expect(command).to_contain_text(
            "there is no open lab; to go on with this part, run %resume"
        )
        expect(command).to_contain_text("%resume Undo the last migration")
        asking = run_cell(page, 2)
        expect(asking).to_contain_text("'predict' is not defined in this kernel; to go on")
        keep(page, "new_kernel")
        editor = command.locator(".cm-content")
        editor.click()
        page.keyboard.press("Control+a")
        page.keyboard.type("%resume Forward again")
        page.keyboard.press("Shift+Enter")
        done = page.get_by_text("The lab is now where “Forward again” begins")
        expect(done).to_be_visible(timeout=60_000)
        cells = page.locator(f"{FRONT} .jp-CodeCell")
        place = next(
            place
            for place in range(cells.count())
            if 'predict("prices-back")' in cells.nth(place).inner_text()
        )
        run_cell(page, place)
        option(page, "B").click(timeout=60_000)
        run_cell(page, place + 1)
        run_cell(page, place + 3)
        expect(page.get_by_text("That is what you chose.")).to_be_visible(timeout=60_000)
        keep(page, "resumed")


def test_what_was_solved_is_ticked_in_the_contents_at_once(table: Page, copy: Jupyter) -> None:
    sources = (START, 'lab = your_turn("there-and-back")', 'check("there-and-back")', SOLVED)
    with opened(table, written(copy, "ticked", *sources)) as page:
        for place in (0, 1, 3, 2):
            run_cell(page, place)
        expect(page.get_by_text("Done: every goal is reached.")).to_be_visible(timeout=60_000)
        page.evaluate(
            "async () => { await jupyterapp.commands.execute("
            "  'docmanager:open', {path: 'README.md', factory: 'Markdown Preview'}) }"
        )
        preview = page.locator(".jp-MarkdownViewer")
        expect(preview).to_contain_text("✓ 0", timeout=60_000)
        expect(preview).to_contain_text(re.compile("of 20 lessons (is|are) done"))
        keep(page, "contents")
        page.evaluate("async () => { await jupyterapp.commands.execute('application:close') }")
    kinds = [each.kind for each in Journal(journal_of(copy.folder)).read()]
    assert {"begun", "checked"} <= set(kinds)
