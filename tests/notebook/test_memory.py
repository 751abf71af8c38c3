"""In a learner's copy of the lessons what is done is noted; elsewhere nothing is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from miglab import Lab
from miglab.cli.serve import JUPYTER, environment
from miglab.lessons import predict
from miglab.lessons.remembered import keep_in
from miglab.notebook.memory import remember
from miglab.progress import Journal
from miglab.workbook import bundled_lessons, deliver, journal_of
from miglab.workbook.lessons import KERNEL

from ..wheel import apart


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A learner's copy of the lessons, and a kernel in a folder of it."""
    folder = tmp_path / "lessons"
    deliver(bundled_lessons(), folder, "1.0")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(folder / "explore")
    yield folder
    keep_in(None)


def test_in_a_copy_it_is_noted_beside_the_lessons_and_ticked(copy: Path, lab: Lab) -> None:
    remember()
    predict("tags-after-0004").choose(0)
    assert [each.kind for each in Journal(journal_of(copy)).read()] == ["predicted"]
    assert "| ◐ 5 |" in (copy / "README.md").read_text(encoding="utf-8")


def test_the_notebook_says_where_it_is_wherever_its_kernel_went(
    copy: Path, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(copy / "05_revert.ipynb"))
    monkeypatch.chdir(tmp_path)
    remember()
    predict("tags-after-0004").choose(0)
    assert journal_of(copy).exists()


def test_elsewhere_nothing_is_noted(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(tmp_path)
    remember()
    predict("tags-after-0004").choose(0)
    assert list(tmp_path.rglob("*.jsonl")) == []


@pytest.mark.parametrize(
    "variables", [{}, environment()], ids=["any JupyterLab of the environment", "miglab lab"]
)
def test_the_lessons_kernel_knows_the_magics_before_anything_is_imported(
    variables: dict[str, str],
) -> None:
    code = f"""
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name={KERNEL["name"]!r})
try:
    said = []
    client.execute_interactive("%manage check", output_hook=said.append, timeout=120)
    errors = [each["content"] for each in said if each["msg_type"] == "error"]
    print(errors[0]["ename"], errors[0]["evalue"])
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=apart(**variables),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.startswith("BadInput there is no open lab; run the cell with lab = Lab(")


def test_notebooks_say_of_the_kernel_what_it_says_of_itself() -> None:
    spec = JUPYTER / "data" / "kernels" / KERNEL["name"] / "kernel.json"
    found = json.loads(spec.read_text(encoding="utf-8"))
    assert {key: found[key] for key in ("display_name", "language")} == {
        key: KERNEL[key] for key in ("display_name", "language")
    }
