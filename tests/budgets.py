"""How many minutes each group of tests may take in a run of every day; a long run has none.

All together they leave room in the 25 minutes that a whole run may take on two cores, beside the
notebooks and the checks. A budget is printed and never a test: how long a machine takes is no truth
about the code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

#: Group → minutes, all cores together. A group is a folder of tests, or its one file.
MINUTES = {
    "agent": 6,
    "browser": 5,
    "checkout": 1,
    "cli": 1,
    "exercises": 8,
    "lessons": 4,
    "notebook": 1,
    "whatif": 13,
    "the others": 9,
}


def group(nodeid: str) -> str:
    """The group of a test, by its id: ``tests/whatif/law/test_law.py::…`` is of ``whatif``."""
    parts = nodeid.split("::")[0].split("/")
    return parts[1] if len(parts) > 2 and parts[1] in MINUTES else "the others"


def lines(took: Mapping[str, float]) -> list[str]:
    """A line for each group that ran; ``took`` is in seconds."""
    return [
        f"{name:<12}{took[name] / 60:5.1f} of {minutes:2}{_over(took[name] / 60, minutes)}"
        for name, minutes in MINUTES.items()
        if name in took
    ]


def _over(took: float, minutes: int) -> str:
    return "  over its budget" if took > minutes else ""


def examples(short: int, long: int) -> int:
    """How many examples a law is tried on: in a run of every day, and in a long one."""
    return long if os.environ.get("MIGLAB_LONG") else short
