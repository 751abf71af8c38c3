"""Rules about where commands stop, and in what state that leaves the database."""

from __future__ import annotations

from collections.abc import Iterator

from ...compare.agreement import counted
from ...facts.consequences import Severity
from ...facts.run import Fate, Run
from ..measured import Measured
from .advice import AT_THE_END, advice, all_and_then, because
from .rule import Said, rule


def _stopped(measured: Measured) -> Iterator[Run]:
    """The commands that were refused or failed; none if miglab's own limits were the cause."""
    if not measured.obstacles:
        yield from (run for run in measured.runs if run.step.refused)


@rule("not-rehearsed", Severity.NOT_REHEARSED)
def not_rehearsed(measured: Measured) -> Iterator[Said]:
    """miglab's own limits prevented the command."""
    for each in measured.obstacles:
        line = measured.runs[-1].step.line
        yield Said(each.what, line, each.do)


@rule("refused", Severity.STOPS)
def refused(measured: Measured) -> Iterator[Said]:
    """A command is refused before it starts a migration."""
    for run in _stopped(measured):
        if run.failed is None and not run.all_done:
            yield Said(
                f"{run.step.line} is refused: {because(run)}",
                run.step.line,
                "read the error, fix its cause, then rehearse again",
            )


@rule("fails-at-the-end", Severity.STOPS)
def fails_at_the_end(measured: Measured) -> Iterator[Said]:
    """All migrations succeeded, and then the command failed."""
    for run in _stopped(measured):
        if run.failed is None and run.all_done:
            yield Said(all_and_then(run), run.step.line, AT_THE_END)


@rule("irreversible", Severity.STOPS)
def irreversible(measured: Measured) -> Iterator[Said]:
    """A migration has an operation that Django cannot undo."""
    for run in measured.runs:
        refusal, failed = run.step.refusal, run.failed
        stops_here = refusal is not None and refusal.error == "IrreversibleError"
        if stops_here and failed is not None:
            yield Said(
                f"the command stops at {failed.key}: {because(run)}", str(failed.key), _REVERSE
            )
        for each in run.plan:
            if each.irreversible and each.fate is not Fate.FAKED and each is not failed:
                why = "; ".join(each.irreversible)
                yield Said(f"{each.key} cannot be undone: {why}", str(each.key), _REVERSE)


_REVERSE = (
    "give the operation a way back: reverse_code for RunPython, reverse_sql for RunSQL; or its own "
    "noop if there is nothing to undo"
)


@rule("fails", Severity.STOPS)
def fails(measured: Measured) -> Iterator[Said]:
    """A migration fails."""
    for run in _stopped(measured):
        refusal, failed = run.step.refusal, run.failed
        if refusal is None or failed is None or refusal.error == "IrreversibleError":
            continue
        do = advice(run, measured.orphaned)
        yield Said(f"the command stops at {failed.key}: {because(run)}", str(failed.key), do)


@rule("halfway", Severity.STOPS)
def halfway(measured: Measured) -> Iterator[Said]:
    """Migrations before the one that failed stay done."""
    for run in _stopped(measured):
        failed, done = run.failed, run.finished
        if failed is None or not done:
            continue
        number = counted(len(done), "migration was", "migrations were")
        word = "unapplied" if done[-1].backwards else "applied"
        stay, last = ("stays", "") if len(done) == 1 else ("stay", "the last of them is ")
        yield Said(
            f"{number} {word} before the error, and {stay} {word}: {last}{done[-1].key}",
            str(failed.key),
            "do not begin without a backup that is ready to be restored",
        )


@rule("half-a-migration", Severity.STOPS)
def half_a_migration(measured: Measured) -> Iterator[Said]:
    """A failed migration leaves behind what it did before the error."""
    for run in _stopped(measured):
        failed = run.failed
        if failed is None:
            continue
        what = ""
        if failed.kept:
            what = f"part of {failed.key} is done, and stays done: this database cannot undo "
            what += "changes to tables; the record does not show it" + _found_in_tables(measured)
        elif not failed.atomic and failed.sql:
            what = f"{failed.key} is not atomic: work that it did before the error may stay, and "
            what += "is not recorded"
        if what:
            do = "undo or finish the rest by hand, or restore the backup"
            yield Said(what, str(failed.key), do)


def _found_in_tables(measured: Measured) -> str:
    """The differences between the tables and the record that did not exist before, in brackets;
    ``""`` if there are none."""
    before = measured.agreements_before.record_tables.details
    after = measured.agreements_after.record_tables.details
    new = [each for each in after if each not in before]
    return f" ({'; '.join(new)})" if new else ""
