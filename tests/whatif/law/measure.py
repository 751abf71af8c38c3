"""Runs a generated project in a lab and beside it, and puts both answers side by side."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from miglab import Lab
from miglab.facts.consequences import Consequences
from miglab.facts.step import RowChange
from miglab.sandbox.snapshot import Snapshot

from ...plain import engines, mariadb
from ...plain.project import Plain
from ...plain.state import Insert
from .brute import Change, Place
from .pulled import moment as pulled

PLAIN = Path(__file__).with_name("plain.py")
PULLED = Path(__file__).with_name("plain_on_a_server.py")
ROOT = Path(__file__).parents[3]


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
    engines.of(lab).insert(engines.handle_of(lab), rows)


@dataclass(frozen=True)
class Beside:
    """The databases that plain Django left, and what it objected to, or nothing."""

    before: Place
    line: Place
    after: Place
    end_line: Place
    end: Place
    error: str


def beside(lab: Lab, run: Consequences, folder: Path) -> Callable[[], Beside]:
    """Begin to run the same commands and the same way back, from the same database, in a plain
    process; what is given back waits for the end."""
    if engines.of(lab).VENDOR != "sqlite":
        return pulled_beside(lab, run, lab.folder, folder, "storefront.settings_elsewhere")
    copy = folder / "project"
    shutil.copytree(lab.folder, copy)
    return plainly_beside(run, copy, folder / "after", "storefront.settings")


def place_of(moment: Snapshot) -> Place:
    """Where the database of a moment of a lab's is, or what it holds."""
    handle = str(moment.databases["default"])
    if "://" not in handle:
        return Path(handle)
    is_mariadb = handle.startswith("mysql://")
    with (mariadb.connected if is_mariadb else psycopg.connect)(handle) as connection:
        return pulled(connection, "mysql" if is_mariadb else "postgresql")


def pulled_beside(
    lab: Lab,
    run: Consequences,
    project: Path,
    folder: Path,
    settings: str,
    python: str = sys.executable,
) -> Callable[[], Beside]:
    """The same where databases are on a server: all that they hold is kept, after each command."""
    assert run.full is not None
    back = run.back.commands if run.back else ()
    commands = [line.split() for line in (*run.commands, *back)]
    handle = str(run.full.before.databases["default"])
    before = place_of(run.full.before)
    plain = Plain(project, handle, engines.of(lab), folder)
    process = subprocess.Popen(
        [python, str(PULLED), settings, json.dumps(commands), sysconfig.get_path("purelib")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=plain.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    def waited() -> Beside:
        printed, trouble = process.communicate()
        plain.drop()
        assert process.returncode == 0, trouble.decode()[-3000:]
        stages, error = pickle.loads(printed.rpartition(b"@@@")[2])
        return Beside(before, *stages[0], *stages[-1], error)

    return waited


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
            "filled": dict(each.filled),
            "lost_values": dict(each.lost_values),
        }
        for each in rows
        if by_handlers in (None, each.by_handlers)
    }


def found(changes: Mapping[tuple[str, str | None], Change]) -> Told:
    """What brute force finds, as numbers."""
    return {pair: change.told() for pair, change in changes.items()}
