"""An exercise in a real JupyterLab: by mouse, by keyboard, from a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from miglab.cli.main import main

from .pages import (
    FRONT,
    Jupyter,
    all_run,
    arrow_to,
    card,
    idle,
    opened,
    previewed,
    run_cell,
    save,
    sized,
    tab_to,
    theme,
    violations,
    written,
)

pytestmark = pytest.mark.browser

OPEN = (
    "import miglab\nfrom miglab.exercises import exercise\n\n"
    'lab = exercise("undo-only-the-last", journal="progress.jsonl")\nlab'
)
EXPLORE = f"{OPEN}.explore()"
SMALL = {"width": 1280, "height": 800}


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"exercise-{name}.png"))


def rewritten(page: Page, place: int, line: str) -> None:
    """Write something else into a cell, as one does by keyboard."""
    page.locator(f"{FRONT} .jp-CodeCell").nth(place).locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(line)


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
        expect(page.get_by_text("This way was run in a copy")).to_be_visible(timeout=30_000)
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
        expect(page.get_by_role("button", name="Rewind")).to_be_focused()
        expect(page.locator(".miglab-exercise", has_text="To reach").locator("img")).to_be_visible()
        shoot(page, "graphs")
        assert violations(page) == []


def test_a_command_in_a_terminal_ticks_the_goals(desk: Page, jupyter: Jupyter) -> None:
    cells = (OPEN, 'open("where.txt", "w").write(str(lab.folder))')
    with opened(desk, written(jupyter, "exercise-terminal", *cells)) as page:
        all_run(page)
        page.get_by_role("button", name="Hint").click()
        expect(page.get_by_text("Hint 1 of 3")).to_be_visible()
        folder = (jupyter.folder / "where.txt").read_text(encoding="utf-8")
        command = [sys.executable, "manage.py", "migrate", "store", "0004"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        expect(page.locator(".miglab-solved")).to_contain_text(
            "You went back to 0004", timeout=30_000
        )
        shoot(page, "solved")
        assert violations(page) == []


def test_a_killed_kernel_and_a_notebook_opened_again_lose_nothing(
    desk: Page, jupyter: Jupyter, capsys: pytest.CaptureFixture[str]
) -> None:
    kill = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    alone = OPEN.replace(', journal="progress.jsonl"', "")
    cells = (alone, "%manage migrate store 0003", kill)
    name = written(jupyter, "exercise-killed", *cells)
    with opened(desk, name) as page:
        run_cell(page, 0)
        run_cell(page, 1)
        expect(page.locator(".miglab-remark")).to_be_visible()
        save(page)
        page.locator(f"{FRONT} .jp-CodeCell").nth(2).locator(".jp-InputArea-editor").click()
        page.keyboard.press("Shift+Enter")
        expect(page.get_by_text("appears to have died")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Ok", exact=True).click()
        idle(page)
    assert main(["exercise", "replay", str(jupyter.folder / name)]) == 0
    assert "undo-only-the-last: not solved, 1 step replayed" in capsys.readouterr().out
    with opened(desk, name) as page:
        expect(page.get_by_text("You did:")).to_be_visible()
        run_cell(page, 0)
        page.get_by_role("button", name="Go on where you were").click()
        expect(page.get_by_text("Your steps were replayed. You can go on.")).to_be_visible()
        expect(page.locator(".miglab-remark")).to_contain_text("That undid two migrations")
        page.get_by_role("button", name="Rewind").click()
        rewritten(page, 1, "%manage migrate store 0004")
        run_cell(page, 1)
        expect(page.locator(".miglab-solved")).to_be_visible()
        shoot(page, "went-on")
    assert main(["exercise", "replay", str(jupyter.folder / name)]) == 0
    assert "✓ undo-only-the-last: solved" in capsys.readouterr().out


def looked_at(page: Page, name: str) -> None:
    """Nothing is wrong for screen readers, be the page light or dark; what is to be seen is kept
    where that is asked for."""
    with sized(page, SMALL):
        for tone in ("Dark", "Light"):
            theme(page, tone)
            shoot(page, f"{name}-{tone.lower()}")
            assert violations(page) == [], tone


def test_a_whole_exercise_is_solved_by_mouse_in_the_explorer(desk: Page, jupyter: Jupyter) -> None:
    with opened(desk, written(jupyter, "exercise-clicks", EXPLORE)) as page:
        run_cell(page, 0)
        page.locator(f"{FRONT} .miglab-stage[data-revision]").wait_for(timeout=120_000)
        beside = page.locator(".miglab-beside")
        expect(beside.locator("img")).to_be_visible(timeout=60_000)
        beside.get_by_role("button", name="Hint").click()
        expect(beside.get_by_text("Hint 1 of 3")).to_be_visible()
        page.locator(".miglab-truths").scroll_into_view_if_needed()
        with sized(page, SMALL):
            expect(beside.get_by_text("2 of 4 goals are reached")).to_be_in_viewport(ratio=1)
            expect(beside.locator("img")).to_be_in_viewport(ratio=1)
        looked_at(page, "explorer")
        card(page, "0003_change_price_field").click()
        page.locator(".miglab-do").click()
        expect(beside.locator(".miglab-remark")).to_contain_text("two", timeout=60_000)
        beside.get_by_role("button", name="Rewind").click()
        card(page, "0004_add_discount_field").click()
        page.locator(".miglab-do").click()
        expect(beside.locator(".miglab-solved")).to_be_visible(timeout=60_000)
        looked_at(page, "explorer-solved")


def test_a_whole_exercise_is_solved_by_keyboard_alone(desk: Page, jupyter: Jupyter) -> None:
    with opened(desk, written(jupyter, "exercise-typed", EXPLORE)) as page:
        run_cell(page, 0)
        page.locator(f"{FRONT} .miglab-stage[data-revision]").wait_for(timeout=120_000)
        beside = page.locator(".miglab-beside")
        beside.get_by_role("button", name="Hint").focus()
        for tier in (1, 2, 3):
            page.keyboard.press("Enter")
            expect(beside.get_by_text(f"Hint {tier} of 3")).to_be_visible()
        arrow_to(page, "0004_add_discount_field", 4)
        page.keyboard.press("Enter")
        previewed(page, "migrate store 0004_add_discount_field")
        tab_to(page, "miglab-do")
        page.keyboard.press("Enter")
        expect(beside.locator(".miglab-solved")).to_be_visible(timeout=60_000)
