"""One long story, through every runner and through plain manage.py: nothing may differ."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from miglab import Lab
from miglab.agent.engines.sqlite import catalogue
from miglab.facts.step import Step
from miglab.runners import names
from miglab.steps.surroundings import environment

from .story import STORY, Delete, Edit, Run, Write

CLOCK = re.compile(r"on \d{4}-\d\d-\d\d \d\d:\d\d|_\d{8}_\d{4}| at 0x[0-9a-f]+|\(\d+\.\d+s\)")
PLAIN_ENVIRONMENT = {**environment(), "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True)
class After:
    """The whole of what a step leaves: what it printed, whether it failed, and the project."""

    step: object
    output: str
    failed: bool
    record: Any
    tables: Any
    rows: Any
    files: dict[str, str]


def state(step: object, folder: Path, output: str, failed: bool) -> After:
    """What stands in this folder now, without clock times and without the folder's name."""
    database = catalogue.read(str(folder / "db.sqlite3"))

    def same(text: str) -> str:
        return CLOCK.sub("<clock>", text.replace(str(folder), "<folder>"))

    files = {
        same(path.relative_to(folder).as_posix()): same(path.read_text())
        for path in sorted(folder.rglob("*.py"))
    }
    record = [[app, same(name)] for app, name in database["record"]["keys"]]
    return After(step, same(output), failed, record, database["tables"], database["rows"], files)


def plain_story(folder: Path) -> list[After]:
    """The story as a terminal tells it, each command in a fresh ``python manage.py``, each edit
    in another minute than the one before."""
    told = []
    for minute, step in enumerate(STORY):
        output, failed = "", False
        if isinstance(step, Run):
            done = run_plain(folder, step)
            output, failed = done.stdout, done.returncode != 0
        elif isinstance(step, Edit):
            text = (folder / step.path).read_text()
            assert text.count(step.old) == 1, step
            write_at(minute, folder / step.path, text.replace(step.old, step.new))
        elif isinstance(step, Write):
            write_at(minute, folder / step.path, step.text)
        else:
            found = [*folder.glob(step.path)]
            assert found, step
            for path in found:
                path.unlink()
        told.append(state(step, folder, output, failed))
    return told


def write_at(minute: int, path: Path, text: str) -> None:
    """Write a file at another time than any before it: Python tells by the second and the size
    whether its bytecode still fits."""
    path.write_text(text)
    when = time.time() - 60 * (len(STORY) - minute)
    os.utime(path, (when, when))


def run_plain(folder: Path, step: Run) -> subprocess.CompletedProcess[str]:
    import shlex

    return subprocess.run(
        [sys.executable, "manage.py", *shlex.split(step.line)],
        cwd=folder,
        env=PLAIN_ENVIRONMENT,
        input="".join(answer + "\n" for answer in step.answers),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def lab_story(lab: Lab) -> list[After]:
    """The story in a lab, with old bytecode of the same second lying about."""
    told = []
    subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=lab.folder,
        check=True,
        env=environment(),
        capture_output=True,
    )
    for step in STORY:
        done: Step
        if isinstance(step, Run):
            done = lab.manage(step.line, answers=step.answers)
        elif isinstance(step, Edit):
            times = (lab.folder / step.path).stat()
            done = lab.replace(step.path, step.old, step.new)
            os.utime(lab.folder / step.path, ns=(times.st_atime_ns, times.st_mtime_ns))
        elif isinstance(step, Write):
            done = lab.write(step.path, step.text)
        else:
            done = lab.delete(step.path)
        told.append(state(step, lab.folder, done.output, done.refused))
    return told


@pytest.fixture(scope="module")
def plain(home: Path, tmp_path_factory: pytest.TempPathFactory) -> list[After]:
    folder = tmp_path_factory.mktemp("plain") / "project"
    with Lab("storefront") as lab:
        shutil.copytree(lab.folder, folder)
    return plain_story(folder)


def test_the_story_is_long_and_passes_through_every_command() -> None:
    runs = [step for step in STORY if isinstance(step, Run)]
    assert len(runs) >= 50
    assert any(isinstance(step, (Edit, Delete, Write)) for step in STORY)


@pytest.mark.parametrize("runner", names())
def test_every_runner_tells_the_story_as_plain_manage_py_does(
    runner: str, plain: list[After], open_lab: Callable[..., Lab]
) -> None:
    told = lab_story(open_lab("storefront", runner=runner))
    for here, there in zip(told, plain, strict=True):
        assert here == there
