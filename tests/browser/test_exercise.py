"""An exercise in a real JupyterLab: by mouse, by keyboard, from a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .pages import Jupyter, all_run, opened, violations, written

pytestmark = pytest.mark.browser

OPEN = (
    "import miglab\nfrom miglab.exercises import exercise\n\n"
    'lab = exercise("undo-only-the-last", journal="progress.jsonl")\nlab'
)


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"exercise-{name}.png"))


def test_it_is_solved_by_a_cell_after_a_hint_and_nothing_is_wrong_for_screen_readers(
    desk: Page, jupyter: Jupyter
) -> None:
    name = written(jupyter, "exercise-mouse", OPEN, "%manage migrate store 0003")
    with opened(desk, name) as page:
        all_run(page)
        expect(page.locator(".miglab-remark")).to_contain_text("That undid two migrations")
        page.get_by_role("button", name="Hint").click()
        expect(page.get_by_text("Hint 1 of 3")).to_be_visible()
        shoot(page, "hint")
        assert violations(page) == []
        page.get_by_role("button", name="Restart", exact=True).click()
        expect(page.locator(".miglab-remark")).to_have_count(0)
        page.get_by_role("button", name="Give up?").click()
        page.get_by_role("button", name="Show me a way", exact=True).click()
        expect(page.get_by_text("It was played in a copy")).to_be_visible(timeout=30_000)
        assert violations(page) == []


def test_buttons_work_by_keyboard(desk: Page, jupyter: Jupyter) -> None:
    with opened(desk, written(jupyter, "exercise-keys", OPEN)) as page:
        all_run(page)
        page.get_by_role("button", name="Hint").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Hint 1 of 3")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Hint 2 of 3")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Compare graphs")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("To reach")).to_be_visible(timeout=30_000)
        shoot(page, "graphs")
        assert violations(page) == []


def test_a_command_in_a_terminal_ticks_the_goals(desk: Page, jupyter: Jupyter) -> None:
    cells = (OPEN, 'open("where.txt", "w").write(str(lab.folder))')
    with opened(desk, written(jupyter, "exercise-terminal", *cells)) as page:
        all_run(page)
        folder = (jupyter.folder / "where.txt").read_text(encoding="utf-8")
        command = [sys.executable, "manage.py", "migrate", "store", "0004"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        expect(page.locator(".miglab-solved")).to_contain_text(
            "You went back to 0004", timeout=30_000
        )
        shoot(page, "solved")
        assert violations(page) == []
