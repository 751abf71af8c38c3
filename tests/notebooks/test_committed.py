"""The notebooks as they are committed: from one clean run, small, and readable anywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from nbconvert import HTMLExporter

from miglab.workbook.lessons import KERNEL

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)

#: A path or an address that is of one machine alone.
OF_ONE_MACHINE = re.compile(r"/(tmp|home|root|Users|var)/|[A-Z]:\\|\b0x[0-9a-f]{6,}")

#: In words.
LONGEST_SENTENCE = 18

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def code_cells(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


def prose(path: Path) -> str:
    """What is to be read in it: no code, no tables, no addresses of links."""
    cells = [cell for cell in read(path)["cells"] if cell["cell_type"] == "markdown"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells)
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"`[^`]*`", "code", text)
    return re.sub(r"\]\([^)]*\)", "]", text)


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS[0].name == "00_start_here.ipynb"


@every_notebook
def test_every_cell_was_run_once_from_top_to_bottom(path: Path) -> None:
    """nbval skips a code cell whose execution count is null: there must be none."""
    counts = [cell["execution_count"] for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_it_names_the_kernel_that_miglab_brings(path: Path) -> None:
    assert read(path)["metadata"]["kernelspec"] == KERNEL


@every_notebook
def test_no_output_is_an_error_or_a_warning(path: Path) -> None:
    for cell in code_cells(path):
        for output in cell["outputs"]:
            assert output["output_type"] != "error", cell["source"]
            assert output.get("name") != "stderr", cell["source"]


@every_notebook
def test_nothing_in_it_is_of_one_machine(path: Path) -> None:
    for cell in code_cells(path):
        for output in cell["outputs"]:
            for kind, data in output.get("data", {"text": output.get("text", "")}).items():
                text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", "".join(data))
                assert not OF_ONE_MACHINE.search(text), (cell["source"], kind)


@every_notebook
def test_it_is_smaller_than_a_megabyte_and_carries_no_widget_state(path: Path) -> None:
    assert path.stat().st_size < 1_000_000
    assert "widgets" not in read(path)["metadata"]


@every_notebook
def test_every_picture_has_a_text(path: Path) -> None:
    for cell in code_cells(path):
        for output in cell["outputs"]:
            page = "".join(output.get("data", {}).get("text/html", ""))
            for image in re.findall(r"<img [^>]*>", page):
                assert re.search(r'alt="[^"]{20,}"', image)


@every_notebook
def test_its_links_lead_to_notebooks_that_exist(path: Path) -> None:
    for cell in read(path)["cells"]:
        if cell["cell_type"] == "markdown":
            for link in re.findall(r"\]\(([^)#]+\.ipynb)\)", "".join(cell["source"])):
                assert (path.parent / link).exists(), link


@every_notebook
def test_no_cell_between_a_question_and_its_answer_says_that_django_refuses(path: Path) -> None:
    """A learner sees the next cells while the question is still open."""
    open_question = False
    for source in ("".join(cell["source"]) for cell in code_cells(path)):
        open_question = (open_question or "predict(" in source) and "reveal(" not in source
        assert not (open_question and "expect_refused" in source), source


@every_notebook
def test_its_words_are_few(path: Path) -> None:
    assert len(re.findall(r"[\w']+", prose(path))) <= 900


@every_notebook
def test_its_sentences_are_short(path: Path) -> None:
    """A paragraph, an item of a list and a heading end a sentence too."""
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-*>#]|\d+\.)\s)", prose(path))
    long = [
        sentence
        for block in blocks
        for sentence in re.split(r"(?<=[.!?:])\s", " ".join(block.split()))
        if len(re.findall(r"[\w'-]+", sentence)) > LONGEST_SENTENCE
    ]
    assert long == []


@every_notebook
def test_no_widget_is_left_where_no_kernel_runs(path: Path) -> None:
    """Without its kernel a widget's view says only that it is broken."""
    for cell in code_cells(path):
        for output in cell["outputs"]:
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            assert output.get("data", True), "an output without content"


def test_as_a_page_without_a_kernel_the_explorer_is_a_picture_and_words() -> None:
    """As nbconvert writes it: no script that looks for a widget."""
    page, _ = HTMLExporter().from_filename(str(ROOT / "notebooks" / "explore" / "explorer.ipynb"))
    assert "data-miglab-still" in page
    assert 'alt="All 18 migrations are applied.' in page
    assert "widget-view+json" not in page
