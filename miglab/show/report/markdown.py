"""The report as Markdown. Text that comes from the project cannot change its layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from ...facts.consequences import Consequences, Finding
from ...facts.picture import Picture
from .. import locks
from ..lines import (
    FINDING_COLUMNS,
    Sample,
    advised,
    fidelity_lines,
    next_lines,
    samples,
    sql_text,
    stopped,
    truths_around,
    typed,
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


def report_markdown(consequences: Consequences, reason: str = "") -> str:
    """The report as Markdown, with tables in GitHub's syntax."""
    back = consequences.back
    commands = for_real(consequences)
    parts = [
        f"# What would happen: {_md('; '.join(consequences.commands))}",
        f"**{_md(consequences.verdict)}**",
        _md_list([f"{name}: {told}" for name, told in facts(consequences)]),
        "## What to know, most serious first",
        _md_findings(consequences.findings) or nothing_to_know(consequences),
        "## The graph, before and after",
        *(_md_picture(each) for each in (consequences.before, consequences.after)),
        "## Reason (write down why)",
        _md_quote(reason.strip() or NO_REASON),
        "## To run it for real",
        *([_md(f"In {consequences.project}:")] if consequences.project else []),
        *(
            f"{number}. {_md(told)}\n\n{_indented(_fence(command, 'sh'))}"
            for number, (command, told) in enumerate(commands, 1)
        ),
        "## The plan",
        *_md_plan(consequences),
        *_md_locks(consequences),
        "## What happens to the rows",
        _md_table(ROWS, row_rows(consequences.rows)) or without_rows(consequences),
        *_md_samples(samples(consequences.rows)),
        "## The way back",
        _fence("\n".join(way_back_lines(back))) if back else without_way_back(consequences),
        "## The next plain migrate",
        _fence("\n".join(next_lines(consequences)))
        if consequences.next
        else without_next(consequences),
        *_md_samples(samples(consequences.next_rows)),
        "## Tables",
        _md_list(consequences.schema) or "No table changes.",
        "## The four truths",
        _md_table(TRUTHS, list(truths_around(consequences))),
        _md(left_behind(consequences)),
        "## The SQL",
        *(
            f"### {_md(name)}\n\n{_fence(sql_text(sql), 'sql')}"
            for name, sql in sql_of(consequences)
        ),
        "## Differences from a real run",
        _md_list(fidelity_lines(consequences)) or "No differences are known.",
        "## How it was measured",
        _md_list([f"{name}: {told}" for name, told in about(consequences)]),
    ]
    return printable("\n\n".join(part for part in parts if part) + "\n")


def _md_locks(consequences: Consequences) -> list[str]:
    """What others have to wait for; empty if the engine does not report locks, or nothing waits."""
    parts = []
    ways = (
        ("While the commands run", locks.there(consequences)),
        ("On the way back", locks.back(consequences)),
    )
    for caption, plan in ways:
        if cells := locks.lock_rows(plan):
            parts += [f"{caption}:", _md_table(locks.COLUMNS, cells)]
    return ["## What others wait for", *parts] if parts else []


def _md(told: str) -> str:
    """Text on one line, escaped so that it is not read as markup and does not end a table's
    cell."""
    one_line = escape(" ".join(told.split()), quote=False)
    safe = re.sub(r"([\\`*\[\]|~$])", r"\\\1", one_line)
    safe = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", safe)
    safe = re.sub(r"^([#+\-=]|\d+(?=[.)](?: |$)))", _escaped_start, safe)
    # A bare address would become a link.
    return re.sub(r"(https?|ftp)://|\bwww\.", lambda found: found[0].replace(":", "&#58;"), safe)


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _fence(content: str, language: str = "") -> str:
    """A code block, with more backticks around it than there are in a row inside it."""
    longest = max(map(len, re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def _indented(block: str) -> str:
    return "\n".join(f"   {line}" for line in block.split("\n"))


def _md_list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {_md(each)}" for each in lines)


def _md_quote(told: str) -> str:
    return "\n".join(f"> {_md(line)}  ".rstrip() or ">" for line in told.splitlines())


def _md_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [columns, ["---"] * len(columns), *([_md(cell) for cell in row] for row in rows)]
    head = [_md(each) for each in columns]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, *lines[1:]])


def _md_findings(findings: Sequence[Finding]) -> str:
    rows = [
        (each.severity.value, each.id, each.what, each.where, do) for each, do in advised(findings)
    ]
    return _md_table(FINDING_COLUMNS, rows)


def _md_picture(picture: Picture) -> str:
    return f"{_md(f'{picture.title}: {picture.sentence}')}\n\n{_fence(graph(picture))}"


def _md_plan(consequences: Consequences) -> list[str]:
    parts = []
    for line, run in zip(typed(consequences), consequences.runs, strict=False):
        told = stopped(run)
        parts.append(_md(f"{line} ({seconds(run.seconds)})" + (f": {told}" if told else "")))
        parts.append(_md_table(PLAN, plan_rows(run.plan)))
    return parts + [_md(line) for line in typed(consequences)[len(consequences.runs) :]]


def _md_samples(found: Sequence[Sample]) -> list[str]:
    return [
        f"{_md(each.caption)}\n\n{_md_table(each.columns, each.rows)}".strip() for each in found
    ]
