"""``miglab app``: the explorer as a page of its own, on the practice project or on one's own."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from ..extras import require
from ..project import Project, own
from ..sandbox.owners import throwaway
from ..workbook.lessons import KERNEL
from .serve import add_database, add_options, database, options, serve

_DESCRIPTION = """\
Open the explorer as a page in the browser: choose a migration, and see what going there would do.

  miglab app                    the practice project
  miglab app path/to/project    a copy of your project, which is only read

The page does not use the network.
"""

_WORDS = """\
- Each card is a migration. Click it, or move with the arrow keys and press Enter.
- The panel shows the command, and what it would do. miglab has tried it in a copy.
- **Run** runs the command in this page's copy. **Rewind** brings everything back, rows too.
"""

_SANDBOX = """\
from miglab import Lab

lab = Lab("storefront", apps=["store", "marketplace", "media", "blog", "accounts"])
lab.explore(height=560)
"""

_OWN = """\
from miglab import Lab

lab = Lab.of({path!r}, python={python!r}, settings={settings!r})
lab.explore(height=560)
"""


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "app",
        help="open the explorer as a page, on the practice project or yours",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", nargs="?", help="your project's folder, or its manage.py")
    parser.add_argument("--python", help="its interpreter, or its virtual environment")
    parser.add_argument("--settings", help="its settings module")
    add_database(parser)
    add_options(parser)
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve the page until somebody stops it."""
    if arguments.path is None:
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
        return serve("voila", served, folder, database(arguments))


def _opening(project: Project, path: str) -> str:
    """What opens the lab in the page's kernel, which runs in another folder."""
    whole = os.path.abspath(os.path.expanduser(path))
    return _OWN.format(path=whole, python=project.python, settings=project.settings)


def page_of(title: str, code: str) -> dict[str, Any]:
    """The notebook that Voilà shows: a title, how one uses the explorer, and the explorer."""
    words = {"cell_type": "markdown", "id": "words", "source": f"# {title}\n\n{_WORDS}"}
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
