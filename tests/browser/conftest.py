"""A real JupyterLab and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from .pages import ROOT, Jupyter, chromium, chromium_path, desk_of, jupyterlab


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; where there is none, the tests are skipped, except in CI."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium on the PATH, and CI must run the browser tests")
        pytest.skip("there is no Chromium on the PATH: install it to run the browser tests")
    with chromium(path) as browser:
        yield browser


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Jupyter]:
    """JupyterLab on a copy of the notebooks."""
    folder = tmp_path_factory.mktemp("jupyter") / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    with jupyterlab(folder) as jupyter:
        yield jupyter


@pytest.fixture(scope="session")
def desk(browser: Browser, jupyter: Jupyter) -> Page:
    """The page in which tests open their notebooks, one after the other."""
    return desk_of(browser, jupyter)
