"""Says in one plain sentence, and in a few short marks, what a step did."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace

from ..facts.migration import Key
from ..facts.step import RowChange, Step
from ..facts.truths import value_or
from .agreement import counted, in_words
from .losses import filled
from .truths import Moves, changed_files

#: What a move in the lab's own history brings back.
_BACK = {
    "rewind": "Files, record, tables and rows are as they were before.",
    "forward": "Files, record, tables and rows are as they were at the later moment.",
    "restart": "Files, record, tables and rows are as they were when the lab began.",
}


#: The errors of a database that Django passes on (``django.db``), but for those of its own.
_DATABASE_ERRORS = (
    "DatabaseError",
    "DataError",
    "IntegrityError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
)


def sentence(step: Step, moves: Moves, *, with_losses: bool = True) -> str:
    """What a step did, in one sentence. If ``with_losses`` is false, losses are left out, because
    they are shown beside it."""
    if step.kind in _BACK:
        return " ".join([_BACK[step.kind], *_again(step, moves)])
    costs_of = costs(step) if with_losses else []
    if step.refusal is not None:
        moved = moves.moved or any(each.costs or not each.by_handlers for each in step.rows)
        so_far = "after part of the work was done" if moved else "and nothing changed"
        return _end([f"{_how(step)} {so_far}", *_moved(step, moves), *costs_of])
    parts = [_emptied(step, moves)] if _record_gone(step) else _moved(step, moves)
    parts += costs_of
    rows = [each for each in step.rows if not each.by_handlers]
    parts += [told for each in rows for _, told in filled(each)]
    if not parts and not with_losses and costs(step):
        parts = ["only rows changed"]
    if not parts:
        parts = _gains(rows) or ["nothing changed"]
    if step.kind == "outside":
        unknown = step.line.startswith("(")
        where = "Something was done outside the lab" if unknown else "In a terminal"
        if parts == ["nothing changed"]:
            parts = ["no truth and no row changed"]
        return f"{where}: {'; '.join(parts)}."
    return _end(parts)


def _again(step: Step, moves: Moves) -> list[str]:
    """What came back or disappeared again when the lab went to another moment: migrations, rows and
    values."""
    told = []
    for keys, word in ((moves.applied, "Applied again"), (moves.unapplied, "Unapplied again")):
        if keys:
            told.append(f"{word}: {_names(keys)}.")
    rows = [each for each in step.passed if not each.by_handlers and not each.follows_rename]
    forward = step.kind == "forward"
    went = gone([replace(each, changed=0) for each in rows])
    came = [
        f"{counted(each.gained, 'row', 'rows')} of {each.now or each.table}"
        for each in rows
        if each.gained
    ]
    values = [_values(each, column, forward) for each in rows for column in each.changed_columns]
    back, away = (came, went) if forward else (went, came)
    if back:
        told.append(f"Back again: {', '.join(back)}.")
    if values:
        told.append(f"Restored: {', '.join(values)}.")
    if away:
        told.append(f"Gone again: {', '.join(away)}.")
    return told


def _values(change: RowChange, column: str, forward: bool) -> str:
    """How many values of a column came back. A step counts only values other than NULL as lost with
    their column. So values that are NULL again are counted separately."""
    age = "new" if forward else "old"
    told = counted(change.changed_columns[column], f"{age} value", f"{age} values")
    null = 0 if forward else change.filled.get(column, 0)
    of_them = f" ({null:,} of them NULL)" if null else ""
    return f"{told} of {change.now or change.table}.{column}{of_them}"


def _how(step: Step) -> str:
    """How the step was stopped: by Django, the database, the command itself, or the code that was
    run."""
    assert step.refusal is not None
    if step.refusal.error == "SystemExit":
        return "The command ended with an error"
    if step.kind == "shell":
        return f"The code failed ({step.refusal.error})"
    if hasattr(builtins, step.refusal.error):
        # Django raises these too, but so does everybody else's code.
        return f"The command failed ({step.refusal.error})"
    who = "the database" if step.refusal.error in _DATABASE_ERRORS else "Django"
    return f"{who} refused ({step.refusal.error})"


def _record_gone(step: Step) -> bool:
    """Whether the table of the record itself is gone, as when a database file is deleted."""
    was, now = value_or(step.before.record, None), value_or(step.after.record, None)
    return was is not None and now is not None and was.exists and not now.exists


def _emptied(step: Step, moves: Moves) -> str:
    recorded = counted(len(moves.unapplied), "migration", "migrations")
    tables = "" if step.after.known_tables.tables else ", and so are all tables"
    return f"the record is gone with its {recorded}{tables}"


def _moved(step: Step, moves: Moves) -> list[str]:
    parts = []
    really = {each.key for each in step.ran if not each.fake}
    for keys, does, notes in (
        (moves.unapplied, "unapplied", "removed from the record"),
        (moves.applied, "applied", "added to the record"),
    ):
        # Faked, pruned, or not seen: the record alone says so.
        noted = [key for key in keys if key not in really]
        parts += [
            f"{_names(some)} {_was(some)} {word}"
            for some, word in ((noted, notes), ([key for key in keys if key not in noted], does))
            if some
        ]
    if not moves.tables and (moves.applied or moves.unapplied):
        changed = any(not each.by_handlers for each in step.rows)
        parts.append("the tables keep their columns" if changed else "no table changed")
    parts += _files(step, moves)
    if moves.models:
        parts.append("; ".join(moves.models[:2]) + _more(moves.models, 2))
    if moves.tables and not (moves.applied or moves.unapplied):
        parts.append("; ".join(moves.tables[:2]) + _more(moves.tables, 2))
    if moves.lens:
        parts.append(
            f"the settings changed ({'; '.join(line.partition(':')[0] for line in moves.lens)})"
        )
    return parts


def _files(step: Step, moves: Moves) -> list[str]:
    """What happened to migration files, in phrases. Django may no longer see a file that has not
    moved, or see it again."""
    if not moves.files:
        return []
    changes = list(changed_files(step.before, step.after))
    # Where they cannot be read, that is all there is to say.
    lines = [] if changes else [f"the file {line}" for line in moves.files]
    unseen: dict[str, list[Key]] = {"is gone": [], "is new": []}
    for key, became in changes:
        if became == "changed" or _touched(step, key):
            lines.append(f"the file {key} {became}")
        else:
            unseen[became].append(key)
    lost, found = unseen.values()
    parts = [f"Django no longer finds {_names(lost)}"] if lost else []
    parts += [f"Django finds {_names(found)} again"] if found else []
    return parts + (["; ".join(lines[:3]) + _more(lines, 3)] if lines else [])


def _touched(step: Step, key: Key) -> bool:
    """Whether the step itself wrote or removed the file of a migration."""
    known = [truths.known_files for truths in (step.before, step.after)]
    found = [each.get(key) for files in known for each in (files.migrations, files.bad)]
    ends = tuple(f"/{each.path}" for each in found if each)
    return any(f"/{each.path}".endswith(ends) for each in step.files)


def costs(step: Step) -> list[str]:
    """Stored data that is not there any more, because it was deleted or overwritten."""
    costly = [each for each in step.rows if each.costs]
    changed = []
    for change in costly:
        for column, number in change.overwritten.items():
            values = counted(number, "value", "values")
            changed.append(f"{values} of {change.now or change.table}.{column}")
    return [
        f"{word}: {', '.join(told)}"
        for word, told in (("gone", gone(costly)), ("changed", changed))
        if told
    ]


def gone(rows: Sequence[RowChange]) -> list[str]:
    """Rows and values that are gone, a phrase for each table and column."""
    found = []
    for change in rows:
        if change.lost:
            what = ("link", "links") if change.many_to_many else ("row", "rows")
            found.append(f"{counted(change.lost, *what)} of {change.table}")
        for column, number in change.lost_values.items():
            found.append(f"{counted(number, 'value', 'values')} of {change.table}.{column}")
    return found


def _gains(rows: Sequence[RowChange]) -> list[str]:
    return [
        f"{counted(each.gained, 'row', 'rows')} added to {each.now or each.table}"
        for each in rows
        if each.gained
    ]


def _names(keys: Sequence[Key]) -> str:
    """The names of up to three migrations; if there are more, their number and their apps."""
    if len(keys) <= 3:
        return in_words([*map(str, keys)])
    apps = list(dict.fromkeys(key.app_label for key in keys))
    more = [counted(len(apps) - 4, "more app", "more apps")] if len(apps) > 4 else []
    return f"{len(keys)} migrations of {in_words([*apps[:4], *more])}"


def _was(keys: Sequence[Key]) -> str:
    return "was" if len(keys) == 1 else "were"


def _more(lines: Sequence[str], shown: int) -> str:
    return f" (and {len(lines) - shown} more)" if len(lines) > shown else ""


def _end(parts: Sequence[str]) -> str:
    """The phrases as a sentence, with a capital first letter unless it begins with a name in
    code."""
    told = "; ".join(parts)
    first = told.split(" ", 1)[0]
    return f"{told if '.' in first or '_' in first else told[0].upper() + told[1:]}."


def chips(step: Step, moves: Moves, *, with_losses: bool = True) -> list[str]:
    """A short mark for each truth that changed, and for what happened to the rows."""
    marks = [f"{name} changed" for name in moves.moved]
    if moves.lens:
        marks.append("settings changed")
    rows = [each for each in step.rows if not each.follows_rename]
    for number, word in (
        (sum(each.lost for each in rows) * with_losses, "rows lost"),
        (sum(sum(each.lost_values.values()) for each in rows) * with_losses, "values lost"),
        (
            sum(sum(each.overwritten.values()) for each in rows) * with_losses,
            "values overwritten",
        ),
        (sum(each.gained for each in rows if not each.by_handlers), "rows added"),
    ):
        if number:
            marks.append(f"{word}: {number:,}")
    return marks
