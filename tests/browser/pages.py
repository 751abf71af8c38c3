"""JupyterLab, Chromium, and what one does in them: for tests, and for whoever measures."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from miglab.workbook.lessons import KERNEL

ROOT = Path(__file__).resolve().parents[2]

#: Chromium without a sandbox of its own and without calls to anybody.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: The notebook that is in front: others that are open stay on the page.
FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"

#: What a checker of accessibility looks at: all that miglab draws.
OURS = {"include": [[".miglab"], [".jp-OutputArea .jupyter-widgets"]]}


@dataclass(frozen=True)
class Jupyter:
    """A running JupyterLab: its address, its token and the folder it shows."""

    address: str
    token: str
    folder: Path

    @property
    def url(self) -> str:
        """The page of JupyterLab with nothing open, each time a workspace of its own."""
        workspace = secrets.token_hex(4)
        return f"{self.address}/lab/workspaces/{workspace}?token={self.token}&reset"


def chromium_path() -> str | None:
    """Where Chromium is, or ``None``."""
    names = ("chromium", "chromium-browser", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def jupyterlab(folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[Jupyter]:
    """JupyterLab on a folder; its log is beside the folder. ``variables`` are added to its
    environment."""
    port, token = free_port(), secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "miglab.cli.run_module", "jupyterlab"),
        *("--no-browser", "--allow-root"),
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        "--ServerApp.port_retries=0",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # What opens a notebook in a page that is there.
        "--LabApp.expose_app_in_browser=True",
    ]
    address = f"http://127.0.0.1:{port}"
    # It asks nobody whether he wants news: the question would lie on what is clicked.
    settings = folder.parent / "settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    log, url = folder.parent / "log.txt", f"{address}/api?token={token}"
    with served(command, folder, url, log, variables or {}):
        yield Jupyter(address, token, folder)


@contextmanager
def served(
    command: list[str],
    folder: Path,
    url: str,
    log: Path,
    variables: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """A server that runs until the end, as soon as it answers. The settings of whoever runs it are
    left alone."""
    own = {
        f"JUPYTERLAB_{each.upper()}_DIR": str(log.parent / each)
        for each in ("settings", "workspaces")
    }
    with open(log, "wb") as file:
        server = subprocess.Popen(
            command,
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, **own, "PYTHONPATH": str(ROOT), **(variables or {})},
        )
        try:
            _wait_for(url, server, log)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return  # It answers.
        except urllib.error.URLError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def desk_of(browser: Browser, jupyter: Jupyter) -> Page:
    """A page of JupyterLab in which nothing is open. It takes as long to load as ten notebooks."""
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(jupyter.url)
    page.wait_for_function("() => window.jupyterapp", timeout=60_000)
    page.evaluate("async () => { await jupyterapp.restored }")
    return page


@contextmanager
def opened(desk: Page, notebook: str) -> Iterator[Page]:
    """The page with this notebook open, as soon as its kernel is idle. At the end the notebook is
    saved and closed, and its kernel shut down."""
    desk.evaluate(_OPEN, notebook)
    try:
        idle(desk)
        yield desk
    finally:
        desk.evaluate(_CLOSE, notebook)


#: The line at the bottom may still speak of the notebook that was in front before.
_OPEN = """async path => {
  const panel = await jupyterapp.commands.execute("docmanager:open", {path});
  await panel.context.ready;
  await panel.sessionContext.ready;
  const { kernel } = panel.sessionContext.session;
  for (let turn = 0; turn < 1200; turn++) {
    if (kernel.status === "idle" && jupyterapp.shell.currentWidget === panel) return;
    await new Promise(done => setTimeout(done, 50));
  }
  throw new Error(`${path} was not ready within a minute`);
}"""

#: What is drawn after the save is not kept: a question about it would lie on all that follows.
_CLOSE = """async path => {
  const panels = [...jupyterapp.shell.widgets("main")];
  const panel = panels.find(each => each.context?.path === path);
  await panel.context.save();
  await panel.sessionContext.shutdown();
  panel.context.model.dirty = false;
  panel.close();
}"""


def idle(page: Page) -> None:
    """Wait until the kernel has nothing to do."""
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)


def save(page: Page) -> None:
    """Save the notebook that is in front."""
    page.evaluate("async () => { await jupyterapp.shell.currentWidget.context.save() }")


def written(jupyter: Jupyter, name: str, *cells: str) -> str:
    """A notebook of these cells of code, never run; its path."""
    notebook: dict[str, Any] = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{place}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for place, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (jupyter.folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return f"{name}.ipynb"


def emptied(jupyter: Jupyter, name: str) -> Path:
    """A copy of a notebook without outputs."""
    notebook = json.loads((jupyter.folder / name).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    path = jupyter.folder / f"empty_{name}"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def run_all(page: Page) -> None:
    """Run the notebook as one does by the menu."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def all_run(page: Page) -> None:
    """Run the notebook as one does by the menu, and wait for its last cell."""
    run_all(page)
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.content.widgets.every("
        "  ({ model }) => model.type !== 'code' || model.executionCount)",
        timeout=400_000,
    )
    idle(page)


def restart_kernel(page: Page) -> None:
    """Restart the kernel of the notebook in front, as one does by the menu."""
    page.evaluate(
        "async () => {"
        "  const { session } = jupyterapp.shell.currentWidget.sessionContext;"
        "  await session.kernel.restart();"
        "}"
    )
    idle(page)


def run_cell(page: Page, place: int) -> Locator:
    """Run a cell of code as one does by keyboard; the cell."""
    cell = page.locator(f"{FRONT} .jp-CodeCell").nth(place)
    cell.locator(".jp-InputArea-editor").click()
    count = cell.locator(".jp-InputPrompt").inner_text()
    page.keyboard.press("Shift+Enter")
    expect(cell.locator(".jp-InputPrompt")).not_to_have_text(count, timeout=60_000)
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\d"), timeout=60_000)
    return cell


@contextmanager
def exploring(desk: Page, jupyter: Jupyter, name: str, *cells: str) -> Iterator[Page]:
    """The page with these cells and ``lab.explore()``, run, as soon as its explorer is drawn."""
    with opened(desk, written(jupyter, name, *cells, "lab.explore()")) as page:
        run_all(page)
        page.locator(f"{FRONT} .miglab-stage[data-revision]").wait_for(timeout=120_000)
        yield page


def previewed(page: Page, line: str) -> None:
    """Wait until it was tried in a copy what this command would do."""
    page.locator(f'.miglab-preview[data-line="{line}"]:not([data-status=measuring])').wait_for(
        timeout=120_000
    )


def violations(page: Page) -> list[str]:
    """What the checker finds, each with the element it is about."""
    found = Axe().run(page, context=OURS).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def card(page: Page | Locator, name: str) -> Any:
    return page.locator(f'[data-miglab="store.{name}"]').first


def theme(page: Page, name: str) -> None:
    """From now on the page has this theme."""
    page.evaluate(
        "async theme => { await jupyterapp.commands.execute('apputils:change-theme', {theme}) }",
        f"JupyterLab {name}",
    )
    body = page.locator("body")
    expect(body).to_have_attribute("data-jp-theme-name", f"JupyterLab {name}", timeout=30_000)
    expect(page.locator("#jupyterlab-splash")).to_have_count(0, timeout=30_000)


def arrow_to(page: Page, name: str, presses: int) -> None:
    """Go to a migration of the store in the graph, with the arrow keys."""
    graph = page.locator(".miglab-graph")
    graph.focus()
    page.keyboard.press("Home")
    for _ in range(presses):
        page.keyboard.press("ArrowRight")
    expect(graph).to_have_attribute("aria-activedescendant", re.compile(f"store.{name}$"))


def tab_to(page: Page, css_class: str) -> None:
    """Go on with the Tab key to what has this class."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == css_class:
            return
    raise AssertionError(f"{css_class} is not reached")


@contextmanager
def sized(page: Page, size: dict[str, int]) -> Iterator[None]:
    """The page in this size for a while."""
    before = page.viewport_size
    page.set_viewport_size(size)  # type: ignore[arg-type]
    try:
        yield
    finally:
        if before:
            page.set_viewport_size(before)
