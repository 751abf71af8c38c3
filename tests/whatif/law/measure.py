"""Runs a generated project in a lab and beside it, and puts both answers side by side."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miglab import Lab
from miglab.facts.consequences import Consequences
from miglab.facts.step import RowChange

from .brute import Change
from .projects import Insert

PLAIN = Path(__file__).with_name("plain.py")


#: The other apps of the storefront are left out, which takes half of the time; their tables and
#: rows stay.
_APPS = re.compile(r"INSTALLED_APPS = \[.*?\]", re.S)
DJANGO = ("django.contrib.contenttypes", "django.contrib.auth")


def begin(
    lab: Lab, files: Mapping[str, str], apps: Iterable[str] = DJANGO, law: bool = True
) -> None:
    """The lab as it was opened, with these files in it; these apps are installed, and ``law``."""
    lab.restart()
    settings = "storefront/settings.py"
    text = (lab.folder / settings).read_text(encoding="utf-8")
    for path, content in {
        **files,
        settings: _APPS.sub(f"INSTALLED_APPS = {[*apps, *(['law'] if law else [])]}", text),
    }.items():
        (lab.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (lab.folder / path).write_text(content, encoding="utf-8")


def insert(lab: Lab, rows: Iterable[Insert]) -> None:
    """Put rows in, as somebody else would; those whose key is taken are left out."""
    connection = sqlite3.connect(lab.folder / "db.sqlite3")
    with connection:
        for table, columns, values in rows:
            names = ", ".join(f'"{each}"' for each in columns)
            marks = ", ".join("?" for _ in columns)
            connection.execute(
                f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})', values
            )
    connection.close()


@dataclass(frozen=True)
class Beside:
    """The databases that plain Django left, and what it objected to, or nothing."""

    before: Path
    line: Path
    after: Path
    end_line: Path
    end: Path
    error: str


def beside(lab: Lab, run: Consequences, folder: Path) -> Callable[[], Beside]:
    """Begin to run the same commands and the same way back, from the same database, in a plain
    process; what is given back waits for the end."""
    copy = folder / "project"
    shutil.copytree(lab.folder, copy)
    return plainly_beside(run, copy, folder / "after", "storefront.settings")


def plainly_beside(
    run: Consequences, project: Path, to: Path, settings: str, python: str = sys.executable
) -> Callable[[], Beside]:
    """The same in a copy of the project that is there already; ``to`` is how the paths of what it
    leaves begin."""
    assert run.full is not None
    before = Path(str(run.full.before.databases["default"]))
    shutil.copyfile(before, project / "db.sqlite3")
    back = run.back.commands if run.back else ()
    commands = [line.split() for line in (*run.commands, *back)]
    printed = plain_process(PLAIN, project, settings, {"commands": commands, "to": str(to)}, python)

    def waited() -> Beside:
        names = ("0.line", "0", f"{len(commands) - 1}.line", f"{len(commands) - 1}")
        return Beside(before, *(Path(f"{to}.{each}") for each in names), said(printed()))

    return waited


def plain_process(
    script: Path,
    project: Path,
    settings: str,
    asked: Mapping[str, object],
    python: str = sys.executable,
) -> Callable[[], str]:
    """Begin to run a script of these tests in a project; what is given back waits for what it
    prints."""
    process = subprocess.Popen(
        [python, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=project,
        text=True,
    )
    assert process.stdin is not None
    whole = {"settings": settings, "database": str(project / "db.sqlite3"), **asked}
    process.stdin.write(json.dumps(whole))
    process.stdin.close()
    process.stdin = None

    def waited() -> str:
        printed, trouble = process.communicate()
        assert process.returncode == 0, trouble[-3000:]
        return printed

    return waited


def said(printed: str) -> str:
    """The error that ``plain.py`` printed, or nothing; a project may have printed before it."""
    return printed.rpartition("@@")[2].strip() if "@@" in printed else ""


Told = dict[tuple[str, str | None], dict[str, Any]]


def told(rows: Iterable[RowChange], by_handlers: bool | None = None) -> Told:
    """What miglab tells of the rows, as ``Change.told`` has it."""
    return {
        (each.table, each.now): {
            "now": each.now,
            "before": each.before,
            "after": each.after,
            "lost": each.lost,
            "gained": each.gained,
            "changed": each.changed,
            "changed_columns": dict(each.changed_columns),
            "lost_values": dict(each.lost_values),
        }
        for each in rows
        if by_handlers in (None, each.by_handlers)
    }


def found(changes: Mapping[tuple[str, str | None], Change]) -> Told:
    """What brute force finds, as numbers."""
    return {pair: change.told() for pair, change in changes.items()}
