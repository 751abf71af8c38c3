"""Runs commands in a copy, then the way back, then what comes next, and measures each."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace

from ..compare.agreement import applied, files_and_record
from ..compare.picture import picture
from ..compare.schema import renames_of, reordered, schema_lines
from ..databases import sqlite
from ..errors import BadInput
from ..facts.consequences import Consequences, LeftBehind, Return, Run, WayBack
from ..facts.graph import graph_of
from ..facts.migration import Key
from ..facts.schema import Schema
from ..facts.step import Renames, RowChange
from ..facts.truths import Agreements, Models, Truths, value_or
from ..runners.base import Ask
from ..sandbox.snapshot import Snapshot
from ..steps import edits
from ..steps.moments import Moment
from ..steps.stage import Stage
from . import judge
from .back import commands_between, undone
from .command import Command, command
from .full import Full
from .plan import planned, target


def what_if(
    stage: Stage, lines: Sequence[str | Sequence[str]], ask: Ask | None = None
) -> Consequences:
    """What these commands would do, one after the other. The stage does not move.

    Raises:
        BadInput: there is no command, or it needs a terminal, or names no file.
        Interrupted: it was stopped; nothing of it is left.
    """
    commands = [command(each) for each in lines]
    if not commands:
        raise BadInput("there is no command; type one, as in: migrate store 0002")
    aliases = {each.alias for each in commands if each.alias}
    if len(aliases) > 1:
        raise BadInput(f"these commands name several databases: {', '.join(sorted(aliases))}")
    alias = next(iter(aliases), stage.reader.alias)
    known = stage.sandbox.databases
    if alias not in known:
        raise BadInput(f"no database {alias!r}; there is: {', '.join(sorted(known))}")
    return _Rehearsal(stage, alias).of(commands, ask)


class _Rehearsal:
    """One what-if on its way. ``stage`` is the copy."""

    def __init__(self, stage: Stage, alias: str) -> None:
        self.started = time.perf_counter()
        self.original = stage
        self.stage = stage.twin(alias)
        self.reader = self.stage.reader
        self.first, self.truths = self.stage.now()

    def of(self, commands: Sequence[Command], ask: Ask | None) -> Consequences:
        before = self.stage.agreements()
        runs = []
        for each in commands:
            runs.append(self.run(each, ask))
            if runs[-1].step.refused:
                break
        end, after_truths = self.stage.now()
        changed = {key for run in runs for key, _ in run.step.plan}
        before = self.told_of(before, self.truths, changed)
        after = self.told_of(self.stage.agreements(), after_truths, changed)
        renames = renames_of(run.step for run in runs)
        rows = self.rows(runs, end.snapshot, renames)
        moved = end.snapshot.mark != self.first.snapshot.mark
        moved = moved and (end.snapshot.files != self.first.snapshot.files or _wrote(runs, rows))
        back = self.way_back(runs, after_truths) if moved else None
        lost = self.lost(rows, renames, end.snapshot, back)
        following, following_rows = self.next(end, runs, back) if moved else (None, ())
        measured = judge.Measured(
            tuple(runs),
            rows,
            lost,
            moved,
            before,
            after,
            back,
            following,
            following_rows,
            self.left_behind(end.snapshot, after_truths),
        )
        full = Full(self.reader, self.first.snapshot, end.snapshot, renames, rows)
        self.original.keep_copies_for(full)
        apps = self.stage.apps or tuple(dict.fromkeys(key.app_label for key in sorted(changed)))
        verdict = judge.verdict(measured)
        return Consequences(
            commands=tuple(each.line for each in commands),
            verdict=verdict,
            findings=judge.findings(measured),
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
            next=following,
            next_rows=following_rows,
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
                sentence=f"{verdict[0].upper()}{verdict[1:]}.",
            ),
            engine=self.reader.engine(),
            seconds=time.perf_counter() - self.started,
            project=str(self.original.project.root) if self.original.project.own else "",
            database=str(self.original.project.sources.get(self.reader.alias, "")),
            costs=measured.lost,
            full=full,
        )

    def told_of(
        self, agreements: Agreements, truths: Truths, changed: Collection[Key]
    ) -> Agreements:
        """Where only some apps are shown, those that the commands move count as well."""
        if not self.stage.apps:
            return agreements
        apps = {*self.stage.apps, *(key.app_label for key in changed)}
        return replace(agreements, files_record=files_and_record(truths, apps))

    def run(self, each: Command, ask: Ask | None = None, compare: str = "all") -> Run:
        """One command in the copy; ``compare`` is as in ``protocol.REQUESTS``."""
        started = time.perf_counter()
        if each.kind == "delete":
            step = edits.delete(self.stage, *each.words)
        else:
            request = {"do": "manage", "argv": [*each.words], "compare": compare}
            if each.kind == "sql":
                request = {"do": "sql", "sql": each.words[0], "params": []}
            step, _ = self.stage.step(each.kind, each.line, request, ask)
        return Run(step, planned(step), time.perf_counter() - started)

    def rows(
        self, runs: Sequence[Run], end: Snapshot, renames: Mapping[str, Renames]
    ) -> tuple[RowChange, ...]:
        """What became of the rows, from the beginning to the end."""
        if len(runs) == 1:
            return runs[0].step.rows
        found = self.stage.compared(self.first.snapshot, end, renames)
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

    def lost(
        self,
        rows: tuple[RowChange, ...],
        renames: Mapping[str, Renames],
        end: Snapshot,
        back: WayBack | None,
    ) -> tuple[RowChange, ...]:
        """What migrations and handlers cost together, and how much of it does not come back."""
        ours = {(e.database, e.table) for e in rows if e.costs and not e.by_handlers}
        if any(each.costs and each.by_handlers for each in rows):
            rows = tuple(
                replace(each, by_handlers=(each.database, each.table) not in ours)
                for each in self.stage.compared(self.first.snapshot, end, renames)
            )
        costly = [each for each in rows if each.costs]
        if back is None or back.level is Return.NOT_AT_ALL or not costly:
            return tuple(costly)
        now, _ = self.stage.now()
        changed = [{old: now for now, old in each.old_names.items()} for each in costly]
        request = {
            "do": "not_back",
            "old": self.first.snapshot.old,
            "new": end.old,
            "back": now.snapshot.old,
            "renames": {alias: asdict(each) for alias, each in renames.items()},
            "tables": [
                [each.database, each.table, bool(each.lost), [*each.lost_values, *old]]
                for each, old in zip(costly, changed, strict=True)
            ],
        }
        found = []
        told = self.reader.ask("", request)["not_back"]
        for each, old, entry in zip(costly, changed, told, strict=True):
            values = {name: entry["columns"][name] for name in each.lost_values}
            values |= {now: entry["columns"][name] for name, now in old.items()}
            found.append(replace(each, rows_not_back=entry["rows"], values_not_back=values))
        return tuple(found)

    # -- the way back

    def way_back(self, runs: Sequence[Run], after: Truths) -> WayBack:
        """Put the files back, move the record to where it was, and see what is not the same."""
        now, _ = self.stage.now()
        files_changed = now.snapshot.files != self.first.snapshot.files
        ran = [each for run in runs for each in run.step.ran]
        faked = bool(ran) and all(each.fake for each in ran)
        done: list[Run] = []
        if files_changed:
            self.go(self.forget_new(after), done)
            self.put_files_back()
            self.go_between(faked, done)
        else:
            graph = graph_of(after.known_files, after.known_record.keys)
            self.go(undone(graph, applied(graph, after.known_record), ran), done)
        # What no migration moved, such as a row that was pruned: the record alone.
        self.go_between(True, done)
        return self.judged(files_changed, done, runs)

    def forget_new(self, after: Truths) -> list[str]:
        """Migrations that are new in the files and were applied must go while their files are
        still there."""
        known = self.truths.known_files.migrations
        graph = graph_of(after.known_files, after.known_record.keys)
        now = applied(graph, after.known_record)
        return commands_between(graph, now, {key for key in now if key in known})

    def go_between(self, fake: bool, done: list[Run]) -> None:
        """Make the record what it was."""
        _, now = self.stage.now()
        graph = graph_of(now.known_files, now.known_record.keys)
        wanted = applied(graph, self.truths.known_record)
        self.go(commands_between(graph, applied(graph, now.known_record), wanted, fake=fake), done)

    def put_files_back(self) -> None:
        """As ``git checkout`` would, the databases left as they are."""
        now, _ = self.stage.now()
        first = self.first.snapshot
        self.stage.sandbox.restore(Snapshot(first.files, now.snapshot.databases, first.store))

    def go(self, lines: Sequence[str], done: list[Run], compare: str = "handlers") -> None:
        """Run them until one is refused."""
        extra = [] if self.reader.alias == "default" else ["--database", self.reader.alias]
        for line in lines:
            if any(run.step.refused for run in done):
                return
            words = (*line.split(), *extra)
            done.append(self.run(Command(" ".join(words), "manage", words), None, compare))

    def judged(self, files_changed: bool, done: Sequence[Run], runs: Sequence[Run]) -> WayBack:
        """How far one is back. What handlers added on the way there and back keeps nothing from
        coming back."""
        moment, truths = self.stage.now()
        lines = tuple(run.step.line for run in done)
        if any(run.step.refused for run in done):
            return WayBack(lines, files_changed, tuple(done), Return.NOT_AT_ALL)
        old, new = _without_record(self.truths), _without_record(truths)
        differ = [line for line in schema_lines(old, new) if "stand in another order" not in line]
        was, now = set(self.truths.known_record.keys), set(truths.known_record.keys)
        differ += [f"{key} is no longer recorded" for key in sorted(was - now)]
        differ += [f"{key} is recorded" for key in sorted(now - was)]
        rows = self.stage.compared(self.first.snapshot, moment.snapshot, {})
        handled = {
            (each.database, each.now)
            for run in (*runs, *done)
            for each in run.step.rows
            if each.by_handlers and each.gained
        }
        rows = tuple(
            each for each in rows if each.costs or (each.database, each.now) not in handled
        )
        if differ and not done and not files_changed and all("recorded" in each for each in differ):
            return WayBack((), False, (), Return.NOT_AT_ALL, tuple(differ))
        if differ:
            level = Return.RUNS
        elif any(each.lost or each.gained for each in rows):
            level = Return.SCHEMA
        else:
            level = Return.ROWS if rows else Return.VALUES
        order = tuple(
            name
            for name, table in sorted(old.tables.items())
            if name in new.tables and reordered(table, new.tables[name])
        )
        return WayBack(lines, files_changed, tuple(done), level, tuple(differ), order, rows)

    # -- what comes next

    def next(
        self, end: Moment, runs: Sequence[Run], back: WayBack | None
    ) -> tuple[Run | None, tuple[RowChange, ...]]:
        """Plain ``migrate`` from where the commands led; nothing where the way back was that."""
        if back is not None and not back.files_put_back and back.commands[:1] == ("migrate",):
            return None, ()
        self.stage.begin_at(end)
        done: list[Run] = []
        self.go(["migrate"], done, "all")
        return done[0], tuple(each for each in done[0].step.rows if each.costs)

    def left_behind(self, end: Snapshot, after: Truths) -> LeftBehind:
        """Content types and permissions of models whose tables went."""
        gone = {*self.truths.known_tables.tables} - {*after.known_tables.tables}
        models = {
            (label, name.lower())
            for label, app in value_or(self.truths.models, Models({})).apps.items()
            for name, model in app.items()
            if model.table in gone
        }
        path = end.databases.get(self.reader.alias)
        if not models or path is None or "django_content_type" not in after.known_tables.tables:
            return LeftBehind()
        types = sqlite.rows(path, "SELECT id, app_label, model FROM django_content_type")
        ids = {row[0]: f"{row[1]}.{row[2]}" for row in types if (row[1], row[2]) in models}
        rights = 0
        if "auth_permission" in after.known_tables.tables:
            owners = sqlite.rows(path, "SELECT content_type_id FROM auth_permission")
            rights = sum(owner in ids for (owner,) in owners)
        return LeftBehind(tuple(sorted(ids.values())), rights)


def _without_record(truths: Truths) -> Schema:
    """The tables but for Django's own, which comes with the first command and stays."""
    schema = truths.known_tables
    tables = {name: each for name, each in schema.tables.items() if name != "django_migrations"}
    return replace(schema, tables=tables)


def _wrote(runs: Sequence[Run], rows: Sequence[RowChange]) -> bool:
    """Whether anything is other than it was; a database may have been written to for nothing."""
    first, last = runs[0].step.before, runs[-1].step.after
    same = (first.record, first.tables) == (last.record, last.tables)
    return not same or bool(rows)


def _moved(before: Truths, after: Truths) -> set[Key]:
    return {*before.known_record.keys} ^ {*after.known_record.keys}
