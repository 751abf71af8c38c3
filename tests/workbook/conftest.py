"""Two lessons, and where a learner's copy of them will be."""

from __future__ import annotations

from pathlib import Path

import pytest

from .samples import notebook, write


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """Two lessons, one of them in a folder, and what an editor leaves there."""
    folder = tmp_path / "notebooks"
    write(folder / "00_start_here.ipynb", notebook("one"))
    write(folder / "explore" / "drift.ipynb", notebook("two"))
    write(folder / ".ipynb_checkpoints" / "00_start_here-checkpoint.ipynb", notebook("old"))
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder that does not exist yet."""
    return tmp_path / "my-work"
