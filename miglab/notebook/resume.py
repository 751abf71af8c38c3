"""``%resume``: brings a lesson to a heading. Errors for a missing lab or name mention it."""

from __future__ import annotations

import re

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from ..draw.told import counted
from ..errors import BadInput, UnknownName
from ..lab import Lab
from .place import (
    Cell,
    cells_of,
    heading_above,
    headings,
    lesson_at,
    opener_above,
    running_cell,
    this_notebook,
)

#: Cells that ask, answer or show something, and leave the lab as it is.
_SHOWS = re.compile(r"\s*(?:predict|reveal|judge|try_claim|verdicts|spine|check|lab\.explore)\(")


def resume(shell: InteractiveShell, heading: str) -> str:
    """Run the lesson's code cells above a heading, and show none of their outputs. Returns what to
    print.

    Args:
        heading: the heading, or a part of it; empty means the one above the cell that runs now.

    Raises:
        UnknownName: there is no such heading.
        BadInput: it is not known which lesson this is, more than one heading is meant, or a cell
            failed.
    """
    cells = _lesson()
    heading = heading or heading_above(cells, running_cell(shell)) or ""
    if not heading:
        raise BadInput(f"%resume takes a heading of this lesson: {_titles(cells)}")
    place, title = _find(cells, heading)
    code = [each for each in cells[:place] if each.kind == "code" and not _SHOWS.match(each.source)]
    with Lab.progress() as tell:
        for number, cell in enumerate(code, 1):
            tell(f"cell {number} of {len(code)}")
            _run(shell, cell)
    ran = counted(len(code), "cell was run", "cells were run")
    return (
        f"The lab is now where “{title}” begins: {ran}. Go up to that heading, and run the cells "
        "below it."
    )


def _run(shell: InteractiveShell, cell: Cell) -> None:
    with capture_output():
        result = shell.run_cell(cell.source, store_history=False)  # type: ignore[no-untyped-call]
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        first = cell.source.strip().splitlines()[0]
        raise BadInput(f"%resume stopped at the cell {first!r}: {type(error).__name__}: {error}")


def _lesson() -> tuple[Cell, ...]:
    """The cells of the original lesson, or, if there is none, of the reader's own notebook."""
    path = this_notebook()
    if path is None:
        raise BadInput("%resume does not know this notebook; run its cells from the top")
    return cells_of(lesson_at(path) or path) or cells_of(path)


def _find(cells: tuple[Cell, ...], heading: str) -> tuple[int, str]:
    wanted, known = heading.casefold().strip("#“”\"' "), headings(cells)
    exact = [each for each in known if each[1].casefold().strip("`") == wanted]
    found = exact or [each for each in known if wanted in each[1].casefold()]
    if not found:
        raise UnknownName("heading", heading, [title for _, title in known], "this lesson")
    if len(found) > 1 and not exact:
        titles = "; ".join(title for _, title in found)
        raise BadInput(f"{heading!r} is in more than one heading: {titles}")
    return found[0]


def _titles(cells: tuple[Cell, ...]) -> str:
    return "; ".join(title for _, title in headings(cells))


def allow_resuming(shell: InteractiveShell) -> None:
    """From now on, the error for a missing lab says how to go on with ``%resume``."""
    Lab.opening = staticmethod(lambda: _how_to_open(shell))


def _how_to_open(shell: InteractiveShell) -> str:
    path, cell = this_notebook(), running_cell(shell)
    saved = cells_of(path) if path else ()
    line = opener_above(saved, cell) or 'lab = Lab("storefront")'
    heading = heading_above(saved, cell)
    if not heading:
        return f"run the cell with {line} first"
    return (
        f"to go on with this part, run %resume {heading} in a new cell, and then the cells below "
        f"that heading; to begin again, run the cell with {line}"
    )


def missing_name(shell: InteractiveShell, error: NameError) -> str | None:
    """What to do if a name is not defined; ``None`` if no cell of the notebook defines it."""
    name = error.name
    path = this_notebook()
    above = [each.source for each in cells_of(path)] if path and name else []
    made = re.compile(
        rf"^(?:[\w, ]*\b{name}\b[\w, ]*=|from .*import.*\b{name}\b|import {name}\b)", re.MULTILINE
    )
    if not any(made.search(each) for each in above):
        return None
    return f"{name!r} is not defined in this kernel; {_how_to_open(shell)}"
