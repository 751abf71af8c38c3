"""A set of exercises is miglab's own, one in a folder, or one in somebody else's wheel."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from miglab.cli.main import main
from miglab.errors import BadInput
from miglab.exercises import ExerciseLab, exercise, notebooks, overview, shelf
from miglab.exercises.prove import prove

from .conftest import WHOLE

OWN = shelf.sets()[shelf.OWN]
NAME = "3-1-the-ghost.toml"


def wheel(folder: Path) -> Path:
    """Somebody's wheel with a set in it: an exercise of theirs, and one of ours in other words."""
    told = (OWN / NAME).read_text(encoding="utf-8")
    assert 'title = "The ghost"' in told
    held = {
        "geister/__init__.py": '"""Übungen."""\n',
        "geister/undo.toml": WHOLE,
        f"geister/{NAME}": told.replace('title = "The ghost"', 'title = "Das Gespenst"'),
        "geister-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: geister\nVersion: 1\n",
        "geister-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any",
        "geister-1.dist-info/entry_points.txt": "[miglab.exercises]\ngerman = geister\n",
    }
    path = folder / "geister-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in {**held, "geister-1.dist-info/RECORD": ""}.items():
            file.writestr(name, text)
    return path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel was installed into."""
    to = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "-q", "--target"]
    subprocess.run([*pip, str(to / "site"), str(wheel(to))], check=True)
    return to / "site"


@pytest.fixture
def german(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of the set, while it can be imported."""
    monkeypatch.syspath_prepend(installed)
    yield "german"
    sys.modules.pop("geister", None)


def test_a_wheel_brings_a_set_whose_exercises_open_by_their_names(
    german: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["exercise", "list", german]) == 0
    assert "Das Gespenst" in capsys.readouterr().out
    with exercise("undo") as lab:
        lab.manage("migrate store 0004")
        assert lab.goals().done


def test_a_translation_is_a_set_and_its_proof_is_the_same(german: str) -> None:
    with exercise("the-ghost", folder=german) as lab, exercise("the-ghost") as ours:
        assert (lab.exercise.title, ours.exercise.title) == ("Das Gespenst", "The ghost")
        assert lab.exercise.digest == ours.exercise.digest


def test_of_all_installed_sets_each_name_is_listed_once_and_ours_comes_first(german: str) -> None:
    rows = [each for each in overview("nowhere.jsonl").rows if each.name in ("the-ghost", "undo")]
    assert sorted(each.title for each in rows) == ["The ghost", "Undo the last"]
    assert len(shelf.exercises()) == len(shelf.files(OWN)) + 1


def test_each_line_of_the_page_leads_to_a_notebook(german: str, tmp_path: Path) -> None:
    notebooks.make(tmp_path)
    assert all((tmp_path / each.file).is_file() for each in overview("nowhere.jsonl").rows)


def test_notebooks_of_a_set_open_it_by_its_name(german: str, tmp_path: Path) -> None:
    made = notebooks.make(tmp_path, german)
    assert sorted(made) == ["3-1-the-ghost.ipynb", "exercises.ipynb", "undo.ipynb"]
    assert "folder='german'" in source(tmp_path / "3-1-the-ghost.ipynb")


def test_notebooks_of_a_folder_find_it_from_where_they_are(
    written: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written()
    monkeypatch.chdir(tmp_path)
    notebooks.make(tmp_path / "mine", "set")
    code = source(tmp_path / "mine" / "undo.ipynb")
    assert "folder='../set'" in code
    monkeypatch.chdir(tmp_path / "mine")
    names: dict[str, object] = {}
    exec(code, names)
    lab = names["lab"]
    assert isinstance(lab, ExerciseLab)
    lab.close()


def test_the_proof_of_a_folder_says_what_may_be_lost_and_what_is_shortest(
    written: Callable[..., Path],
) -> None:
    folder = written().parent
    assert [*prove(folder)] == ["undo"]
    with exercise("undo", folder=folder) as lab:
        lab.manage("migrate store 0004")
        assert lab.goals().shortest == 1
        lab.sql("DELETE FROM blog_comment WHERE id = 1")
        assert [each.found for each in lab.goals().goals if not each.done] == [
            "`blog_comment` has 39 of 40 rows"
        ]


def test_an_unknown_set_tells_those_that_are_installed(german: str) -> None:
    with pytest.raises(BadInput, match=r"'french' is not a folder; .*: repairs, german"):
        exercise("the-ghost", folder="french")


def source(path: Path) -> str:
    """The code of a notebook's first cell that has any."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"][1]["source"]
    assert isinstance(found, str)
    return found
