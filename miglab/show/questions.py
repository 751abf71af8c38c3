"""What a lesson asks, answers and checks, as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from html import escape
from typing import Any

from ..compare.agreement import part
from ..facts.lesson import Checked, Point
from ..facts.question import (
    Answer,
    AnyAnswer,
    AnyQuestion,
    Asked,
    NumberAnswer,
    NumberQuestion,
    Question,
    SetAnswer,
    SetQuestion,
)
from .html import folded, html
from .masks import masked
from .prose import coded, paragraphs
from .text import text

#: The facts of questions and tasks that a notebook shows in a way of its own.
TYPES: tuple[type, ...] = (
    Question,
    SetQuestion,
    NumberQuestion,
    Asked,
    Answer,
    SetAnswer,
    NumberAnswer,
    Checked,
)

_BOX = "border:1px solid {0}; border-left:4px solid {0}; padding:4px 12px; margin:4px 0"
_ASK, _YES, _NO = "#5B4B8A", "#0072B2", "#C25400"
_LIST = "list-style:none; padding-left:8px; margin:4px 0; overflow-wrap:anywhere"
_SMALL = "<br><small style='display:inline-block; margin-left:18px'>{}</small>"


def letter(place: int) -> str:
    """The letter of an option: A, B, C …"""
    return chr(ord("A") + place)


def quoted(names: Sequence[str]) -> str:
    """Names between back quotes, or words that say that there is none."""
    return ", ".join(f"`{name}`" for name in names) or "none of them"


# -- questions


@text.register
def _(asked: Asked) -> str:
    said = said_so_far(asked)
    return "\n".join([text(asked.question), *([said] if said else [])])


@html.register
def _(asked: Asked) -> str:
    said = said_so_far(asked)
    below = f"<p style='margin:4px 0'><b>{coded(said)}</b></p>" if said else ""
    return _box(asked.question, _answers(asked.question), below)


def said_so_far(asked: Asked) -> str:
    """What was chosen, as a sentence; empty if nothing was."""
    if asked.chosen is None:
        return ""
    when = ", before the answer was known" if asked.frozen else ""
    return f"You chose {in_short(asked.question, asked.chosen)}{when}."


@singledispatch
def in_short(question: object, chosen: Any) -> str:
    """A choice in a few words; names are between back quotes."""
    raise TypeError(f"no words for {question!r}")


@in_short.register
def _(question: Question, chosen: int) -> str:
    return letter(chosen)


@in_short.register
def _(question: SetQuestion, chosen: tuple[str, ...]) -> str:
    count = f"{len(chosen)} of {len(question.names)}: " if chosen else ""
    return count + quoted(chosen)


@in_short.register
def _(question: NumberQuestion, chosen: int) -> str:
    return str(chosen)


@text.register
def _(question: Question) -> str:
    options = [f"  {letter(place)}  {option}" for place, option in enumerate(question.options)]
    return "\n".join([f"Predict: {question.text}", *options])


@text.register
def _(question: SetQuestion) -> str:
    names = [f"  ☐ {name}" for name in question.names]
    return "\n".join([f"Predict: {question.text}", f"{_ANY}:", *names])


@text.register
def _(question: NumberQuestion) -> str:
    return f"Predict: {question.text}\n{_NUMBER}"


_ANY = "Choose any of these, or none of them"
_NUMBER = "Type a whole number, 0 or more."


@html.register(Question)
@html.register(SetQuestion)
@html.register(NumberQuestion)
def _(question: AnyQuestion) -> str:
    return _box(question, _answers(question))


def _box(question: AnyQuestion, *below: str) -> str:
    return (
        f"<div style='{_BOX.format(_ASK)}'><b>Predict.</b> {coded(question.text)}"
        f"{''.join(below)}</div>"
    )


@singledispatch
def _answers(question: object) -> str:
    """What one can answer, as HTML."""
    raise TypeError(f"no answers for {question!r}")


@_answers.register
def _(question: Question) -> str:
    options = "".join(
        f"<li><b>{letter(place)}</b>&ensp;{coded(option)}</li>"
        for place, option in enumerate(question.options)
    )
    return f"<ul style='{_LIST}'>{options}</ul>"


@_answers.register
def _(question: SetQuestion) -> str:
    return f"<br>{_ANY}: {coded(quoted(question.names))}."


@_answers.register
def _(question: NumberQuestion) -> str:
    return f"<br>{_NUMBER}"


# -- answers


@text.register(Answer)
@text.register(SetAnswer)
@text.register(NumberAnswer)
def _(answer: AnyAnswer) -> str:
    return "\n".join([*_result(answer), *([answer.reason] if answer.reason else [])])


@html.register(Answer)
@html.register(SetAnswer)
@html.register(NumberAnswer)
def _(answer: AnyAnswer) -> str:
    asked, *rest = _result(answer)
    wrong = answer.right is not None and answer.chosen not in (None, answer.right)
    colour = _NO if wrong else _ASK if answer.right is None else _YES
    told = "".join(
        f"<p style='margin:4px 0'>{coded(line) if place else f'<b>{coded(line)}</b>'}</p>"
        for place, line in enumerate(rest)
    )
    reason = paragraphs(answer.reason) if answer.reason else ""
    if wrong and reason:
        # First look for it yourself.
        reason = folded("The reason", reason)
    return f"<div style='{_BOX.format(colour)}'>{coded(asked)}{told}{reason}</div>"


_WHY = "Not this time: can you see why in the step above?"


def _result(answer: AnyAnswer) -> list[str]:
    """The question, the answer, and how the prediction compares with it."""
    told = [answer.question.text]
    if answer.right is None:
        between = "Run the cells that follow it, then this cell."
        return [*told, f"Nothing has run since the question. {between}"]
    right, *compared = _compared(answer)
    told.append(f"Answer: {right}")
    if answer.chosen is None:
        return told
    return [*told, "That is what you chose."] if answer.chosen == answer.right else told + compared


@singledispatch
def _compared(answer: object) -> list[str]:
    """What is right, and then how far the prediction is from it."""
    raise TypeError(f"no words for {answer!r}")


@_compared.register
def _(answer: Answer) -> list[str]:
    right = answer.right or 0
    told = f"{letter(right)}. {answer.question.options[right]}"
    return [told, f"You chose {letter(answer.chosen or 0)}. {_WHY}"]


@_compared.register
def _(answer: SetAnswer) -> list[str]:
    right, word = answer.right or (), answer.question.word
    count = f"{len(right)} of {len(answer.question.names)}: " if right else ""
    told = [f"{count}{quoted(right)}."]
    if not answer.chosen:
        told.append("You chose none of them.")
    found = {"You found": answer.hits, "You missed": answer.missed, f"Not {word}": answer.extra}
    return told + [f"{said}: {quoted(names)}." for said, names in found.items() if names]


@_compared.register
def _(answer: NumberAnswer) -> list[str]:
    right, chosen = answer.right or 0, answer.chosen or 0
    off = f"{abs(chosen - right)} too {'many' if chosen > right else 'few'}"
    return [f"{right}.", f"You chose {chosen}, which is {off}. Can you see why in the step above?"]


# -- tasks


@text.register
def _(checked: Checked) -> str:
    lines = [_summary(checked)]
    for point in checked.points:
        lines.append(f"  {_mark(checked, point.done)} {point.text}")
        lines += [f"      {said}" for said in _instead(checked, point)]
    return "\n".join([*lines, *([masked(checked.remark)] if checked.remark else [])])


@html.register
def _(checked: Checked) -> str:
    points = "".join(
        f"<li>{_mark(checked, point.done)} "
        f"{'' if point.done or not checked.begun else '<i>not yet:</i> '}{coded(point.text)}"
        f"{''.join(_SMALL.format(coded(said)) for said in _instead(checked, point))}</li>"
        for point in checked.points
    )
    remark = f"<p style='margin:4px 0'>{coded(checked.remark)}</p>" if checked.remark else ""
    colour = _ASK if not checked.begun else _YES if checked.done else _NO
    return (
        f"<div style='{_BOX.format(colour)}'><b>{escape(_summary(checked))}</b>"
        f"<ul style='{_LIST}'>{points}</ul>{remark}</div>"
    )


def _instead(checked: Checked, point: Point) -> list[str]:
    """What is expected of a goal that is not reached, and what is there."""
    if point.done or not checked.begun or not point.expected:
        return []
    return [masked(f"expected: {point.expected} · found: {point.found}")]


def _mark(checked: Checked, done: bool) -> str:
    return "•" if not checked.begun else "✓" if done else "○"


def _summary(checked: Checked) -> str:
    done = sum(point.done for point in checked.points)
    if not checked.begun:
        return "The goals of this task:"
    if checked.done:
        return "Done: every goal is reached."
    reached = part(done, len(checked.points), "goals")
    return f"{reached} reached. Still to do: the items marked ○."
