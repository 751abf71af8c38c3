"""A step as HTML, no higher than a screen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..compare.agreement import counted
from ..compare.sentence import chips, sentence
from ..compare.truths import Moves, compare
from ..draw.layout import NARROW, Strip, lay_out
from ..draw.strip import drawn
from ..facts.step import Statement, Step
from .html import (
    BESIDE,
    PAIR,
    folded,
    for_narrow_pages,
    html,
    image,
    loss_band,
    pre,
    sample_table,
)
from .masks import masked
from .pictures import Around, around
from .text import heading, losses_of, lost, moved_lines, output

#: The facts that this module shows.
TYPES: tuple[type, ...] = (Step,)

_BAR = (
    "border-left:4px solid {}; padding:2px 0 2px 12px; margin:4px 0 8px 0; overflow-wrap:anywhere"
)
_LINE = "margin:4px 0"
#: A step is no higher than a screen leaves room for, in pixels.
_SCREEN = 400
#: In pixels: everything around output, losses and pictures; one line of output; one line of losses.
#: Then the number of letters in a line of losses.
_AROUND, _LINE_HEIGHT, _LOSS_HEIGHT, _LETTERS = 126, 17, 20, 92
#: How many lines of Django's output are shown if a picture follows; twice as many if none follows.
#: The second number is the minimum.
SHOWN_LINES, _FEWEST = 8, 3
_QUIET, _MOVED, _REFUSED = "#767676", "#0072B2", "#C25400"


@html.register
def _(step: Step) -> str:
    moves = compare(step.before, step.after)
    return _step(step, moves, around(step, moves))


def brief(step: Step) -> str:
    """A step as HTML, for a place that shows the graph already."""
    return _step(step, compare(step.before, step.after), None)


def _step(step: Step, moves: Moves, pictures: Around | None) -> str:
    """All of a step, beside a line. Its colour says whether something was lost or refused,
    something changed, or neither."""
    losses = losses_of(step)
    changed = chips(step, moves, with_losses=False)
    colour = _REFUSED if losses or step.refused else _MOVED if changed else _QUIET
    lines = output(step).splitlines()
    strips = _strips(pictures) if pictures else None
    alike = pictures is not None and pictures.alike
    seen, shown = _room(len(lines), losses, strips, alike=alike)
    told = escape(sentence(step, moves, with_losses=False))
    parts = [
        _printed(heading(step), lines, shown, last=pictures is not None),
        loss_band(losses),
        f"<p style='{_LINE}'>{told}</p>",
    ]
    if pictures and strips:
        both = [("before", _drawn(strips[0])), ("after", _drawn(strips[1]))]
        parts += [picture for _, picture in both[2 - seen :]]
        parts += [folded(name, picture, beside=True) for name, picture in both[: 2 - seen]]
        if pictures.rest:
            parts.append(f"<span style='{BESIDE}'>{escape(pictures.rest)}</span>")
    parts += _more(step, moves, changed)
    return f"<div style='{_BAR.format(colour)}'>{''.join(parts)}</div>"


def _room(
    lines: int, losses: Sequence[str], strips: Sequence[Strip] | None, *, alike: bool
) -> tuple[int, int]:
    """How many of the two pictures are shown without a click, and how many lines of Django's
    output: as many as fit on a screen with the cell above. A single picture is the one after the
    step."""
    before, after = (each.height for each in strips) if strips else (0, 0)
    pair = before + after
    taken = _AROUND + _LOSS_HEIGHT * sum(1 + len(each) // _LETTERS for each in losses)
    most = SHOWN_LINES if strips else 2 * SHOWN_LINES
    for seen, height in ((2, pair), (1, after), (0, 0)):
        left = int((_SCREEN - taken - height) / _LINE_HEIGHT)
        if (seen == 2 and (pair > PAIR or alike)) or left < min(lines, _FEWEST):
            continue
        return seen, min(most, left)
    return 0, _FEWEST


def _more(step: Step, moves: Moves, changed: Sequence[str]) -> list[str]:
    """What opens on a click: all that changed, what was lost, the SQL, the traceback."""
    found = []
    if changed:
        inside = pre("\n".join(moved_lines(moves)))
        found.append(folded(", ".join(changed), inside, beside=True))
    samples = [each for change in step.rows for each in lost(change)]
    if samples:
        inside = "".join(sample_table(caption, rows) for caption, rows in samples)
        found.append(folded("what was lost", inside, beside=True))
    writes = [each for each in step.sql if each.writes]
    if writes:
        wrote = counted(len(writes), "statement that writes", "statements that write")
        found.append(folded(f"SQL ({wrote})", _sql(writes), beside=True))
    if step.refusal and step.refusal.traceback:
        found.append(folded("traceback", pre(masked(step.refusal.traceback)), beside=True))
    return found


def _printed(typed: str, lines: Sequence[str], shown: int, *, last: bool) -> str:
    """What was typed, and ``shown`` lines of what was printed: the last ones if ``last`` is true,
    otherwise the first ones. The others open on a click."""
    if len(lines) <= shown + 1:
        return pre("\n".join(lines), bold=typed)
    if last:
        early, late = lines[:-shown], lines[-shown:]
        opens = folded(f"{len(early)} earlier lines", pre("\n".join(early)))
        return pre("", bold=typed) + opens + pre("\n".join(late))
    early, late = lines[:shown], lines[shown:]
    opens = folded(f"{len(late)} more lines", pre("\n".join(late)))
    return pre("\n".join(early), bold=typed) + opens


def _strips(pictures: Around) -> tuple[Strip, Strip]:
    """The pictures before and after, laid out for a wide page."""
    before, after = pictures.before, pictures.after
    return lay_out(before, after), lay_out(after, before)


def _drawn(strip: Strip) -> str:
    picture, narrow = strip.picture, ""
    if strip.width > NARROW.width:
        narrow = for_narrow_pages(drawn(lay_out(picture, strip.beside, NARROW)))
    shown = image(drawn(strip), f"{picture.title}: {picture.text}", narrow)
    return f"<div style='margin:2px 0; line-height:0'>{shown}</div>"


def _sql(statements: Sequence[Statement]) -> str:
    return pre(masked("\n".join(f"{each.sql};" for each in statements)))
