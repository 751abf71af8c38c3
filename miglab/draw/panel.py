"""The four truths as a picture: where each lives, what it holds, whether its neighbour agrees.

  what git keeps                          what only a backup keeps
models ──makemigrations──▶ files ──migrate──▶ record   ◀── --fake
                                        └──▶ tables   ◀── SQL by hand
                                               └─ rows ◀── a revert destroys them
"""

from __future__ import annotations

from typing import NamedTuple

from ..facts.truths import Agreement
from ..facts.view import View
from . import svg
from .colours import GREY, ROWS, TRUTH, UNREADABLE, VERDICTS
from .told import SIGNS, Told, agreements, panel_sentence, panel_text, told
from .words import wrap

__all__ = ["panel", "panel_sentence", "panel_text"]

#: Where the columns stand: models, what lies between, files, what lies between, the database.
_MODELS, _FILES, _DATABASE = 18, 308, 632
_CARD, _WIDE, _BETWEEN = 144, 186, 130
_TOP = 38
#: About how wide a letter of the small print is, in the widest of the common fonts.
_LETTER = 6.2


def panel(view: View) -> str:
    """The truths as SVG; the text that goes with it is ``panel_text``."""
    truths = told(view)
    models_files, files_record, record_tables = (each for _, _, each in agreements(view))
    body: list[str] = []

    columns = (("models", _MODELS, _CARD), ("files", _FILES, _CARD), ("record", _DATABASE, _WIDE))
    for name, x, w in columns:
        body.append(_truth(truths[name], x, _TOP, w))
    git = max(_height(truths[name], _CARD) for name in ("models", "files"))
    record = _height(truths["record"], _WIDE)
    left = _between(models_files, _MODELS + _CARD, _FILES, "makemigrations")
    middle = _between(files_record, _FILES + _CARD, _DATABASE, "migrate")
    body += [left.body, middle.body]

    y = _TOP + record + 12
    below = _agreement(record_tables, _DATABASE + 20, y, _WIDE - 40)
    tables_top = y + below.height + 12
    for start in (y - 12, tables_top - 12):
        body.append(_line(f"M{_DATABASE + _WIDE / 2:g},{start:g}v12"))
    body.append(below.body)
    tables = _height(truths["tables"], _WIDE)
    body.append(_truth(truths["tables"], _DATABASE, tables_top, _WIDE))
    rows_top = tables_top + tables + 14
    rows = _height(truths["rows"], _WIDE - 28)
    body.append(_truth(truths["rows"], _DATABASE + 28, rows_top, _WIDE - 28))
    body.append(_line(f"M{_DATABASE + 14:g},{rows_top - 14:g}V{rows_top + rows / 2:g}h14"))

    start = _TOP + 24
    branch = tables_top + 24
    body += [
        _line(f"M{_DATABASE - 24},{start}V{branch:g}H{_DATABASE - 7}"),
        svg.arrow_head(_DATABASE - 1, branch, "r"),
        _hand("--fake", "", start),
        _hand("SQL by hand", "", branch),
        _hand("a revert", "destroys them", rows_top + 24),
    ]
    kept = max(git, left.height) + _TOP + 12
    backup = rows_top + rows + 12
    frames = [
        _frame("what git keeps", _MODELS - 12, _FILES + _CARD + 10, kept),
        _frame("what only a backup keeps", _DATABASE - 12, _DATABASE + _WIDE + 10, backup),
    ]
    size = max(backup, kept, middle.height + _TOP) + 4
    return svg.picture(_DATABASE + _WIDE + 128, size, panel_sentence(view), "".join(frames + body))


class _Drawn(NamedTuple):
    body: str
    height: float


def _height(truth: Told, w: float) -> float:
    return 54 + 16 * len(_lines(truth, w))


def _lines(truth: Told, w: float) -> list[str]:
    room = int((w - 16) / _LETTER)
    return [line for each in truth.lines for line in wrap(each, room, 6, after=" ")]


def _truth(truth: Told, x: float, y: float, w: float) -> str:
    """A truth's card: its name, where it lives, what is in it."""
    look = UNREADABLE if not truth.readable else ROWS if truth.name == "rows" else TRUTH
    middle = x + w / 2
    body = [
        svg.card(x, y, w, _height(truth, w), look),
        svg.text(middle, y + 21, truth.name, 16, style="bold"),
        svg.text(middle, y + 36, truth.place, 11.5, style="italic"),
    ]
    for place, line in enumerate(_lines(truth, w)):
        body.append(svg.text(middle, y + 56 + 16 * place, line, 12.5))
    return "".join(body)


def _agreement(agreement: Agreement, x: float, y: float, w: float) -> _Drawn:
    """A sign between two neighbours: whether they agree, in a word, and why."""
    sign, word = SIGNS[agreement.verdict]
    lines = wrap(agreement.reason, int((w - 12) / _LETTER), 6, after=" ")
    height = 30 + 14 * len(lines)
    body = [
        svg.card(x, y, w, height, VERDICTS[agreement.verdict]),
        svg.text(x + w / 2, y + 20, f"{sign} {word}", 14, style="bold"),
    ]
    for place, line in enumerate(lines):
        body.append(svg.text(x + w / 2, y + 36 + 14 * place, line, 11.5))
    return _Drawn("".join(body), height)


def _between(agreement: Agreement, start: float, end: float, command: str) -> _Drawn:
    """The command that carries a change from one card to the next, and below it whether they
    agree; the height is counted from the top of the cards."""
    arrow, middle = _TOP + 24, (start + end) / 2
    if end == _DATABASE:
        # Between the frame and the branch that leads down to the tables.
        middle = (start + 10 + end - 24) / 2
    drawn = _agreement(agreement, middle - _BETWEEN / 2, _TOP + 38, _BETWEEN)
    body = [
        _line(f"M{start + 2:g},{arrow}H{end - 7:g}"),
        svg.arrow_head(end - 1, arrow, "r"),
        svg.text(middle, arrow - 7, command, 13, style="bold", fill=GREY),
        drawn.body,
    ]
    return _Drawn("".join(body), drawn.height + 38)


def _hand(words: str, more: str, y: float) -> str:
    """What reaches a truth from outside, past everything that Django plans."""
    x = _DATABASE + _WIDE
    lines = svg.text(x + 40, y + (0 if more else 4), words, 12.5, fill=GREY, anchor="start")
    if more:
        lines += svg.text(x + 40, y + 14, more, 12.5, fill=GREY, anchor="start")
    return _line(f"M{x + 36:g},{y:g}H{x + 8:g}") + svg.arrow_head(x + 2, y, "l") + lines


def _frame(words: str, left: float, right: float, bottom: float) -> str:
    heading = svg.text((left + right) / 2, 22, words, 14, style="bold", fill=GREY)
    return (
        f'<rect x="{left:g}" y="4" width="{right - left:g}" height="{bottom - 4:g}" rx="12" '
        f'fill="none" stroke="{GREY}"/>{heading}'
    )


def _line(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{GREY}" stroke-width="1.6"/>'
