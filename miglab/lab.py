"""A lab: a throwaway Django project, the commands that move it, and the way back."""

from __future__ import annotations

import errno
import fnmatch
import os
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Literal

from . import start, wire
from .agent.protocol import Message
from .commands import arguments, typed
from .compare import agreement
from .compare.picture import picture
from .errors import (
    AgentDied,
    BadInput,
    DiskFull,
    Interrupted,
    LabClosed,
    MiglabError,
    RefusalExpected,
    TimeLimit,
    Unanswered,
    UnknownName,
)
from .facts.graph import graph_of
from .facts.migration import Key
from .facts.picture import Picture
from .facts.schema import Schema
from .facts.step import FileChange, Step
from .facts.truths import Agreement, Agreements, Files, Record, Truths, Unreadable, value_or
from .facts.view import History, Rows, View
from .moments import Moment, Moments
from .project import bundled
from .runners import Runner, Setup, Stopped, choose
from .runners.base import Ask
from .sandbox import Sandbox, home

#: The clock of the bundled projects: it stands still in migration names and headers.
CLOCK = "2026-01-05T09:00:00"


class Lab:
    """A throwaway copy of a Django project, with a SQLite database and rows in its tables.

    Args:
        project: the name of a project that comes with miglab: ``"storefront"``.
        at: where it starts, as in ``"store.0003"`` or ``["store.0003", "blog.zero"]``; every
            other app is as far forward as it can be. Without it, everything is applied.
        apps: the app labels that pictures show; empty means all that have migrations.
        time_limit: seconds that one command may take.
        runner: ``"warm"`` or ``"fresh"``; without it, the best that this system offers.

    Raises:
        UnknownName: there is no such project, app, migration or runner.
    """

    #: Asks the person a question of Django's and gives the answer. The notebook sets it.
    prompt: ClassVar[Ask | None] = None

    _latest: ClassVar[weakref.ReferenceType[Lab] | None] = None

    def __init__(
        self,
        project: str = "storefront",
        *,
        at: str | Sequence[str] | None = None,
        apps: Sequence[str] = (),
        time_limit: float = 60.0,
        runner: str | None = None,
    ) -> None:
        if isinstance(apps, str):
            apps = [apps]
        self.time_limit = time_limit
        self.apps = tuple(apps)
        self.last: Step | None = None
        self._noticed: list[Step] = []
        self._turn = threading.RLock()
        self._facts: dict[str, wire.ProjectFacts] = {}
        self._agreed: dict[object, tuple[Agreement, Agreement]] = {}
        start.wanted(at)
        found = bundled(project)
        self._sandbox = Sandbox(found)
        try:
            self._runner = choose(runner, self._setup(found.python))
            self._end = weakref.finalize(self, _close, self._runner, self._sandbox, os.getpid())
        except BaseException:
            self._sandbox.remove()
            raise
        try:
            start.prepare(self._sandbox, at, self._read_files, self._run_quietly)
            self._moments = Moments(Moment(self._sandbox.snapshot()))
            self._runner.prepare(self._moments.now.snapshot.digest)
            self._check_apps()
        except BaseException as error:
            self._end()
            if isinstance(error, Stopped):
                raise MiglabError(f"the lab could not be opened: {error}") from None
            raise
        Lab._latest = weakref.ref(self)

    # -- opening and closing

    def _setup(self, python: str) -> Setup:
        sandbox = self._sandbox
        config = {
            "folder": str(sandbox.folder),
            "manage": str(sandbox.manage),
            "database": str(sandbox.database),
            "output": str(sandbox.output),
            "code": str(home() / "code"),
            "clock": CLOCK,
            "formatters": False,
            "durable": False,
        }
        return Setup(python, config, _environment())

    def _check_apps(self) -> None:
        if self.apps:
            files = self._truths().files
            labels = value_or(files, Files(self.apps, {})).labels
            for label in self.apps:
                if label not in labels:
                    raise UnknownName("app", label, labels)

    @classmethod
    def latest(cls) -> Lab:
        """The lab that was opened last and is still open.

        Raises:
            BadInput: there is none.
        """
        lab = cls._latest() if cls._latest else None
        if lab is None or not lab._end.alive:
            raise BadInput('there is no open lab; run the cell with lab = Lab("storefront") first')
        return lab

    def close(self) -> None:
        """End the lab: its processes stop and its folder is removed. Closing twice is no error."""
        self._end()

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        """The project's folder: plain ``python manage.py`` works in it, in a terminal too."""
        self._open()
        return self._sandbox.folder

    def _open(self) -> None:
        if not self._end.alive:
            raise LabClosed

    # -- commands

    def manage(
        self, line: str | Sequence[str], *, answers: Iterable[str] = (), refused: str | None = None
    ) -> Step:
        """Run a management command by the words one would type after ``python manage.py``.

        Args:
            answers: what to answer when Django asks, in order.
            refused: the class of the error with which Django is expected to refuse, as in
                ``"CommandError"``.

        Raises:
            BadInput: there is no command, or it needs a terminal.
            Interrupted: it was stopped; the lab stands as it stood before.
            RefusalExpected: Django did not refuse, or with another error.
        """
        words = arguments(line)
        request = {"do": "manage", "argv": words}
        step = self._step("manage", typed(line), request, _answering(answers))
        if refused is not None:
            self.expect_refused(refused)
        return step

    def shell(self, code: str) -> Step:
        """Run Python in the project, with its models at hand. A last expression is printed."""
        return self._step("shell", _first_line(code), {"do": "shell", "code": code}, None)

    def sql(self, sql: str, params: Sequence[Any] = ()) -> Step | Rows:
        """Run SQL by hand, behind Django's back: rows for a query, else a step."""
        request = {"do": "sql", "sql": sql, "params": list(params)}
        table: list[Message] = []
        step = self._step("sql", _first_line(sql), request, None, table)
        if not table or step.refused or step.before is not step.after:
            return step
        rows = tuple(tuple(row) for row in table[0]["rows"])
        return Rows("", tuple(table[0]["columns"]), rows, len(rows))

    def rows(self, table: str, limit: int = 20) -> Rows:
        """The rows of a table as they are stored, by primary key, the first ``limit`` of them.

        Raises:
            UnknownName: there is no such table.
        """
        with self._turn:
            now = self._now()
            schema = value_or(_truths_of(now).tables, Schema())
            if table not in schema.tables:
                raise UnknownName("table", table, schema.tables)
            keys = sorted((c.key, c.name) for c in schema.tables[table].columns if c.key)
            order = " ORDER BY " + ", ".join(f'"{name}"' for _, name in keys) if keys else ""
            sql = f'SELECT * FROM "{table}"{order} LIMIT {int(limit)}'
            answer = self._ask_agent({"do": "sql", "sql": sql}, None)
            found = answer.get("table") or {"columns": [], "rows": []}
            counts = value_or(_truths_of(now).rows, {})
            return Rows(
                table,
                tuple(found["columns"]),
                tuple(tuple(row) for row in found["rows"]),
                counts.get(table, len(found["rows"])),
            )

    def read(self, path: str) -> str:
        """The text of a file of the project. ``path`` may be a pattern that fits one file.

        Raises:
            OutsideSandbox, UnknownName: there is no such file in the project.
            BadInput: it is no text in UTF-8.
        """
        self._open()
        try:
            return self._one_file(path).read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadInput(f"{path!r} is no text in UTF-8: {error.reason}") from None

    def write(self, path: str, text: str) -> Step:
        """Write a file of the project; folders on the way are made.

        Raises:
            OutsideSandbox: the path leaves the project's folder.
        """
        self._open()
        if not isinstance(text, str):
            raise BadInput(f"a file takes text, not {type(text).__name__}")
        content = text.encode("utf-8")
        target = self._sandbox.inside(path)
        if target.is_dir():
            raise BadInput(f"{path!r} is a folder; give the path of a file")
        if target == self._sandbox.database.resolve():
            raise BadInput(f"{path!r} is the database; change it with lab.sql or a migration")

        def act() -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

        return self._step("write", f"write {path}", act, None)

    def replace(self, path: str, old: str, new: str) -> Step:
        """Replace a piece of a file that stands in it exactly once.

        Raises:
            BadInput: the piece stands there not at all, or several times.
        """
        text = self.read(path)
        if text.count(old) != 1:
            raise BadInput(f"{old!r} stands {text.count(old)} times in {path}; it must stand once")
        return self.write(path, text.replace(old, new))

    def delete(self, path: str) -> Step:
        """Delete a file of the project, or all files that a pattern fits.

        Raises:
            OutsideSandbox, UnknownName: no file of the project is meant.
        """
        self._open()
        targets = self._files_like(path)

        def act() -> None:
            for each in targets:
                each.unlink()

        return self._step("delete", f"delete {path}", act, None)

    def expect_refused(self, error: str) -> None:
        """Say that Django was meant to refuse the last command with this error.

        Raises:
            RefusalExpected: it did not, or with another error.
        """
        step = self.last
        if step is None:
            raise RefusalExpected(f"{error} was expected, and no command has run yet")
        if step.refusal is None:
            raise RefusalExpected(f"{error} was expected, and {step.line!r} was not refused")
        if step.refusal.error != error:
            raise RefusalExpected(f"{error} was expected, and {step.line!r} gave {step.refusal}")

    # -- looking

    def truths(self) -> View:
        """The four truths as they are now, and whether they agree."""
        with self._turn:
            truths = _truths_of(self._now())
            return View(truths, self._agreements(truths), self.apps)

    def graph(self, target: str | None = None, *, apps: Sequence[str] = ()) -> Picture:
        """The migration graph. With a target such as ``"store.0002"`` or ``"store.zero"``, what
        going there would apply or unapply.

        Raises:
            UnknownName, BadInput: the target names no migration.
        """
        with self._turn:
            truths = _truths_of(self._now())
            missing = self._agreements(truths).record_tables.missing
            shown = tuple(apps) or self.apps
            if target is None:
                return picture(truths, shown, missing=missing)
            label, name = start.wanted(target)[0]
            files, record = (
                value_or(truths.files, Files((), {})),
                value_or(truths.record, Record(())),
            )
            graph = graph_of(files, record.keys)
            key = start.find(graph, label, name)
            plan = graph.migration_plan([key or (label, None)], record.keys)
            sentence = _plan_sentence(plan, f"{label} {name}")
            return picture(
                truths, shown, plan=plan, target=key or Key(label, "zero"), sentence=sentence
            )

    def history(self) -> History:
        """The commands that moved something, and how many of them hold now."""
        with self._turn:
            self._now()
            return self._moments.history()

    # -- going back in the lab's own history

    def rewind(self, steps: int = 1) -> Step:
        """Go back: files, database and rows are what they were before the last steps."""
        return self._move("rewind", -_positive(steps))

    def forward(self, steps: int = 1) -> Step:
        """Go forward again after ``rewind``."""
        return self._move("forward", _positive(steps))

    def restart(self) -> Step:
        """Go back to where the lab began. ``forward`` still leads on from there."""
        with self._turn:
            self._now()
            return self._move("restart", -self._moments.position)

    def _move(self, name: Literal["rewind", "forward", "restart"], by: int) -> Step:
        with self._turn:
            before = self._now()
            after = self._moments.peek(by)
            self._sandbox.restore(after.snapshot)
            self._moments.move(by)
            self._runner.prepare(after.snapshot.digest)
            line = f"lab.{name}({abs(by) if name != 'restart' and abs(by) > 1 else ''})"
            step = Step(
                line,
                name,
                "",
                _truths_of(before),
                self._truths(),
                files=_file_changes(before, after),
                apps=self.apps,
            )
            self.last = step
            return step

    # -- how a step is taken

    def _step(
        self,
        kind: str,
        line: str,
        act: Message | Callable[[], None],
        ask: Ask | None,
        table: list[Message] | None = None,
    ) -> Step:
        """Do it, and tell what moved. What stops it on the way leaves the lab as it was."""
        with self._turn:
            before = self._now()
            try:
                if callable(act):
                    act()
                    answer: Message = {}
                else:
                    database = before.snapshot.database
                    old = str(database) if database else None
                    answer = self._ask_agent({**act, "old": old}, ask)
                self._check_answer(line, answer)
                if table is not None and answer.get("table"):
                    table.append(answer["table"])
                after = self._after(before, answer)
            except BaseException as error:
                self._put_back(before)
                ours = self._explained(line, error)
                if ours is None:
                    raise
                raise ours from None
            step = Step(
                line=line,
                kind=kind,
                output=answer.get("output", ""),
                before=_truths_of(before),
                after=_truths_of(after),
                refusal=wire.refusal(answer.get("error")),
                sql=wire.statements(answer.get("sql", ())),
                rows=wire.row_changes(answer.get("rows", ())),
                files=_file_changes(before, after),
                apps=self.apps,
                sql_left_out=answer.get("sql_left_out", 0),
            )
            if after is not before:
                after.step = step
                self._moments.add(after)
            self.last = step
            return step

    def _now(self) -> Moment:
        """The moment that holds, its truths read; what was done outside becomes a step first."""
        self._open()
        now = self._moments.now
        self._truths()
        files = self._sandbox.files()
        if files == now.snapshot.files and not self._sandbox.changed_database():
            return now
        snapshot = self._sandbox.snapshot()
        database = now.snapshot.database
        answer = self._look(snapshot.digest, str(database) if database else None)
        after = Moment(snapshot, self._told(snapshot.digest, answer, _truths_of(now)))
        after.step = Step(
            "(done outside this notebook)",
            "outside",
            "",
            _truths_of(now),
            _truths_of(after),
            rows=wire.row_changes(answer.get("rows", ())),
            files=_file_changes(now, after),
            apps=self.apps,
        )
        self._moments.add(after)
        self._noticed.append(after.step)
        return after

    def take_noticed(self) -> list[Step]:
        """The steps that were noticed since this was last asked: what a terminal did."""
        noticed, self._noticed = self._noticed, []
        return noticed

    def _after(self, before: Moment, answer: Message) -> Moment:
        """The moment after a command; the same one where nothing was written."""
        snapshot = self._sandbox.snapshot()
        if snapshot == before.snapshot and before.truths is not None:
            return before
        if not answer or snapshot.files != before.snapshot.files:
            looked = self._look(snapshot.digest, None)
            answer = {**looked, **{k: answer[k] for k in ("database",) if answer.get(k)}}
        return Moment(snapshot, self._told(snapshot.digest, answer, before.truths))

    def _truths(self) -> Truths:
        """The truths of the moment that holds, read where nobody has asked before."""
        now = self._moments.now
        if now.truths is None:
            answer = self._look(now.snapshot.digest, None)
            now.truths = self._told(now.snapshot.digest, answer, None)
        return now.truths

    def _told(self, digest: str, answer: Message, before: Truths | None) -> Truths:
        """The agent's answer as truths."""
        project = self._facts[digest]
        lens = wire.lens(answer["lens"])
        if before is not None and answer["database"] is None:
            database = wire.DatabaseFacts(before.record, before.tables, before.rows)
        else:
            database = wire.database(answer["database"])
        return Truths(
            project.models, project.files, database.record, database.tables, database.rows, lens
        )

    def _look(self, digest: str, old: str | None) -> Message:
        """Ask what the project and the database hold; a project that does not come to an end is
        unreadable, and no error."""
        request = {"do": "look", "digest": digest, "old": old}
        try:
            answer = self._runner.run(request, None, self.time_limit)
        except Stopped as stopped:
            why = Unreadable(_why(stopped, self.time_limit))
            self._facts[digest] = wire.ProjectFacts(why, why)
            return {"database": {"unreadable": why.reason}, "lens": {"unreadable": why.reason}}
        self._facts[digest] = wire.project(answer["project"])
        return answer

    def _ask_agent(self, request: Message, ask: Ask | None) -> Message:
        digest = self._moments.now.snapshot.digest
        return self._runner.run(
            {"digest": digest, "old": None, "ask": ask is not None, **request}, ask, self.time_limit
        )

    def _put_back(self, moment: Moment) -> None:
        self._sandbox.restore(moment.snapshot)
        self._runner.prepare(moment.snapshot.digest)

    def _check_answer(self, line: str, answer: Message) -> None:
        error = answer.get("error")
        if error and error["full_disk"]:
            raise DiskFull(line, "there is no room left on the disk", "Free some, then try again.")
        if error and error["class"] == "NoAnswer":
            question = " ".join(error["message"].split())
            raise Unanswered(
                line,
                f"Django asked, and nobody answered: {question}",
                "Give the answers: %%manage with one answer a line, or answers=[…].",
            )

    def _explained(self, line: str, error: BaseException) -> MiglabError | None:
        """Our own error for what stopped a command, or ``None`` for any other."""
        if isinstance(error, Stopped):
            if error.why == "limit":
                hint = "Lab(…, time_limit=…) allows more."
                return TimeLimit(line, _why(error, self.time_limit), hint)
            return AgentDied(line, _why(error, self.time_limit))
        if isinstance(error, KeyboardInterrupt):
            return Interrupted(line, "interrupted")
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return DiskFull(line, "there is no room left on the disk", "Free some, then try again.")
        return None

    # -- files and agreements

    def _files_like(self, path: str) -> list[Path]:
        self._sandbox.inside(path)
        names = sorted(self._sandbox.files())
        found = [name for name in names if name == path] or fnmatch.filter(names, path)
        if not found:
            folder = path.rpartition("/")[0]
            near = [each for each in names if each.rpartition("/")[0] == folder] or names
            raise UnknownName("file", path, near)
        return [self._sandbox.inside(name) for name in found]

    def _one_file(self, path: str) -> Path:
        found = self._files_like(path)
        if len(found) > 1:
            raise BadInput(f"{path!r} fits {len(found)} files; name one")
        return found[0]

    def _agreements(self, truths: Truths) -> Agreements:
        snapshot = self._moments.now.snapshot
        mark = (snapshot.digest, snapshot.database)
        if mark not in self._agreed:
            self._agreed[mark] = self._ask_agreements(truths)
        models_files, record_tables = self._agreed[mark]
        told = agreement.files_and_record(truths, self.apps)
        return Agreements(models_files, told, record_tables)

    def _ask_agreements(self, truths: Truths) -> tuple[Agreement, Agreement]:
        if isinstance(truths.models, Unreadable):
            why = Agreement(None, f"The models {truths.models}.")
            return why, why
        try:
            answer = self._ask_agent({"do": "agree"}, None)
        except Stopped as stopped:
            why = Agreement(None, f"Asking stopped: {_why(stopped, self.time_limit)}.")
            return why, why
        found = answer.get("agree")
        if not found:
            why = Agreement(None, f"Asking failed: {wire.refusal(answer['error'])}.")
            return why, why
        return agreement.models_and_files(found), agreement.record_and_tables(found)

    def _read_files(self) -> Files | Unreadable:
        digest = self._sandbox.snapshot().digest
        self._look(digest, None)
        return self._facts[digest].files

    def _run_quietly(self, words: Sequence[str]) -> None:
        request = {"do": "manage", "argv": [*words], "ask": False, "old": None}
        digest = self._sandbox.snapshot().digest
        answer = self._runner.run({**request, "digest": digest}, None, self.time_limit)
        if answer["error"]:
            raise MiglabError(
                f"the lab could not be opened: {typed(words)}: {wire.refusal(answer['error'])}"
            )


def _close(runner: Runner, sandbox: Sandbox, owner: int) -> None:
    """End a lab; a fork of the process that opened it has no say."""
    if os.getpid() == owner:
        runner.close()
        sandbox.remove()


def _environment() -> dict[str, str]:
    """This process's variables without those that would change what Python or Django print."""
    dropped = ("PYTHON", "DJANGO", "FORCE_COLOR", "COLUMNS", "LC_", "LANGUAGE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {
        **kept,
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "COLUMNS": "80",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "DJANGO_COLORS": "nocolor",
        "TZ": "UTC",
    }


def _truths_of(moment: Moment) -> Truths:
    assert moment.truths is not None
    return moment.truths


def _file_changes(before: Moment, after: Moment) -> tuple[FileChange, ...]:
    old, new = before.snapshot.files, after.snapshot.files
    if old is new:
        return ()
    return tuple(
        FileChange(
            path, "removed" if path not in new else "added" if path not in old else "changed"
        )
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )


def _answering(answers: Iterable[str]) -> Ask:
    """The given answers one by one, and then the person at the notebook."""
    waiting = [answers] if isinstance(answers, str) else [str(each) for each in answers]

    def ask(question: str) -> str | None:
        if waiting:
            return waiting.pop(0)
        return Lab.prompt(question) if Lab.prompt else None

    return ask


def _first_line(text: str) -> str:
    lines = text.strip().splitlines() or [""]
    return lines[0] + (" …" if len(lines) > 1 else "")


def _positive(steps: int) -> int:
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise BadInput(f"{steps!r} is no number of steps; give 1 or more")
    return steps


def _why(stopped: Stopped, limit: float) -> str:
    if stopped.why == "limit":
        return f"it ran longer than {limit:g} seconds"
    detail = f" ({stopped.detail})" if stopped.detail else ""
    return f"the process that ran it was killed{detail}"


def _plan_sentence(plan: Sequence[tuple[Key, bool]], target: str) -> str:
    if not plan:
        return f"Going to {target} would move nothing."
    back = [key for key, backwards in plan if backwards]
    on = [key for key, backwards in plan if not backwards]
    parts = [
        f"{word} {agreement.counted(len(keys), 'migration', 'migrations')}"
        for word, keys in (("unapply", back), ("apply", on))
        if keys
    ]
    return f"Going to {target} would {' and '.join(parts)}."
