"""The four truths as a picture: where each lives, what it holds, whether its neighbour agrees.

      what git keeps                          what only a backup keeps
    models ──makemigrations──▶ files ──migrate──▶ record   ◀── --fake
                                            └──▶ tables   ◀── SQL by hand
                                                   └─ rows ◀── a revert destroys them
"""

from __future__ import annotations

from ..facts.truths import Agreement
from ..facts.view import View
from . import svg
from .colours import GREY, ROWS, TRUTH, UNREADABLE, VERDICTS
from .told import SIGNS, Told, agreements, panel_sentence, panel_text, told
from .words import wrap

__all__ = ["panel", "panel_sentence", "panel_text"]

#: Where the columns stand: models, what lies between, files, what lies between, the database.
_MODELS, _FILES, _DATABASE = 18, 308, 618
_CARD, _WIDE, _BETWEEN = 144, 186, 130
_TOP = 38
#: About how wide a letter of the small print is, in the widest of the common fonts.
_LETTER = 6.2


def panel(view: View) -> str:
    """The truths as SVG; the text that goes with it is ``panel_text``."""
    truths = told(view)
    models_files, files_record, record_tables = (each for _, _, each in agreements(view))
    body: list[str] = []

    rows_of_cards = [truths["models"], truths["files"], truths["record"]]
    widths = (_CARD, _CARD, _WIDE)
    height = max(_height(each, w) for each, w in zip(rows_of_cards, widths, strict=True))
    for each, x, w in zip(rows_of_cards, (_MODELS, _FILES, _DATABASE), widths, strict=True):
        body.append(_truth(each, x, _TOP, w, height))
    left = _between(models_files, _MODELS + _CARD, _FILES, "makemigrations")
    middle = _between(files_record, _FILES + _CARD, _DATABASE - 12, "migrate")
    body += [left.body, middle.body]

    y = _TOP + height + 12
    below = _agreement(record_tables, _DATABASE + 20, y, _WIDE - 40)
    tables_top = y + below.height + 12
    for start in (y - 12, tables_top - 12):
        body.append(_line(f"M{_DATABASE + _WIDE / 2:g},{start:g}v12"))
    body.append(below.body)
    tables = _height(truths["tables"], _WIDE)
    body.append(_truth(truths["tables"], _DATABASE, tables_top, _WIDE, tables))
    rows_top = tables_top + tables + 14
    rows = _height(truths["rows"], _WIDE - 28)
    body.append(_truth(truths["rows"], _DATABASE + 28, rows_top, _WIDE - 28, rows))
    body.append(_line(f"M{_DATABASE + 14:g},{rows_top - 14:g}V{rows_top + rows / 2:g}h14"))

    start = _TOP + 24
    branch = tables_top + 24
    body += [
        _line(f"M{_DATABASE - 24},{start}V{branch:g}H{_DATABASE - 7}"),
        svg.arrow_head(_DATABASE - 1, branch, "r"),
        svg.arrow_head(_DATABASE - 1, start, "r"),
        _line(f"M{_DATABASE - 24},{start}h17"),
        _hand("--fake", "", start),
        _hand("SQL by hand", "", branch),
        _hand("a revert", "destroys them", rows_top + 24),
    ]
    git = max(height, left.height) + _TOP + 12
    backup = rows_top + rows + 12
    frames = [
        _frame("what git keeps", _MODELS - 12, _FILES + _CARD + 10, git),
        _frame("what only a backup keeps", _DATABASE - 12, _DATABASE + _WIDE + 10, backup),
    ]
    size = max(backup, git, middle.height + _TOP) + 4
    return svg.picture(_DATABASE + _WIDE + 134, size, panel_sentence(view), "".join(frames + body))
