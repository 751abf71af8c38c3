"""Reads a notebook's file: its cells, the heading above a cell, and the line that opens its lab."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from ..errors import MiglabError
from ..workbook import bundled_lessons, lesson_of
from ..workbook.lessons import read_object

_OPENS = re.compile(r"\b(?:Lab|your_turn|open_terminal)\(|\bLab\.of\(")


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook; ``kind`` is ``"code"`` or ``"markdown"``."""

    id: str
    kind: str
    source: str


def this_notebook() -> Path | None:
    """The file of the notebook that this kernel runs, from what Jupyter says; ``None`` if it says
    nothing."""
    name = os.environ.get("JPY_SESSION_NAME", "")
    return Path(name) if name.endswith(".ipynb") else None


def cells_of(path: Path) -> tuple[Cell, ...]:
    """The cells as they were saved last; none if there is no such notebook."""
    found: list[dict[str, Any]] = read_object(path).get("cells", [])
    return tuple(
        Cell(each.get("id", ""), each.get("cell_type", ""), "".join(each.get("source", "")))
        for each in found
    )


def lesson_at(path: Path) -> Path | None:
    """The lesson of miglab that a notebook is a copy of; ``None`` if it is a copy of none."""
    try:
        lesson = bundled_lessons() / lesson_of(path.name)
    except MiglabError:
        return None
    return lesson if lesson.is_file() else None


def headings(cells: Sequence[Cell]) -> list[tuple[int, str]]:
    """The headings below the title, each after the position of the cell that it is in."""
    return [
        (place, title.strip())
        for place, cell in enumerate(cells)
        if cell.kind == "markdown"
        for title in re.findall(r"^##+ (.+)$", cell.source, re.MULTILINE)
    ]


def running_cell(shell: InteractiveShell) -> str:
    """The id of the running cell; empty if the front end does not say."""
    parent: dict[str, Any] = getattr(shell, "get_parent", dict)() or {}
    return str(parent.get("metadata", {}).get("cellId", ""))


def heading_above(cells: Sequence[Cell], cell: str) -> str | None:
    """The heading above a cell; ``None`` if there is none, or the cell is not saved yet."""
    place = next((place for place, each in enumerate(cells) if each.id == cell), -1)
    above = [title for at, title in headings(cells) if at <= place]
    return above[-1] if above else None


def opener_above(cells: Sequence[Cell], cell: str) -> str | None:
    """The line that opens a cell's lab: the last such line above it, else the first one below."""
    place = next((place for place, each in enumerate(cells) if each.id == cell), -1)
    lines = [
        (at, line.strip())
        for at, each in enumerate(cells)
        if each.kind == "code"
        for line in each.source.splitlines()
        if _OPENS.search(line) and not line.lstrip().startswith("#")
    ]
    above = [line for at, line in lines if at < place]
    return above[-1] if above else lines[0][1] if lines else None
