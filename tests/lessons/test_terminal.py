"""A notebook that stands in a lab's folder, as a terminal would."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from miglab.errors import BadInput
from miglab.lessons.looks import ran
from miglab.lessons.terminal import enter, open_terminal
from miglab.show.text import text

ROOT = Path(__file__).resolve().parents[2]

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
        (step,) = lab.take_noticed()
        assert (step.kind, step.line) == ("outside", "migrate store 0004")
        told = text(step).splitlines()
        assert told[0] == "$ python manage.py migrate store 0004"
        assert told[1].startswith("LOST FOR GOOD: 40 links of store_product_tags")
        assert told[2] == "In a terminal: store.0005_tag_product_tags was unapplied."


def test_a_goal_ticks_for_what_was_typed_in_a_terminal() -> None:
    with open_terminal(apps=["store"]) as lab:
        typed("python manage.py migrate store 0003")
        typed("python manage.py migrate store")
        assert ran(lab, "migrate store 0003")
        assert not ran(lab, "migrate store 0001")


def test_a_migrate_that_had_nothing_to_do_is_no_part_of_a_step() -> None:
    with open_terminal(apps=["store"]) as lab:
        subprocess.run([sys.executable, "manage.py", "migrate", "store", "0099"], check=False)
        typed("python manage.py migrate store 0005")
        typed("python manage.py migrate store 0004")
        assert ran(lab, "migrate store 0004")
        (step,) = lab.take_noticed()
        assert step.line == "migrate store 0004"


def test_what_only_looked_is_no_part_of_a_step() -> None:
    with open_terminal(apps=["store"]) as lab:
        typed("python manage.py migrate store --plan")
        typed("python manage.py makemigrations --check")
        lab.truths()
        typed("python manage.py migrate --fake store 0004")
        lab.truths()
        (step,) = lab.take_noticed()
        assert step.line == "migrate --fake store 0004"
        assert "was removed from the record" in text(step)


def test_what_the_lab_runs_itself_is_not_taken_for_a_terminal() -> None:
    with open_terminal(apps=["store"]) as lab:
        lab.manage("migrate store 0003")
        (lab.folder / "notes.txt").write_text("by an editor")
        lab.truths()
        assert [step.line for step in lab.take_noticed()] == ["(done outside the lab)"]


def test_the_project_keeps_no_journal_where_it_is_no_lab(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sandbox_project", tmp_path / "shop")
    os.chdir(tmp_path / "shop")
    typed(f'"{sys.executable}" manage.py check')
    assert not (tmp_path / "journal").exists()


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
        with pytest.raises(BadInput, match="there is no program called python in"):
            enter(lab)
