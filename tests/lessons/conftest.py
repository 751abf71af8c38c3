"""Each test begins as a kernel does: nothing was asked, begun or judged, and nothing is noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from miglab.lessons import predictions, remembered, tasks, trials, whereabouts
from miglab.progress import Journal


@pytest.fixture(autouse=True)
def _new_kernel() -> None:
    new_kernel()


def new_kernel() -> None:
    """Forget what a kernel knows; what is in files stays."""
    predictions._OPEN.clear()
    trials._JUDGED.clear()
    tasks._BEGUN.clear()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Where what is done here is noted."""
    journal = Journal(tmp_path / "progress.jsonl")
    remembered.keep_in(journal)
    yield journal
    remembered.keep_in(None)


@pytest.fixture
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are asked as if nobody had stored where their lessons ask them."""
    monkeypatch.setattr(whereabouts, "_known", dict)
