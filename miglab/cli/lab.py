"""``miglab lab``: opens the learner's own copy of the lessons in JupyterLab."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import MiglabError
from ..extras import require, version
from ..workbook import (
    Arrived,
    bundled_lessons,
    choose,
    deliver,
    is_workbook,
    next_lesson,
    offered,
    tick,
)
from .serve import JUPYTER, add_database, add_options, database, serve_notebook

#: What the folder is called if none is given.
FOLDER = "miglab-lessons"

_DESCRIPTION = f"""\
Open the lessons in JupyterLab, in a copy of your own.

  miglab lab                    the first lesson
  miglab lab 05                 lesson 05; a name, or part of a name, works too
  miglab lab --folder learning  keep the copy in the folder learning

The copy is made in {FOLDER}, in the current folder, unless you give another folder, or are in a
copy already. Your work there is never overwritten: if a newer miglab changes a lesson, the new one
is saved beside yours.
"""


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "lab",
        help="open the lessons in JupyterLab",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("lesson", nargs="?", help="the lesson to open, such as 05 or revert")
    parser.add_argument("--folder", type=Path, help="the folder for your copy")
    add_database(parser)
    add_options(parser)
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring the copy up to date and serve it until JupyterLab ends."""
    require("lab", "miglab lab")
    lessons = bundled_lessons()
    folder = _folder(arguments.folder)
    choose(offered(lessons, folder), folder, arguments.lesson)
    new = not is_workbook(folder)
    _say(folder, new, deliver(lessons, folder, version("miglab") or "unknown"))
    tick(lessons, folder)
    notebook = choose(offered(lessons, folder), folder, arguments.lesson)
    if not new:
        _say_next(lessons, folder)
    print(f"Opening {notebook} in JupyterLab. Ctrl-C here stops it.\n", flush=True)
    workspaces = {"JUPYTERLAB_WORKSPACES_DIR": str(_workspaces(folder))}
    return serve_notebook(notebook, folder, arguments, {**workspaces, **database(arguments)})


def _folder(given: Path | None) -> Path:
    here = Path.cwd()
    if given is None:
        return here if is_workbook(here) else here / FOLDER
    return Path(os.path.abspath(os.path.expanduser(given)))


def _say(folder: Path, new: bool, arrived: Sequence[Arrived]) -> None:
    print(f"Your copy of the lessons: {folder}")
    if new:
        print("What you write there is never overwritten.")
    elif arrived:
        print(f"New in this copy, from miglab {arrived[0].version}:", *arrived, sep="\n  ")


def _say_next(lessons: Path, folder: Path) -> None:
    """Print the first lesson that is not done; if the progress cannot be read, print nothing."""
    try:
        after = next_lesson(lessons, folder)
    except MiglabError:
        return
    if after is None:
        print("You have solved every task.")
        return
    what = "its task is still to do" if after.begun else "you have not begun it yet"
    print(f"Next: {after.title} ({what}). Open it with: miglab lab {after.number:02}")


def _workspaces(folder: Path) -> Path:
    """The folder in which JupyterLab notes what is open in this copy of the lessons.

    If it is new, the file browser is closed at first.
    """
    workspaces = folder / ".jupyter" / "workspaces"
    # JupyterLab's name for the workspace that it opens by itself.
    layout = workspaces / "default-37a8.jupyterlab-workspace"
    if not layout.exists():
        workspaces.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(JUPYTER / "workspace.json", layout)
    return workspaces
