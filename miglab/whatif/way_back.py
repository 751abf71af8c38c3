"""Goes back in the copy: the files become what they were before the commands, and migrations that
the commands applied or unapplied are undone. Nothing else is touched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property

from ..compare.agreement import applied
from ..compare.schema import REORDERED, reordered, schema_lines
from ..errors import NotMeasured
from ..facts.graph import Graph, graph_of
from ..facts.migration import Key
from ..facts.outcome import Return, Unknown
from ..facts.run import Run, WayBack
from ..facts.schema import Schema
from ..facts.step import Ran, Renames, RowChange
from ..facts.truths import Record, Truths, value_or
from ..steps.moments import Moment
from ..steps.stage import Stage
from .back import Way, net, parts, record_before, ways_between
from .command import Command, run_in
from .losses import Counted, Losses, not_known
from .measured import hindrances


def go_back(
    stage: Stage, first: Moment, before: Truths, runs: Sequence[Run], losses: Losses
) -> WayBack:
    """Go from where these commands ended to where they began, as far as commands can. Count how
    much of what they cost does not come back. The moment at the end of the way back is valid only
    until something else is done, unless ``stage.keep()`` is called."""
    with stage.lending():
        return _Walk(stage, first, before, runs, losses).back()


class _Walk:
    """One way back while it is run. ``stage`` is the copy, at the end of the commands."""

    def __init__(
        self, stage: Stage, first: Moment, before: Truths, runs: Sequence[Run], losses: Losses
    ) -> None:
        self.stage, self.first, self.before, self.runs = stage, first, before, runs
        self.losses = losses
        self.done: list[Run] = []
        #: Commands that would turn around more than was done, each with what else it would do.
        self.blocked: list[str] = []
        # The first command looks for what was done outside, and so does the end.
        stage.truths()
        self.files_changed = stage.moments.now.snapshot.files != first.snapshot.files

    def back(self) -> WayBack:
        """Go back, and compare the end with the beginning."""
        left = parts(net([each for run in self.runs for each in run.step.ran]))[::-1]
        if self.files_changed:
            known = self.before.known_files.migrations
            new = [n for n, part in enumerate(left) if any(e.key not in known for e in part)]
            # What is new in the files can be turned around only while its file is there.
            first = max(new) + 1 if new else 0
            for part in left[:first]:
                self._turn_around(part)
            self._put_files_back()
            left = left[first:]
        for part in left:
            self._turn_around(part)
        self._correct_record()
        return self._judged()

    # -- step by step

    def _turn_around(self, part: Sequence[Ran]) -> None:
        """Undo one part of what was done, in the same way: what was faked is undone by faking."""
        keys = {each.key for each in part}
        graph, record = self._graph(keys)
        wanted = record_before(record, part)
        for way in ways_between(graph, record, wanted, fake=part[0].fake):
            others = sorted(way.keys - keys)
            if others and not way.fake:
                names = ", ".join(map(str, others))
                self.blocked.append(f"{way.line} would also apply or unapply {names}")
            else:
                self._go(way)

    def _put_files_back(self) -> None:
        """Restore the files as ``git checkout`` would; the databases stay as they are."""
        now, _ = self.stage.now()
        self.stage.sandbox.restore(now.snapshot.with_files_of(self.first.snapshot))
        self.stage.now()

    def _correct_record(self) -> None:
        """Correct what differs only in the record, such as a row that was pruned or that a squash
        left, because no migration did that."""
        graph, record = self._graph()
        for way in ways_between(graph, record, applied(graph, self.before.known_record), fake=True):
            self._go(way)
        now = self.stage.truths()
        files, known = now.known_files, {*self.before.known_record.keys}
        for label in sorted({key.app_label for key in now.known_record.keys}):
            without = _without_file(files.migrations.keys(), now.known_record, label)
            if without and not without & known:
                self._go(Way(f"migrate {label} --prune", frozenset(without), True))

    def _graph(self, keys: Collection[Key] = ()) -> tuple[Graph, set[Key]]:
        """The current graph, and which of its migrations are applied. If a squash replaces some of
        ``keys``, it is the graph without squashes, which Django uses if one of them is a target.
        Changes that somebody else has made since the last command are seen only with the next
        command, and at the end."""
        now = self.stage.truths()
        graph = graph_of(now.known_files, now.known_record.keys)
        if any(key in (graph.replaced or ()) for key in keys):
            graph = graph_of(now.known_files, now.known_record.keys, squashed=False)
        return graph, applied(graph, now.known_record)

    def _go(self, way: Way) -> None:
        """Run one command of the way back, unless an earlier one was refused. If it drops something
        that was there before the commands, it is undone, because the commands did not create
        that."""
        if any(run.step.refused for run in self.done):
            return
        alias = self.stage.reader.alias
        extra = [] if alias == "default" else ["--database", alias]
        words = (*way.line.split(), *extra)
        run = run_in(self.stage, Command(" ".join(words), "manage", words), compare="handlers")
        dropped = self._dropped(run)
        if dropped:
            self.stage.begin_at(self.stage.moments.peek(-1))
            self.blocked.append(f"{run.step.line} would drop {', '.join(dropped)}")
            return
        self.done.append(run)

    def _dropped(self, run: Run) -> list[str]:
        """Tables that had rows at the beginning, and columns of such tables, that this command
        drops. Such a command undoes more than what was done."""
        alias = self.stage.reader.alias
        renames = run.step.renames.get(alias) or Renames()
        counts = value_or(self.before.rows, {})
        before, after = run.step.before.known_tables.tables, run.step.after.known_tables.tables
        first = self.before.known_tables.tables
        found = []
        for name in sorted(each for each in first if counts.get(each)):
            here = self._name_now(name)
            if here is None or here not in before:
                continue
            now = after.get(renames.table(here) or "")
            if now is None:
                found.append(f"{name}, which had rows")
                continue
            there = {*first[name].column_names} & {*before[here].column_names}
            columns = {*now.column_names}
            found += [
                f"{name}.{each}, which existed before"
                for each in sorted(there)
                if each not in columns and renames.column(here, each) not in columns
            ]
        return found

    def _name_now(self, table: str) -> str | None:
        """The current name of a table that was there at the beginning; ``None`` if it was dropped.
        If it was dropped and created again, it is another table, even if the name is the same."""
        found: str | None = table
        for run in (*self.runs, *self.done):
            renames = run.step.renames.get(self.stage.reader.alias)
            if renames is not None and found is not None:
                found = renames.table(found)
        return found

    # -- what is not the same

    def _judged(self) -> WayBack:
        moment, truths = self.stage.now()
        lines = tuple(run.step.line for run in self.done)
        done, files = tuple(self.done), self.files_changed
        refused = next((run for run in done if run.step.refused), None)
        if refused is not None:
            level = Return.UNKNOWN if hindrances(refused) else Return.NOT_AT_ALL
            return WayBack(lines, files, done, level)
        with ThreadPoolExecutor(1) as pool:
            # Servers are asked what they have beside the rows, while the rows are compared.
            others = pool.submit(self._other_differences, moment)
            counted = self._counted(moment)
        schema, record = self._schema_differences(truths), self._record_differences(truths)
        schema += others.result()
        differ = [*schema, *record]
        if self.blocked and differ:
            return WayBack(lines, files, done, Return.NOT_AT_ALL, (*self.blocked, *differ))
        if record and not schema and not done and not files:
            return WayBack((), False, (), Return.NOT_AT_ALL, tuple(differ))
        if isinstance(counted, Unknown):
            return WayBack(lines, files, done, Return.UNKNOWN, tuple(differ), unknown=(counted,))
        rows = self._of_migrations(counted.rows)
        return WayBack(
            lines,
            files,
            done,
            Return.RUNS if differ else _level(rows),
            tuple(differ),
            self._reordered(truths),
            rows,
            counted.lost,
            counted.unknown,
        )

    def _counted(self, moment: Moment) -> Counted | Unknown:
        """How much of the rows came back, or why that is not known."""
        try:
            return self.losses.count(self.stage.reader, self.first.snapshot, moment.snapshot)
        except NotMeasured as error:
            return not_known(error, "what comes back")

    def _schema_differences(self, truths: Truths) -> list[str]:
        """What differs in the schema from the beginning, a line for each thing. The order of
        columns is left out: ``_reordered`` finds it."""
        lines = schema_lines(self._schema_before, _without_record(truths))
        return [line for line in lines if REORDERED not in line]

    def _other_differences(self, moment: Moment) -> list[str]:
        """What differs from the beginning in other things than tables, such as a type or a
        function, a line for each."""
        sandbox = self.stage.sandbox
        was, now = sandbox.others(self.first.snapshot), sandbox.others(moment.snapshot)
        lines = [f"{name} is gone" for name in was if name not in now]
        lines += [f"{name} is new" for name in now if name not in was]
        return lines + [
            f"{name} is different" for name in was if now.get(name, was[name]) != was[name]
        ]

    def _record_differences(self, truths: Truths) -> list[str]:
        """What differs in the record from the beginning, a line for each migration. A new row of a
        squash whose originals were all applied does not count, because every ``migrate`` writes
        it."""
        was, now = {*self.before.known_record.keys}, {*truths.known_record.keys}
        done = applied(graph_of(truths.known_files, was), self.before.known_record)
        gone = [f"{key} is no longer recorded" for key in sorted(was - now)]
        return gone + [f"{key} is recorded" for key in sorted(now - was - done)]

    def _of_migrations(self, rows: Sequence[RowChange]) -> tuple[RowChange, ...]:
        """These changes, without rows that handlers added during the commands or the way back,
        because such rows do not mean that something did not come back."""
        handled = {
            (each.database, each.now)
            for run in (*self.runs, *self.done)
            for each in run.step.rows
            if each.by_handlers and each.gained
        }
        return tuple(e for e in rows if e.costs or (e.database, e.now) not in handled)

    def _reordered(self, truths: Truths) -> tuple[str, ...]:
        """Tables whose columns are in another order."""
        old, new = self._schema_before.tables, _without_record(truths).tables
        return tuple(
            name
            for name, table in sorted(old.items())
            if name in new and reordered(table, new[name])
        )

    @cached_property
    def _schema_before(self) -> Schema:
        return _without_record(self.before)


def _without_file(files: Collection[Key], record: Record, label: str) -> set[Key]:
    """The migrations that ``migrate APP --prune`` would remove from the record."""
    return {key for key in record.keys if key.app_label == label and key not in files}


def _without_record(truths: Truths) -> Schema:
    """The schema without the table ``django_migrations``, which the first command creates and which
    stays."""
    schema = truths.known_tables
    tables = {name: each for name, each in schema.tables.items() if name != "django_migrations"}
    return replace(schema, tables=tables)


def _level(rows: Sequence[RowChange]) -> Return:
    """How far the rows come back, if the schema comes back completely."""
    if any(each.lost for each in rows):
        return Return.SCHEMA
    if any(each.costs for each in rows):
        return Return.ROWS
    return Return.MORE if any(each.gained for each in rows) else Return.VALUES
