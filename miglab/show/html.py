"""Facts as HTML without scripts, style sheets or classes: only what every viewer of notebooks
shows.

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
from ..draw.layout import NARROW, Strip, lay_out
from ..draw.panel import panel, stacked
from ..draw.strip import drawn
from ..facts.picture import Picture
from ..facts.step import Statement, Step
from ..facts.view import History, Rows, View
from .masks import masked
from .pictures import Around, around
from .text import (
    SHOWN_ROWS,
    cell,
    footer,
    heading,
    losses_of,
    lost,
    moved_lines,
    output,
    text,
)

_BAR = (
    "border-left:4px solid {}; padding:2px 0 2px 12px; margin:4px 0 8px 0; overflow-wrap:anywhere"
)
_LINE = "margin:4px 0"
_LOSS = (
    "margin:4px 0; padding:3px 8px; line-height:1.4; font-weight:bold; color:#1A1A1A; "
    "background:#F9D6CF"
)
#: A page no wider than this, in pixels, has pictures of its own: the truths in one column.
_NARROW = 1150
#: All in pixels. A step is no higher than a screen leaves room for; a pair of pictures that is
#: higher than its share shows what was before on a click.
_SCREEN, _PAIR = 400, 300
#: What stands around output, losses and pictures; one line of output; one of losses, and the
#: letters in it.
_AROUND, _LINE_HEIGHT, _LOSS_HEIGHT, _LETTERS = 126, 17, 20, 92
#: Of what Django prints so many lines show where a picture follows, and twice as many where none
#: does; never fewer than the second number.
SHOWN_LINES, _FEWEST = 8, 3
_QUIET, _MOVED, _REFUSED = "#767676", "#0072B2", "#C25400"
_COLUMN = "th scope='col'"
_BESIDE = "display:inline-block; vertical-align:top; margin:0 14px 0 0; max-width:100%"
#: Print as a terminal shows it, in every viewer and export; no word is broken.
PRE = (
    "font-family:Menlo,Consolas,monospace; font-size:13px; line-height:1.25; "
    "white-space:pre-wrap; overflow-wrap:break-word; word-break:normal; margin:2px 0"
)


@singledispatch
def html(fact: object) -> str:
    """The fact as HTML."""
    raise TypeError(f"{type(fact).__name__} has no HTML")


@html.register
def _(step: Step) -> str:
    moves = compare(step.before, step.after)
    return _step(step, moves, around(step, moves))


def brief(step: Step) -> str:
    """A step as HTML, for a place that shows the graph already."""
    return _step(step, compare(step.before, step.after), None)


def _step(step: Step, moves: Moves, pictures: Around | None) -> str:
    told = chips(step, moves, with_losses=False)
    losses = losses_of(step)
    colour = _REFUSED if losses or step.refused else _MOVED if told else _QUIET
    lines = output(step).splitlines()
    strips = _strips(pictures) if pictures else None
    both, shown = _room(len(lines), losses, strips, alike=pictures is not None and pictures.alike)
    parts = [_printed(heading(step), lines, shown, last=pictures is not None)]
    parts.append(loss_band(losses))
    parts.append(f"<p style='{_LINE}'>{escape(sentence(step, moves, with_losses=False))}</p>")
    below = []
    if pictures and strips:
        before, after = map(_drawn, strips)
        parts += [before, after] if both else [after]
        if not both:
            below.append(folded("before", before, beside=True))
        if pictures.rest:
            below.append(f"<span style='{_BESIDE}'>{escape(pictures.rest)}</span>")
    return (
        f"<div style='{_BAR.format(colour)}'>{''.join([*parts, *below, *_more(step, moves)])}</div>"
    )


def loss_band(losses: Sequence[str]) -> str:
    """A band with what was or would be lost, which nobody can overlook; empty if nothing is
    lost."""
    return f"<p style='{_LOSS}'>{'<br>'.join(map(escape, losses))}</p>" if losses else ""


def _room(
    lines: int, losses: Sequence[str], strips: Sequence[Strip] | None, *, alike: bool
) -> tuple[bool, int]:
    """Whether both pictures show at once, and how many lines of what Django printed: as much as
    fits on a screen with the cell above it."""
    before, after = (each.height for each in strips) if strips else (0, 0)
    pair = before + after
    taken = _AROUND + _LOSS_HEIGHT * sum(1 + len(each) // _LETTERS for each in losses)
    most = SHOWN_LINES if strips else 2 * SHOWN_LINES
    for both, height in ((True, pair), (False, after)):
        left = int((_SCREEN - taken - height) / _LINE_HEIGHT)
        if (both and (pair > _PAIR or alike)) or left < min(lines, _FEWEST):
            continue
        return both, min(most, left)
    return False, _FEWEST


def _more(step: Step, moves: Moves) -> list[str]:
    """What opens on a click: all that changed, what was lost, the SQL, the traceback."""
    found = []
    told = chips(step, moves, with_losses=False)
    if told:
        inside = _pre("\n".join(moved_lines(moves)))
        found.append(folded(", ".join(told), inside, beside=True))
    samples = [each for change in step.rows for each in lost(change)]
    if samples:
        inside = "".join(sample_table(caption, rows) for caption, rows in samples)
        found.append(folded("what was lost", inside, beside=True))
    writes = [each for each in step.sql if each.writes]
    if writes:
        wrote = counted(len(writes), "statement that writes", "statements that write")
        found.append(folded(f"SQL ({wrote})", _sql(writes), beside=True))
    if step.refusal and step.refusal.traceback:
        found.append(folded("traceback", _pre(masked(step.refusal.traceback)), beside=True))
    return found


def _printed(typed: str, lines: Sequence[str], shown: int, *, last: bool) -> str:
    """What was typed, and what was printed: the last lines of a change, the first lines of an
    answer; the others open on a click."""
    if len(lines) <= shown + 1:
        return _pre("\n".join(lines), bold=typed)
    if last:
        early, late = lines[:-shown], lines[-shown:]
        opens = folded(f"{len(early)} earlier lines", _pre("\n".join(early)))
        return _pre("", bold=typed) + opens + _pre("\n".join(late))
    early, late = lines[:shown], lines[shown:]
    opens = folded(f"{len(late)} more lines", _pre("\n".join(late)))
    return _pre("\n".join(early), bold=typed) + opens


def _strips(pictures: Around) -> tuple[Strip, Strip]:
    """Before and after as they are on a wide page."""
    before, after = pictures.before, pictures.after
    return lay_out(before, after), lay_out(after, before)


def _drawn(strip: Strip) -> str:
    picture, narrow = strip.picture, ""
    if strip.width > NARROW.width:
        narrow = _for_narrow_pages(drawn(lay_out(picture, strip.beside, NARROW)))
    shown = image(drawn(strip), f"{picture.title}: {picture.text}", narrow)
    return f"<div style='margin:2px 0; line-height:0'>{shown}</div>"


@html.register
def _(picture: Picture) -> str:
    caption = f"<b>{escape(picture.title)}</b>" if picture.title else escape(picture.sentence)
    return (
        f"<div style='margin:6px 0'>{caption}<br>{image(engines.svg(picture), text(picture))}</div>"
    )


@html.register
def _(view: View) -> str:
    told = text(view)
    narrow = _for_narrow_pages(stacked(view))
    return f"<div>{image(panel(view), told, narrow)}{folded('In words', _pre(told))}</div>"


@html.register
def _(rows: Rows) -> str:
    return table(footer(rows), rows.columns, rows.rows[:SHOWN_ROWS])


@html.register
def _(history: History) -> str:
    return _pre(text(history))


def image(svg: str, alternative: str, otherwise: str = "") -> str:
    """An SVG as an image with a text alternative; ``otherwise`` are other sources, for narrow pages
    and the like."""
    shown = f'<img src="{_source(svg)}" alt="{escape(alternative)}" style="max-width:100%">'
    return f"<picture>{otherwise}{shown}</picture>" if otherwise else shown


def _for_narrow_pages(svg: str) -> str:
    return f'<source media="(max-width: {_NARROW}px)" srcset="{_source(svg)}">'


def _source(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def folded(title: str, inside: str, *, beside: bool = False) -> str:
    """Something that opens on a click; ``beside`` puts it into one line with the one before."""
    style = f" style='{_BESIDE}'" if beside else ""
    return f"<details{style}><summary>{escape(title)}</summary>{inside}</details>"


def sample_table(caption: str, rows: Sequence[Mapping[str, object]]) -> str:
    """Rows that know their columns as a table."""
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


def _pre(content: str, *, bold: str = "") -> str:
    first = f"<b>{escape(bold)}</b>\n" if bold else ""
    return f"<pre style='{PRE}'>{first}{escape(content)}</pre>"


def _sql(statements: Sequence[Statement]) -> str:
    return _pre(masked("\n".join(f"{each.sql};" for each in statements)))
