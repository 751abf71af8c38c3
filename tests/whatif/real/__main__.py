"""Goes through real projects, and prints what each step back is told to do, and whether it does.

    python -m tests.whatif.real FOLDER [PROJECT [APP …]]

Environments and projects are made in FOLDER where they are not there yet.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .projects import PROJECTS
from .walk import Walk


def main(folder: str, only: str = "", *apps: str) -> int:
    """Do it; 1 where anything differs."""
    differ = 0
    for name, project in PROJECTS.items():
        if only in ("", name):
            python = project.make(Path(folder) / name, "3.11")
            print(f"== {name}", flush=True)
            for held in Walk(Path(folder) / name / "site", python).held(*apps):
                print(held, flush=True)
                differ += bool(held.why)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
