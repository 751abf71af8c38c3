"""Consequences and ladders as plain text and as HTML.

What a notebook stores is the same on every run: no durations, no paths of this machine.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from html import escape

from ..compare.agreement import counted
from ..compare.losses import loss_lines
from ..draw.locks import sentence, timeline
from ..draw.words import shortened
from ..facts.consequences import Consequences, Finding
from ..facts.ladder import Ladder, Rung
from ..facts.migration import Key
from ..facts.signs import in_one_line
from ..facts.step import RowChange
from . import locks
from .html import PRE, folded, html, image, loss_band, pair, table
from .lines import (
    FINDING_COLUMNS,
    advised,
    fidelity_lines,
    ladder_sentences,
    next_lines,
    plan_line,
    samples,
    sql_text,
    statements,
    truth_lines,
    typed,
    way_back_lines,
)
from .masks import masked
from .text import heading, output, text
from .text import table as lines_of_table

#: The facts that this module shows.
TYPES: tuple[type, ...] = (Consequences, Ladder)

#: What would happen to rows and values, for ``loss_lines``.
_WOULD = ("WOULD BE LOST", "WOULD BE OVERWRITTEN")
_BAD, _FINE = "#C25400", "#0072B2"
#: Plain text shows a few rows of at most this many tables and columns, each in at most this many
#: characters.
_SAMPLES, _WIDEST = 6, 160


@text.register
def _(consequences: Consequences) -> str:
    parts = [*typed(consequences), f"▶ {consequences.verdict}"]
    for title, lines in (
        ("What to know:", _finding_lines(consequences.findings)),
        ("Before:", text(consequences.before).splitlines()),
        ("After:", text(consequences.after).splitlines()),
        ("Plan:", [plan_line(each) for each in consequences.plan]),
        ("Gone or changed afterwards:", _sample_lines(consequences.rows)),
        ("The way back:", way_back_lines(consequences.back)),
        ("The next plain migrate:", _next(consequences)),
        ("Truths:", truth_lines(consequences)),
        ("Differences from a real run:", fidelity_lines(consequences)),
    ):
        if lines:
            # An error may have several lines: none of them may look like a new finding or part.
            each_told = ("\n      ".join(line.splitlines()) for line in lines)
            parts += ["", title, *(f"  {line}".rstrip() for line in each_told)]
    # The versions are not the same on every machine; the HTML names them.
    parts += ["", f"Measured in a copy, on {consequences.engine.database.split(' ')[0]}."]
    if consequences.fidelity is not None:
        parts.append(f"Protection: {consequences.fidelity.protection}.")
    return masked("\n".join(parts))


@html.register
def _(consequences: Consequences) -> str:
    found = _findings(consequences.findings)
    return _report(consequences, [found, pair(consequences.before, consequences.after)])


def preview(consequences: Consequences) -> str:
    """What a command would do, as HTML for the place below it: first what would be lost, then the
    verdict. Everything else opens on a click."""
    losses = [masked(line) for line in loss_lines(consequences.lost_there, _WOULD)]
    said = consequences.verdict
    if losses:
        # The band has counted them already.
        said = " · ".join(each for each in said.split(" · ") if not each.startswith("loses "))
    parts = [loss_band(losses), f"<p style='margin:4px 0'><b>{_said(said)}</b></p>"]
    found = "".join(
        f"<li><b>{each.severity.value}:</b> {_said(each.what)}</li>"
        for each in consequences.findings
    )
    printed = "\n".join(f"{heading(run.step)}\n{output(run.step)}" for run in consequences.runs)
    if found:
        number = counted(len(consequences.findings), "thing to know", "things to know")
        inside = f"<ul style='padding-left:16px; margin:4px 0'>{found}</ul>"
        parts.append(folded(number, inside, beside=True))
    parts.append(_locks(consequences))
    parts.append(folded("What Django prints", pre(printed), beside=True))
    return _bar(_colour(consequences), [*parts, *_more(consequences)])


def _report(consequences: Consequences, shown_first: Sequence[str]) -> str:
    parts = [
        pre("\n".join(typed(consequences))),
        f"<p style='font-size:1.3em; margin:6px 0'><b>{_said(consequences.verdict)}</b></p>",
        *shown_first,
    ]
    return _bar(_colour(consequences), [*parts, *_more(consequences)])


def _locks(consequences: Consequences) -> str:
    """What others have to wait for, as a picture. The picture of the way back, and all locks in
    words, open on a click. Empty if no table is locked, or if the engine does not report locks.
    Durations are not masked here: they are what matters."""
    parts = []
    ways = (("", locks.there(consequences)), (" on the way back", locks.back(consequences)))
    for where, plan in ways:
        drawn, lines = timeline(plan), locks.lock_lines(plan)
        if drawn:
            picture = image(drawn, f"What others wait for: {sentence(plan)}")
            title = f"What others wait for{where}"
            parts.append(folded(title, picture) if where else f"<p><b>{title}</b></p>{picture}<br>")
        if lines:
            told = "".join(f"<li>{escape(each)}</li>" for each in lines)
            inside = f"<ul style='padding-left:16px; margin:4px 0'>{told}</ul>"
            number = counted(len(lines), "lock", "locks")
            parts.append(folded(f"{number}{where}", inside, beside=True))
    return "".join(parts)


def _colour(consequences: Consequences) -> str:
    return _FINE if consequences.safe else _BAD


def _more(consequences: Consequences) -> list[str]:
    """The parts that open on a click, all on one line."""
    fold = partial(folded, beside=True)

    parts = []
    plan = consequences.plan
    if plan:
        title = f"Plan ({counted(len(plan), 'migration', 'migrations')})"
        parts.append(fold(title, pre("\n".join(map(plan_line, plan)))))
    shown = samples(consequences.rows)
    if shown:
        inside = "".join(table(masked(each.caption), each.columns, each.rows) for each in shown)
        parts.append(fold("Gone or changed afterwards", inside))
    for title, lines in (
        ("The way back", way_back_lines(consequences.back)),
        ("The next plain migrate", _next(consequences)),
        ("Tables", consequences.schema),
    ):
        if lines:
            parts.append(fold(title, pre("\n".join(lines))))
    parts += [fold(title, pre(sql_text(sql))) for title, sql in statements(consequences)]
    parts.append(fold("Truths", pre("\n".join(truth_lines(consequences)))))
    differs = fidelity_lines(consequences)
    if differs:
        parts.append(fold("Differences from a real run", pre("\n".join(differs))))
    if consequences.fidelity is not None:
        parts.append(fold("Protection", pre(str(consequences.fidelity.protection))))
    parts.append(fold("Measured in a copy", pre(str(consequences.engine))))
    return parts


@text.register
def _(ladder: Ladder) -> str:
    lines = lines_of_table(_COLUMNS, _rungs(ladder))
    parts = [f"All targets of {ladder.app_label}", *ladder_sentences(ladder), "", *lines]
    return masked("\n".join([*parts, "", text(ladder.picture)]))


@html.register
def _(ladder: Ladder) -> str:
    told = " ".join(ladder_sentences(ladder))
    parts = [
        f"<p style='font-size:1.3em; margin:6px 0'><b>{_said(told)}</b></p>",
        html(ladder.picture),
        _targets(ladder),
        folded("Measured in a copy", pre(str(ladder.engine))),
    ]
    return _bar(_FINE if ladder.free else _BAD, parts)


def brief_ladder(ladder: Ladder) -> str:
    """A ladder as HTML, for a place that shows the graph already."""
    told = " ".join(ladder_sentences(ladder))
    parts = [f"<p style='margin:4px 0'><b>{_said(told)}</b></p>", _targets(ladder)]
    return _bar(_FINE if ladder.free else _BAD, parts)


def _targets(ladder: Ladder) -> str:
    return table(f"All targets of {ladder.app_label}", _COLUMNS, _rungs(ladder))


def _next(consequences: Consequences) -> list[str]:
    """The plan of the next plain ``migrate``, and what this ``migrate`` costs."""
    told = [
        f"gone or changed by this migrate: {each.what}" for each in samples(consequences.next_rows)
    ]
    return [*next_lines(consequences), *told]


_COLUMNS = ("target", "this step unapplies", "this step loses", "lost by then")


def _rungs(ladder: Ladder) -> list[tuple[str, ...]]:
    return [
        (
            rung.target.name if rung.target else "zero",
            _unapplied(rung.unapplied, ladder.app_label),
            (rung.step_lost or "nothing") if rung.done else rung.short,
            _lost_by(rung),
        )
        for rung in ladder
    ]


def _lost_by(rung: Rung) -> str:
    """What going to a rung loses; its verdict if something else is wrong."""
    if rung.done and (rung.lost or rung.outcome.fine):
        return rung.lost or "nothing"
    return rung.verdict


def _unapplied(keys: Collection[Key], own: str) -> str:
    """How many migrations there are, and how many of them belong to which other app."""
    others: dict[str, int] = {}
    for key in keys:
        if key.app_label != own:
            others[key.app_label] = others.get(key.app_label, 0) + 1
    told = ", ".join(f"{number} of {label}" for label, number in others.items())
    return f"{len(keys)}, with {told}" if told else str(len(keys))


def _finding_lines(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for each, do in advised(findings):
        where = f" ({each.where})" if each.where and each.where not in each.what else ""
        lines.append(f"- {each.severity.value} [{each.id}]: {each.what}{where}")
        if do:
            lines.append(f"    do: {do}")
    return lines


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    rows = [
        [masked(cell) for cell in (each.severity.value, each.id, each.what, each.where, do)]
        for each, do in advised(findings)
    ]
    # An empty cell stays empty here; ``table`` would show it as ''.
    body = "".join(
        f"<tr>{''.join(f'<td {_LEFT}>{escape(told)}</td>' for told in row)}</tr>" for row in rows
    )
    head = "".join(f"<th scope='col' {_LEFT}>{name}</th>" for name in FINDING_COLUMNS)
    return (
        "<table><caption>What to know, most serious first</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


_LEFT = "style='text-align:left'"


def _sample_lines(changes: Sequence[RowChange]) -> list[str]:
    lines: list[str] = []
    found = samples(changes)
    for each in found[:_SAMPLES]:
        lines.append(f"{each.caption}:" if each.rows else each.caption)
        if each.rows:
            told = [[in_one_line(value) for value in row] for row in each.rows]
            table_lines = lines_of_table(each.columns, told)
            lines += [f"  {shortened(line, _WIDEST)}" for line in table_lines]
    left = len(found) - _SAMPLES
    return [*lines, f"and {left} more; a report shows them all"] if left > 0 else lines


def _said(told: str) -> str:
    return escape(masked(told))


def pre(content: str) -> str:
    """Lines as they are in a terminal, as HTML, masked."""
    return f"<pre style='{PRE}'>{escape(masked(content))}</pre>"


def _bar(colour: str, parts: Sequence[str]) -> str:
    bar = f"border-left:4px solid {colour}; padding:2px 0 2px 12px; margin:4px 0 8px 0"
    return f"<div style='{bar}'>{''.join(parts)}</div>"
