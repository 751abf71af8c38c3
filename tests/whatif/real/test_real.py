"""What a what-if says of real projects is what plain Django does: in every app the last five steps
back, and ``zero``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .projects import PROJECTS
from .walk import Walk


@pytest.mark.long
@pytest.mark.parametrize("name", PROJECTS)
def test_each_step_back_in_a_real_project_does_what_was_told(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = PROJECTS[name].make(tmp_path, sys.executable)
    walk = Walk(tmp_path / "site", python)
    assert walk.migrations >= 100
    found = []
    with capsys.disabled():
        print(f"\n{name}: {walk.migrations} migrations")
        for held in walk.held():
            print(held, flush=True)
            found.append(held)
    assert not [held for held in found if held.why]
    unknown = [held for held in found if held.status == 13]
    assert len(unknown) <= len(found) * 0.05, unknown
    assert all(held.unknown for held in unknown)
