"""JupyterLab, Chromium, and what one does in them: for tests, and for whoever measures."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

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


#: What a checker of accessibility looks at: all that miglab draws.
OURS = {"include": [[".miglab"], [".jp-OutputArea .jupyter-widgets"]]}


@dataclass(frozen=True)
class Jupyter:
    """A running JupyterLab: its address, its token and the folder it shows."""

    address: str
    token: str
    folder: Path

    def url(self, notebook: str) -> str:
        """The page of a notebook in a workspace of its own."""
        workspace = secrets.token_hex(4)
        return f"{self.address}/lab/workspaces/{workspace}/tree/{notebook}?token={self.token}&reset"

    def ask(self, path: str, method: str = "GET", content: object = None) -> Any:
        """What the server answers to a request of its interface."""
        request = urllib.request.Request(
            f"{self.address}/{path}?token={self.token}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            said = answer.read()
        return json.loads(said) if said else None


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
def jupyterlab(folder: Path) -> Iterator[Jupyter]:
    """JupyterLab on a folder; its log is beside the folder."""
    port, token = free_port(), secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={token}",
        "--ServerApp.port_retries=0",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    address = f"http://127.0.0.1:{port}"
    with served(command, folder, f"{address}/api?token={token}", folder.parent / "log.txt"):
        yield Jupyter(address, token, folder)


@contextmanager
def served(command: list[str], folder: Path, url: str, log: Path) -> Iterator[None]:
    """A server that runs until the end, as soon as it answers."""
    with open(log, "wb") as file:
        server = subprocess.Popen(
            command,
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
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


def opened(browser: Browser, jupyter: Jupyter, notebook: str) -> Page:
    """The notebook's page, as soon as its kernel is idle."""
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(jupyter.url(notebook))
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)
    return page


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
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (jupyter.folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return f"{name}.ipynb"


def run_all(page: Page) -> None:
    """Run the notebook as one does by the menu."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def exploring(browser: Browser, jupyter: Jupyter, name: str, *cells: str) -> Page:
    """A page of these cells and ``lab.explore()``, run, as soon as its explorer is drawn."""
    page = opened(browser, jupyter, written(jupyter, name, *cells, "lab.explore()"))
    run_all(page)
    page.locator(".miglab-stage[data-revision]").wait_for(timeout=120_000)
    return page


def violations(page: Page) -> list[str]:
    """What the checker finds, each with the element it is about."""
    found = Axe().run(page, context=OURS).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]
