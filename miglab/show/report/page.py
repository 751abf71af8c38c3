"""The report as one HTML page, which can be read in light and dark mode and printed, and needs no
network."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from html import escape

from ...draw import engines
from ...draw.locks import sentence, timeline
from ...facts.consequences import Consequences, Finding, Severity
from ...facts.outcome import Cost, Return
from ...facts.picture import Picture
from ...facts.run import WayBack
from .. import locks
from ..lines import (
    Sample,
    advised,
    differences,
    fidelity_lines,
    next_lines,
    samples,
    sql_text,
    stopped,
    truths_around,
    way_back_lines,
    without_next,
    without_rows,
    without_way_back,
)
from ..lines import statements as sql_of
from .for_real import for_real
from .words import (
    NO_REASON,
    PLAN,
    ROWS,
    TRUTHS,
    about,
    facts,
    graph,
    left_behind,
    nothing_to_know,
    plan_rows,
    printable,
    row_rows,
    seconds,
)

_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1a1a1a; --quiet: #555; --line: #c8c8c8;
  --box: #f5f5f2; --bad: #a84300; --fine: #00598f; }
@media (prefers-color-scheme: dark) { :root { --page: #16181b; --ink: #e8e6e3; --quiet: #a9a9a9;
  --line: #4a4d52; --box: #212429; --bad: #ff9d5c; --fine: #6cb8ee; } }
body { margin: 0 auto; padding: 1.5rem; max-width: 62rem; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 2.2rem 0 .5rem; padding-top: .8rem; border-top: 1px solid var(--line);
  font-size: 1.2rem; }
h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; overflow-wrap: anywhere; }
code, pre { font: .875em/1.45 ui-monospace, Menlo, Consolas, monospace; }
pre { margin: .3rem 0; padding: .6rem .8rem; background: var(--box); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict { margin: .6rem 0; padding: .7rem 1rem; background: var(--box);
  border-left: 6px solid var(--bad); font-size: 1.4rem; font-weight: 600; line-height: 1.3;
  overflow-wrap: anywhere; }
.verdict.safe { border-color: var(--fine); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; }
dt, .quiet { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .9rem;
  min-width: min(100%, 32rem); }
caption { padding: .2rem 0; text-align: left; color: var(--quiet); }
th, td { padding: .3rem .6rem; border: 1px solid var(--line); text-align: left;
  vertical-align: top; max-width: 22rem; overflow-wrap: break-word; }
th { background: var(--box); }
td { white-space: pre-wrap; }
ol.list { padding-left: 1.6rem; }
ol.list li { margin: .7rem 0; overflow-wrap: anywhere; }
.badge { padding: 0 .5rem; border: 1px solid currentColor; border-radius: 9px;
  color: var(--bad); font-size: .8rem; font-weight: 600; white-space: nowrap; }
.badge.note { color: var(--quiet); }
figure { margin: 1rem 0; }
figcaption { margin-bottom: .3rem; }
.drawn { padding: .5rem; background: #fff; border: 1px solid var(--line); border-radius: 6px;
  overflow-x: auto; }
.reason { min-height: 5rem; padding: .6rem .8rem; border: 1px dashed var(--quiet);
  border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
@media print { figure svg { max-width: 100%; height: auto; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  h2, h3, caption { break-after: avoid; } figure, li, tr { break-inside: avoid; } }
"""


def report_html(consequences: Consequences, reason: str = "") -> str:
    """One whole page that needs nothing else, with a place for the reason."""
    title = f"What would happen: {'; '.join(consequences.commands)}"
    safe = " safe" if consequences.safe else ""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="verdict{safe}">{escape(consequences.verdict)}</p>',
        _dl(facts(consequences)),
        _section("findings", "What to know, most serious first", _findings(consequences)),
        _section(
            "graph",
            "The graph, before and after",
            _figure(consequences.before, "before") + _figure(consequences.after, "after"),
        ),
        _section("reason", "Reason (write down why)", _reason(reason)),
        _section("for-real", "To run it for real", _commands(consequences)),
        _section("plan", "The plan", _plan(consequences)),
        *_waits(consequences),
        _section("losses", "What happens to the rows", _rows(consequences)),
        _section("way-back", "The way back", _way_back(consequences)),
        _section("next", "The next plain migrate", _next(consequences)),
        _section("tables", "Tables", _lines(consequences.schema, "No table changes.")),
        _section("truths", "The four truths", _truths(consequences)),
        _section("sql", "The SQL", _sql(consequences)),
        _section(
            "fidelity",
            "Differences from a real run",
            _lines(fidelity_lines(consequences), "No differences are known."),
        ),
        _section("measured", "How it was measured", _dl(about(consequences))),
    ]
    return printable(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _section(name: str, title: str, inside: str) -> str:
    return f'<section id="{name}">\n<h2>{escape(title)}</h2>\n{inside}\n</section>'


def _dl(pairs: Sequence[tuple[str, str]]) -> str:
    inside = "".join(f"<dt>{escape(a)}</dt><dd>{escape(b)}</dd>" for a, b in pairs)
    return f"<dl>{inside}</dl>"


def _p(told: str, quiet: bool = False) -> str:
    kind = ' class="quiet"' if quiet else ""
    return f"<p{kind}>{escape(told)}</p>"


def _pre(told: str) -> str:
    return f"<pre>{escape(told)}</pre>"


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{_breakable(each)}</td>" for each in row) + "</tr>\n" for row in rows
    )
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"
    )


def _breakable(told: str) -> str:
    """Text as HTML, in which long names may be broken after an underscore."""
    return escape(told).replace("_", "_<wbr>")


def _findings(consequences: Consequences) -> str:
    if not consequences.findings:
        return _p(nothing_to_know(consequences))
    found = itertools.starmap(_finding, advised(consequences.findings))
    return f'<ol class="list">{"".join(found)}</ol>'


def _finding(finding: Finding, advice: str) -> str:
    note = " note" if finding.severity is Severity.NOTE else ""
    where = f" · <code>{escape(finding.where)}</code>" if finding.where else ""
    do = f"<br><b>Do:</b> {escape(advice)}" if advice else ""
    return (
        f'<li><span class="badge{note}">{escape(finding.severity.value)}</span> '
        f"{escape(finding.what)}{do}<br>"
        f'<span class="quiet"><code>{escape(finding.id)}</code>{where}</span></li>\n'
    )


def _figure(picture: Picture, name: str) -> str:
    drawn = engines.svg(picture, prefix=f"{name}-")
    # An XML declaration or a doctype has no place within a page.
    drawn = drawn[max(drawn.find("<svg"), 0) :]
    title = f"<b>{escape(picture.title or name)}</b>"
    return (
        f"<figure><figcaption>{title}: {escape(picture.sentence)}</figcaption>\n"
        f'<div class="drawn">{drawn}</div>\n'
        f"<details><summary>In words</summary>{_pre(graph(picture))}</details></figure>"
    )


def _reason(reason: str) -> str:
    return f'<div class="reason">{escape(reason.strip())}</div>' + (
        "" if reason.strip() else _p(NO_REASON, quiet=True)
    )


def _commands(consequences: Consequences) -> str:
    items = "".join(
        f"<li>{escape(told)}{_pre(command)}</li>\n" for command, told in for_real(consequences)
    )
    where = f" In {consequences.project}:" if consequences.project else ""
    return _p(f"One after the other, not all at once.{where}") + f'<ol class="list">{items}</ol>'


def _plan(consequences: Consequences) -> str:
    parts = []
    for run in consequences.runs:
        told = stopped(run)
        caption = f"{run.step.line} ({seconds(run.seconds)})" + (f": {told}" if told else "")
        parts.append(
            _table(caption, PLAN, plan_rows(run.plan)) if run.plan else _p(f"{caption}: no plan")
        )
    left = consequences.commands[len(consequences.runs) :]
    return "\n".join([*parts, *(_p(f"Not reached: {each}") for each in left)])


def _waits(consequences: Consequences) -> list[str]:
    """What others have to wait for; no section if the engine does not report locks, or nothing
    waits."""
    parts = []
    ways = (
        ("While the commands run", locks.there(consequences)),
        ("On the way back", locks.back(consequences)),
    )
    for caption, plan in ways:
        drawn, cells = timeline(plan), locks.lock_rows(plan)
        if drawn:
            parts.append(
                f"<figure><figcaption><b>{caption}</b>: {escape(sentence(plan))}</figcaption>\n"
                f'<div class="drawn">{drawn}</div></figure>'
            )
        if cells:
            parts.append(_table(f"{caption}: locks that keep others waiting", locks.COLUMNS, cells))
    return [_section("locks", "What others wait for", "\n".join(parts))] if parts else []


def _rows(consequences: Consequences) -> str:
    changes = consequences.rows
    if not changes:
        return _p(without_rows(consequences))
    parts = [_table("Rows, table by table", ROWS, row_rows(changes))]
    found = [_sample(each) for each in samples(changes)]
    if not found and consequences.outcome.cost is Cost.NOTHING:
        found = [_p("Nothing is lost.")]
    parts += found
    return "\n".join(parts)


def _sample(sample: Sample) -> str:
    if not sample.rows:
        return _p(sample.caption)
    return _table(sample.caption, sample.columns, sample.rows)


def _way_back(consequences: Consequences) -> str:
    back = consequences.back
    if back is None:
        return _p(without_way_back(consequences))
    differ = differences(back)
    same = "Everything is as it was." if back.level is Return.VALUES else ""
    return _pre("\n".join(_without_differences(back))) + _lines(differ, same)


def _without_differences(back: WayBack) -> list[str]:
    return way_back_lines(back)[: -len(differences(back)) or None]


def _next(consequences: Consequences) -> str:
    lines = next_lines(consequences)
    if not lines:
        return _p(without_next(consequences))
    return _pre("\n".join(lines)) + "\n".join(map(_sample, samples(consequences.next_rows)))


def _lines(lines: Sequence[str], otherwise: str) -> str:
    if not lines:
        return _p(otherwise) if otherwise else ""
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in lines)}</ul>"


def _truths(consequences: Consequences) -> str:
    rows = list(truths_around(consequences))
    left = left_behind(consequences)
    return _table("Do neighbouring truths agree?", TRUTHS, rows) + (_p(left) if left else "")


def _sql(consequences: Consequences) -> str:
    parts = [f"<h3>{escape(name)}</h3>{_pre(sql_text(sql))}" for name, sql in sql_of(consequences)]
    return "\n".join(parts) or _p("No statement wrote anything.")
