"""``miglab app``: the explorer as a page of its own, for the practice project, for a copy of your
own project, or for an exercise."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from ..errors import BadArguments
from ..extras import require
from ..project import Project, own
from ..sandbox.owners import throwaway
from ..workbook.lessons import KERNEL
from . import servers
from .serve import add_database, add_options, database, options, serve

_DESCRIPTION = """\
Open the explorer as a page in the browser: choose a migration, and see what going there would do.

  miglab app                    the practice project
  miglab app path/to/project    a copy of your project; the project itself is only read
  miglab app --exercise 3.1     an exercise, with its goals beside the explorer

The page does not use the network.
"""

_WORDS = """\
- Each card is a migration. Click it, or move with the arrow keys and press Enter.
- The panel shows the command, and what it would do. miglab has tried it in a copy.
- **Run** runs the command in this page's copy. **Rewind** brings everything back, rows too.
"""

_GOALS = """\
- Each goal is ticked as soon as you reach it. **Hint** says a little more each time you click it.
"""

_EXERCISE = """\
from miglab.exercises import exercise

lab = exercise({name!r}, seed={seed!r}, folder={folder!r}, journal={journal!r})
lab.explore(height=480)
"""

_SANDBOX = """\
from miglab import Lab

lab = Lab("storefront", apps=["store", "marketplace", "media", "blog", "accounts"])
lab.explore(height=560)
"""

#: An address may hold a password, which is not written into the page.
_OWN = """\
import json
import os

from miglab import Lab

servers = json.loads(os.environ["MIGLAB_APP_SERVERS"])
lab = Lab.of({path!r}, python={python!r}, settings={settings!r}, **servers)
lab.explore(height=560)
"""


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "app",
        help="open the explorer as a page, for the practice project, your own or an exercise",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", nargs="?", help="your project's folder, or its manage.py")
    parser.add_argument("--python", help="your project's interpreter, or its virtual environment")
    parser.add_argument("--settings", help="your project's settings module")
    parser.add_argument("--exercise", help="open an exercise instead, such as the-ghost or 3.1")
    parser.add_argument(
        "--set", help="a folder with your own exercises, or the name of an installed set"
    )
    parser.add_argument("--seed", help="your name or number: it decides which variant you get")
    parser.add_argument("--progress", type=Path, help="the file to which each step is written")
    servers.add(parser)
    add_database(parser)
    add_options(parser)
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve the page until somebody stops it.

    Raises:
        BadArguments: the arguments cannot be combined.
    """
    given = servers.given(arguments)
    for problem in servers.clashes(arguments):
        raise BadArguments(problem)
    if arguments.path is None and any(given.values()):
        raise BadArguments(
            "--on and --copy-is are for a project of your own; for the practice project, name the "
            "database with --database"
        )
    for option in ("set", "seed", "progress"):
        if arguments.exercise is None and getattr(arguments, option) is not None:
            raise BadArguments(f"--{option} belongs to an exercise; give --exercise NAME too")
    if arguments.exercise is not None:
        require("lab", "miglab app")
        page = _exercise(arguments)
    elif arguments.path is None:
        require("lab", "miglab app")
        page = page_of("The explorer: a practice project", _SANDBOX)
    else:
        require("notebooks", "miglab app")
        found = own.find(arguments.path, python=arguments.python, settings=arguments.settings)
        page = page_of(f"The explorer: a copy of {found.name}", _opening(found, arguments.path))
    print("Opening the explorer. Ctrl-C here stops it.\n", flush=True)
    with throwaway() as folder:
        notebook = folder / "explorer.ipynb"
        notebook.write_text(json.dumps(page), encoding="utf-8")
        served = [str(notebook), "--template=miglab", "--show_tracebacks=True"]
        served += options(arguments, "Voila")
        variables = {**database(arguments), "MIGLAB_APP_SERVERS": json.dumps(given)}
        return serve("voila", served, folder, variables)


def _opening(project: Project, path: str) -> str:
    """The code that opens the lab; its path is absolute, since the page runs in another folder."""
    whole = os.path.abspath(os.path.expanduser(path))
    return _OWN.format(path=whole, python=project.python, settings=project.settings)


def _exercise(arguments: argparse.Namespace) -> dict[str, Any]:
    """The page of an exercise.

    Raises:
        BadArguments: a project, its interpreter or settings, or a database is given too.
        UnknownName, BadInput: there is no such exercise, or it cannot be read.
    """
    told = {"path": "a project's folder", "python": "--python", "settings": "--settings"}
    for given, words in {**told, "database": "--database"}.items():
        if getattr(arguments, given) is not None:
            raise BadArguments(
                f"--exercise and {words} cannot be combined: an exercise has its own project and "
                "database; leave out one of the two"
            )
    # Takes a while to import, and the other pages need none of it.
    from ..exercises import form, shelf

    found = form.read(shelf.find(arguments.exercise, arguments.set))
    folder = arguments.set
    if folder is not None and folder not in shelf.sets():
        folder = os.path.abspath(os.path.expanduser(folder))
    journal = arguments.progress and os.path.abspath(os.path.expanduser(arguments.progress))
    code = _EXERCISE.format(name=found.name, seed=arguments.seed, folder=folder, journal=journal)
    return page_of(f"Exercise: {found.title}", code, _WORDS + _GOALS)


def page_of(title: str, code: str, told: str = _WORDS) -> dict[str, Any]:
    """The notebook that Voilà shows: a title, how to use the explorer, and the explorer."""
    words = {"cell_type": "markdown", "id": "words", "source": f"# {title}\n\n{told}"}
    cell = {"cell_type": "code", "id": "explorer", "source": code}
    return {
        "cells": [
            {**words, "metadata": {}},
            {**cell, "metadata": {}, "outputs": [], "execution_count": None},
        ],
        "metadata": {"title": title, "kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
