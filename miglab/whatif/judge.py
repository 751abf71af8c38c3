"""What was measured, as findings and as a verdict in one line. Nothing is run here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..compare.agreement import counted, ghosts
from ..facts.consequences import (
    Fate,
    Finding,
    LeftBehind,
    Planned,
    Return,
    Run,
    Severity,
    WayBack,
)
from ..facts.migration import Key
from ..facts.step import RowChange
from ..facts.truths import Agreements

_BACKUP = "take a backup first, and keep it until nobody needs the data"


@dataclass(frozen=True)
class Loss:
    """One kind of thing that goes, in one table.

    ``gone`` counts what is not there afterwards, ``lost`` those of them that the way back does not
    bring back. ``what`` is one and many of them, as in ``("row", "rows")``.
    """

    id: str
    where: str
    gone: int
    lost: int
    what: tuple[str, str]
    by_handlers: bool = False

    def __str__(self) -> str:
        return f"{counted(self.lost, *self.what)} of {self.where}"


@dataclass(frozen=True)
class Measured:
    """All that was found out, before anybody judges it.

    ``rows`` tells migrations and handlers apart; ``lost`` is what both of them cost together, with
    how much of it does not come back.
    """

    runs: tuple[Run, ...]
    rows: tuple[RowChange, ...]
    lost: tuple[RowChange, ...]
    moved: bool
    agreements_before: Agreements
    agreements_after: Agreements
    back: WayBack | None
    next: Run | None
    next_rows: tuple[RowChange, ...]
    left_behind: LeftBehind


def losses(rows: Sequence[RowChange]) -> list[Loss]:
    """What goes, the largest first, with how much of it the way back does not bring back."""
    found = [loss for change in rows if change.costs for loss in _of_table(change)]
    return sorted(found, key=lambda each: (-each.lost, -each.gone, each.where))


def _of_table(change: RowChange) -> Iterator[Loss]:
    where = change.table if change.database == "default" else f"{change.database}:{change.table}"
    back = change.values_not_back

    def loss(name: str, column: str, gone: int) -> Loss:
        lost = gone if back is None else min(gone, back.get(column, 0))
        place = f"{where}.{column}"
        return Loss(name, place, gone, lost, ("value", "values"), change.by_handlers)

    if change.lost:
        what = ("link", "links") if change.many_to_many else ("row", "rows")
        name = "rows-deleted"
        if change.now is None:
            name = "links-lost" if change.many_to_many else "rows-lost"
        lost = change.lost if change.rows_not_back is None else change.rows_not_back
        yield Loss(name, where, change.lost, min(lost, change.lost), what, change.by_handlers)
    for column, number in change.lost_values.items():
        yield loss("values-lost", column, number)
    for column, number in change.changed_columns.items():
        yield loss(
            "values-retyped" if column in change.retyped else "values-changed", column, number
        )


def findings(measured: Measured) -> tuple[Finding, ...]:
    """What one should know before doing it, the gravest first."""
    found = [
        *_stops(measured.runs),
        *_losses(losses(measured.lost)),
        *_way_back(measured),
        *_truths(measured),
        *_next(measured),
        *_notes(measured),
    ]
    order = list(Severity)
    return tuple(sorted(found, key=lambda each: order.index(each.severity)))


def _stops(runs: Sequence[Run]) -> Iterator[Finding]:
    stop = Severity.STOPS
    for run in runs:
        refusal, failed = run.step.refusal, run.failed
        if refusal is not None and failed is None:
            yield Finding(
                "refused",
                stop,
                f"{run.step.line} is refused: {refusal}",
                run.step.line,
                "mend what Django objects to, then rehearse again",
            )
        if refusal is not None and failed is not None:
            yield Finding(
                "irreversible" if refusal.error == "IrreversibleError" else "fails",
                stop,
                f"it stops at {failed.key}: {refusal}",
                str(failed.key),
                _what_to_do(refusal.error),
            )
            if run.finished:
                one = len(run.finished) == 1
                done = counted(len(run.finished), "migration is", "migrations are")
                word = "unapplied" if run.finished[-1].backwards else "applied"
                yield Finding(
                    "halfway",
                    stop,
                    f"{done} {word} by then, and {'stays' if one else 'stay'} so: you stand "
                    f"between {run.finished[-1].key} and {failed.key}",
                    str(failed.key),
                    "have the backup at hand, or do not begin",
                )
            if not failed.atomic and failed.sql:
                yield Finding(
                    "half-a-migration",
                    stop,
                    f"{failed.key} is not atomic: what it did before the error stays, and is "
                    "not recorded",
                    str(failed.key),
                    "put the rest right by hand, or restore the backup",
                )
        for each in run.plan:
            if each.irreversible and each.fate is not Fate.FAKED and each is not failed:
                yield Finding(
                    "irreversible",
                    stop,
                    f"{each.key} cannot be undone: {'; '.join(each.irreversible)}",
                    str(each.key),
                    _what_to_do("IrreversibleError"),
                )


def _what_to_do(error: str) -> str:
    if error == "IrreversibleError":
        return "give it reverse_code, or migrations.RunPython.noop if there is nothing to undo"
    if error == "IntegrityError":
        return "put the rows right that the older schema does not allow, then rehearse again"
    return "read the error; rehearse again when it is mended"


def _losses(found: Sequence[Loss]) -> Iterator[Finding]:
    for each in found:
        whose = "post_migrate handlers: " if each.by_handlers else ""
        gone = counted(each.gone, *each.what)
        word = _HOW[each.id][each.gone != 1]
        if each.lost:
            one = "does" if each.lost == 1 else "do"
            rest = "" if each.lost == each.gone else f", {each.lost:,} of them {one} not come back"
            what = f"{whose}{gone} of {each.where} {word}{rest}"
            yield Finding(each.id, Severity.LOST, what, each.where, _BACKUP)
        else:
            name = f"{each.id}-and-back"
            them = "it" if each.gone == 1 else "them"
            what = f"{whose}{gone} of {each.where} {word}, and the way back restores {them}"
            yield Finding(name, Severity.NOTE, what, each.where)


#: What becomes of one, and of many.
_HOW = {
    "rows-lost": ("goes with the table", "go with the table"),
    "links-lost": ("goes with the table", "go with the table"),
    "rows-deleted": ("is deleted", "are deleted"),
    "values-lost": ("goes with the column", "go with the column"),
    "values-changed": ("becomes another", "become others"),
    "values-retyped": ("is stored as another type", "are stored as another type"),
}


def _way_back(measured: Measured) -> Iterator[Finding]:
    back = measured.back
    if back is None:
        return
    if back.level is Return.NOT_AT_ALL:
        refused = next((run for run in back.runs if run.step.refused), None)
        told = f"no command leads back: {'; '.join(back.schema)}"
        if refused:
            told = f"the way back fails: {refused.step.line}: {refused.step.refusal}"
        yield Finding(
            "no-way-back",
            Severity.BACK,
            told,
            refused.step.line if refused else "",
            "only a backup brings it back",
        )
    elif back.level is Return.RUNS:
        yield Finding(
            "another-schema",
            Severity.BACK,
            f"after the way back {counted(len(back.schema), 'thing is', 'things are')} not as "
            f"before: {'; '.join(back.schema[:3])}{' …' if len(back.schema) > 3 else ''}",
            back.schema[0] if back.schema else "",
            "compare the schema after the way back, and put it right by hand",
        )
    for change in back.rows:
        if change.gained and not change.by_handlers:
            yield Finding(
                "rows-added",
                Severity.BACK,
                f"after the way back {counted(change.gained, 'row', 'rows')} of {change.table} "
                "were not there before",
                change.table,
                "look whether a data migration ran twice",
            )
    if back.reordered and back.level is not Return.NOT_AT_ALL:
        yield Finding(
            "column-order",
            Severity.NOTE,
            f"after the way back the columns of {', '.join(back.reordered)} stand in another order",
            back.reordered[0],
            "harmless, unless something reads columns by their place",
        )


def _truths(measured: Measured) -> Iterator[Finding]:
    before, after = measured.agreements_before, measured.agreements_after
    was, now = before.record_tables, after.record_tables
    # Where a command quietly did nothing, what was so before may be the reason.
    quiet = not measured.moved and not any(run.step.refused for run in measured.runs)
    if now.verdict is False and (now.details != was.details or quiet):
        yield Finding(
            "drift",
            Severity.TRUTHS,
            f"the tables are not what the record says: {'; '.join(now.details[:3])}"
            f"{' …' if len(now.details) > 3 else ''}",
            "",
            "Django plans from the record: its next plan will not fit these tables",
        )
    last, first = measured.runs[-1].step.after, measured.runs[0].step.before
    old = ghosts(first.known_files, first.known_record)
    new = ghosts(last.known_files, last.known_record)
    gone = [str(key) for key in new if key not in old or quiet]
    if gone:
        yield Finding(
            "ghosts",
            Severity.TRUTHS,
            f"recorded, and no file has it: {', '.join(gone)}",
            gone[0],
            "bring the file back, or take the record out with migrate APP --prune",
        )


def _next(measured: Measured) -> Iterator[Finding]:
    run = measured.next
    if run is None:
        return
    if run.step.refusal is not None:
        where = str(run.failed.key) if run.failed else "migrate"
        yield Finding(
            "next-fails",
            Severity.NEXT,
            f"the next plain migrate fails: {run.step.refusal}",
            where,
            "do not leave it like this: the next deployment runs migrate",
        )
    for each in losses(measured.next_rows):
        how = {"values-changed": "overwrites", "values-retyped": "changes"}.get(each.id, "destroys")
        yield Finding(
            "next-destroys",
            Severity.NEXT,
            f"the next plain migrate {how} {counted(each.gone, *each.what)} of {each.where}",
            each.where,
            "do not leave it like this: the next deployment runs migrate",
        )


def _notes(measured: Measured) -> Iterator[Finding]:
    note = Severity.NOTE
    for run in measured.runs:
        pulled: dict[str, list[Planned]] = {}
        for each in run.plan:
            if each.why:
                pulled.setdefault(each.key.app_label, []).append(each)
        for label, those in pulled.items():
            path = " ← ".join(map(str, _shortest(those)))
            moved = counted(len(those), "migration", "migrations")
            word = "moves" if len(those) == 1 else "move"
            yield Finding(
                "pulled-in",
                note,
                f"{moved} of {label} {word} along: {path}",
                label,
                "tell whoever owns that app",
            )
        for each in run.plan:
            if each.unknown:
                yield Finding(
                    "unknown-operation",
                    note,
                    f"{each.key} has operations that are not Django's, so only running it shows "
                    f"whether they can be undone: {'; '.join(each.unknown)}",
                    str(each.key),
                )
        for reach in run.step.kept_in:
            where = f" ({reach.where})" if reach.where else ""
            yield Finding(
                "kept-in",
                note,
                f"the project tried to {reach.what}, and was not let{where}",
                reach.where,
                "what it would have done out there is not part of this rehearsal",
            )
    added = [each for each in measured.rows if each.by_handlers and each.gained]
    if added:
        told = ", ".join(f"{each.gained:,} in {each.now or each.table}" for each in added)
        yield Finding("handlers", note, f"post_migrate handlers add rows: {told}", added[0].table)
    left = measured.left_behind
    if left.content_types:
        rights = counted(left.permissions, "permission", "permissions")
        kinds = counted(len(left.content_types), "content type", "content types")
        yield Finding(
            "left-behind",
            note,
            f"{kinds} and {rights} stay behind: {', '.join(left.content_types[:4])}"
            f"{' …' if len(left.content_types) > 4 else ''}",
            "django_content_type",
            "manage.py remove_stale_contenttypes takes them away, and all that points at them",
        )


def _shortest(pulled: Sequence[Planned]) -> tuple[Key, ...]:
    """The way by which the first of them is dragged in."""
    return sorted((each.why for each in pulled), key=len)[0]


def verdict(measured: Measured) -> str:
    """One line in plain words."""
    parts = []
    for run in measured.runs:
        if run.step.refusal is not None:
            error = run.step.refusal.error
            failed = run.failed
            parts.append(f"stops at {failed.key} ({error})" if failed else f"is refused ({error})")
    if not measured.moved:
        if not parts and any(run.step.ran for run in measured.runs):
            return "nothing lost · it ends where it began"
        return " · ".join([*parts, "nothing lost"] if parts else ["nothing moves"])
    lost = [each for each in losses(measured.lost) if each.lost]
    parts.append(f"loses {listed(lost)}" if lost else "nothing lost")
    back = measured.back
    if back is not None:
        order = ", but for the order of columns" if back.reordered else ""
        whole = back.level is Return.VALUES
        parts.append(back.level.words + (order if whole else ""))
    if measured.next is not None:
        after = losses(measured.next_rows)
        if measured.next.step.refused:
            parts.append("the next migrate fails")
        elif after:
            parts.append(f"the next migrate destroys {after[0]}")
    return " · ".join(parts)


def listed(lost: Sequence[Loss], shown: int = 3) -> str:
    """The largest of them in words."""
    told = [str(each) for each in lost[:shown]]
    if len(lost) > shown:
        told.append(f"{len(lost) - shown} more")
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
