"""The wheel in an environment of its own, with no checkout near: each command, in the browser or in
the terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from miglab.workbook import deliver

from ..whatif.own import fingerprints, shop
from ..wheel import ROOT, apart, build, checkout, install, typed
from .pages import FRONT, arrow_to, free_port, idle, previewed, tab_to, violations

pytestmark = pytest.mark.browser

#: Stands for the browser that a server opens: it notes the address.
_NOTES = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with ``miglab[lab]``."""
    wheel = build(checkout(tmp_path_factory.mktemp("checkout")))
    return install(wheel, "lab", tmp_path_factory.mktemp("installed") / "venv")


class Visit:
    """What was opened: its page, what was requested for it, and what the terminal shows."""

    def __init__(self, page: Page, log: Path) -> None:
        self.page, self._log = page, log
        self.requested: list[str] = []
        self.refused: list[str] = []
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("console", lambda message: self._hear(message.text))

    def _hear(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.refused.append(text)

    @property
    def terminal(self) -> str:
        """What the command has printed."""
        return self._log.read_text(encoding="utf-8")

    @property
    def elsewhere(self) -> list[str]:
        """What was requested from anywhere but this machine."""
        inside = ("localhost", "127.0.0.1")
        asked = [
            each for each in self.requested if not each.startswith(("blob:", "data:", "file:"))
        ]
        return [each for each in asked if urlsplit(each).hostname not in inside]


@contextmanager
def opened_by(
    programs: Path, browser: Browser, folder: Path, *words: str, home: Path
) -> Iterator[Visit]:
    """What ``miglab`` opens in the browser when this is typed in a folder; ended as one ends it."""
    log, address = home / "log.txt", home / "address.txt"
    notes = home / "notes.py"
    notes.write_text(_NOTES, encoding="utf-8")
    # Nothing of whoever runs the tests: no settings, no list of running servers.
    own = {name: str(home / "jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    own |= {"BROWSER": f"{sys.executable} {notes} {address} %s"}
    with open(log, "wb") as file:
        command = subprocess.Popen(
            [programs / "miglab", *words, "--port", str(free_port())],
            cwd=folder,
            env=apart(**own),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            limit = time.monotonic() + 120
            while not (address.exists() and address.read_text()):
                assert command.poll() is None, log.read_text()
                assert time.monotonic() < limit, log.read_text()
                time.sleep(0.1)
            visit = Visit(browser.new_page(viewport={"width": 1280, "height": 800}), log)
            visit.page.goto(address.read_text())
            yield visit
            visit.page.close()
        finally:
            command.terminate()
            command.wait(timeout=60)


def heading(page: Page) -> str:
    """The first heading of the notebook in front, as soon as the kernel is idle."""
    first = page.locator(f"{FRONT} h1").first
    first.wait_for(timeout=120_000)
    idle(page)
    return first.inner_text()


def picture(page: Page, name: str) -> None:
    """Keep a picture, where somebody wants to look at it."""
    if folder := os.environ.get("MIGLAB_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_lab_opens_the_first_lesson_in_a_copy_with_the_file_browser_closed(
    programs: Path, browser: Browser, tmp_path: Path
) -> None:
    here = tmp_path / "somewhere"
    here.mkdir()
    with opened_by(programs, browser, here, "lab", home=tmp_path) as visit:
        page = visit.page
        assert heading(page).startswith("Start here")
        expect(page.locator("#jp-left-stack")).to_be_hidden()
        expect(page.locator("#jp-main-dock-panel .lm-TabBar-tab")).to_have_count(1)
        picture(page, "lab")
        # The first two cells of code, and what is read between them.
        page.locator(f"{FRONT} .jp-CodeCell").first.click()
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Shift+Enter")
        expect(
            page.locator(f"{FRONT} .jp-OutputArea-output", has_text="Garden chair")
        ).to_be_visible(timeout=60_000)
        copy = here / "miglab-lessons"
        assert f"Your copy of the lessons: {copy}\n" in visit.terminal
        assert "Opening 00_start_here.ipynb in JupyterLab." in visit.terminal
        assert visit.elsewhere == []
    notebook = json.loads((copy / "00_start_here.ipynb").read_text(encoding="utf-8"))
    assert notebook["metadata"]["miglab"]["version"] == _version()


def test_lab_05_in_an_older_copy_opens_the_new_lesson_beside_the_learners_own(
    programs: Path, browser: Browser, tmp_path: Path
) -> None:
    older = checkout(tmp_path / "older") / "notebooks"
    _reword(older / "05_revert.ipynb", "# Revert, as it was taught before")
    copy = tmp_path / "learning"
    deliver(older, copy, "0.0.9")
    _reword(copy / "05_revert.ipynb", "# Revert, with notes of my own")
    mine = (copy / "05_revert.ipynb").read_bytes()
    with opened_by(programs, browser, copy, "lab", "05", home=tmp_path) as visit:
        assert "my own" not in heading(visit.page)
        expect(visit.page.locator("#jp-main-dock-panel .lm-TabBar-tab")).to_have_text(
            ["05_revert (updated).ipynb"]
        )
        assert (
            f"New in this copy, from miglab {_version()}:\n  05_revert (updated).ipynb"
            in visit.terminal
        )
        assert "(05_revert.ipynb, from 0.0.9, is unchanged)\n" in visit.terminal
    assert (copy / "05_revert.ipynb").read_bytes() == mine
    assert not (copy / "miglab-lessons").exists()
    assert len([*copy.glob("*(updated)*")]) == 1


def test_app_shows_the_practice_project_and_requests_nothing_from_elsewhere(
    programs: Path, browser: Browser, tmp_path: Path
) -> None:
    with opened_by(programs, browser, tmp_path, "app", home=tmp_path) as visit:
        page = visit.page
        page.locator(".miglab-stage[data-revision]").wait_for(timeout=120_000)
        page.locator(".miglab-card", has_text="add_price_to").first.click()
        previewed(page, "migrate store 0002_add_price_to_product")
        expect(page.locator("[data-miglab-still]")).to_be_hidden()
        assert violations(page) == []
        assert (visit.elsewhere, visit.refused) == ([], [])
        picture(page, "app")
        # What a newer Voilà may ask for is stopped by the page itself.
        tried = page.evaluate("fetch('http://elsewhere.invalid/').then(() => 'sent', String)")
        assert "Failed to fetch" in tried
        assert len(visit.refused) > 0


def test_app_shows_a_copy_of_ones_own_project(
    programs: Path, browser: Browser, tmp_path: Path
) -> None:
    site = shop(tmp_path / "my site")
    before = fingerprints(site)
    words = ("app", "my site", "--python", sys.executable)
    with opened_by(programs, browser, tmp_path, *words, home=tmp_path) as visit:
        page = visit.page
        page.locator(".miglab-stage[data-revision]").wait_for(timeout=120_000)
        expect(page.get_by_role("heading", level=1)).to_contain_text("a copy of my site")
        page.locator(".miglab-card", has_text="initial").last.click()
        previewed(page, "migrate shop 0001_initial")
        expect(page.locator(".miglab-preview")).to_contain_text("shop_item.price")
        assert (visit.elsewhere, visit.refused) == ([], [])
    assert fingerprints(site) == before


def test_app_opens_an_exercise_that_is_solved_there(
    programs: Path, browser: Browser, tmp_path: Path
) -> None:
    words = ("app", "--exercise", "1.4", "--progress", "progress.jsonl")
    with opened_by(programs, browser, tmp_path, *words, home=tmp_path) as visit:
        page = visit.page
        page.locator(".miglab-stage[data-revision]").wait_for(timeout=120_000)
        goals = page.locator(".miglab-beside")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Undo only the last")
        expect(goals.locator("img")).to_be_visible(timeout=60_000)
        goals.get_by_role("button", name="Hint").click()
        expect(goals.get_by_text("Hint 1 of 3")).to_be_visible()
        assert violations(page) == []
        picture(page, "app-exercise")
        page.locator(".miglab-card", has_text="0003_change_price").click()
        page.locator(".miglab-do").click()
        expect(goals.locator(".miglab-remark")).to_contain_text("two", timeout=60_000)
        goals.get_by_role("button", name="Rewind").click()
        expect(goals.locator(".miglab-remark")).to_have_count(0)
        goals.get_by_role("button", name="Give up?").click()
        goals.get_by_role("button", name="Show me a way", exact=True).click()
        expect(goals.get_by_text("This way was run in a copy")).to_be_visible(timeout=60_000)
        goals.get_by_role("button", name="Restart", exact=True).click()
        page.locator(".miglab-card", has_text="0004_add_discount").click()
        previewed(page, "migrate store 0004_add_discount_field")
        page.locator(".miglab-do").click()
        expect(goals.locator(".miglab-solved")).to_be_visible(timeout=60_000)
        assert violations(page) == []
        assert (visit.elsewhere, visit.refused) == ([], [])
    again = typed(programs, "exercise", "replay", "progress.jsonl", folder=tmp_path)
    assert again.stdout.startswith("✓ undo-only-the-last: solved"), again.stdout + again.stderr


def test_app_an_exercise_is_solved_by_keyboard_alone_and_one_sees_where_one_is(
    programs: Path, browser: Browser, tmp_path: Path
) -> None:
    with opened_by(programs, browser, tmp_path, "app", "--exercise", "1.4", home=tmp_path) as visit:
        page = visit.page
        page.locator(".miglab-stage[data-revision]").wait_for(timeout=120_000)
        goals = page.locator(".miglab-beside")
        expect(goals.locator("img")).to_be_visible(timeout=60_000)
        met = tabbed(page)
        wanted = ["graph", "Hint", "Rewind", "Restart", "Give up?"]
        assert [each for each in met if each in wanted][-4:] == wanted[1:], met
        assert "graph" in met
        to_button(page, "Hint")
        for tier in (1, 2, 3):
            page.keyboard.press("Enter")
            hint = goals.get_by_text(f"Hint {tier} of 3")
            expect(hint).to_be_visible(timeout=60_000)
        picture(page, "app-exercise-keys")
        arrow_to(page, "0004_add_discount_field", 4)
        page.keyboard.press("Enter")
        previewed(page, "migrate store 0004_add_discount_field")
        tab_to(page, "miglab-do")
        page.keyboard.press("Enter")
        expect(goals.locator(".miglab-solved")).to_be_visible(timeout=60_000)
        assert violations(page) == []


def to_button(page: Page, word: str) -> None:
    """Go on with the Tab key to the button with this word."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == word:
            return
    raise AssertionError(f"{word} is not reached")


def tabbed(page: Page) -> list[str]:
    """What the Tab key leads to, to the end of the page, by what it is called; each has a line
    around it that can be seen."""
    met: list[str] = []
    while len(met) < 60:
        page.keyboard.press("Tab")
        name, line, width = page.evaluate(_FOCUSED)
        if name == "BODY":
            return met
        assert line != "none", name
        assert width >= 2, name
        met.append(name)
    raise AssertionError(f"the Tab key never comes to an end: {met}")


_FOCUSED = """() => {
  const here = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(here);
  const graph = here.classList.contains("miglab-graph");
  const word = here.tagName === "BUTTON" ? here.innerText : here.tagName;
  return [graph ? "graph" : word, outlineStyle, parseFloat(outlineWidth)];
}"""


def test_demo_whatif_and_doctor_in_the_terminal(programs: Path, tmp_path: Path) -> None:
    demo = typed(programs, "demo", folder=tmp_path)
    assert (demo.returncode, demo.stderr) == (0, "")
    assert demo.stdout.endswith("\n    miglab lab\n\n")
    site = shop(tmp_path / "site")
    found = typed(programs, "whatif", "site", "shop", "0001", folder=tmp_path)
    assert found.returncode == 10, found.stderr
    assert "shop_item.price" in found.stdout
    doctor = typed(programs, "doctor", folder=site)
    assert doctor.returncode == 0, doctor.stdout
    missing = re.findall(r"^[✗–] .*", doctor.stdout, re.MULTILINE)
    # A server is no part of what the lessons need.
    assert [each.split()[1:4] for each in missing] == [
        ["optional", "extra", each] for each in ("postgresql", "mariadb")
    ]
    assert str(ROOT) not in doctor.stdout


def _version() -> str:
    from importlib.metadata import version

    return version("miglab")


def _reword(notebook: Path, heading: str) -> None:
    """Give a notebook another first cell."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["cells"][0]["source"] = heading
    notebook.write_text(json.dumps(content), encoding="utf-8")
