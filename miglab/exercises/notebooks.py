"""Makes a notebook for each exercise of a set, and the page that leads to them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..facts.exercise import Overview, Row
from ..progress import Journal
from ..workbook.lessons import KERNEL, write_object
from . import form, shelf
from .journal import solved

#: The page that leads to the others, and the file of events beside it.
PAGE, PROGRESS = "exercises.ipynb", "progress.jsonl"


def overview(
    journal: str | Path = PROGRESS, *, folder: str | Path | None = None, seed: object = None
) -> Overview:
    """The exercises by level, with those that were solved marked.

    Args:
        journal: the file of events; it need not exist.
        folder: a set's folder, or the name of an installed set; without it, all installed sets.
        seed: a learner's name or number, which decides the shape of each exercise.

    Raises:
        BadInput: the folder has no exercises, or one of them cannot be read.
    """
    done = solved(Journal(Path(journal)).read())
    rows = []
    for name, path in shelf.exercises(folder).items():
        found = form.read_for(path, seed)
        file = f"{path.stem}.ipynb"
        rows.append(Row(name, shelf.number_of(path), found.title, found.level, file, name in done))
    return Overview(tuple(sorted(rows, key=lambda row: (row.level, row.file))))


def make(to: Path, place: str | Path | None = None, seed: str | None = None) -> list[str]:
    """Make the missing notebooks of a set in a folder. Returns the names of those that were made.

    Args:
        place: the set's folder, or the name of an installed one; without it, all that are
            installed.

    Raises:
        BadInput: there is no such set, or the folder cannot be written.
    """
    more = f", seed={seed!r}" if seed else ""
    if place is not None:
        named = str(place) if str(place) in shelf.sets() else _seen_from(to, Path(place))
        more += f", folder={named!r}"
    made = {PAGE: _page(more)}
    for name, path in shelf.exercises(place).items():
        found = form.read_for(path, seed)
        made[f"{path.stem}.ipynb"] = _notebook(found.title, name, more)
    new = []
    try:
        for file, content in made.items():
            if not (to / file).exists():
                write_object(to / file, content)
                new.append(file)
    except OSError as error:
        raise BadInput(f"{to} cannot be written: {error.strerror or error}") from None
    return new


def _seen_from(to: Path, folder: Path) -> str:
    """The path of ``folder`` relative to ``to``, so that both can be moved to another machine. If
    there is no such path, as on another drive, the absolute path."""
    whole = os.path.abspath(os.path.expanduser(folder))
    try:
        return Path(os.path.relpath(whole, to)).as_posix()
    except ValueError:
        # Another drive.
        return whole


def _page(more: str) -> dict[str, Any]:
    call = f'overview("{PROGRESS}"{more})'
    return _cells(
        "# Exercises\n\nBroken projects to repair. Each opens in a lab of its own: nothing that "
        "you do there can break anything else. Run the cell below again to see your "
        "progress.",
        {"code": f"from miglab.exercises import overview\n\n{call}"},
    )


def _notebook(title: str, name: str, more: str) -> dict[str, Any]:
    call = f'lab = exercise("{name}", journal="{PROGRESS}"{more})'
    return _cells(
        f"# {title}\n\nRun the next cell: it opens the lab, says what happened, and shows the "
        f"goals. Each goal is ticked as soon as you reach it. [All exercises]({PAGE})",
        {"code": f"import miglab\nfrom miglab.exercises import exercise\n\n{call}\nlab"},
        {"code": "%manage showmigrations"},
        {"code": "lab.explore()  # the same, with a graph to click on"},
    )


def _cells(words: str, *codes: Mapping[str, str]) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "words", "metadata": {}, "source": words}
    ]
    for number, each in enumerate(codes):
        cells.append(
            {
                "cell_type": "code",
                "id": f"code-{number}",
                "metadata": {},
                "source": each["code"],
                "outputs": [],
                "execution_count": None,
            }
        )
    return {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
