"""``miglab whatif --copy-is``: what is tried is tried beside a database that is a copy already."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from miglab.cli.main import main

from ..whatif.test_copy_is import copy, rows, url
from ..whatif.test_own_on_postgresql import Live, folder, live

__all__ = ["copy", "folder", "live"]


def whatif(folder: Path, address: str, called: str, *more: str) -> int:
    """The exit status of the command, for a revert of everything."""
    given = ("--copy-is", address, "--copy-is-called", called)
    return main(["whatif", str(folder), "shop", "zero", *given, "--python", sys.executable, *more])


def test_the_rows_of_the_copy_are_counted_and_neither_database_changes(
    live: Live, folder: Path, copy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, report = live.seen(), tmp_path / "report.json"
    assert whatif(folder, url(live, copy), copy, "--quiet", "--json", str(report)) == 10
    said = capsys.readouterr()
    assert said.out.startswith("loses 2 rows of shop_item")
    assert live.seen() == before
    assert (rows(live, copy), rows(live, live.name)) == (2, 3)
    assert "cret" not in said.out + said.err + report.read_text()
    assert json.loads(report.read_text())["loses"] is True


@pytest.mark.parametrize("called", ["shop", ""])
def test_a_copy_that_is_called_otherwise_is_not_touched(
    live: Live, folder: Path, copy: str, called: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(folder, url(live, copy), called) in (1, 2)
    told = capsys.readouterr().err
    assert "copy-is-called" in told
    assert "cret" not in told
    assert rows(live, copy) == 2


def test_the_projects_own_database_is_refused(
    live: Live, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(folder, url(live, live.name), live.name) == 1
    assert "which the project's settings name" in capsys.readouterr().err
    assert rows(live, live.name) == 3
