"""The three ways to a wrong end: in cells, in a terminal that tells the lab nothing, by clicks."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from miglab import Lab
from miglab.exercises.instructions import read, sides, take
from miglab.facts.exercise import Instruction
from miglab.notebook.widgets.models import model_of

from ...waiting import until
from .end import End


def in_cells(lab: Lab, end: End) -> None:
    """Bring a lab to this end by what one types in cells."""
    for each in read(end.steps):
        _in_a_cell(lab, each)


def in_a_terminal(lab: Lab, end: End) -> None:
    """Bring a lab's folder to this end as a terminal and an editor do. The lab is asked nothing in
    between: it finds all of it at once, with what its ``manage.py`` has noted."""
    for each in read(end.steps):
        _typed(lab.folder, each)


def by_clicks(lab: Lab, end: End) -> None:
    """Bring a lab to this end with the explorer; what that has no button for is done in cells."""
    for each in read(end.steps):
        if clickable(each, lab.apps):
            _clicked(lab, each)
        else:
            _in_a_cell(lab, each)


def typeable(end: End) -> bool:
    """Whether all of it can be done in a terminal: a terminal cannot rewind a lab."""
    return all(each.line != "rewind" for each in read(end.steps))


def clickable(step: Instruction, apps: Sequence[str]) -> bool:
    """Whether the explorer has a button for it: for a target in these apps, and for rewinding."""
    words = [word for word in step.line.split() if word != "--fake"]
    to_a_target = words[0] == "migrate" and len(words) == 3 and "--prune" not in words
    return step.line == "rewind" or (to_a_target and (words[1] in apps or not apps))


def _in_a_cell(lab: Lab, step: Instruction) -> None:
    if step.line == "rewind":
        lab.rewind()
    else:
        take(lab, step)


def _typed(folder: Path, step: Instruction) -> None:
    words = shlex.split(step.line)[1:]
    if step.word == "sql":
        statement = f"{step.line.partition(' ')[2]}\n{step.body}"
        with closing(sqlite3.connect(folder / "db.sqlite3")) as database, database:
            database.execute(statement)
    elif step.word == "shell":
        _manage(folder, "shell", "-c", step.line.partition(" ")[2] + f"\n{step.body}")
    elif step.word == "write":
        (folder / words[0]).write_text(step.body, encoding="utf-8")
    elif step.word == "replace":
        old, new = sides(step)
        path = folder / words[0]
        content = path.read_text(encoding="utf-8")
        assert content.count(old) == 1
        path.write_text(content.replace(old, new), encoding="utf-8")
    elif step.word == "delete":
        for path in folder.glob(words[0]):
            path.unlink()
    elif step.word == "copy":
        shutil.copyfile(folder / words[0], folder / words[1])
    else:
        _manage(folder, *shlex.split(step.line), answers=step.body)


def _manage(folder: Path, *words: str, answers: str = "") -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        input=answers,
        encoding="utf-8",
        capture_output=True,
        check=False,
        timeout=120,
    )


def _clicked(lab: Lab, step: Instruction) -> None:
    model = model_of(lab)

    def click(**order: object) -> None:
        model._handle_custom_msg(order, [])

    if step.line == "rewind":
        click(do="rewind")
    else:
        app, target = (word for word in step.line.split()[1:] if word != "--fake")
        (name,) = [each for each in model.targets[app] if each.startswith(target)]
        click(do="choose", app=app, name=name)
        click(do="option", name="--fake", on="--fake" in step.line)
        assert ("--fake" in model.chosen["line"]) == ("--fake" in step.line)
        click(do="run")
    until(lambda: model.worker.idle)
