"""What a lesson asks and finds, as text and as HTML."""

from __future__ import annotations

import re
from html import escape

from ..facts.lesson import Answer, Checked, Question, Spine, Verdict, Verdicts
from .html import html, table
from .masks import masked
from .text import table as lines
from .text import text

#: The facts of a lesson that a notebook shows in a way of its own.
TYPES: tuple[type, ...] = (Question, Answer, Checked, Verdict, Verdicts, Spine)

_BOX = "border:1px solid {0}; border-left:4px solid {0}; padding:4px 12px; margin:4px 0"
_ASK, _YES, _NO = "#5B4B8A", "#0072B2", "#C25400"
_LIST = "list-style:none; padding-left:8px; margin:4px 0"


def letter(place: int) -> str:
    """How an option is called: A, B, C …"""
    return chr(ord("A") + place)


@text.register
def _(question: Question) -> str:
    options = [f"  {letter(place)}  {option}" for place, option in enumerate(question.options)]
    return "\n".join([f"Predict: {question.text}", *options])


@html.register
def _(question: Question) -> str:
    options = "".join(
        f"<li><b>{letter(place)}</b>&ensp;{coded(option)}</li>"
        for place, option in enumerate(question.options)
    )
    return (
        f"<div style='{_BOX.format(_ASK)}'><b>Predict.</b> {coded(question.text)}"
        f"<ul style='{_LIST}'>{options}</ul></div>"
    )


@text.register
def _(answer: Answer) -> str:
    return "\n".join(_told(answer))


@html.register
def _(answer: Answer) -> str:
    first, *rest = _told(answer)
    colour = _ASK if answer.right is None or answer.chosen is None else _YES
    if answer.chosen is not None and answer.right is not None and answer.chosen != answer.right:
        colour = _NO
    more = "".join(f"<br>{coded(line)}" for line in rest)
    return f"<div style='{_BOX.format(colour)}'><b>{coded(first)}</b>{more}</div>"


def _told(answer: Answer) -> list[str]:
    """The question, the run's answer, and how the prediction compares with it."""
    told = [answer.question.text]
    if answer.right is None:
        return [*told, "Nothing has run since the question. Run the cells between, then this one."]
    told.append(f"The run says {_option(answer.question, answer.right)}")
    if answer.chosen is None:
        return [*told, "You did not predict. Choose a letter above before you run, next time."]
    if answer.chosen == answer.right:
        return [*told, "So did you."]
    return [*told, f"You said {_option(answer.question, answer.chosen)} Look again: why not?"]


def _option(question: Question, place: int) -> str:
    return f"{letter(place)}: {question.options[place]}"


@text.register
def _(checked: Checked) -> str:
    points = [f"  {'✓' if point.done else '○'} {point.text}" for point in checked.points]
    return "\n".join([_summary(checked), *points])


@html.register
def _(checked: Checked) -> str:
    points = "".join(
        f"<li>{'✓' if point.done else '○ <i>missing:</i>'} {coded(point.text)}</li>"
        for point in checked.points
    )
    colour = _YES if checked.done else _NO
    return (
        f"<div style='{_BOX.format(colour)}'><b>{escape(_summary(checked))}</b>"
        f"<ul style='{_LIST}'>{points}</ul></div>"
    )


def _summary(checked: Checked) -> str:
    done = sum(point.done for point in checked.points)
    if checked.done:
        return "Done. Nothing is missing."
    return f"{done} of {len(checked.points)} done. What has a ○ is still missing."


@text.register
def _(verdict: Verdict) -> str:
    told = [f"{_number(verdict)}: {verdict.claim.text}"]
    for case in verdict.cases:
        told.append(f"Tried: {case.when}")
        told += [f"  $ {masked(line)}" for line in case.commands]
        told.append(f"  {_sign(case.held)} {masked(case.found)}")
    told.append(f"Verdict: {verdict.claim.number} {verdict.word}.")
    return "\n".join([*told, f"Follow: {_advice(verdict)}"])


@html.register
def _(verdict: Verdict) -> str:
    cases = "".join(
        f"<p style='margin:6px 0 2px'>Tried: {coded(case.when)}</p>"
        "<pre style='white-space:pre-wrap; margin:0 0 0 12px'>"
        + escape("\n".join(f"$ {masked(line)}" for line in case.commands))
        + f"</pre><p style='margin:0 0 0 12px'>{_sign(case.held)} {coded(masked(case.found))}</p>"
        for case in verdict.cases
    )
    colour = {"holds": _YES, "holds only if": _ASK, "does not hold": _NO}[verdict.kind]
    return (
        f"<div style='{_BOX.format(colour)}'>{_number(verdict)}: <i>{coded(verdict.claim.text)}</i>"
        f"{cases}<p style='margin:6px 0'><b>Verdict: {verdict.claim.number} "
        f"{coded(verdict.word)}.</b><br>Follow: {coded(_advice(verdict))}</p></div>"
    )


def _number(verdict: Verdict) -> str:
    claim = verdict.claim
    one = "document" if len(claim.documents) == 1 else "documents"
    return f"Claim {claim.number}, {one} {', '.join(claim.documents)}"


def _sign(held: bool) -> str:
    return "✓ as claimed:" if held else "✗ not as claimed:"


def _advice(verdict: Verdict) -> str:
    return verdict.advice or "nothing yet: this verdict is new. Read what was found."


@text.register
def _(found: Verdicts) -> str:
    return "\n".join([*lines(_COLUMNS, _rows(found)), _counted(found)])


@html.register
def _(found: Verdicts) -> str:
    return table(_counted(found), _COLUMNS, _rows(found))


_COLUMNS = ("claim", "from", "what it says", "verdict", "follow")


def _rows(found: Verdicts) -> list[tuple[str, ...]]:
    return [
        (
            each.claim.number,
            ", ".join(each.claim.documents),
            each.claim.text,
            each.word,
            _advice(each),
        )
        for each in found.verdicts
    ]


def _counted(found: Verdicts) -> str:
    kinds = [each.kind for each in found.verdicts]
    counts = ", ".join(
        f"{kinds.count(kind)} {kind} …" if kind.endswith("if") else f"{kinds.count(kind)} {kind}"
        for kind in ("holds", "holds only if", "does not hold")
    )
    return f"{len(kinds)} claims: {counts}"


@text.register
def _(spine: Spine) -> str:
    return "\n".join(lines(("command", *spine.columns), _spine_rows(spine)))


@html.register
def _(spine: Spine) -> str:
    return table(
        "What each command decides by, and what it moves; each cell was measured",
        ("command", *spine.columns),
        _spine_rows(spine),
    )


def _spine_rows(spine: Spine) -> list[tuple[str, ...]]:
    return [(does, *(cell or "·" for cell in cells)) for does, cells in spine.rows]


def coded(words: str) -> str:
    """Words as HTML; what stands between back quotes is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words))
