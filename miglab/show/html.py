"""Facts as HTML without scripts, style sheets or classes: what a viewer of notebooks lets through.

Pictures are images with a text alternative, so that they show before a notebook is trusted.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import singledispatch
from html import escape

from ..compare.agreement import counted
from ..compare.sentence import chips, sentence
from ..compare.truths import Moves, compare
from ..draw import engines
from ..draw.panel import panel
from ..facts.picture import Picture
from ..facts.step import Statement, Step
from ..facts.view import History, Rows, View
from .masks import masked
from .pictures import around
from .text import SHOWN_ROWS, cell, footer, heading, lost, moved_lines, output, text

_CHIP = (
    "display:inline-block; border:1px solid #767676; border-radius:9px; padding:0 8px; "
    "margin:0 6px 0 0"
)
_BAR = "border-left:4px solid {}; padding:2px 0 2px 12px; margin:4px 0 8px 0"
_QUIET, _MOVED, _REFUSED = "#767676", "#0072B2", "#C25400"
_COLUMN = "th scope='col'"
_PRE = "white-space:pre-wrap; margin:2px 0"


@singledispatch
def html(fact: object) -> str:
    """The fact as HTML."""
    raise TypeError(f"{type(fact).__name__} has no HTML")


@html.register
def _(step: Step) -> str:
    moves = compare(step.before, step.after)
    return _step(step, moves, [html(each) for each in around(step, moves)])


def brief(step: Step) -> str:
    """A step as HTML where the graph stands beside it already."""
    return _step(step, compare(step.before, step.after), [])


def _step(step: Step, moves: Moves, pictures: Sequence[str]) -> str:
    told = chips(step, moves)
    colour = _REFUSED if step.refused else _MOVED if told else _QUIET
    parts = [f"<pre style='{_PRE}'><b>{escape(heading(step))}</b>\n{escape(output(step))}</pre>"]
    parts.append(f"<p style='margin:6px 0'>{escape(sentence(step, moves))}</p>")
    if told:
        marks = "".join(f"<span style='{_CHIP}'>{escape(each)}</span>" for each in told)
        parts.append(f"<p style='margin:6px 0'>{marks}</p>")
    parts += pictures
    if told:
        parts.append(folded("What moved", _pre("\n".join(moved_lines(moves)))))
    samples = [each for change in step.rows for each in lost(change)]
    if samples:
        inside = "".join(sample_table(caption, rows) for caption, rows in samples)
        parts.append(folded("What was lost", inside))
    writes = [each for each in step.sql if each.writes]
    if writes:
        wrote = counted(len(writes), "statement that writes", "statements that write")
        parts.append(folded(f"SQL ({wrote})", _sql(writes)))
    if step.refusal and step.refusal.traceback:
        parts.append(folded("Traceback", _pre(masked(step.refusal.traceback))))
    return f"<div style='{_BAR.format(colour)}'>{''.join(parts)}</div>"


@html.register
def _(picture: Picture) -> str:
    caption = f"<b>{escape(picture.title)}</b>" if picture.title else escape(picture.sentence)
    return (
        f"<div style='margin:6px 0'>{caption}<br>{image(engines.svg(picture), text(picture))}</div>"
    )


@html.register
def _(view: View) -> str:
    told = text(view)
    return f"<div>{image(panel(view), told)}{folded('In words', _pre(told))}</div>"


@html.register
def _(rows: Rows) -> str:
    return table(footer(rows), rows.columns, rows.rows[:SHOWN_ROWS])


@html.register
def _(history: History) -> str:
    return _pre(text(history))


def image(svg: str, alternative: str) -> str:
    """An SVG as an image with a text alternative."""
    data = base64.b64encode(svg.encode()).decode()
    source = f"data:image/svg+xml;base64,{data}"
    return f'<img src="{source}" alt="{escape(alternative)}" style="max-width:100%">'


def folded(title: str, inside: str) -> str:
    """Something that opens on a click."""
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def sample_table(caption: str, rows: Sequence[Mapping[str, object]]) -> str:
    """Rows that know their columns as a table."""
    columns = [*rows[0]] if rows else []
    return table(caption, columns, [[row[name] for name in columns] for row in rows])


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns and rows as a table with a caption; words stand at the left, numbers at the right."""
    first = rows[0] if rows else [""] * len(columns)
    left = [not isinstance(value, (int, float)) for value in first]

    def tag(name: str, place: int) -> str:
        return f"<{name} style='text-align:{'left' if left[place] else 'right'}'>"

    head = "".join(
        f"{tag(_COLUMN, place)}{escape(name)}</th>" for place, name in enumerate(columns)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"{tag('td', place)}{escape(cell(value))}</td>" for place, value in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _pre(content: str) -> str:
    return f"<pre style='{_PRE}'>{escape(content)}</pre>"


def _sql(statements: Sequence[Statement]) -> str:
    return _pre(masked("\n".join(f"{each.sql};" for each in statements)))
