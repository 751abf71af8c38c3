"""The commands that lessons give for other engines, to back up, to restore and to begin again, run
there word for word."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from miglab import Lab

from ..plain.project import Plain

pytestmark = [pytest.mark.every_engine, pytest.mark.short]

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
#: The column of a table, and the word, that an engine goes by in the lessons.
CALLED = {"postgresql": "PostgreSQL", "mysql": "MariaDB"}
on_servers = pytest.mark.only_on("postgresql", "mysql")


@pytest.fixture
def plain(open_lab: Callable[..., Lab], tmp_path: Path) -> Iterator[Plain]:
    """The storefront without miglab."""
    copy = Plain.of(open_lab("storefront"), tmp_path / "plain")
    yield copy
    copy.drop()


def ran(plain: Plain, *lines: str) -> None:
    """Commands of ``manage.py`` that Django does not refuse."""
    plain.run(lines)
    assert plain.refusal is None


# -- the commands


def in_cells(name: str, heading: str) -> str:
    """The cell of a notebook that has this heading."""
    cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    (found,) = [text for cell in cells if f"## {heading}\n" in (text := "".join(cell["source"]))]
    return found


def in_table(text: str, engine: str) -> list[list[str]]:
    """The commands in the column of an engine, a list for each row."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    (place,) = [place for place, title in enumerate(rows[0]) if CALLED[engine] in title]
    return [commands(row[place]) for row in rows[2:]]


def commands(cell: str) -> list[str]:
    """Those that are about the database ``shop``."""
    return [each for each in re.findall(r"`([^`]+)`", cell) if re.search(r"\bshop\b", each)]


def typed(plain: Plain, lines: list[str], folder: Path) -> None:
    """Type commands about the database ``shop`` in a terminal; it is the project's."""
    shell = plain.tools.terminal(plain.handle)
    for line in lines:
        meant = re.sub(r"\bshop\b(?!\.)", shell.database, line)
        done = subprocess.run(
            shell.client(meant),
            shell=True,
            cwd=folder,
            env={**os.environ, **shell.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, ""), meant


def sheet(engine: str) -> tuple[list[str], list[str]]:
    """How the cheat sheet backs up and restores."""
    text = (NOTEBOOKS / "CHEAT_SHEET.md").read_text(encoding="utf-8")
    (row,) = [
        line for line in text.splitlines() if line.startswith("| ") and CALLED[engine] in line
    ]
    _, back_up, restore = row.strip("|").split("|")
    found = commands(restore)
    if "drop and create `shop`" in restore:
        found = ["DROP DATABASE shop", "CREATE DATABASE shop", *found[1:]]
    return commands(back_up), found


@on_servers
@pytest.mark.parametrize("place", ["the lesson", "the cheat sheet"])
def test_a_backup_brings_back_what_a_revert_took(
    plain: Plain, engine_of_labs: str, place: str, tmp_path: Path
) -> None:
    """W21, by the engine's own tools."""
    if place == "the lesson":
        rows = in_table(in_cells("06_back_up.ipynb", "Other databases"), engine_of_labs)
        back_up, restore = rows[0], [*rows[1], *rows[2]]
    else:
        back_up, restore = sheet(engine_of_labs)
    assert len(back_up) == 1
    assert len(restore) == 3
    before = plain.state
    typed(plain, back_up, tmp_path)
    ran(plain, "migrate store 0001", "migrate store")
    assert plain.state.rows != before.rows
    typed(plain, restore, tmp_path)
    assert plain.state == before
    ran(plain, "migrate --check", "makemigrations --check")


@on_servers
def test_a_backup_is_made_while_somebody_writes(
    plain: Plain, engine_of_labs: str, tmp_path: Path
) -> None:
    """W21: what is not committed yet is not in it."""
    back_up, restore = sheet(engine_of_labs)
    before = plain.state
    with plain.tools.writing(plain.handle, "UPDATE store_product SET discount = 99"):
        typed(plain, back_up, tmp_path)
    assert plain.state.rows != before.rows
    typed(plain, restore, tmp_path)
    assert plain.state == before


@on_servers
def test_a_dropped_database_and_new_files_make_a_new_history(
    plain: Plain, engine_of_labs: str, tmp_path: Path
) -> None:
    """W16."""
    text = in_cells("16_reset.ipynb", "On PostgreSQL and MariaDB")
    is_sql = engine_of_labs == "mysql"
    every = [line.strip().rstrip(";") for line in text.splitlines() if line.startswith("    ")]
    wanted = [line for line in every if line.startswith(("DROP ", "CREATE ")) is is_sql]
    assert len(wanted) == 2
    before = plain.state
    typed(plain, wanted, tmp_path)
    labels = ("accounts", "blog", "marketplace", "media", "store")
    for label in labels:
        for path in (plain.folder / label / "migrations").glob("0*.py"):
            path.unlink()
    ran(plain, "makemigrations", "migrate", "makemigrations --check")
    after = plain.state
    own = [key for key in after.record if key.app_label in labels]
    assert {*own} == plain.migrations(labels)
    assert len(own) < len([key for key in before.record if key.app_label in labels])
    assert not any(after.rows[name] for name in after.rows if name.startswith(labels))
    assert {name: {*each} for name, each in after.columns.items()} == {
        name: {*each} for name, each in before.columns.items()
    }
