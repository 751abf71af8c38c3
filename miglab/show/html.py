"""Facts as HTML without scripts, style sheets or classes: only what every viewer of notebooks
shows.

Pictures are images with a text alternative, so that they show before a notebook is trusted.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import singledispatch
from html import escape

from ..draw import engines
from ..draw.panel import panel, stacked
from ..draw.svg import height_of
from ..facts.picture import Picture
from ..facts.view import History, Rows, View
from .text import SHOWN_ROWS, cell, footer, text

_LOSS = (
    "margin:4px 0; padding:3px 8px; line-height:1.4; font-weight:bold; color:#1A1A1A; "
    "background:#F9D6CF"
)
#: Pages that are at most this wide, in pixels, show other pictures: the truths in one column.
_NARROW = 1150
#: If a pair of pictures is higher than this, in pixels, the picture before opens on a click.
PAIR = 300
_COLUMN = "th scope='col'"
#: The style that puts something that opens on a click on one line with what precedes it.
BESIDE = "display:inline-block; vertical-align:top; margin:0 14px 0 0; max-width:100%"
#: The style for output as a terminal shows it. Lines are broken between words.
PRE = (
    "font-family:Menlo,Consolas,monospace; font-size:13px; line-height:1.25; "
    "white-space:pre-wrap; overflow-wrap:break-word; word-break:normal; margin:2px 0"
)


@singledispatch
def html(fact: object) -> str:
    """The fact as HTML."""
    raise TypeError(f"{type(fact).__name__} has no HTML")


def loss_band(losses: Sequence[str]) -> str:
    """A band with what was or would be lost, which nobody can overlook; empty if nothing is
    lost."""
    return f"<p style='{_LOSS}'>{'<br>'.join(map(escape, losses))}</p>" if losses else ""


@html.register
def _(picture: Picture) -> str:
    return _captioned(picture, engines.svg(picture))


def pair(before: Picture, after: Picture) -> str:
    """Two pictures, one below the other. If they are too high together, the first opens on a
    click."""
    drawn = [engines.svg(each) for each in (before, after)]
    low = sum(map(height_of, drawn)) <= PAIR
    # What opens has its title already.
    first = _captioned(before if low else replace(before, title=""), drawn[0])
    return "".join([first if low else folded("before", first), _captioned(after, drawn[1])])


def _captioned(picture: Picture, drawn: str) -> str:
    caption = f"<b>{escape(picture.title)}</b>" if picture.title else escape(picture.sentence)
    return f"<div style='margin:6px 0'>{caption}<br>{image(drawn, text(picture))}</div>"


@html.register
def _(view: View) -> str:
    told = text(view)
    narrow = for_narrow_pages(stacked(view))
    return f"<div>{image(panel(view), told, narrow)}{folded('In words', pre(told))}</div>"


@html.register
def _(rows: Rows) -> str:
    return table(footer(rows), rows.columns, rows.rows[:SHOWN_ROWS])


@html.register
def _(history: History) -> str:
    return pre(text(history))


def image(svg: str, alternative: str, otherwise: str = "") -> str:
    """An SVG as an image with a text alternative. ``otherwise`` has other sources for it, such as
    the one that ``for_narrow_pages`` returns."""
    shown = f'<img src="{_source(svg)}" alt="{escape(alternative)}" style="max-width:100%">'
    return f"<picture>{otherwise}{shown}</picture>" if otherwise else shown


def for_narrow_pages(svg: str) -> str:
    """A source for ``image``: the picture that is shown if the page is narrow."""
    return f'<source media="(max-width: {_NARROW}px)" srcset="{_source(svg)}">'


def _source(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def folded(title: str, inside: str, *, beside: bool = False) -> str:
    """Something that opens on a click. If ``beside`` is true, it is on one line with what precedes
    it."""
    style = f" style='{BESIDE}'" if beside else ""
    return f"<details{style}><summary>{escape(title)}</summary>{inside}</details>"


def sample_table(caption: str, rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as a table; each row maps column names to values."""
    columns = [*rows[0]] if rows else []
    return table(caption, columns, [[row[name] for name in columns] for row in rows])


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns and rows as a table with a caption; words are aligned left, numbers right."""
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


def pre(content: str, *, bold: str = "") -> str:
    """Output as a terminal shows it, below a bold line if one is given."""
    first = f"<b>{escape(bold)}</b>\n" if bold else ""
    return f"<pre style='{PRE}'>{first}{escape(content)}</pre>"
