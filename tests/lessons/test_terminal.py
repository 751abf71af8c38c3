"""A notebook that stands in a lab's folder, as a terminal would."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from miglab.errors import BadInput
from miglab.lessons.terminal import enter, open_terminal

CHANGED = ("PATH", "NO_COLOR", "DJANGO_COLORS", "PYTHONDONTWRITEBYTECODE")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand somewhere else, and come back to where pytest was."""
    monkeypatch.chdir(tmp_path)
    for name in CHANGED:
        monkeypatch.setenv(name, os.environ.get(name, ""))


def typed(line: str) -> str:
    done = subprocess.run(line, shell=True, capture_output=True, text=True, check=True)
    return done.stdout


def test_what_is_typed_goes_to_the_lab_and_is_noticed() -> None:
    with open_terminal(apps=["store"]) as lab:
        assert typed("python manage.py showmigrations store").splitlines()[-1] == (
            " [X] 0005_tag_product_tags"
        )
        typed("python manage.py migrate store 0004")
        lab.truths()
        assert [step.kind for step in lab.take_noticed()] == ["outside"]


def test_python_is_the_one_that_runs_this() -> None:
    with open_terminal(at="store.zero"):
        told = typed('python -c "import sys; print(sys.executable)"').strip()
        assert os.path.samefile(Path(told).parent, Path(sys.executable).parent)


def test_entering_twice_does_not_make_the_path_longer() -> None:
    with open_terminal() as lab:
        path = os.environ["PATH"]
        enter(lab)
        assert os.environ["PATH"] == path


def test_a_lab_that_nobody_holds_is_left_before_its_folder_goes() -> None:
    lab = open_terminal()
    folder = lab.folder
    del lab
    gc.collect()
    assert not folder.exists()
    assert Path.cwd().exists()


def test_closing_the_lab_that_one_stands_in_is_no_error(tmp_path: Path) -> None:
    lab = open_terminal()
    folder = lab.folder
    lab.close()
    assert not folder.exists()
    os.chdir(tmp_path)


def test_a_python_without_a_name_in_the_shell_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_terminal() as lab:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
        with pytest.raises(BadInput, match="there is no python beside"):
            enter(lab)
