"""Goes through real projects, and prints what each step back is told to do, and whether it does.

    python -m tests.whatif.real [--on VENDOR] FOLDER [PROJECT [APP …]]

With a vendor of ``tests/plain/engines.py`` the databases are on its server. Environments and
projects are made in FOLDER where they are not there yet. What was found is kept in
``FOLDER/held.jsonl``, and is not looked for again: remove that file after a change of miglab's. The
table at the end counts all that is in it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from ...plain import engines
from .on_a_server import WalkOnAServer
from .projects import PROJECTS, Project
from .walk import Held, Walk


def main(folder: str, only: str = "", *apps: str, vendor: str = "") -> int:
    """Do it; 1 where anything differs."""
    kept = Path(folder, "held.jsonl")
    for name, project in PROJECTS.items():
        if only in ("", name):
            print(f"== {name}", flush=True)
            done = {(each.app, each.target) for each in read(kept).get(name, [])}
            for held in walk(project, Path(folder) / name, vendor).held(*apps, done=done):
                print(held, flush=True)
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"project": name, **asdict(held)}) + "\n")
    print(table(read(kept)))
    return 1 if any(held.why for found in read(kept).values() for held in found) else 0


def walk(project: Project, folder: Path, vendor: str) -> Walk:
    """A project that is made in this folder, where it is not there yet."""
    if vendor:
        python = project.make_on(engines.PLAIN[vendor], folder, "3.11")
        return WalkOnAServer(folder / "site", python)
    return Walk(folder / "site", project.make(folder, "3.11"))


def read(kept: Path) -> dict[str, list[Held]]:
    """What was found in each project."""
    found: dict[str, list[Held]] = {}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept.exists() else ():
        told = json.loads(line)
        found.setdefault(told.pop("project"), []).append(Held(**told))
    return found


def table(found: dict[str, list[Held]]) -> str:
    """How many commands of each app were held against plain Django, and what came out; then what
    is unknown and what differs, with its reason."""
    lines = [f"{'project':<14}{'app':<26}{'commands':>9}{'equal':>7}{'unknown':>9}{'differ':>8}"]
    for name, of_project in found.items():
        by_app: dict[str, list[Held]] = {}
        for held in of_project:
            by_app.setdefault(held.app, []).append(held)
        for app, some in [*sorted(by_app.items()), ("in all", of_project)]:
            numbers = (
                len(some),
                sum(not held.why for held in some),
                sum(held.status == 13 for held in some),
                sum(bool(held.why) for held in some),
            )
            counted = "".join(f"{n:>{w}}" for n, w in zip(numbers, (9, 7, 9, 8), strict=True))
            lines.append(f"{name:<14}{app:<26}{counted}")
    for name, of_project in found.items():
        for held in of_project:
            if held.status == 13:
                lines.append(f"unknown: {name} {held.app} {held.target}: {held.unknown}")
            if held.why:
                lines.append(f"differs: {name} {held.app} {held.target}: {held.why}")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--on", default="")
    parser.add_argument("words", nargs="+")
    given = parser.parse_args()
    sys.exit(main(*given.words, vendor=given.on))
