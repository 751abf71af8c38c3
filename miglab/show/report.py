"""Consequences as a report to keep: one HTML page without a network, Markdown, and JSON.

Unlike a notebook, a report names durations, paths and versions: it is about one run.
"""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from html import escape

from ..compare.agreement import counted
from ..draw import engines
from ..draw.words import footnote
from ..facts.consequences import Consequences, Finding, Planned, Return, Run, Severity, WayBack
from ..facts.migration import Key
from ..facts.picture import Picture
from ..facts.step import RowChange
from .consequences import (
    FINDING_COLUMNS,
    Sample,
    cautions,
    differences,
    left_behind_line,
    next_lines,
    samples,
    sql_text,
    stopped,
    truths_around,
    typed,
    way_back_lines,
    why,
)
from .consequences import statements as sql_of

#: What ``report_json`` holds under each key. A later version may add keys, never take one away.
SCHEMA = {
    "version": "1; another number where a key means something else",
    "commands": "what was asked, as typed",
    "verdict": "one line in plain words",
    "reason": "why it is done, as given; may be empty",
    "loses": "whether something stored would not be there any more",
    "comes_back": "whether the way back restores every row and every value",
    "stops": "whether a command is refused or fails",
    "safe": "whether nothing is lost, it comes back whole, and nothing fails, now or next",
    "findings": "the gravest first: id, severity, what, where, do",
    "runs": "each command: command, seconds, error (or null) and its plan; each migration of it "
    "with migration, backwards, fate, why, seconds (or null), irreversible, unknown, atomic, sql",
    "schema": "what changed in the tables, a line for each thing",
    "rows": "what became of the rows, table by table, with samples",
    "truths": "whether neighbours agree: truths, before, after, reason",
    "way_back": "null, or commands, files_put_back, level, meaning, runs, schema, reordered, rows",
    "next": "what plain migrate does then: null, or as one of runs, with rows",
    "left_behind": "content_types and permissions that nothing needs any more",
    "graph": "before and after: sentence, text and nodes (migration, state, target)",
    "for_real": "the commands to run for real, in order: command, why",
    "engine": "what it was measured on: database, django, python",
    "seconds": "how long the rehearsal took",
    "project": "where the project is; may be empty",
    "database": "the original's database file; may be empty",
}

_NO_REASON = "Write down why this is done, who decided it, and when."
_BACK_UP = "# back up {}, with the database's own tool, the application stopped"
_RESTORE = "# stop the application, then bring the backup of {} back"


# -- for real


def for_real(consequences: Consequences) -> list[tuple[str, str]]:
    """The commands to run for real in the right order, each with why: the backup, a last look,
    the commands, the record, the way back, and how to restore the backup.

    What no command can say stands there as a comment of the shell.
    """
    backup, restore = _backup(consequences)
    found = [backup]
    for place, line in enumerate(consequences.commands):
        run = consequences.runs[place] if place < len(consequences.runs) else None
        found += _one_command(line, run)
    apps = list(dict.fromkeys(each.key.app_label for each in consequences.plan))
    found.append(
        (
            _manage(["showmigrations", *apps, *_on(consequences)]),
            "Look whether the record says what you meant.",
        )
    )
    if consequences.back is not None:
        found += _commands_back(consequences, consequences.back)
    return [*found, restore]


def _backup(consequences: Consequences) -> tuple[tuple[str, str], tuple[str, str]]:
    """The command that backs up, and the one that restores, each with why."""
    path = consequences.database
    last = "Only if the way back is not enough. Stop the application first; what was written "
    last += "since the backup is gone then."
    if not path or not consequences.engine.database.startswith("SQLite"):
        alias = _alias(consequences)
        file = path or f"the database that DATABASES[{alias!r}] names in the settings"
        file = " ".join(file.split())
        first = "First the backup: nothing else brings back what is lost."
        return (_BACK_UP.format(file), first), (_RESTORE.format(file), last)
    copy = f"{path}.before"
    first = f"First the backup. {copy} must not be there yet: it would be overwritten."
    return (
        (f"sqlite3 {_quoted(path)} {_quoted(f'.backup {_dotted(copy)}')}", first),
        (f"sqlite3 {_quoted(path)} {_quoted(f'.restore {_dotted(copy)}')}", last),
    )


def _quoted(word: str) -> str:
    """A word for the shell, in double quotes where they are enough on every system."""
    windows = re.match(r"[A-Za-z]:\\|\\\\|\.(backup|restore) ['\"][A-Za-z]:\\", word)
    plain = not re.search(r'["$`!\n]' if windows else r'["$`!\\\n]', word)
    return f'"{word}"' if plain else shlex.quote(word)


def _dotted(path: str) -> str:
    """A path for a dot command of sqlite3: single quotes know no escapes, double quotes do."""
    if "'" not in path:
        return f"'{path}'"
    told = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{told}"'


def _one_command(line: str, run: Run | None) -> list[tuple[str, str]]:
    first, _, rest = line.partition(" ")
    after = _after(run)
    if first == "delete":
        return [(f"rm -- {shlex.quote(rest.strip())}", after)]
    if first == "sql":
        return [(_manage(["dbshell", "--", rest.strip()]), after)]
    words = _words(line)
    found = [(_manage(words), after)]
    if words[:1] == ["migrate"] and "--plan" not in words:
        number = counted(len(run.plan), "migration", "migrations") if run else ""
        same = f": {number}, as in this report" if number else ""
        found.insert(0, (_manage([*words, "--plan"]), f"Look at the plan once more{same}."))
    return found


def _after(run: Run | None) -> str:
    if run is None:
        return "Not reached in the copy, because a command before it stopped."
    if run.step.refusal:
        return f"In the copy it {stopped(run)}. Do not run it before that is mended."
    return f"The command itself. In the copy it took {_seconds(run.seconds)}."


def _commands_back(consequences: Consequences, back: WayBack) -> list[tuple[str, str]]:
    how = f"The way back, if you need it. In the copy: {back.level.words}."
    found = []
    if back.files_put_back:
        found.append(("# put the files back, as with git checkout", how))
    for place, line in enumerate(back.commands):
        run = back.runs[place] if place < len(back.runs) else None
        refused = f" It {stopped(run)}." if run and run.step.refusal else ""
        found.append((_manage(_words(line)), f"{how}{refused}"))
    return found


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def _manage(words: Sequence[str]) -> str:
    return f"python manage.py {shlex.join(words)}"


def _alias(consequences: Consequences) -> str:
    """The database that the commands name."""
    words = [word for line in consequences.commands for word in _words(line)]
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("--database="):
            return word.partition("=")[2]
        if word == "--database":
            return after
    return "default"


def _on(consequences: Consequences) -> list[str]:
    alias = _alias(consequences)
    return [] if alias == "default" else ["--database", alias]


# -- what all three say


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f} s"


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _facts(consequences: Consequences) -> list[tuple[str, str]]:
    return [
        ("loses what is stored", _yes(consequences.loses)),
        ("comes back whole", _yes(consequences.comes_back)),
        ("stops on the way", _yes(consequences.stops)),
    ]


def _about(consequences: Consequences) -> list[tuple[str, str]]:
    """Where it was measured, and on what; what is not known is left out."""
    return [
        (name, told)
        for name, told in (
            ("project", consequences.project),
            ("database", consequences.database),
            ("measured on", str(consequences.engine)),
            ("the rehearsal took", _seconds(consequences.seconds)),
        )
        if told
    ]


_PLAN = ("#", "migration", "direction", "outcome", "seconds", "why it is here", "beware")


def _plan_rows(plan: Sequence[Planned]) -> list[tuple[str, ...]]:
    return [
        (
            str(number),
            str(each.key),
            "unapply" if each.backwards else "apply",
            each.fate.value,
            "–" if each.seconds is None else f"{each.seconds:.3f}",
            why(each),
            "; ".join(cautions(each)),
        )
        for number, each in enumerate(plan, 1)
    ]


_ROWS = ("table", "rows before", "rows after", "gone", "new", "changed", "remarks")


def _row_rows(changes: Sequence[RowChange]) -> list[tuple[str, ...]]:
    return [
        (
            each.table if each.now in (each.table, None) else f"{each.table} → {each.now}",
            *(f"{n:,}" for n in (each.before, each.after, each.lost, each.gained, each.changed)),
            ", ".join(_remarks(each)),
        )
        for each in changes
    ]


def _remarks(change: RowChange) -> list[str]:
    told = [f"{n:,} values of {name} go" for name, n in change.lost_values.items()]
    for says, words in (
        (change.now is None, "the table goes"),
        (change.by_handlers, "by post_migrate handlers"),
        (change.follows_rename, "follows a rename"),
        (change.approximate, "no lasting primary key: matched whole"),
    ):
        told += [words] if says else []
    return told


def _graph(picture: Picture) -> str:
    """A picture in words; its sentence stands beside it."""
    return "\n".join(each for each in (picture.text, footnote(picture)) if each)


def _left_behind(consequences: Consequences) -> str:
    told = left_behind_line(consequences.left_behind)
    return f"Left behind in Django's own tables: {told}." if told else ""


# -- HTML

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
        _dl(_facts(consequences)),
        _section("findings", "What to know, the gravest first", _findings(consequences.findings)),
        _section(
            "graph",
            "The graph, before and after",
            _figure(consequences.before, "before") + _figure(consequences.after, "after"),
        ),
        _section("reason", "Reason (write down why)", _reason(reason)),
        _section("for-real", "To run it for real", _commands(consequences)),
        _section("plan", "The plan", _plan(consequences)),
        _section("losses", "What becomes of the rows", _rows(consequences.rows)),
        _section("way-back", "The way back", _way_back(consequences.back)),
        _section("next", "Then plain migrate", _next(consequences)),
        _section("tables", "Tables", _lines(consequences.schema, "No table changes.")),
        _section("truths", "The four truths", _truths(consequences)),
        _section("sql", "The SQL", _sql(consequences)),
        _section("measured", "How it was measured", _dl(_about(consequences))),
    ]
    return _printable(
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
    """Long names may go on in the next line behind an underscore."""
    return escape(told).replace("_", "_<wbr>")


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return _p("Nothing: it loses nothing, and it comes back whole.")
    return f'<ol class="list">{"".join(map(_finding, findings))}</ol>'


def _finding(finding: Finding) -> str:
    note = " note" if finding.severity is Severity.NOTE else ""
    where = f" · <code>{escape(finding.where)}</code>" if finding.where else ""
    do = f"<br><b>Do:</b> {escape(finding.do)}" if finding.do else ""
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
        f"<details><summary>In words</summary>{_pre(_graph(picture))}</details></figure>"
    )


def _reason(reason: str) -> str:
    return f'<div class="reason">{escape(reason.strip())}</div>' + (
        "" if reason.strip() else _p(_NO_REASON, quiet=True)
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
        caption = f"{run.step.line} ({_seconds(run.seconds)})" + (f": {told}" if told else "")
        parts.append(
            _table(caption, _PLAN, _plan_rows(run.plan)) if run.plan else _p(f"{caption}: no plan")
        )
    left = consequences.commands[len(consequences.runs) :]
    return "\n".join([*parts, *(_p(f"Not reached: {each}") for each in left)])


def _rows(changes: Sequence[RowChange]) -> str:
    if not changes:
        return _p("Every row stays as it is.")
    parts = [_table("Rows, table by table", _ROWS, _row_rows(changes))]
    found = samples(changes)
    parts += [_sample(each) for each in found] or [_p("Nothing is lost.")]
    return "\n".join(parts)


def _sample(sample: Sample) -> str:
    if not sample.rows:
        return _p(sample.caption)
    return _table(sample.caption, sample.columns, sample.rows)


def _way_back(back: WayBack | None) -> str:
    if back is None:
        return _p("Nothing moved, so there is nothing to go back from.")
    differ = differences(back)
    same = "Everything is as it was." if back.level is Return.VALUES else "Only a backup helps."
    return _pre("\n".join(_without_differences(back))) + _lines(differ, same)


def _without_differences(back: WayBack) -> list[str]:
    return way_back_lines(back)[: -len(differences(back)) or None]


def _next(consequences: Consequences) -> str:
    lines = next_lines(consequences)
    if not lines:
        return _p("It was not tried: nothing moved, or the way back is that.")
    return _pre("\n".join(lines)) + "\n".join(map(_sample, samples(consequences.next_rows)))


def _lines(lines: Sequence[str], otherwise: str) -> str:
    if not lines:
        return _p(otherwise)
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in lines)}</ul>"


_TRUTHS = ("truths", "agree before", "agree after", "what is so after")


def _truths(consequences: Consequences) -> str:
    rows = list(truths_around(consequences))
    left = _left_behind(consequences)
    return _table("Do neighbours agree?", _TRUTHS, rows) + (_p(left) if left else "")


def _sql(consequences: Consequences) -> str:
    parts = [f"<h3>{escape(name)}</h3>{_pre(sql_text(sql))}" for name, sql in sql_of(consequences)]
    return "\n".join(parts) or _p("No statement that writes was run.")


# -- Markdown


def report_markdown(consequences: Consequences, reason: str = "") -> str:
    """The same as Markdown, with tables as GitHub has them."""
    back = consequences.back
    commands = for_real(consequences)
    parts = [
        f"# What would happen: {_md('; '.join(consequences.commands))}",
        f"**{_md(consequences.verdict)}**",
        _md_list([f"{name}: {told}" for name, told in _facts(consequences)]),
        "## What to know, the gravest first",
        _md_findings(consequences.findings),
        "## The graph, before and after",
        *(_md_picture(each) for each in (consequences.before, consequences.after)),
        "## Reason (write down why)",
        _md_quote(reason.strip() or _NO_REASON),
        "## To run it for real",
        *([_md(f"In {consequences.project}:")] if consequences.project else []),
        *(
            f"{number}. {_md(told)}\n\n{_indented(_fence(command, 'sh'))}"
            for number, (command, told) in enumerate(commands, 1)
        ),
        "## The plan",
        *_md_plan(consequences),
        "## What becomes of the rows",
        _md_table(_ROWS, _row_rows(consequences.rows)) or "Every row stays as it is.",
        *_md_samples(samples(consequences.rows)),
        "## The way back",
        _fence("\n".join(way_back_lines(back))) if back else "Nothing moved.",
        "## Then plain migrate",
        _fence("\n".join(next_lines(consequences))) if consequences.next else "It was not tried.",
        *_md_samples(samples(consequences.next_rows)),
        "## Tables",
        _md_list(consequences.schema) or "No table changes.",
        "## The four truths",
        _md_table(_TRUTHS, list(truths_around(consequences))),
        _md(_left_behind(consequences)),
        "## The SQL",
        *(
            f"### {_md(name)}\n\n{_fence(sql_text(sql), 'sql')}"
            for name, sql in sql_of(consequences)
        ),
        "## How it was measured",
        _md_list([f"{name}: {told}" for name, told in _about(consequences)]),
    ]
    return _printable("\n\n".join(part for part in parts if part) + "\n")


def _md(told: str) -> str:
    """Text that stays text: one line, no markup, and no end of a table's cell."""
    one_line = escape(" ".join(told.split()), quote=False)
    safe = re.sub(r"([\\`*\[\]|~$])", r"\\\1", one_line)
    safe = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", safe)
    safe = re.sub(r"^([#+\-=]|\d+(?=[.)](?: |$)))", _escaped_start, safe)
    # A bare address would become a link.
    return re.sub(r"(https?|ftp)://|\bwww\.", lambda found: found[0].replace(":", "&#58;"), safe)


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _fence(content: str, language: str = "") -> str:
    """Lines as they stand, between more backticks than any of them has."""
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
    rows = [(each.severity.value, each.id, each.what, each.where, each.do) for each in findings]
    return _md_table(FINDING_COLUMNS, rows) or "Nothing."


def _md_picture(picture: Picture) -> str:
    return f"{_md(f'{picture.title}: {picture.sentence}')}\n\n{_fence(_graph(picture))}"


def _md_plan(consequences: Consequences) -> list[str]:
    parts = []
    for line, run in zip(typed(consequences), consequences.runs, strict=False):
        told = stopped(run)
        parts.append(_md(f"{line} ({_seconds(run.seconds)})" + (f": {told}" if told else "")))
        parts.append(_md_table(_PLAN, _plan_rows(run.plan)))
    return parts + [_md(line) for line in typed(consequences)[len(consequences.runs) :]]


def _md_samples(found: Sequence[Sample]) -> list[str]:
    return [
        f"{_md(each.caption)}\n\n{_md_table(each.columns, each.rows)}".strip() for each in found
    ]


# -- JSON


def report_json(consequences: Consequences, reason: str = "") -> str:
    """The same as JSON; ``SCHEMA`` says what each key holds."""
    back, following = consequences.back, consequences.next
    found = {
        "version": 1,
        "commands": consequences.commands,
        "verdict": consequences.verdict,
        "reason": reason.strip(),
        "loses": consequences.loses,
        "comes_back": consequences.comes_back,
        "stops": consequences.stops,
        "safe": consequences.safe,
        "findings": consequences.findings,
        "runs": [_json_run(run) for run in consequences.runs],
        "schema": consequences.schema,
        "rows": consequences.rows,
        "truths": [
            dict(zip(("truths", "before", "after", "reason"), each, strict=True))
            for each in truths_around(consequences)
        ],
        "way_back": _json_back(back) if back else None,
        "next": {**_json_run(following), "rows": consequences.next_rows} if following else None,
        "left_behind": consequences.left_behind,
        "graph": {
            "before": _json_picture(consequences.before),
            "after": _json_picture(consequences.after),
        },
        "for_real": [{"command": each, "why": told} for each, told in for_real(consequences)],
        "engine": consequences.engine,
        "seconds": consequences.seconds,
        "project": consequences.project,
        "database": consequences.database,
    }
    told = json.dumps(_data(found), ensure_ascii=False, indent=2, allow_nan=False)
    return told.encode("utf-8", "backslashreplace").decode() + "\n"


def _json_run(run: Run) -> dict[str, object]:
    return {
        "command": run.step.line,
        "seconds": run.seconds,
        "error": str(run.step.refusal) if run.step.refusal else None,
        "plan": [
            {
                "migration": each.key,
                "backwards": each.backwards,
                "fate": each.fate,
                "why": each.why,
                "seconds": each.seconds,
                "irreversible": each.irreversible,
                "unknown": each.unknown,
                "atomic": each.atomic,
                "sql": each.sql,
            }
            for each in run.plan
        ],
    }


def _json_back(back: WayBack) -> dict[str, object]:
    return {
        "commands": back.commands,
        "files_put_back": back.files_put_back,
        "level": back.level.name.lower(),
        "meaning": back.level.meaning,
        "runs": [_json_run(run) for run in back.runs],
        "schema": back.schema,
        "reordered": back.reordered,
        "rows": back.rows,
    }


def _json_picture(picture: Picture) -> dict[str, object]:
    return {
        "sentence": picture.sentence,
        "text": picture.text,
        "nodes": [
            {"migration": each.key, "state": each.state.word, "target": each.target}
            for each in picture.nodes
        ],
    }


def _data(value: object) -> object:
    """Facts as what JSON knows."""
    if isinstance(value, Key):
        return str(value)
    if isinstance(value, Enum):
        return _data(value.value)
    if is_dataclass(value):
        return {each.name: _data(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _data(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_data(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _printable(page: str) -> str:
    """The page without characters that a file of text cannot hold."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", page)
