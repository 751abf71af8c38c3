"""What a lesson asks and finds, as text and as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch
from html import escape

from ..facts.lesson import (
    Answer,
    AnyAnswer,
    AnyQuestion,
    Checked,
    NumberAnswer,
    NumberQuestion,
    Question,
    SetAnswer,
    SetQuestion,
    Spine,
    Verdict,
    Verdicts,
)
from .html import html, table
from .masks import masked
from .text import table as lines
from .text import text

#: The facts of a lesson that a notebook shows in a way of its own.
TYPES: tuple[type, ...] = (
    Question,
    SetQuestion,
    NumberQuestion,
    Answer,
    SetAnswer,
    NumberAnswer,
    Checked,
    Verdict,
    Verdicts,
    Spine,
)

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
    return _asked(question, f"<ul style='{_LIST}'>{options}</ul>")


@text.register
def _(question: SetQuestion) -> str:
    names = [f"  ☐ {name}" for name in question.names]
    return "\n".join([f"Predict: {question.text}", f"{_ANY}:", *names])


@html.register
def _(question: SetQuestion) -> str:
    return _asked(question, f"<br>{_ANY}: {coded(quoted(question.names))}.")


@text.register
def _(question: NumberQuestion) -> str:
    return f"Predict: {question.text}\n{_NUMBER}"


@html.register
def _(question: NumberQuestion) -> str:
    return _asked(question, f"<br>{_NUMBER}")


_ANY = "Choose any of these, or none of them"
_NUMBER = "Say a whole number, 0 or more."


def _asked(question: AnyQuestion, below: str) -> str:
    box = _BOX.format(_ASK)
    return f"<div style='{box}'><b>Predict.</b> {coded(question.text)}{below}</div>"


def quoted(names: Sequence[str]) -> str:
    """Names between back quotes, or words that say that there is none."""
    return ", ".join(f"`{name}`" for name in names) or "none of them"


@text.register(Answer)
@text.register(SetAnswer)
@text.register(NumberAnswer)
def _(answer: AnyAnswer) -> str:
    return "\n".join(_told(answer))


@html.register(Answer)
@html.register(SetAnswer)
@html.register(NumberAnswer)
def _(answer: AnyAnswer) -> str:
    first, *rest = _told(answer)
    colour = _ASK if answer.right is None or answer.chosen is None else _YES
    if answer.chosen is not None and answer.right is not None and answer.chosen != answer.right:
        colour = _NO
    more = "".join(f"<br>{coded(line)}" for line in rest)
    return f"<div style='{_BOX.format(colour)}'><b>{coded(first)}</b>{more}</div>"


_BEFORE = {
    Answer: "Choose a letter",
    SetAnswer: "Tick some names",
    NumberAnswer: "Type a number",
}


def _told(answer: AnyAnswer) -> list[str]:
    """The question, the run's answer, and how the prediction compares with it."""
    told = [answer.question.text]
    if answer.right is None:
        return [*told, "Nothing has run since the question. Run the cells between, then this one."]
    right, *compared = _compared(answer)
    told.append(f"The run says {right}")
    if answer.chosen is None:
        before = _BEFORE[type(answer)]
        return [*told, f"You did not predict. {before} above before you run, next time."]
    return [*told, "So did you."] if answer.chosen == answer.right else [*told, *compared]


@singledispatch
def _compared(answer: object) -> list[str]:
    """What the run says, and then how far the prediction is from it."""
    raise TypeError(f"no words for {answer!r}")


@_compared.register
def _(answer: Answer) -> list[str]:
    options: dict[int | None, str] = {
        place: f"{letter(place)}: {option}" for place, option in enumerate(answer.question.options)
    }
    return [options[answer.right], f"You said {options.get(answer.chosen)} Look again: why not?"]


@_compared.register
def _(answer: SetAnswer) -> list[str]:
    right, word = answer.right or (), answer.question.word
    count = f"{len(right)} of {len(answer.question.names)}: " if right else ""
    told = [f"{count}{quoted(right)}."]
    if not answer.chosen:
        told.append("You said none of them.")
    found = {"You had": answer.hits, "You missed": answer.missed, f"Not {word}": answer.extra}
    return told + [f"{said}: {quoted(names)}." for said, names in found.items() if names]


@_compared.register
def _(answer: NumberAnswer) -> list[str]:
    right, chosen = answer.right or 0, answer.chosen or 0
    off = f"{abs(chosen - right)} too {'many' if chosen > right else 'few'}"
    return [f"{right}.", f"You said {chosen}: {off}. Look again: why?"]


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
