"""Recording runs a notebook, stores it clean, and leaves it alone where it fails."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import v4

ROOT = Path(__file__).parents[2]


def write(path: Path, *sources: str) -> Path:
    cells = [v4.new_code_cell(source) for source in sources]
    content = v4.new_notebook(cells=cells, metadata={"widgets": {}, "authors": []})
    nbformat.write(content, path)
    return path


def record(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "tests" / "notebooks" / "record.py")]
    return subprocess.run(
        [*command, *map(str, arguments)],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )


def test_it_stores_what_is_the_same_every_time(tmp_path):
    """A picture's alternative text counts as text, a widget's name as noise."""
    picture = 'HTML(\'<img alt="a &amp; b" src="data:,">\')'
    sources = ("print('ünï')", f"from IPython.display import HTML\n{picture}")
    path = write(tmp_path / "a.ipynb", *sources, "import ipywidgets\nipywidgets.IntSlider()")
    first = record(path)
    assert first.returncode == 0, first.stderr
    assert "\n+ünï\n" in first.stdout
    assert "\n+alt: a & b\n" in first.stdout
    stored = path.read_bytes()
    notebook = nbformat.reads(stored.decode(), as_version=4)
    assert notebook.metadata.keys() == {"kernelspec", "language_info"}
    assert [cell.metadata for cell in notebook.cells] == [{}, {}, {}]
    assert stored.endswith(b"}\n")
    second = record(tmp_path)
    assert (second.returncode, path.read_bytes()) == (0, stored)
    assert "0 with different texts, 0 failed." in second.stdout


def test_checking_stores_nothing(tmp_path):
    path = write(tmp_path / "a.ipynb", "1 + 1")
    before = path.read_bytes()
    done = record("--check", path)
    assert (done.returncode, path.read_bytes()) == (1, before)
    assert "\n+2\n" in done.stdout


def test_what_fails_stays_as_it_was_and_the_others_go_on(tmp_path):
    broken = write(tmp_path / "broken.ipynb", "1", "1 / 0")
    large = write(tmp_path / "large.ipynb", r"print('many\n' * 300_000)")
    undisplayed = write(tmp_path / "undisplayed.ipynb", DISPLAY_FAILS)
    before = [each.read_bytes() for each in (broken, large, undisplayed)]
    well = write(tmp_path / "well.ipynb", "'all ' + 'well'")
    done = record(tmp_path)
    assert done.returncode == 1
    assert "broken.ipynb, cell 2: ZeroDivisionError: division by zero" in done.stderr
    assert "large.ipynb: " in done.stderr
    assert "1,000,000 is the most" in done.stderr
    assert "undisplayed.ipynb, cell 1" in done.stderr
    assert [each.read_bytes() for each in (broken, large, undisplayed)] == before
    assert "all well" in well.read_text(encoding="utf-8")


#: IPython puts out the error, and the cell counts as run.
DISPLAY_FAILS = """class Broken:
    def _repr_mimebundle_(self, **rest):
        raise ValueError('no picture')

Broken()"""
