"""A lesson goes on at any heading, and a cell that finds no lab says how."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab import Lab
from miglab.errors import BadInput, UnknownName
from miglab.notebook import load_ipython_extension
from miglab.notebook.place import cells_of, heading_above, headings, opener_above
from miglab.workbook import bundled_lessons

LESSONS = sorted(bundled_lessons().glob("[0-9]*.ipynb"))


class Shell(InteractiveShell):
    """A shell that is told which cell runs, as JupyterLab tells it."""

    cell = ""

    def get_parent(self) -> dict[str, Any]:
        return {"metadata": {"cellId": self.cell}}


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A kernel that has just started, as ``miglab lab`` starts it."""
    monkeypatch.setattr(Lab, "_opened", [])
    shell = Shell.instance()
    load_ipython_extension(shell)
    yield shell
    for lab in [each() for each in Lab._opened]:
        if lab is not None:
            lab.close()
    Shell.clear_instance()


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's copy of lesson 05, which this kernel runs."""
    return opened("05_revert", tmp_path, monkeypatch)


def opened(lesson: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = folder / f"{lesson}.ipynb"
    shutil.copy(bundled_lessons() / path.name, path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return path


def ran(shell: Shell, source: str) -> str:
    """What a cell prints; its error where it fails."""
    with capture_output() as captured:
        result = shell.run_cell(source)
    if result.error_in_exec:
        raise result.error_in_exec
    return captured.stdout


def test_resume_brings_the_lab_to_the_heading_and_shows_nothing_of_the_way(
    shell: Shell, notebook: Path
) -> None:
    told = ran(shell, "%resume Forward again")
    assert told == (
        "The lab is now where “Forward again” begins: 8 cells were run. Go up to that heading, "
        "and run the cells below it.\n"
    )
    assert Lab.latest().history().lines == ("migrate store 0004", "migrate store 0001")
    assert shell.user_ns["lab"] is Lab.latest()


def test_without_a_heading_it_is_the_one_above_the_cell(shell: Shell, notebook: Path) -> None:
    at = next(each.id for each in cells_of(notebook) if each.source.startswith('predict("prices'))
    shell.cell = at
    assert "“Forward again”" in ran(shell, "%resume")


def test_a_part_of_a_heading_is_enough(shell: Shell, notebook: Path) -> None:
    assert "“Undo several migrations at once”" in ran(shell, "%resume several")


def test_an_unknown_heading_names_those_there_are(shell: Shell, notebook: Path) -> None:
    with pytest.raises(UnknownName, match="Undo the last migration, Preview first"):
        ran(shell, "%resume Somewhere else")


def test_a_part_of_two_headings_names_both(shell: Shell, notebook: Path) -> None:
    with pytest.raises(BadInput, match=r"more than one heading: .*Forward again"):
        ran(shell, "%resume a")


def test_no_heading_where_none_is_above_names_them(shell: Shell, notebook: Path) -> None:
    with pytest.raises(
        BadInput, match="%resume takes a heading of this lesson: Undo the last migration"
    ):
        ran(shell, "%resume")


def test_where_jupyter_does_not_say_which_notebook_it_is_the_top_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with pytest.raises(BadInput, match="run its cells from the top"):
        ran(shell, "%resume Forward again")


def test_what_the_learner_broke_in_their_copy_does_not_stop_it(
    shell: Shell, notebook: Path
) -> None:
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if "".join(cell["source"]).startswith("%manage migrate store 0004"):
            cell["source"] = "1 / 0"
    notebook.write_text(json.dumps(content), encoding="utf-8")
    assert "“Undo several migrations at once”" in ran(
        shell, "%resume Undo several migrations at once"
    )


def test_a_notebook_of_ones_own_resumes_too_and_names_the_cell_that_fails(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.ipynb"
    cells = [
        {"cell_type": "code", "id": "a", "source": "x = 1"},
        {"cell_type": "markdown", "id": "b", "source": "## One"},
        {"cell_type": "code", "id": "c", "source": "1 / 0"},
        {"cell_type": "markdown", "id": "d", "source": "## Two"},
    ]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    assert ": 1 cell was run." in ran(shell, "%resume One")
    assert shell.user_ns["x"] == 1
    with pytest.raises(BadInput, match="stopped at the cell '1 / 0': ZeroDivisionError"):
        ran(shell, "%resume Two")


def test_after_a_restart_a_command_names_the_cell_that_opens_the_lab_and_the_way_here(
    shell: Shell, notebook: Path
) -> None:
    shell.cell = next(
        each.id for each in cells_of(notebook) if each.source == "%manage migrate store 0001"
    )
    with pytest.raises(BadInput) as raised:
        ran(shell, "%manage migrate store 0001")
    assert str(raised.value) == (
        "there is no open lab; to go on with this part, run %resume Undo several migrations at once"
        " in a new cell, and then the cells below that heading; to begin again, run the cell with "
        'lab = Lab("storefront", apps=["store"])'
    )


@pytest.mark.parametrize("source", ["lab.truths()", "predict('prices-back')", "Lab"])
def test_after_a_restart_a_name_of_the_lessons_is_explained_alone_and_no_word_is_broken(
    shell: Shell, notebook: Path, source: str
) -> None:
    with capture_output() as captured:
        result = shell.run_cell(source)
    assert isinstance(result.error_in_exec, NameError)
    shown = captured.stdout.strip().splitlines()
    assert max(map(len, shown)) <= 100
    name = re.split(r"\W", source)[0]
    assert " ".join(shown).startswith(
        f"NameError: {name!r} is not defined in this kernel; run the cell with "
        'lab = Lab("storefront", apps=["store"]) first'
    )


def test_any_other_unknown_name_is_pythons_own_error(shell: Shell, notebook: Path) -> None:
    with capture_output() as captured:
        shell.run_cell("nonsense")
    assert "Traceback" in captured.stdout
    assert "name 'nonsense' is not defined" in captured.stdout
    assert "this kernel" not in captured.stdout


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_part_of_each_lesson_knows_its_heading_and_what_opens_its_lab(path: Path) -> None:
    cells = cells_of(path)
    titles = [title for _, title in headings(cells)]
    assert len(titles) == len(set(titles)) > 0
    assert heading_above(cells, cells[-1].id) == "Your turn"
    assert opener_above(cells, cells[-1].id)
    assert heading_above(cells, "unheard of") is None
