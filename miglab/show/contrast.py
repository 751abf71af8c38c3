"""What the same commands did on several database engines, as text and as HTML."""

from __future__ import annotations

from html import escape

from ..facts.contrast import Contrast, Outcome, Presence, Summary
from .html import html, table
from .masks import masked
from .prose import coded
from .text import table as lines
from .text import text

#: What a notebook shows in a way of its own.
TYPES: tuple[type, ...] = (Contrast, Presence, Summary)

_CELL = "text-align:left; vertical-align:top"
_LABEL = "color:#FFFFFF; background:{}; padding:1px 6px; border-radius:3px"
#: Colour and sign of a label: lost data is worse than a command that fails.
_LOST, _FAILS, _WELL = ("#C25400", "✗"), ("#5B4B8A", "■"), ("#0072B2", "✓")


def _mark(outcome: Outcome) -> tuple[str, str]:
    return _LOST if outcome.lost else _FAILS if outcome.fails else _WELL


def _parts(found: Contrast) -> list[tuple[str, ...]]:
    """The rows of the table: each has its title, and then a cell for each engine."""
    rows = [
        ("outcome", *(f"{_mark(each)[1]} {each.label}" for each in found.outcomes)),
        ("Django says", *(masked(each.said) for each in found.outcomes)),
        ("lost", *(each.lost or "nothing" for each in found.outcomes)),
        ("record and tables", *(_agreement(each) for each in found.outcomes)),
    ]
    names = dict.fromkeys(name for each in found.outcomes for name in each.seen)
    rows += [(name, *(each.seen.get(name, "") for each in found.outcomes)) for name in names]
    return rows


def _agreement(outcome: Outcome) -> str:
    return f"differ: {outcome.differs}" if outcome.differs else "agree"


@text.register
def _(found: Contrast) -> str:
    """One engine below the other: the lines are too long for columns."""
    told = [*found.lines]
    rows = _parts(found)
    for place, outcome in enumerate(found.outcomes, 1):
        told += ["", outcome.engine, *(f"  {row[0]}: {row[place]}" for row in rows)]
    return "\n".join([*told, "", found.sentence])


@html.register
def _(found: Contrast) -> str:
    typed = escape("\n".join(found.lines))
    head = "".join(
        f"<th scope='col' style='{_CELL}'>{escape(each)}</th>"
        for each in ("", *(outcome.engine for outcome in found.outcomes))
    )
    first, *rest = _parts(found)
    styles = [_LABEL.format(_mark(outcome)[0]) for outcome in found.outcomes]
    marked = "".join(
        f"<td style='{_CELL}'><b style='{style}'>{escape(label)}</b></td>"
        for style, label in zip(styles, first[1:], strict=True)
    )
    body = f"<tr><th scope='row' style='{_CELL}'>{first[0]}</th>{marked}</tr>" + "".join(
        f"<tr><th scope='row' style='{_CELL}'>{escape(name)}</th>"
        + "".join(f"<td style='{_CELL}; white-space:normal'>{escape(each)}</td>" for each in cells)
        + "</tr>"
        for name, *cells in rest
    )
    return (
        f"<pre>{typed}</pre><table><caption>{escape(found.sentence)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


@text.register
def _(found: Presence) -> str:
    told = [f"Here: {', '.join(found.here)}."]
    return "\n".join([*told, *(f"Not here: {each}" for each in _missing(found))])


@html.register
def _(found: Presence) -> str:
    told = [f"Here: {', '.join(found.here)}.", *(f"Not here: {each}" for each in _missing(found))]
    return "".join(f"<p style='margin:2px 0'>{coded(each)}</p>" for each in told)


def _missing(found: Presence) -> list[str]:
    return [f"{name}. {masked(why)}" for name, why in found.missing.items()]


@text.register
def _(found: Summary) -> str:
    return "\n".join(lines(("what was tried", *found.engines), list(found.rows)))


@html.register
def _(found: Summary) -> str:
    return table(
        "Every outcome was measured when the cells ran",
        ("what was tried", *found.engines),
        list(found.rows),
    )
