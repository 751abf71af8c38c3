"""``dev.py``: its .venv stays apart, and an old Python is told which one is needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from miglab.cli.main import parser

SCRIPT = Path(dev.__file__)


def test_other_environments_stay_outside(monkeypatch):
    for name in ("PYTHONHOME", "PYTHONPATH", "CONDA_PREFIX", "VIRTUAL_ENV", "PIP_TARGET"):
        monkeypatch.setenv(name, "elsewhere")
    inside = dev.environment()
    assert "elsewhere" not in inside.values()
    assert inside["PATH"].startswith(str(dev.programs()))


def test_bytecode_is_written_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in dev.environment()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ERROR: No matching distribution found (from versions: none)", "(no network?)"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("something else", ""),
    ],
)
def test_why_pip_failed(said, reason):
    assert dev.why_pip_failed(said).endswith(reason)


def test_an_old_python_is_told_which_one_is_needed():
    """Its version is pretended; that it can read the file is what the next test is for."""
    code = (
        "import runpy, sys; sys.version_info = (3, 8, 18, 'final', 0); "
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "miglab needs Python 3.11 or newer; this is Python 3.8.18.\n"


def test_an_old_python_can_read_the_file_that_tells_it():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("typed", [[], ["nonsense"], ["setup", "--nonsense"]])
def test_what_is_not_understood_is_answered_with_the_help(typed):
    command = [sys.executable, str(SCRIPT), *typed]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 2
    for name in ("setup", "lab", "test", "record", "bench"):
        assert f"    {name} " in done.stderr


def test_arguments_after_test_are_for_pytest():
    typed = ["-x", "-k", "lanes", "tests/draw", "--durations=3"]
    assert dev.understood(["test", *typed]).rest == typed


@pytest.mark.parametrize(
    ("typed", "handed_on"),
    [
        (["lab"], ["lab", "--folder", str(dev.WORK)]),
        (
            ["lab", "05", "--port", "8000", "--no-browser"],
            ["lab", "05", "--folder", str(dev.WORK), "--port", "8000", "--no-browser"],
        ),
        (["app"], ["app"]),
        (["app", "../site", "--no-browser"], ["app", "../site", "--no-browser"]),
    ],
)
def test_what_it_hands_on_is_understood_by_the_package(typed, handed_on, monkeypatch):
    """Both doors are one: ``dev.py`` adds .venv and the folder, and nothing of its own."""
    asked = []
    monkeypatch.setattr(dev, "door", lambda *words: asked.extend(words) or 0)
    arguments = dev.understood(typed)
    assert arguments.function(arguments) == 0
    assert asked == handed_on
    assert parser().parse_args(asked).command == typed[0]


def test_it_imports_nothing_but_the_standard_library():
    """It runs before anything is installed."""
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)
