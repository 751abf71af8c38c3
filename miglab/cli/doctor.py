"""``miglab doctor``: what is installed, what is missing, and what to do about it."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import project, runners
from ..databases import registry
from ..databases.engine import Engine
from ..draw import engines
from ..errors import MiglabError
from ..extras import EXTRAS, install, missing, version
from ..home import home
from ..runners import jail
from ..sandbox.owners import throwaway

#: The Django that the lessons are written for.
DJANGO = "5.2"
PYTHON = (3, 11)
SQLITE = (3, 31)
#: What an extra is for.
PURPOSES = {
    "sandbox": "the practice project, miglab demo",
    "notebooks": "miglab app on your own project",
    "lab": "the lessons, miglab lab, miglab app",
    "postgresql": "labs on PostgreSQL, with a server",
    "mariadb": "labs on MariaDB, with a server that is installed here",
}
#: A lab with its snapshots takes a few megabytes.
ROOM = 100_000_000

State = Literal["ok", "missing", "optional"]
GLYPH: dict[State, str] = {"ok": "✓", "missing": "✗", "optional": "–"}


@dataclass(frozen=True)
class Finding:
    """One line of the output.

    ``missing`` means that the practice project cannot run, ``optional`` that it can run without
    this. ``do`` says what to do about it; empty if nothing has to be done.
    """

    state: State
    what: str
    found: str
    do: str = ""

    def __str__(self) -> str:
        line = f"{GLYPH[self.state]} {self.state:<8}  {self.what:<16}  {self.found}"
        return f"{line}\n{'':12}do this: {self.do}" if self.do else line


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor",
        help="show what is installed, what is missing and what to do",
        description="Show what is installed, what is missing and what to do. "
        "The exit status is 0 if a lab can run, otherwise 1.",
    )
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings."""
    lacking = []
    for finding in findings():
        print(finding)
        lacking += [finding.what] if finding.state == "missing" else []
    print()
    print(_conclusion(lacking))
    return 1 if lacking else 0


def _conclusion(lacking: list[str]) -> str:
    if not lacking:
        return "A lab can run here."
    if lacking == ["Django"]:
        return (
            "The practice project cannot run here: Django is missing. You can still rehearse your "
            "own projects: miglab whatif uses their Django."
        )
    return f"A lab cannot run here. Missing: {', '.join(lacking)}."


def findings() -> Iterator[Finding]:
    """Everything that was looked at, in the order in which it is needed."""
    yield _python(sys.version_info[:3])
    yield _django(version("django"))
    yield _sqlite(sqlite3.sqlite_version_info)
    yield from map(_servers, (each for each in registry.ENGINES if each.extra))
    yield _practice_project()
    yield _labs(home())
    yield _runner()
    yield _protection()
    yield _pictures()
    yield from map(_jupyter, EXTRAS["notebooks"])
    yield from (_extra(name, missing(name)) for name in EXTRAS)


def _python(found: tuple[int, ...]) -> Finding:
    words = f"{_dotted(found)} ({sys.executable})"
    if found < PYTHON:
        return Finding("missing", "Python", words, f"use Python {_dotted(PYTHON)} or newer")
    return Finding("ok", "Python", words)


def _django(found: str | None) -> Finding:
    if found is None:
        return Finding("missing", "Django", "not installed", install("sandbox", "miglab doctor"))
    if not found.startswith(f"{DJANGO}."):
        words = f"{found}; the lessons are written for {DJANGO}, so some outputs may differ"
        do = f'python -m pip install "django=={DJANGO}.*"'
        return Finding("optional", "Django", words, do)
    return Finding("ok", "Django", found)


def _sqlite(found: tuple[int, ...]) -> Finding:
    if found < SQLITE:
        do = f"use a Python that includes SQLite {_dotted(SQLITE)} or newer"
        return Finding("missing", "SQLite", _dotted(found), do)
    return Finding("ok", "SQLite", _dotted(found))


def _practice_project() -> Finding:
    try:
        folder = project.bundled(project.BUNDLED[0]).root
    except MiglabError:
        do = "install miglab again"
        return Finding("missing", "practice project", "not in this installation", do)
    return Finding("ok", "practice project", str(folder))


def _labs(home: Path) -> Finding:
    """Whether labs can be stored in their folder, or in the nearest folder above it that exists."""
    there = next(place for place in (home, *home.parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        do = "set MIGLAB_HOME to a folder that you may write to"
        return Finding("missing", "labs", f"{home}: not writable", do)
    free = shutil.disk_usage(there).free
    words = f"{home}, {free / 1e9:.1f} GB free"
    if free < ROOM:
        do = "free some space there, or set MIGLAB_HOME to a folder on another disk"
        return Finding("missing", "labs", words, do)
    return Finding("ok", "labs", words)


def _runner() -> Finding:
    if "warm" in runners.names():
        return Finding("ok", "commands", "warm: each runs in a fork of a process that is ready")
    return Finding("ok", "commands", "fresh: each runs in a new process (this system cannot fork)")


def _protection() -> Finding:
    """What keeps a user's own project in its copy during a rehearsal."""
    try:
        with throwaway() as folder:
            held = jail.here(str(home() / "jail"), str(folder))
    except (MiglabError, OSError) as error:
        return Finding("optional", "jail", str(error))
    if held.contents == "enforced":
        return Finding("ok", "jail", str(held))
    do = "use Linux with user namespaces or Landlock (from kernel 6.2)"
    return Finding("optional", "jail", str(held), do)


def _pictures() -> Finding:
    if engines.available()[0] == "lanes":
        do = "python -m pip install pygraphviz, or install Graphviz (its program is dot)"
        return Finding("optional", "pictures", engines.describe(), do)
    return Finding("ok", "pictures", engines.describe())


def _servers(engine: Engine) -> Finding:
    able, words, do = engine.servers()
    return Finding("ok" if able else "optional", engine.name, words, "" if able else do)


def _jupyter(name: str) -> Finding:
    found = version(name)
    if found is None:
        do = install("notebooks", "miglab doctor")
        return Finding("optional", name, "not installed", do)
    return Finding("ok", name, found)


def _extra(name: str, modules: Sequence[str]) -> Finding:
    """Whether an extra is completely installed; ``modules`` are its missing modules."""
    if not modules:
        return Finding("ok", f"extra {name}", PURPOSES[name])
    words = f"{PURPOSES[name]}; not installed: {', '.join(modules)}"
    return Finding("optional", f"extra {name}", words, install(name, "miglab doctor"))


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
