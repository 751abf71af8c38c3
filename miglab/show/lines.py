"""Consequences in lines of text, which notebooks, terminals and reports share."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..compare.agreement import counted
from ..facts.consequences import Consequences, Finding, LeftBehind
from ..facts.ladder import Ladder, Rung
from ..facts.migration import Key
from ..facts.outcome import Cost, Happened, Return
from ..facts.run import Planned, Run, WayBack
from ..facts.signs import in_one_line
from ..facts.step import RowChange, Statement
from ..facts.truths import Agreements
from .text import cell, heading

#: Only this many characters of a stored value are shown.
VALUE = 120

#: The columns of a table of findings.
FINDING_COLUMNS = ("about", "finding", "what", "where", "do")

_NUMBERED = re.compile(r"(\d+)_")


class Sample(NamedTuple):
    """A few of the rows or values that were lost or overwritten. ``what`` counts all of them."""

    what: str
    number: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def caption(self) -> str:
        """A title that counts all rows or values, and says how many are shown if not all are."""
        shown = len(self.rows)
        return f"{self.what}; the first {shown}" if 0 < shown < self.number else self.what


def typed(consequences: Consequences) -> list[str]:
    """The commands as typed, including those that were not reached."""
    told = [heading(run.step) for run in consequences.runs]
    left = consequences.commands[len(told) :]
    return [*told, *(f"(not reached) {line}" for line in left)]


def plan_line(planned: Planned) -> str:
    """One migration of a plan: what becomes of it, and why it is there."""
    told = f"{'↩' if planned.backwards else '▸'} {planned.key}: {planned.fate.value}"
    reason = why(planned)
    return "; ".join([told, *([reason] if reason else []), *cautions(planned)])


def why(planned: Planned) -> str:
    """Why a migration of another app is in the plan, as in ``"pulled in: it depends on
    store.0001_initial"``. Empty for migrations of the app that the command names."""
    because, own = planned.because, f"{planned.key} "
    if because.startswith(own):
        because = f"it {because.removeprefix(own)}"
    return f"pulled in: {because}" if because else ""


def cautions(planned: Planned) -> list[str]:
    """What can stop a migration halfway or makes others wait, in a phrase each."""
    told = [f"cannot be undone: {each}" for each in planned.irreversible]
    told += [f"cannot tell whether this can be undone: {each}" for each in planned.unknown]
    told += [str(lock) for lock in planned.locks if lock.noticed]
    return told if planned.atomic else [*told, "not atomic: if it fails, part of its work may stay"]


def advised(findings: Sequence[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with what to do about it; advice that the next ones share is given once."""
    for do, run in itertools.groupby(findings, lambda each: each.do):
        first, *others = run
        number = "one" if len(others) == 1 else f"{len(others)}"
        yield first, f"for this and the next {number}: {do}" if do and others else do
        yield from ((each, "") for each in others)


def samples(changes: Sequence[RowChange]) -> list[Sample]:
    """What was lost or overwritten, for each table and column; a renamed column is not a loss."""
    return [each for change in changes if change.costs for each in _of_table(change)]


def _of_table(change: RowChange) -> Iterator[Sample]:
    if change.lost:
        row = ("link", "links") if change.many_to_many else ("row", "rows")
        what = f"{counted(change.lost, *row)} of {change.table}"
        yield _sample(what, change.lost, change.lost_sample)
    for column, number in change.lost_values.items():
        what = f"{counted(number, 'value', 'values')} of {change.table}.{column}"
        yield _sample(what, number, change.lost_values_sample.get(column, ()))
    for column, number in change.overwritten.items():
        values = counted(number, "value", "values")
        become = "changes" if number == 1 else "change"
        what = f"{values} of {change.now or change.table}.{column} {become}"
        yield _sample(what, number, change.changed_sample.get(column, ()))


def _sample(what: str, number: int, rows: Sequence[Mapping[str, object]]) -> Sample:
    columns = tuple(rows[0]) if rows else ()
    told = tuple(tuple(clipped(row.get(name)) for name in columns) for row in rows)
    return Sample(in_one_line(what), number, tuple(map(in_one_line, columns)), told)


def clipped(value: object) -> str:
    """A stored value as text; a long one is cut."""
    told = cell(value)
    return told if len(told) <= VALUE else f"{told[:VALUE]}… ({len(told):,} characters)"


def without_rows(consequences: Consequences) -> str:
    """The sentence in place of a table of rows, if no changed row is known."""
    if consequences.outcome.cost is Cost.UNKNOWN:
        return "What happens to the rows is not known."
    return "Every row stays as it is."


_NOT_REHEARSED = "Not tried: the commands could not be rehearsed."


def without_way_back(consequences: Consequences) -> str:
    """The sentence in place of the way back, if none was tried."""
    if consequences.outcome.happened is Happened.NOT_REHEARSED:
        return _NOT_REHEARSED
    return "Nothing changed, so there is nothing to undo."


def without_next(consequences: Consequences) -> str:
    """The sentence in place of the next ``migrate``, if it was not tried."""
    if consequences.outcome.happened is Happened.NOT_REHEARSED:
        return _NOT_REHEARSED
    return "Not tried: nothing changed, or the next migrate is the way back."


def way_back_lines(back: WayBack | None) -> list[str]:
    """The way back, its commands, and what is not the same after it."""
    if back is None:
        return []
    lines = [f"{back.level.words}: {back.level.meaning}"]
    if back.files_put_back:
        lines.append("(the files are restored first, as with git checkout)")
    for place, command in enumerate(back.commands):
        run = back.runs[place] if place < len(back.runs) else None
        told = f" — {run.step.refusal}" if run and run.step.refusal else ""
        lines.append(f"$ python manage.py {command}{told}")
    return lines + [f"not the same: {each}" for each in differences(back)]


def differences(back: WayBack) -> list[str]:
    """What differs after the way back, a line for each thing."""
    lines = [*back.schema]
    for change in back.rows:
        told = [
            f"{counted(number, one, many)} {word}"
            for number, one, many, word in (
                (change.lost, "row", "rows", "missing"),
                (change.gained, "row", "rows", "added"),
                (
                    change.changed,
                    "row",
                    "rows",
                    f"with a different {' or '.join(change.changed_columns)}",
                ),
            )
            if number
        ]
        if told:
            lines.append(f"{change.table}: {', '.join(told)}")
    if back.level is not Return.NOT_AT_ALL:
        lines += [f"{name}: its columns are in a different order" for name in back.reordered]
    return lines


def next_lines(consequences: Consequences) -> list[str]:
    """The plan of the next plain ``migrate``, and why it fails if it does; empty if it was not
    tried."""
    run = consequences.next
    if run is None:
        return []
    lines = [plan_line(each) for each in run.plan] or ["there is nothing to migrate"]
    if run.step.refusal:
        lines.append(f"fails: {run.step.refusal}")
    return lines


def fidelity_lines(consequences: Consequences) -> list[str]:
    """What differs from a real run, a sentence for each thing; none for a bundled project."""
    found = consequences.fidelity
    if found is None:
        return []
    lines = []
    if found.replaced:
        settings = ", ".join(each.setting for each in found.replaced)
        lines.append(f"Replaced in the copy: {settings}.")
    number, size = found.left_out
    if number:
        kinds = ", ".join(f"{each.ending or 'no ending'} ({each.count:,})" for each in found.kinds)
        files = counted(number, "file was", "files were")
        brings = "--include copies them"
        if found.linked:
            brings = "they can be read; to change them, copy them with --include"
        lines.append(f"{files} not copied ({_bytes(size)}), mostly {kinds}: {brings}.")
    if found.unentered:
        lines.append(f"Not copied at all: {', '.join(found.unentered)}.")
    steps = [run.step for run in consequences.runs]
    stopped = dict.fromkeys(f"{each.what}" for step in steps for each in step.kept_in)
    lines += [f"The copy was not allowed to {each}." for each in stopped]
    for step in steps:
        for each in step.differs:
            times = f" ({each.count:,} times)" if each.count > 1 else ""
            lines.append(f"{each.what[:1].upper()}{each.what[1:].rstrip('.')}{times}.")
    for copy in found.databases:
        lines += [f"The copy of {copy.alias} {each}." for each in copy.lacks]
    if found.allowed:
        lines.append(f"You allowed these, so what they do is real: {', '.join(found.allowed)}.")
    return list(dict.fromkeys(lines))


def _bytes(size: int) -> str:
    """A size for people, in powers of ten."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{size} bytes"


def statements(consequences: Consequences) -> list[tuple[str, Sequence[Statement]]]:
    """A title and the statements that write, for each migration in the order of the plan. A command
    without a plan has one title for all its statements."""
    found: list[tuple[str, Sequence[Statement]]] = []
    for run in consequences.runs:
        parts = [(str(each.key), each.sql) for each in run.plan] or [(run.step.line, run.step.sql)]
        for name, sql in parts:
            writes = [each for each in sql if each.writes]
            if writes:
                number = counted(len(writes), "statement", "statements")
                found.append((f"SQL of {name} ({number})", writes))
    return found


def sql_text(sql: Sequence[Statement]) -> str:
    """Statements, one below the other. A comment names the database if it is not the default
    one."""
    return "\n".join(
        f"{'' if each.alias == 'default' else f'-- on {each.alias}: '}{each.sql};" for each in sql
    )


def truths_around(consequences: Consequences) -> Iterator[tuple[str, str, str, str]]:
    """For each pair of neighbouring truths: its name, whether they agree before, whether they agree
    after, and why."""
    was, now = consequences.agreements_before, consequences.agreements_after
    for name in Agreements.__dataclass_fields__:
        before, after = getattr(was, name), getattr(now, name)
        yield name.replace("_", "–"), before.word, after.word, after.reason


def truth_lines(consequences: Consequences) -> list[str]:
    """Whether the truths agree before and after, a line for each pair of neighbours."""
    return [
        f"{name} agree: {before} → {after} — {reason}"
        for name, before, after, reason in truths_around(consequences)
    ]


def left_behind_line(left: LeftBehind) -> str:
    """What Django leaves in its own tables, or nothing."""
    if not left.content_types:
        return ""
    rights = f", and {counted(left.permissions, 'permission', 'permissions')}"
    return f"content types {', '.join(left.content_types)}{rights if left.permissions else ''}"


def short(key: Key) -> str:
    """``store.0004``: the app label and the number, or the whole name if that has no number."""
    numbered = _NUMBERED.match(key.name)
    return f"{key.app_label}.{numbered[1] if numbered else key.name}"


def ladder_sentences(ladder: Ladder) -> list[str]:
    """How far back the steps are free, and where going back stops and why, if it does."""
    free = ladder.free[-1] if ladder.free else None
    told = [f"Free: back to {place(ladder, free)}." if free else "No step back is free."]
    stopped = next((each for each in ladder if not each.done), None)
    if stopped is not None:
        ends = stopped.outcome.happened.words if stopped.outcome.stops else stopped.verdict
        why = f": {' '.join(stopped.error.split()).rstrip('.')}" if stopped.outcome.stops else ""
        told.append(f"Going to {place(ladder, stopped)} {ends}{why}.")
    return told


def place(ladder: Ladder, rung: Rung) -> str:
    return short(rung.target) if rung.target else f"{ladder.app_label} zero"


def stopped(run: Run) -> str:
    """Where a command stopped and why, or nothing."""
    if run.step.refusal is None:
        return ""
    at = f" at {run.failed.key}" if run.failed else ""
    return f"stops{at}: {run.step.refusal}"
