"""The four truths as a picture: where each one is, what is in it, and whether its neighbour agrees.

  what git keeps                          what only a backup keeps
models ──makemigrations──▶ files ──migrate──▶ record   ◀── --fake
                                        └──▶ tables   ◀── SQL by hand
                                               └─ rows ◀── a revert can delete them

If there is less room, everything is drawn in one column, from models down to rows.
"""

from __future__ import annotations

from typing import NamedTuple

from ..facts.truths import Agreement
from ..facts.view import View
from . import svg
from .colours import GREY, ROWS, TRUTH, UNREADABLE, VERDICTS
from .letters import width_of
from .told import SIGNS, Told, agreements, panel_sentence, panel_text, told
from .words import wrap

__all__ = ["panel", "panel_sentence", "panel_text", "stacked"]

#: Where the columns of the models, of the files and of the database begin, in pixels.
_MODELS, _FILES, _DATABASE = 12, 258, 514
_CARD, _WIDE, _BETWEEN = 124, 212, 118
_WIDTH = 828
#: In one column: where the cards begin, how wide they are, and how wide the picture is.
_LEFT, _COLUMN, _STACKED = 20, 290, 424
_TOP = 32
#: Between a card of the database and the next thing.
_GAP = 10
#: The size of all text except names, in pixels; then about how wide a plain letter and a bold
#: letter of it are, in the widest of the common fonts.
_PRINT, _LETTER, _BOLD = 13, 7.4, 8.6


def panel(view: View) -> str:
    """The truths as SVG, side by side; the text that goes with it is ``panel_text``."""
    truths = told(view)
    models_files, files_record, record_tables = (each for _, _, each in agreements(view))
    body: list[str] = []
    for name, x, w in (
        ("models", _MODELS, _CARD),
        ("files", _FILES, _CARD),
        ("record", _DATABASE, _WIDE),
    ):
        body.append(_truth(truths[name], x, _TOP, w))
    git = max(_height(truths[name], _CARD) for name in ("models", "files"))
    record = _height(truths["record"], _WIDE)
    left = _between(models_files, _MODELS + _CARD, _FILES, "makemigrations")
    middle = _between(files_record, _FILES + _CARD, _DATABASE, "migrate")
    body += [left.body, middle.body]

    y = _TOP + record + _GAP
    below = _agreement(record_tables, _DATABASE + 8, y, _WIDE - 16)
    tables_top = y + below.height + _GAP
    for start in (y - _GAP, tables_top - _GAP):
        body.append(_line(f"M{_DATABASE + _WIDE / 2:g},{start:g}v{_GAP}"))
    body.append(below.body)
    tables = _height(truths["tables"], _WIDE)
    body.append(_truth(truths["tables"], _DATABASE, tables_top, _WIDE))
    rows_top = tables_top + tables + 14
    body.append(_rows(truths["rows"], _DATABASE, rows_top, _WIDE))
    rows = _height(truths["rows"], _WIDE - 28)

    start = _TOP + 24
    branch = tables_top + 24
    right = _DATABASE + _WIDE
    body += [
        _line(f"M{_DATABASE - 24},{start}V{branch:g}H{_DATABASE - 7}"),
        svg.arrow_head(_DATABASE - 1, branch, "r"),
        _hand(right, start, *_HANDS["record"]),
        _hand(right, branch, *_HANDS["tables"]),
        _hand(right, rows_top + 24, *_HANDS["rows"]),
    ]
    kept = max(git, left.height) + _TOP + 12
    backup = rows_top + rows + 12
    frames = [
        _frame("what git keeps", _MODELS - 10, _FILES + _CARD + 10, 4, kept),
        _frame("what only a backup keeps", _DATABASE - 10, right + 10, 4, backup),
    ]
    size = max(backup, kept, middle.height + _TOP) + 4
    return svg.picture(_WIDTH, size, panel_sentence(view), "".join(frames + body))


def stacked(view: View) -> str:
    """The truths as SVG, in one column, for a narrow page."""
    truths = told(view)
    pairs = {above: agreement for above, _, agreement in agreements(view)}
    body: list[str] = []
    y = float(_TOP)
    for heading, names in _GROUPS.items():
        top = y - _TOP + 4
        for name in names:
            inset = 28 if name == "rows" else 0
            if inset:
                body.append(_elbow(_LEFT, y, _height(truths[name], _COLUMN - inset)))
            body.append(_truth(truths[name], _LEFT + inset, y, _COLUMN - inset))
            if name in _HANDS:
                body.append(_hand(_LEFT + _COLUMN, y + 24, *_HANDS[name]))
            y += _height(truths[name], _COLUMN - inset)
            if name in pairs and name != names[-1]:
                drawn = _link(pairs[name], y, _COMMANDS.get(name, ""))
                body.append(drawn.body)
                y += drawn.height
            else:
                y += 14
        body.append(_frame(heading, _LEFT - 10, _LEFT + _COLUMN + 10, top, y))
        if names[-1] in pairs:
            drawn = _link(pairs[names[-1]], y, _COMMANDS[names[-1]])
            body.append(drawn.body)
            y += drawn.height + _TOP - 4
    return svg.picture(_STACKED, y + 4, panel_sentence(view), "".join(body))


_GROUPS = {
    "what git keeps": ("models", "files"),
    "what only a backup keeps": ("record", "tables", "rows"),
}
#: Truth → the command that carries a change on to the next truth.
_COMMANDS = {"models": "makemigrations", "files": "migrate"}
#: Truth, or ``rows`` → what else can change it, in short lines.
_HANDS = {
    "record": ("--fake",),
    "tables": ("SQL", "by hand"),
    "rows": ("a revert", "can delete", "them"),
}


class _Drawn(NamedTuple):
    body: str
    height: float


def _link(agreement: Agreement, y: float, command: str) -> _Drawn:
    """Whether two truths in one column agree, drawn between them, with the command that leads from
    one to the other, if there is one."""
    middle = _LEFT + _COLUMN / 2
    above, below = (24, 14) if command else (_GAP, _GAP)
    drawn = _agreement(agreement, _LEFT + 8, y + above, _COLUMN - 16)
    end = y + above + drawn.height + below
    body = [_line(f"M{middle:g},{y:g}v{above}"), drawn.body]
    if command:
        label = svg.note(middle + 12, y + 17, command, _PRINT, style="bold")
        body += [label, svg.arrow_head(middle, end - 1, "d")]
        end -= 7
    body.append(_line(f"M{middle:g},{y + above + drawn.height:g}V{end:g}"))
    return _Drawn("".join(body), above + drawn.height + below)


def _height(truth: Told, w: float) -> float:
    return 34 + 16 * len(_lines(truth, w))


def _lines(truth: Told, w: float) -> list[str]:
    """Where a truth is stored, and what is in it, in lines that fit the card."""
    return [line for each in (truth.place, *truth.lines) for line in _wrapped(each, w)]


def _wrapped(words: str, w: float) -> tuple[str, ...]:
    return wrap(words, w - 12, 8, after=" ", wide=lambda text: width_of(text, _PRINT))


def _truth(truth: Told, x: float, y: float, w: float) -> str:
    """A truth's card: its name, where it lives, what is in it."""
    look = UNREADABLE if not truth.readable else ROWS if truth.name == "rows" else TRUTH
    middle = x + w / 2
    body = [
        svg.card(x, y, w, _height(truth, w), look),
        svg.text(middle, y + 21, truth.name, 16, style="bold"),
    ]
    place = len(_wrapped(truth.place, w))
    for number, line in enumerate(_lines(truth, w)):
        style = "italic" if number < place else ""
        body.append(_printed(middle, y + 39 + 16 * number, line, w - 12, style))
    return "".join(body)


def _elbow(x: float, y: float, height: float) -> str:
    """The line from the tables down to the rows in them."""
    return _line(f"M{x + 14:g},{y - 14:g}V{y + height / 2:g}h14")


def _rows(truth: Told, x: float, y: float, w: float) -> str:
    """The card of the rows, below that of the tables."""
    return _truth(truth, x + 28, y, w - 28) + _elbow(x, y, _height(truth, w - 28))


def _agreement(agreement: Agreement, x: float, y: float, w: float) -> _Drawn:
    """A sign between two neighbours: whether they agree, in a word, and why."""
    sign, word = SIGNS[agreement.verdict]
    lines = _wrapped(agreement.reason, w)
    height = 30 + 16 * len(lines)
    said = f"{sign} {word}"
    within = width_of(said, 14, bold=True) if len(said) * _BOLD > w - 10 else 0
    body = [
        svg.card(x, y, w, height, VERDICTS[agreement.verdict]),
        svg.text(x + w / 2, y + 20, said, 14, style="bold", within=within),
    ]
    for place, line in enumerate(lines):
        body.append(_printed(x + w / 2, y + 37 + 16 * place, line, w - 12))
    return _Drawn("".join(body), height)


def _between(agreement: Agreement, start: float, end: float, command: str) -> _Drawn:
    """The command that carries a change from one card to the next, and below it whether they
    agree; the height is counted from the top of the cards."""
    arrow, middle = _TOP + 24, (start + end) / 2
    if end == _DATABASE:
        # Between the frame and the branch that leads down to the tables.
        middle = (start + 10 + end - 24) / 2
    room = _BETWEEN - (26 if end == _DATABASE else 0)
    drawn = _agreement(agreement, middle - room / 2, _TOP + 38, room)
    body = [
        _line(f"M{start + 2:g},{arrow}H{end - 7:g}"),
        svg.arrow_head(end - 1, arrow, "r"),
        _heading(middle, arrow - 7, command, _BETWEEN),
        drawn.body,
    ]
    return _Drawn("".join(body), drawn.height + 38)


def _heading(middle: float, y: float, words: str, room: float) -> str:
    """Bold text on the page; if a wide font might need more than ``room``, it is squeezed into
    it."""
    within = width_of(words, _PRINT, bold=True) if len(words) * _BOLD > room else 0
    return svg.note(middle, y, words, _PRINT, style="bold", anchor="middle", within=within)


def _printed(middle: float, y: float, words: str, room: float, style: str = "") -> str:
    """A line on a card; if a wide font might need more than ``room``, it is squeezed into it."""
    within = width_of(words, _PRINT) if len(words) * _LETTER > room else 0
    return svg.text(middle, y, words, _PRINT, style=style, within=within)


def _hand(x: float, y: float, *words: str) -> str:
    """An arrow to the right side of a card, and the words that say what else can change it."""
    first = y + (0 if len(words) > 1 else 4)
    lines = [svg.note(x + 30, first + 15 * place, line, _PRINT) for place, line in enumerate(words)]
    return "".join([_line(f"M{x + 24:g},{y:g}H{x + 8:g}"), svg.arrow_head(x + 2, y, "l"), *lines])


def _frame(words: str, left: float, right: float, top: float, bottom: float) -> str:
    heading = _heading((left + right) / 2, top + 18, words, right - left - 16)
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}" '
        f'rx="12" fill="none" stroke="{GREY}"/>{heading}'
    )


def _line(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{GREY}" stroke-width="1.6"/>'
