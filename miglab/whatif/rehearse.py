"""Runs commands in a copy, then the way back, then the next plain ``migrate``, and measures each
of them."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ..compare.agreement import files_and_record
from ..compare.losses import lost_coming_back
from ..compare.picture import picture
from ..compare.schema import renames_of, schema_lines
from ..compare.worse import worse
from ..errors import BadInput, NotMeasured
from ..facts.consequences import Consequences
from ..facts.migration import Key
from ..facts.outcome import Return, Unknown
from ..facts.run import Run, WayBack
from ..facts.step import Renames, RowChange
from ..facts.truths import Agreements, Truths
from ..runners.base import Ask
from ..sandbox.snapshot import Snapshot
from ..steps.comparison import compare_rows
from ..steps.copies import keep_copies_for, twin_of
from ..steps.fidelity import fidelity_of
from ..steps.moments import Moment
from ..steps.stage import Stage
from .chance import left_unknown
from .command import Command, command, one_alias, run_in
from .conclude import conclude, verdict
from .full import Full, Lost
from .left_behind import left_behind
from .losses import Losses, not_known
from .measured import Following, Measured, hindrances
from .orphaned import orphaned
from .plan import target
from .rules import findings
from .way_back import go_back


def what_if(
    stage: Stage, lines: Sequence[str | Sequence[str]], ask: Ask | None = None
) -> Consequences:
    """What these commands would do, one after the other. The lab's own copy does not change.

    Raises:
        BadInput: there is no command; one needs a terminal, or should name a file and does not; or
            the commands are about several databases.
        Interrupted: the rehearsal was stopped; nothing is left behind.
    """
    commands = [command(each) for each in lines]
    if not commands:
        raise BadInput("the command is missing; type one, such as: migrate store 0002")
    return _Rehearsal(stage, one_alias(stage, commands)).of(commands, ask)


def what_if_ran(stage: Stage, each: Command, alias: str, run: Run, end: Moment) -> Consequences:
    """What one command would do that was already run in a copy. ``run`` is what it did, and ``end``
    is the moment after it."""
    return _Rehearsal(stage, alias).of_ran(each, run, end)


class _Rehearsal:
    """One what-if while it is made. ``self.stage`` is the copy, and ``self.original`` is the lab's
    own stage."""

    def __init__(self, stage: Stage, alias: str) -> None:
        self.started = time.perf_counter()
        self.original = stage
        self.stage = twin_of(stage, alias)
        self.reader = self.stage.reader
        self.first, self.truths = self.stage.now()
        self.not_measured: list[Unknown] = []

    def of(self, commands: Sequence[Command], ask: Ask | None) -> Consequences:
        """Run the commands until one is refused, and measure what they did."""
        runs: list[Run] = []
        for each in commands:
            runs.append(run_in(self.stage, each, ask))
            if runs[-1].step.refused:
                break
        return self.measured(commands, runs)

    def of_ran(self, each: Command, run: Run, end: Moment) -> Consequences:
        """Go to the moment where a command ended, and measure what it did."""
        self.stage.begin_at(end)
        return self.measured([each], [run])

    def measured(self, commands: Sequence[Command], runs: Sequence[Run]) -> Consequences:
        """Everything that can be found out about commands that were run, from the moment where they
        ended."""
        end, after_truths = self.stage.now()
        changed = {key for run in runs for key, _ in run.step.plan}
        after = self.told_of(self.stage.agreements(self.first), after_truths, changed)
        before = self.told_of(self.stage.agreements_at(self.first), self.truths, changed)
        renames = renames_of(run.step for run in runs)
        rows = self.rows(runs, end.snapshot, renames)
        moved = self.moved(end, runs, rows)
        limited = any(hindrances(run) for run in runs)
        losses = Losses(self.costly(rows, renames, end.snapshot), renames, end.snapshot)
        back: WayBack | None = None
        if moved and not limited:
            back = go_back(self.stage, self.first, self.truths, runs, losses)
        lost = losses.changes if back is None or back.lost is None else back.lost
        if back is not None and lost_coming_back(lost, back.rows):
            # It can be listed later.
            self.stage.keep()
        back_at = self.stage.moments.now
        following = self.following(end, back, runs, lost) if back is not None else None
        then = (*(back.runs if back else ()), *((following.run,) if following else ()))
        self.not_measured += left_unknown(self.reader.engine(), (*runs, *then))
        measured = Measured(
            tuple(runs),
            rows,
            lost,
            moved,
            before,
            after,
            worse(
                (self.truths, after_truths),
                (before, after),
                [each for run in runs for each in run.step.ran],
            ),
            back,
            following,
            left_behind(
                self.stage,
                (self.first.snapshot, end.snapshot),
                self.truths,
                after_truths,
                renames.get(self.reader.alias, Renames()),
            ),
            tuple(self.not_measured),
            orphaned(self.stage, runs, self.first.snapshot, self.truths),
        )
        outcome = conclude(measured)
        line = verdict(measured, outcome)
        apps = self.stage.apps or tuple(dict.fromkeys(key.app_label for key in sorted(changed)))
        full = Full(
            self.reader,
            self.first.snapshot,
            (
                Lost(rows, end.snapshot, renames),
                Lost(measured.rows_coming_back, back_at.snapshot, {}),
            ),
        )
        keep_copies_for(self.original, full)
        return Consequences(
            commands=tuple(each.line for each in commands),
            outcome=outcome,
            verdict=line,
            findings=findings(measured),
            runs=measured.runs,
            schema=tuple(
                schema_lines(
                    self.truths.known_tables,
                    after_truths.known_tables,
                    renames.get(self.reader.alias, Renames()),
                )
            ),
            rows=rows,
            agreements_before=before,
            agreements_after=after,
            back=back,
            next=following.run if following else None,
            next_rows=following.rows if following else (),
            left_behind=measured.left_behind,
            before=picture(
                self.truths,
                apps,
                title="before",
                plan=runs[0].step.plan,
                target=target(runs[0].step),
                missing=before.record_tables.missing,
            ),
            after=picture(
                after_truths,
                apps,
                title="after",
                changed=_moved(self.truths, after_truths),
                missing=after.record_tables.missing,
                sentence=f"{line[0].upper()}{line[1:]}.",
            ),
            engine=self.reader.engine(),
            seconds=time.perf_counter() - self.started,
            project=str(self.original.project.root) if self.original.project.own else "",
            database=str(self.original.project.sources.get(self.reader.alias, "")),
            fidelity=fidelity_of(self.original) if self.original.project.own else None,
            lost_there=measured.lost,
            lost_coming_back=measured.rows_coming_back,
            full=full,
        )

    def told_of(
        self, agreements: Agreements, truths: Truths, changed: Collection[Key]
    ) -> Agreements:
        """These agreements, but files and record are compared only for the shown apps and for those
        whose migrations are in the commands' plans. If no apps were chosen, nothing changes."""
        if not self.stage.apps:
            return agreements
        apps = {*self.stage.apps, *(key.app_label for key in changed)}
        return replace(agreements, files_record=files_and_record(truths, apps))

    def rows(
        self, runs: Sequence[Run], end: Snapshot, renames: Mapping[str, Renames]
    ) -> tuple[RowChange, ...]:
        """What happened to the rows, from the beginning to the end of the commands."""
        if len(runs) == 1:
            return runs[0].step.rows
        found = self.compared(self.first.snapshot, end, renames)
        handled = {
            (each.database, each.table)
            for run in runs
            for each in run.step.rows
            if each.by_handlers
        }
        return tuple(
            replace(each, by_handlers=not each.costs and (each.database, each.table) in handled)
            for each in found
        )

    def costly(
        self, rows: tuple[RowChange, ...], renames: Mapping[str, Renames], end: Snapshot
    ) -> tuple[RowChange, ...]:
        """The changes that cost something; what migrations and handlers cost is counted
        together."""
        ours = {(e.database, e.table) for e in rows if e.costs and not e.by_handlers}
        if any(each.costs and each.by_handlers for each in rows):
            rows = tuple(
                replace(each, by_handlers=(each.database, each.table) not in ours)
                for each in self.compared(self.first.snapshot, end, renames)
            )
        return tuple(each for each in rows if each.costs)

    def compared(
        self, before: Snapshot, after: Snapshot, renames: Mapping[str, Renames]
    ) -> tuple[RowChange, ...]:
        """The differences in rows between two moments. If the rows cannot be compared, that is
        noted as unknown, and the result is empty."""
        try:
            return compare_rows(self.reader, before, after, renames)
        except NotMeasured as error:
            self.not_measured.append(not_known(error, "what happened to the rows"))
            return ()

    def moved(self, end: Moment, runs: Sequence[Run], rows: Sequence[RowChange]) -> bool:
        """Whether the commands changed anything that matters. That a database was written to is not
        enough."""
        now, then = end.snapshot, self.first.snapshot
        if now.files != then.files:
            return True
        others = {alias for alias in now.databases if alias != self.reader.alias}
        if any(now.databases[each] != then.databases.get(each) for each in others):
            return True
        return now.mark != then.mark and _wrote(runs, rows)

    # -- what comes next

    def following(
        self, end: Moment, back: WayBack, runs: Sequence[Run], lost: tuple[RowChange, ...]
    ) -> Following | None:
        """Run plain ``migrate`` from where the commands ended, and measure it. ``None`` if plain
        ``migrate`` was already the way back. If it does harm, it is also run from the beginning, to
        see whether it does the same harm there."""
        if not back.files_put_back and back.commands[:1] == ("migrate",):
            return None
        run, rows = self._migrate_from(end)
        together = self._together([*runs, run]) if rows else None
        if not run.step.refused and not (rows and together != ()):
            return Following(run, rows, together=together)
        before, rows_before = self._migrate_from(self.first)
        there = () if back.level in (Return.VALUES, Return.MORE) else lost
        return Following(run, rows, before, rows_before, together, there)

    def _migrate_from(self, moment: Moment) -> tuple[Run, tuple[RowChange, ...]]:
        """Run plain ``migrate`` from a moment; return the run and what it costs."""
        self.stage.begin_at(moment)
        alias = self.reader.alias
        words = ("migrate", *(() if alias == "default" else ("--database", alias)))
        run = run_in(self.stage, Command(" ".join(words), "manage", words))
        return run, tuple(each for each in run.step.rows if each.costs)

    def _together(self, runs: Sequence[Run]) -> tuple[RowChange, ...] | None:
        """What these commands cost together, from the beginning to where the last one ended.
        ``None`` if the rows cannot be compared."""
        renames = renames_of(run.step for run in runs)
        now, _ = self.stage.now()
        try:
            found = compare_rows(self.reader, self.first.snapshot, now.snapshot, renames)
        except NotMeasured:
            return None
        return tuple(each for each in found if each.costs)


def _wrote(runs: Sequence[Run], rows: Sequence[RowChange]) -> bool:
    """Whether the record, the tables or the rows have changed. A database may have been written to
    without that."""
    first, last = runs[0].step.before, runs[-1].step.after
    same = (first.record, first.tables) == (last.record, last.tables)
    return not same or bool(rows)


def _moved(before: Truths, after: Truths) -> set[Key]:
    return {*before.known_record.keys} ^ {*after.known_record.keys}
