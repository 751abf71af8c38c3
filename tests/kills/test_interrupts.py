"""Ctrl-C in any line of what makes a lab leaves nothing behind: no folder, and no process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .interrupting import WAYS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such signals here")

#: How many lines of each way are tried in a run of every day.
SOME = 8


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("some", [True, pytest.param(False, marks=pytest.mark.long)])
def test_an_interrupt_while_a_lab_is_made_leaves_no_folder_and_no_process(
    own_home: Path, way: str, some: bool
) -> None:
    found = _interrupted(own_home, way, 10_000)
    assert found["lines"] > SOME
    found = _interrupted(own_home, way, found["lines"] // SOME if some else 1)
    assert found["sent"] >= SOME // 2
    assert found["left"] == []


def _interrupted(home: Path, way: str, every: int) -> dict[str, list[str] | int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kills.interrupting", way, str(every)],
        env={**os.environ, "MIGLAB_HOME": str(home)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, list[str] | int] = json.loads(done.stdout)
    return result
