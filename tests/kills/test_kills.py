"""Whatever kills or interrupts a process of a lab, at any moment of what it does: no lab is left
half, nothing lives on, and what is told is true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ..plain import engines
from .shooting import MARK, OPERATIONS, VICTIMS, Found, Plan

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="processes are found as Linux shows them"
    ),
    pytest.mark.every_engine,
]

#: One of each operation and each victim, for a run of every day.
SHORT = [
    ("command", "kernel"),
    ("command", "kernel and agent"),
    ("command", "what a job starts"),
    ("rewind (large)", "kernel's Ctrl-C"),
    ("migrate", "agent"),
    ("what-if", "keeper"),
    ("command", "job"),
]
#: And on engines other than the default one.
SHORT_THERE = [("migrate", "agent"), ("command", "kernel and agent")]
HITS, LONG_HITS = 3, 30

#: What goes along the history knows what it will find: it asks nobody. A process of its own has
#: only a command that starts one, and a walk.
NOT_THERE = {
    *(
        (operation, victim)
        for operation in OPERATIONS
        if operation.startswith(("rewind", "forward", "restart"))
        for victim in ("job", "what a job starts")
    ),
    *(
        (operation, "what a job starts")
        for operation in ("migrate", "write", "what-if", "copy", "open and close")
    ),
}


def _shot_at(folder: Path, operation: str, victim: str, hits: int) -> Found:
    """What came of that many hits."""
    plan = {"operation": operation, "victim": victim, "hits": hits, "tries": 8 * hits}
    assert Plan(**plan)  # type: ignore[arg-type]
    done = subprocess.run(
        [sys.executable, "-m", "tests.kills.shooting", json.dumps(plan)],
        env={**os.environ, "MIGLAB_HOME": str(folder), MARK: str(folder)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Found(**json.loads(done.stdout))


WANTED = pytest.mark.parametrize(
    ("operation", "victim", "hits"),
    [
        *((*each, HITS) for each in SHORT),
        *(
            pytest.param(operation, victim, LONG_HITS, marks=pytest.mark.long)
            for operation in OPERATIONS
            for victim in VICTIMS
            if (operation, victim) not in NOT_THERE
        ),
    ],
)


@WANTED
def test_nothing_is_left_half_or_lives_on_or_is_told_wrongly(
    own_home: Path,
    record_property: Callable[[str, object], None],
    engine_of_labs: str,
    operation: str,
    victim: str,
    hits: int,
) -> None:
    # A server is there before the first shot, and no process of what is shot at.
    engines.PLAIN[engine_of_labs].beside(own_home)
    found = _shot_at(own_home, operation, victim, hits)
    signals = ", ".join(f"{name}: {times}" for name, times in sorted(found.signals.items()))
    what = f"{engine_of_labs:<11}{operation:<18}{victim:<18}"
    record_property("hits", f"{what}{found.hits:>4} of {found.shots:<5}{signals}")
    assert found.hits >= hits
    assert (found.halves, found.wrong, found.leaked, found.folders) == ([], [], [], [])


@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.short
@pytest.mark.parametrize(("operation", "victim"), SHORT_THERE)
def test_on_a_server_too(
    own_home: Path,
    record_property: Callable[[str, object], None],
    engine_of_labs: str,
    operation: str,
    victim: str,
) -> None:
    test_nothing_is_left_half_or_lives_on_or_is_told_wrongly(
        own_home, record_property, engine_of_labs, operation, victim, HITS
    )
