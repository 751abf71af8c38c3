"""One long story, through every runner, on every engine, and through plain manage.py: nothing may
differ."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from miglab import Lab
from miglab.facts.migration import Key
from miglab.facts.step import Step
from miglab.runners import names
from miglab.steps.surroundings import environment

from ...plain import engines
from ...plain.project import Plain
from ...plain.state import State
from .story import BEGINNING, STORY, Delete, Edit, Run, Write

pytestmark = pytest.mark.every_engine

CLOCK = re.compile(r"on \d{4}-\d\d-\d\d \d\d:\d\d|_\d{8}_\d{4}| at 0x[0-9a-f]+|\(\d+\.\d+s\)")
PLAIN_ENVIRONMENT = {**environment(), "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True)
class After:
    """The whole of what a step leaves: what it printed, whether it failed, and the project."""

    step: object
    output: str
    failed: bool
    database: State
    files: dict[str, str]


def state(
    step: object, folder: Path, tools: engines.Plain, handle: str, output: str, failed: bool
) -> After:
    """What a project is now, without clock times and without the names of its folder and its
    database."""
    database, called = tools.read(handle), str(tools.setting(handle)["NAME"])

    def same(text: str) -> str:
        nameless = text.replace(called, "<database>").replace(str(folder), "<folder>")
        return CLOCK.sub("<clock>", nameless)

    files = {
        same(path.relative_to(folder).as_posix()): same(path.read_text())
        for path in sorted(folder.rglob("*.py"))
    }
    record = tuple(Key(app, same(name)) for app, name in database.record)
    return After(step, same(output), failed, replace(database, record=record), files)


def plain_story(plain: Plain, story: Sequence[object]) -> list[After]:
    """The story as a terminal tells it, each command in a fresh ``python manage.py``, each edit
    in another minute than the one before."""
    told, folder = [], plain.folder
    for minute, step in enumerate(story):
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
        elif isinstance(step, Delete):
            found = [*folder.glob(step.path)]
            assert found, step
            for path in found:
                path.unlink()
        told.append(state(step, folder, plain.tools, plain.handle, output, failed))
    return told


def write_at(minute: int, path: Path, text: str) -> None:
    """Write a file at another time than any before it: Python tells by the second and the size
    whether its bytecode still fits."""
    path.write_text(text)
    when = time.time() - 60 * (len(STORY) - minute)
    os.utime(path, (when, when))


def run_plain(folder: Path, step: Run) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *shlex.split(step.line)],
        cwd=folder,
        env=PLAIN_ENVIRONMENT,
        input="".join(answer + "\n" for answer in step.answers),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def lab_story(lab: Lab, story: Sequence[Run | Edit | Write | Delete]) -> list[After]:
    """The story in a lab, with old bytecode of the same second lying about."""
    told = []
    tools, handle = engines.of(lab), engines.handle_of(lab)
    subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=lab.folder,
        check=True,
        env=environment(),
        capture_output=True,
    )
    for step in story:
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
        told.append(state(step, lab.folder, tools, handle, done.output, done.refused))
    return told


Told = Callable[[str], list[After]]


@pytest.fixture(scope="module")
def plain(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What plain manage.py told on the engine of a vendor."""

    @cache
    def told(vendor: str) -> list[After]:
        with Lab("storefront", database=engines.PLAIN[vendor].DATABASE) as lab:
            copy = Plain.of(lab, tmp_path_factory.mktemp("plain"))
        found = plain_story(copy, STORY)
        copy.drop()
        return found

    return told


@pytest.mark.one_engine
def test_the_story_is_long_and_passes_through_every_command() -> None:
    runs = [step for step in STORY if isinstance(step, Run)]
    assert len(runs) >= 50
    assert any(isinstance(step, (Edit, Delete, Write)) for step in STORY)


@pytest.mark.parametrize("runner", names())
def test_every_runner_tells_the_story_as_plain_manage_py_does(
    runner: str, plain: Told, engine_of_labs: str, open_lab: Callable[..., Lab]
) -> None:
    told = lab_story(open_lab("storefront", runner=runner), STORY)
    for here, there in zip(told, plain(engine_of_labs), strict=True):
        assert here == there


@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.short
def test_the_story_begins_as_with_plain_manage_py(
    open_lab: Callable[..., Lab], tmp_path: Path
) -> None:
    lab = open_lab("storefront")
    copy = Plain.of(lab, tmp_path / "plain")
    there = plain_story(copy, BEGINNING)
    copy.drop()
    assert lab_story(lab, BEGINNING) == there
