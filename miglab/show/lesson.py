"""Verdicts on claims, and what each command changes, as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..compare.agreement import counted
from ..facts.lesson import Spine, Verdict, Verdicts
from .html import PRE, folded, html, table
from .masks import masked
from .prose import coded, paragraphs
from .text import table as lines
from .text import text

#: The facts of trials that a notebook shows in a way of its own.
TYPES: tuple[type, ...] = (Verdict, Verdicts, Spine)

_BOX = "border:1px solid {0}; border-left:4px solid {0}; padding:4px 12px; margin:4px 0"
_ASK, _YES, _NO = "#5B4B8A", "#0072B2", "#C25400"


@text.register
def _(verdict: Verdict) -> str:
    told = [f"{_number(verdict)}: {verdict.claim.text}", *_result(verdict)]
    for case in verdict.cases:
        told.append(f"Tried: {case.when}")
        told += [f"  $ {masked(line)}" for line in case.commands]
        told.append(f"  {_sign(case.held)} {masked(case.found)}")
    return "\n".join([*told, verdict.reason] if verdict.reason else told)


@html.register
def _(verdict: Verdict) -> str:
    cases = "".join(
        f"<p style='margin:6px 0 2px'>Tried: {coded(case.when)}</p>"
        f"<pre style='{PRE}; margin-left:12px'>"
        + escape("\n".join(f"$ {masked(line)}" for line in case.commands))
        + f"</pre><p style='margin:0 0 0 12px'>{_sign(case.held)} {coded(masked(case.found))}</p>"
        for case in verdict.cases
    )
    colour = {"holds": _YES, "holds only if": _ASK, "does not hold": _NO}[verdict.kind]
    first, *rest = _result(verdict)
    result = "".join(f"<br>{coded(line)}" for line in rest)
    runs = folded(f"The runs: {counted(len(verdict.cases), 'case', 'cases')}", cases)
    return (
        f"<div style='{_BOX.format(colour)}'>{_number(verdict)}: <i>{coded(verdict.claim.text)}</i>"
        f"<p style='margin:6px 0'><b>{coded(first)}</b>{result}</p>{runs}"
        f"{paragraphs(verdict.reason) if verdict.reason else ''}</div>"
    )


def _result(verdict: Verdict) -> list[str]:
    """The verdict, the reader's own verdict if there is one, and what to remember."""
    told = [f"Verdict: {verdict.claim.number} {verdict.word}."]
    if verdict.judged == verdict.kind:
        told.append("That is your verdict too.")
    elif verdict.judged is not None:
        judged = _JUDGED[verdict.judged]
        told.append(f"Your verdict was: {judged}. Not this time: can you see why in the runs?")
    return [*told, f"Remember: {_advice(verdict)}"]


_JUDGED = {
    "holds": "it holds",
    "holds only if": "it holds only under a condition",
    "does not hold": "it does not hold",
}


def _number(verdict: Verdict) -> str:
    claim = verdict.claim
    return f"Claim {claim.number}, from {quotes(claim.documents)}"


def quotes(names: Sequence[str]) -> str:
    """The names of documents, each in quotation marks."""
    told = [f"“{name}”" for name in names]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _sign(held: bool) -> str:
    return "✓ as claimed:" if held else "✗ not as claimed:"


def _advice(verdict: Verdict) -> str:
    return verdict.advice or "this verdict is new, and has no advice yet. Read the runs."


@text.register
def _(found: Verdicts) -> str:
    return "\n".join([*lines(_COLUMNS, _rows(found)), _counted(found)])


@html.register
def _(found: Verdicts) -> str:
    head = "".join(f"<th scope='col' style='{_CELL}'>{name}</th>" for name in _COLUMNS)
    body = "".join(f"<tr>{''.join(_data(cell) for cell in row)}</tr>" for row in _rows(found))
    return (
        f"<table><caption>{escape(_counted(found))}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _data(cell: str) -> str:
    return f"<td style='{_CELL}'>{coded(cell)}</td>"


_CELL = "text-align:left; vertical-align:top"
_COLUMNS = ("claim", "what it says", "from", "verdict", "remember", "lesson")


def _rows(found: Verdicts) -> list[tuple[str, ...]]:
    return [
        (
            each.claim.number,
            each.claim.text,
            quotes(each.claim.documents),
            each.word,
            _advice(each),
            each.claim.lesson,
        )
        for each in found.verdicts
    ]


#: Kind of verdict → the verb for one claim, and for several.
_HOLD = {
    "holds": ("holds", "hold"),
    "holds only if": ("holds only under a condition", "hold only under a condition"),
    "does not hold": ("does not hold", "do not hold"),
}


def _counted(found: Verdicts) -> str:
    kinds = [each.kind for each in found.verdicts]
    counts = [counted(kinds.count(kind), *words) for kind, words in _HOLD.items()]
    return f"{counted(len(kinds), 'claim', 'claims')}: {', '.join(counts)}"


@text.register
def _(spine: Spine) -> str:
    return "\n".join(lines(("command", *spine.columns), _spine_rows(spine)))


@html.register
def _(spine: Spine) -> str:
    return table(
        "What each command looks at first, and what it changes; every cell was measured",
        ("command", *spine.columns),
        _spine_rows(spine),
    )


def _spine_rows(spine: Spine) -> list[tuple[str, ...]]:
    return [(does, *(cell or "·" for cell in cells)) for does, cells in spine.rows]
