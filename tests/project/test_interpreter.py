"""Which Python a project runs with. The environments are real; Django comes into them by a path
file that leads to the packages of this very one."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django
import pytest

from miglab.errors import NoProject
from miglab.project import interpreter

BIN = "Scripts" if os.name == "nt" else "bin"
EXE = "python.exe" if os.name == "nt" else "python"
PACKAGES = Path(django.__file__).parents[1]


def environment(folder, with_django=True):
    """Make a virtual environment; the path of its Python."""
    made = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(made, check=True, capture_output=True)
    if with_django:
        site = next(folder.glob("[Ll]ib/**/site-packages"))
        (site / "packages.pth").write_text(str(PACKAGES), encoding="utf-8")
    return str(folder / BIN / EXE)


@pytest.fixture(autouse=True)
def nothing_active(monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


@pytest.fixture
def nothing_on_the_path(monkeypatch, tmp_path):
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture
def root(tmp_path):
    (tmp_path / "project" / "backend").mkdir(parents=True)
    return tmp_path / "project"


def test_an_environment_in_the_projects_folder_is_found(root):
    python = environment(root / ".venv")
    assert interpreter.find(root, root).path == python


def test_the_versions_of_python_and_django_are_told(root):
    environment(root / ".venv")
    found = interpreter.find(root, root)
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.django == django.get_version()


def test_an_environment_above_manage_py_is_found(root):
    python = environment(root / "venv")
    assert interpreter.find(root, root / "backend").path == python


def test_an_environment_beside_manage_py_comes_before_one_above_it(root):
    environment(root / ".venv")
    python = environment(root / "backend" / "env")
    assert interpreter.find(root, root / "backend").path == python


def test_an_environment_is_found_whatever_it_is_called(root):
    python = environment(root / "python-for-this")
    assert interpreter.find(root, root).path == python


def test_no_environment_above_the_project_is_taken(root, nothing_on_the_path):
    environment(root.parent / ".venv")
    assert interpreter.find(root, root).path == sys.executable


def test_an_environment_without_django_is_passed_over(root):
    environment(root / ".venv", with_django=False)
    python = environment(root / "other")
    assert interpreter.find(root, root).path == python


def test_the_active_environment_comes_before_the_path(root, tmp_path, monkeypatch):
    python = environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert interpreter.find(root, root).path == python


def test_the_active_environment_waits_where_it_is_the_one_that_runs_miglab(
    root, tmp_path, monkeypatch
):
    python = environment(tmp_path / "on-the-path")
    monkeypatch.setenv("PATH", str(Path(python).parent))
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert interpreter.find(root, root).path.startswith(str(Path(python).parent))


def test_the_python_that_runs_miglab_is_the_last_that_is_tried(root, nothing_on_the_path):
    assert interpreter.find(root, root).path == sys.executable


@pytest.mark.parametrize("given", ["folder", "executable"])
def test_a_python_may_be_given(root, tmp_path, given):
    environment(root / ".venv")
    python = environment(tmp_path / "other place")
    path = python if given == "executable" else str(tmp_path / "other place")
    assert interpreter.find(root, root, path).path == python


def test_a_python_on_the_path_may_be_given_by_its_name(root, tmp_path, monkeypatch):
    python = environment(tmp_path / "on-the-path")
    monkeypatch.setenv("PATH", str(Path(python).parent))
    assert interpreter.find(root, root, "python").path == python


def test_a_relative_path_is_made_absolute_and_its_link_is_not_followed(root, monkeypatch):
    python = environment(root / ".venv")
    monkeypatch.chdir(root)
    assert interpreter.find(root, root, f".venv/{BIN}/{EXE}").path == python


@pytest.mark.parametrize("given", ["no/such/python", "python-of-nobody"])
def test_a_given_python_that_is_not_there_is_an_error(root, given):
    with pytest.raises(NoProject, match=f"no Python at '{given}'.*--python"):
        interpreter.find(root, root, given)


def test_a_given_folder_without_a_python_is_an_error(root):
    with pytest.raises(NoProject, match=r"no Python in the folder .*--python"):
        interpreter.find(root, root, str(root))


def test_a_given_python_without_django_is_an_error_that_says_why(root):
    python = environment(root / "bare", with_django=False)
    with pytest.raises(NoProject, match=r"without Django \(ModuleNotFoundError.*--python"):
        interpreter.find(root, root, python)


def test_a_given_file_that_is_no_python_is_an_error(root):
    (root / "README").write_text("hello", encoding="utf-8")
    with pytest.raises(NoProject, match=r"README: (does not start|is not a working Python)"):
        interpreter.find(root, root, str(root / "README"))


def test_where_no_python_has_django_all_that_were_asked_are_named(
    root, nothing_on_the_path, monkeypatch
):
    python = environment(root / ".venv", with_django=False)
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(NoProject) as raised:
        interpreter.find(root, root)
    assert f"\n  {python}: Python 3." in str(raised.value)
    assert "give python=… (on the command line: --python)" in str(raised.value)


def test_nothing_of_the_project_is_imported_while_asking(root, monkeypatch):
    for name in ("django", "json", "sitecustomize"):
        (root / f"{name}.py").write_text("open('imported', 'w')", encoding="utf-8")
    monkeypatch.chdir(root)
    interpreter.find(root, root, sys.executable)
    assert not (root / "imported").exists()


def test_nothing_is_written_while_asking(root, monkeypatch, tmp_path):
    """Not even where temporary files go: whoever is killed meanwhile leaves nothing."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    assert interpreter.find(root, root, sys.executable).path == sys.executable


def test_what_an_environment_prints_at_its_start_does_no_harm(root):
    python = environment(root / ".venv")
    site = next((root / ".venv").glob("[Ll]ib/**/site-packages"))
    (site / "banner.pth").write_text("import sys; print('welcome')", encoding="utf-8")
    assert interpreter.find(root, root).path == python


def test_a_python_that_says_nothing_is_given_up(root, monkeypatch):
    python = environment(root / ".venv")
    site = next((root / ".venv").glob("[Ll]ib/**/site-packages"))
    (site / "slow.pth").write_text("import time; time.sleep(60)", encoding="utf-8")
    monkeypatch.setattr(interpreter, "TIME_LIMIT", 1)
    with pytest.raises(NoProject, match="did not answer within 1 seconds"):
        interpreter.find(root, root, python)


@pytest.mark.parametrize(
    ("python", "versions", "said"),
    [
        ((3, 9, 1), (3, 2, 25), "has Django 3.2.25, .* Django 4.2 or newer; .*--python"),
        ((3, 7, 1), (4, 2, 0), "is Python 3.7.1, .* Python 3.8 or newer; .*--python"),
        ((2, 7, 18), (), "is Python 2.7.18, "),
    ],
)
def test_what_is_too_old_is_an_error(python, versions, said):
    told = interpreter.Told("/x/python", python, versions, ".".join(map(str, versions)))
    with pytest.raises(NoProject, match=said):
        interpreter.checked(told)


@pytest.mark.parametrize(("python", "versions"), [((3, 8, 0), (4, 2, 0)), ((3, 14, 0), (6, 1, 0))])
def test_the_oldest_and_the_newest_are_taken(python, versions):
    assert interpreter.checked(interpreter.Told("/x/python", python, versions))
