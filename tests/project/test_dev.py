"""``dev.py``: the learner's copy is never overwritten, and an old Python is told so."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import dev

SCRIPT = Path(dev.__file__)


def notebook(*sources: str) -> dict:
    """A notebook that has been run, with all that a run leaves behind."""
    cell = {
        "cell_type": "code",
        "execution_count": 7,
        "metadata": {"execution": {"iopub.status.idle": "now"}, "tags": ["raises-exception"]},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x\n"]}],
    }
    cells = [{**cell, "id": f"c{n}", "source": [source]} for n, source in enumerate(sources)]
    said = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Ünïcode → ✓"]}
    metadata = {"kernelspec": {"name": "python3"}, "widgets": {"state": {}}}
    return {"cells": [said, *cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write(path: Path, content: dict) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def lessons(tmp_path) -> Path:
    """Two lessons, one of them in a folder, and what an editor leaves there."""
    folder = tmp_path / "notebooks"
    write(folder / "00_start_here.ipynb", notebook("one"))
    write(folder / "explore" / "drift.ipynb", notebook("two"))
    write(folder / ".ipynb_checkpoints" / "00_start_here-checkpoint.ipynb", notebook("old"))
    return folder


@pytest.fixture
def work(tmp_path) -> Path:
    return tmp_path / "my-work"


def test_the_first_time_all_lessons_arrive(lessons, work):
    assert dev.deliver(lessons, work) == ["00_start_here.ipynb", "explore/drift.ipynb"]
    assert (work / "explore" / "drift.ipynb").exists()
    assert not (work / ".ipynb_checkpoints").exists()


def test_a_copy_looks_as_if_never_run(lessons, work):
    dev.deliver(lessons, work)
    copy, lesson = read(work / "00_start_here.ipynb"), notebook("one")
    assert copy["cells"][0] == lesson["cells"][0]
    assert copy["cells"][1] == {
        **lesson["cells"][1],
        "outputs": [],
        "execution_count": None,
        "metadata": {"tags": ["raises-exception"]},
    }
    assert copy["metadata"] == {"kernelspec": {"name": "python3"}}


def test_the_second_time_nothing_arrives(lessons, work):
    dev.deliver(lessons, work)
    assert dev.deliver(lessons, work) == []


def test_outputs_alone_do_not_make_a_lesson_a_changed_one(lessons, work):
    dev.deliver(lessons, work)
    write(lessons / "00_start_here.ipynb", dev.cleared(notebook("one")))
    assert dev.deliver(lessons, work) == []


def test_a_new_lesson_arrives(lessons, work):
    dev.deliver(lessons, work)
    write(lessons / "01_migrate.ipynb", notebook("new"))
    assert dev.deliver(lessons, work) == ["01_migrate.ipynb"]


@pytest.mark.parametrize("touched", [True, False], ids=["worked on", "untouched"])
def test_a_changed_lesson_arrives_beside_the_old(lessons, work, touched):
    dev.deliver(lessons, work)
    mine = work / "explore" / "drift.ipynb"
    if touched:
        write(mine, notebook("two", "my own"))
    before = mine.read_bytes()
    write(lessons / "explore" / "drift.ipynb", notebook("changed"))
    assert dev.deliver(lessons, work) == ["explore/drift (updated).ipynb"]
    write(lessons / "explore" / "drift.ipynb", notebook("changed again"))
    assert dev.deliver(lessons, work) == ["explore/drift (updated 2).ipynb"]
    assert dev.deliver(lessons, work) == []
    assert mine.read_bytes() == before
    assert read(work / "explore" / "drift (updated).ipynb")["cells"][1]["source"] == ["changed"]


def test_a_lesson_that_the_learner_removed_comes_back_fresh(lessons, work):
    dev.deliver(lessons, work)
    (work / "00_start_here.ipynb").unlink()
    assert dev.deliver(lessons, work) == ["00_start_here.ipynb"]


def test_without_its_list_it_still_overwrites_nothing(lessons, work):
    dev.deliver(lessons, work)
    mine = write(work / "00_start_here.ipynb", notebook("my own"))
    before = mine.read_bytes()
    (work / ".lessons.json").write_text("{half", encoding="utf-8")
    assert dev.deliver(lessons, work) == ["00_start_here (updated).ipynb"]
    assert mine.read_bytes() == before


def test_a_file_of_the_learners_own_stays(lessons, work):
    mine = write(work / "00_start_here.ipynb", {"not": "a lesson"})
    assert "00_start_here (updated).ipynb" in dev.deliver(lessons, work)
    assert read(mine) == {"not": "a lesson"}


def test_a_lesson_that_is_no_notebook_is_named(lessons, work):
    (lessons / "01_broken.ipynb").write_text("<<<<<<< ours", encoding="utf-8")
    with pytest.raises(dev.Stop, match=r"01_broken\.ipynb is not a notebook"):
        dev.deliver(lessons, work)


def test_which_notebook_opens(lessons, work):
    write(lessons / "01_migrate.ipynb", notebook("new"))
    dev.deliver(lessons, work)
    assert dev.choose(work, None) == work / "00_start_here.ipynb"
    for asked in ("drift", "explore/drift.ipynb", "notebooks/explore/drift.ipynb"):
        assert dev.choose(work, asked) == work / "explore" / "drift.ipynb"
    with pytest.raises(dev.Stop, match="No notebook is 'nonsense'"):
        dev.choose(work, "nonsense")
    with pytest.raises(dev.Stop, match="More than one notebook is 't'"):
        dev.choose(work, "t")
    (work / "00_start_here.ipynb").unlink()
    assert dev.choose(work, None) == work / "01_migrate.ipynb"


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


def test_pages_arrive_with_their_pictures_and_changed_ones_stay(lessons, work):
    (lessons / "pictures").mkdir()
    (lessons / "README.md").write_text("contents", encoding="utf-8")
    (lessons / "GLOSSARY.md").write_text("words", encoding="utf-8")
    (lessons / "pictures" / "a.svg").write_text("<svg/>", encoding="utf-8")
    dev.deliver_pages(lessons, work)
    assert (work / "pictures" / "a.svg").read_text(encoding="utf-8") == "<svg/>"
    (work / "GLOSSARY.md").write_text("my own words", encoding="utf-8")
    for page in ("README.md", "GLOSSARY.md"):
        (lessons / page).write_text("new", encoding="utf-8")
    dev.deliver_pages(lessons, work)
    assert (work / "README.md").read_text(encoding="utf-8") == "new"
    assert (work / "GLOSSARY.md").read_text(encoding="utf-8") == "my own words"
