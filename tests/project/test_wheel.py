"""The wheel holds the package, the practice project and the lessons, and none of their traces."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ..whatif.environments import made, uv
from ..whatif.own import shop

ROOT = Path(__file__).parents[2]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "miglab", "sandbox_project", "notebooks")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a checkout in which somebody has worked."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, checkout)
    lessons = checkout / "notebooks"
    (lessons / ".ipynb_checkpoints").mkdir(parents=True, exist_ok=True)
    (lessons / "00_start_here.ipynb").touch()
    (lessons / ".ipynb_checkpoints" / "00_start_here-checkpoint.ipynb").touch()
    (checkout / "sandbox_project" / "db.sqlite3").touch()
    (checkout / "sandbox_project" / "db.sqlite3-wal").touch()
    (checkout / "sandbox_project" / "__pycache__").mkdir(exist_ok=True)
    (checkout / "sandbox_project" / "__pycache__" / "manage.pyc").touch()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    (built,) = (checkout / "out").glob("*.whl")
    return built


def test_what_is_in_it(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "miglab/lab.py" in names
    assert {"miglab/notebook/widgets/graph.js", "miglab/notebook/widgets/graph.css"} <= set(names)
    assert "miglab/_data/sandbox_project/manage.py" in names
    assert "miglab/_data/notebooks/00_start_here.ipynb" in names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"miglab", "miglab-0.1.0.dist-info"}


def test_no_databases_no_bytecode_no_checkpoints(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    traces = ("sqlite3", ".pyc", "__pycache__", "checkpoint")
    assert [name for name in names if any(trace in name for trace in traces)] == []


def test_a_lab_can_run_from_it(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "miglab", "doctor"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(tmp_path / "miglab" / "_data" / "sandbox_project") in done.stdout


def test_it_installs_alone_and_rehearses_a_project_of_another_environment(wheel, tmp_path):
    """An environment with the wheel and what it brings: no Django there, and no Jupyter."""
    folder = shop(tmp_path / "site")
    interpreter = made(tmp_path / "alone", sys.executable, str(wheel))
    names = uv("pip", "list", "--format", "freeze", "--python", str(interpreter)).lower()
    assert not [name for name in ("django", "jupyter", "ipython", "notebook") if name in names]
    report = tmp_path / "report.html"
    words = ("whatif", str(folder), "shop", "0001", "--python", sys.executable)
    done = subprocess.run(
        [interpreter, "-m", "miglab", *words, "--html", str(report)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 10, done.stdout + done.stderr
    assert "loses 3 values of shop_item.price" in done.stdout
    assert "shop_item.price" in report.read_text("utf-8")


def test_it_runs_without_being_installed(wheel, tmp_path):
    """As ``uvx`` and ``pipx run`` do: an environment of a moment."""
    folder = shop(tmp_path / "site")
    words = ("whatif", str(folder), "shop", "0001", "--quiet", "--python", sys.executable)
    done = subprocess.run(
        [sys.executable, "-m", "uv", "tool", "run", "--from", str(wheel), "miglab", *words],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 10, done.stdout + done.stderr
    assert done.stdout.startswith("loses 3 values of shop_item.price")
