"""Facts as plain text: what nbval compares, a screen reader reads and a terminal shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import singledispatch

from ..compare.agreement import counted
from ..compare.losses import loss_lines
from ..compare.sentence import chips, sentence
from ..compare.truths import Moves, compare
from ..draw.panel import panel_text
from ..facts.line import UNKNOWN, commands_in
from ..facts.picture import Picture
from ..facts.step import RowChange, Step
from ..facts.view import History, Rows, View
from .masks import masked
from .pictures import around

#: At most this many rows of a table are shown; all are counted.
SHOWN_ROWS = 100


@singledispatch
def text(fact: object) -> str:
    """The fact in words."""
    raise TypeError(f"{type(fact).__name__} has no plain text")


def heading(step: Step) -> str:
    """The line as typed in a terminal, or what was done instead."""
    if step.kind == "manage":
        return f"$ python manage.py {step.line}"
    if step.kind == "outside" and step.line != UNKNOWN:
        return "\n".join(f"$ python manage.py {each}" for each in commands_in(step.line))
    # In a what-if the line begins with the word that says it is SQL.
    return {"shell": ">>> ", "sql": "SQL> "}.get(step.kind, "") + step.line.removeprefix("sql ")


def output(step: Step) -> str:
    """What Django printed, with only the last line of a traceback."""
    shown = step.output
    traceback = step.refusal.traceback if step.refusal else ""
    if traceback and traceback in shown:
        shown = shown.replace(traceback, last_line(traceback) + "\n")
    return masked(shown.strip("\n"))


def last_line(traceback: str) -> str:
    """The line of a traceback that names the error. If a file of the project raised it, the file
    and the line number are added."""
    lines = [line for line in traceback.splitlines() if line.strip()]
    error = next((line for line in reversed(lines) if not line.startswith(" ")), "")
    frames = _FRAME.findall(masked(traceback))
    if not frames or not frames[-1][0].startswith(_PROJECT):
        return error
    path, number = frames[-1]
    return f"{error} ({path.removeprefix(_PROJECT)}, line {number})"


_FRAME = re.compile(r'^ +File "([^"]+)", line (\d+)', re.MULTILINE)
_PROJECT = "<lab.folder>/"


@text.register
def _(step: Step) -> str:
    moves = compare(step.before, step.after)
    parts = [heading(step), output(step), *losses_of(step)]
    parts.append(sentence(step, moves, with_losses=False))
    told = chips(step, moves, with_losses=False)
    if told:
        parts.append(" · ".join(told))
    found = around(step, moves)
    if found:
        for picture in (found.before, found.after):
            parts.append(f"{picture.title}:\n{picture.text}")
        parts.append(found.rest)
    return "\n".join(part for part in parts if part)


def losses_of(step: Step) -> list[str]:
    """What a step destroyed and what it overwrote, a line for each."""
    return [masked(line) for line in loss_lines(step.rows)]


@text.register
def _(picture: Picture) -> str:
    lines = [picture.sentence, picture.text]
    if picture.hidden:
        lines.append(f"({picture.hidden} migrations of other apps are not shown)")
    return "\n".join(lines)


@text.register
def _(view: View) -> str:
    return masked(panel_text(view))


@text.register
def _(rows: Rows) -> str:
    lines = table(rows.columns, rows.rows[:SHOWN_ROWS])
    return "\n".join([*lines, footer(rows)])


def footer(rows: Rows) -> str:
    """The number of rows, and how many of them are shown."""
    shown = min(len(rows.rows), SHOWN_ROWS)
    of = f"{shown} of {rows.total:,}" if shown != rows.total else f"{shown}"
    told = f"{of} {'row' if of == '1' else 'rows'}"
    return f"{rows.title}: {told}" if rows.title else told


@text.register
def _(history: History) -> str:
    lines = ["  0. (where the lab began)"]
    lines += [f"{number:>3}. {line}" for number, line in enumerate(history.lines, 1)]
    lines[history.position] += "   ◀ here"
    return "\n".join(lines)


def cell(value: object) -> str:
    """A stored value as text; ``NULL`` and an empty text look different."""
    return "NULL" if value is None else "''" if value == "" else str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Columns and rows as aligned lines."""
    told = [[cell(value) for value in row] for row in rows]
    widths = [
        max([len(name), *(len(row[place]) for row in told)]) for place, name in enumerate(columns)
    ]

    def line(values: Sequence[str]) -> str:
        pairs = zip(values, widths, strict=True)
        return "  ".join(value.ljust(width) for value, width in pairs).rstrip()

    return [line(columns), line(["─" * width for width in widths]), *map(line, told)]


def lost(change: RowChange) -> list[tuple[str, Sequence[Mapping[str, object]]]]:
    """Samples of what a step destroyed in a table: a caption and the rows, for each kind of
    loss."""
    found: list[tuple[str, Sequence[Mapping[str, object]]]] = []
    if change.lost_sample:
        told = counted(change.lost, "row", "rows")
        caption = _caption(f"{told} of {change.table}", change.lost, change.lost_sample)
        found.append((caption, change.lost_sample))
    for column, sample in change.lost_values_sample.items():
        number = change.lost_values[column]
        told = counted(number, "value", "values")
        found.append((_caption(f"{told} of {change.table}.{column}", number, sample), sample))
    return found


def _caption(what: str, number: int, sample: Sequence[object]) -> str:
    shown = f"; the first {len(sample)}" if len(sample) < number else ""
    return f"{what}{shown}"


def moved_lines(moves: Moves) -> list[str]:
    """What changed in each truth, a line for each thing."""
    lines = []
    for name in ("models", "files", "record", "tables"):
        told = getattr(moves, name)
        lines.append(f"{name}: {'no change' if not told else ''}".rstrip())
        lines += [f"  {masked(line)}" for line in told]
    return lines
