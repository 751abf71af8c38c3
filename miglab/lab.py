"""A lab: a throwaway Django project, the commands that change it, and the way back."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from . import extras
from .databases import registry
from .errors import BadInput
from .facts.line import one_line
from .facts.step import Step
from .facts.truths import NOT_COMPARED
from .facts.view import View
from .interrupts import LetIn, Uninterrupted
from .project import Allowed, bundled, own
from .runners.base import Ask, Tell
from .steps import edits, given, looks, stopping
from .steps.commands import arguments, first_line, typed
from .steps.copies import copy_stage
from .steps.fidelity import fidelity_of
from .steps.opening import open_stage
from .steps.stage import Stage
from .steps.turns import Turns

if TYPE_CHECKING:
    from .facts.consequences import Consequences
    from .facts.fidelity import Fidelity
    from .facts.ladder import Ladder
    from .facts.mend import Mend
    from .facts.picture import Picture
    from .facts.protection import Protection
    from .facts.view import History, Rows

Progress = Callable[[], AbstractContextManager[Tell]]


@contextmanager
def _silent() -> Iterator[Tell]:
    yield lambda text: None


def _nowhere(fact: object) -> None:
    """Show nothing; used until something sets ``announce``."""


class Lab:
    """A throwaway copy of a Django project, with a database of its own and rows in its tables.

    Args:
        project: the name of a project that comes with miglab: ``"storefront"``.
        at: where it starts, as in ``"store.0003"`` or ``["store.0003", "blog.zero"]``; in every
            other app, as much as possible is applied. Without it, everything is applied.
        apps: the app labels that pictures show; if empty, all apps with migrations.
        database: ``"sqlite"``, unless the variable ``MIGLAB_DATABASE`` names another;
            ``"postgresql"`` or ``"mariadb"`` for a server that miglab starts, or the one that
            the variable ``MIGLAB_POSTGRESQL`` or ``MIGLAB_MARIADB`` names; or the address of a
            server on which you may create databases, such as
            ``"postgresql://ann@db.example.org/"``. A lab changes only databases that it has
            created itself.
        time_limit: seconds that one command may take.
        runner: ``"warm"`` or ``"fresh"``; by default, the faster one that this system offers.

    Raises:
        UnknownName: there is no such project, app, migration, database or runner.
        MissingExtra: Django, or a package that the database needs, is not installed here.
        NoServer: the database's server cannot be reached, or does not let labs create databases.
    """

    #: Asks the person a question of Django's and gives the answer. The notebook sets it.
    prompt: ClassVar[Ask | None] = None

    #: Shows a lab, or parts of it, to click on. The notebook sets it.
    explorer: ClassVar[Callable[..., Any] | None] = None

    #: Shows what is being done while something long runs. The notebook and the command set it.
    progress: ClassVar[Progress] = staticmethod(_silent)

    #: Says how to open a lab, for when none is open. The notebook sets it.
    opening: ClassVar[Callable[[], str]] = staticmethod(
        lambda: 'run the cell with lab = Lab("storefront") first'
    )

    #: Shows something that nobody asked for, such as that a task has begun. The notebook sets it.
    announce: ClassVar[Callable[[object], object]] = staticmethod(_nowhere)

    #: Whether this lab measures how much of the data that a step loses is gone for good.
    _counts = True

    #: What was answered to the last command's questions.
    _answered: Sequence[str] = ()

    _opened: ClassVar[list[weakref.ReferenceType[Lab]]] = []

    def __init__(
        self,
        project: str = "storefront",
        *,
        at: str | Sequence[str] | None = None,
        apps: Sequence[str] = (),
        database: str | None = None,
        time_limit: float = 60.0,
        runner: str | None = None,
    ) -> None:
        self.apps = given.labels(apps)
        self._runner = runner
        engine = registry.named(given.name(_database(database), "database"))
        found = bundled(project, engine)
        extras.require("sandbox", f'Lab("{project}")')
        if engine.extra:
            extras.require(engine.extra, f'Lab("{project}", database="{engine.vendor}")')
        limit = given.seconds(time_limit)
        with self._whole() as let_in:
            self._take(
                open_stage(found, at, self.apps, limit, runner, let_in=let_in, begin=self._begin)
            )

    @contextmanager
    def _whole(self) -> Iterator[LetIn]:
        """A context in which the lab gets its stage; if anything fails, nothing is left behind.

        Interrupts wait until its end: before the lab has its stage, nobody could close what is
        already made. Only within the context that it yields do they arrive at once.
        """
        try:
            with Uninterrupted() as held:
                yield held.let_in
        except BaseException:
            if "_turns" in vars(self):
                self.close()
            raise

    def _begin(self, stage: Stage) -> None:
        """Bring a stage from the state that ``at`` names to the one in which this lab begins.

        For a plain lab, the two are the same, so nothing happens.
        """

    def _take(self, stage: Stage) -> None:
        """Use this stage from now on, and become the latest lab."""
        self._stage, self._turns = stage, Turns(stage)
        self._become_latest()

    def _become_latest(self) -> None:
        Lab._opened = [each for each in Lab._opened if each()] + [weakref.ref(self)]

    # -- opening and closing

    @classmethod
    def of(
        cls,
        path: str | os.PathLike[str],
        *,
        python: str | None = None,
        settings: str | None = None,
        apps: Sequence[str] = (),
        include: Sequence[str] = (),
        allow_programs: Sequence[str] = (),
        allow_addresses: Sequence[str] = (),
        allow_folders: Sequence[str | os.PathLike[str]] = (),
        require_jail: bool = False,
        on: str | None = None,
        copy_is: str | None = None,
        copy_is_called: str | None = None,
        time_limit: float = 600.0,
        runner: str | None = None,
    ) -> Lab:
        """A lab of your own project: a copy of its files and its databases. The original is only
        read.

        Args:
            path: the project's folder, a folder above it, or its manage.py.
            python: the project's interpreter, or its virtual environment; without it, the
                environment in its folder, the active one, or the first Python that has Django.
            settings: its settings module; without it, the one that manage.py uses.
            apps: the app labels that pictures show; if empty, all apps with migrations.
            include: patterns of files to copy even if they are large or are not text.
            allow_programs: names or paths of programs that the copy may start. Whatever they do
                is done for real.
            allow_addresses: ``"HOST"``, ``"HOST:PORT"`` or the path of a socket that the copy may
                connect to.
            allow_folders: folders outside the project that the copy may write to.
            require_jail: run nothing unless the operating system keeps the project from writing
                anywhere else; ``lab.protection`` says what it enforces.
            on: if the project's databases are on a server, the address of a server for their
                copies, on which you may create databases; without it, miglab starts one.
            copy_is: the address of a database that is already a copy of the project's, such as a
                restored backup. It is used instead of the database that the settings name, and is
                not changed: commands are tried in further copies on the same server.
            copy_is_called: the name of the database in ``copy_is``, typed once more.
            time_limit: seconds that one command may take.
            runner: ``"warm"`` or ``"fresh"``; by default, the faster one that this system offers.

        Raises:
            NoProject: there is no project, or it cannot be copied or set up, or its database is
                missing; the message says what to do.
            BadInput: an argument is not valid.
            UnknownName: there is no such app or runner.
            NotJailed: a jail is required, but this machine cannot enforce one.
            NoServer: a database's server cannot be reached, or there is none for its copy.
            MissingExtra: a package that is needed to copy its database is not installed.
        """
        lab = cls.__new__(cls)
        lab.apps, lab._runner = given.labels(apps), runner
        limit, jailed = given.seconds(time_limit), given.switch(require_jail, "require_jail")
        allowed = Allowed(
            given.paths(allow_programs), given.paths(allow_addresses), given.paths(allow_folders)
        )
        project = own.find(
            given.path(path, "path"),
            python=None if python is None else given.path(python, "interpreter"),
            settings=None if settings is None else given.name(settings, "settings module"),
            include=given.paths(include),
            allowed=allowed,
        )
        is_copy, called = given.copy(on, copy_is, copy_is_called)
        project = replace(
            project,
            require_jail=jailed,
            on=given.name(on or "", "address"),
            copy_is=is_copy,
            copy_is_called=called,
        )
        with Lab.progress() as tell, lab._whole() as let_in:
            lab._take(open_stage(project, None, lab.apps, limit, runner, tell, let_in))
        return lab

    @property
    def time_limit(self) -> float:
        """Seconds that one command may take; you can set this.

        Raises:
            BadInput: the new value is not a number above 0.
        """
        return self._stage.reader.time_limit

    @time_limit.setter
    def time_limit(self, seconds: float) -> None:
        self._stage.reader.time_limit = given.seconds(seconds)

    @property
    def protection(self) -> Protection:
        """What keeps this lab's project inside its copy, and how strictly."""
        with self._turns.one() as stage:
            return stage.reader.runner.protection

    @property
    def fidelity(self) -> Fidelity:
        """The ways in which every rehearsal in this lab differs from a real run."""
        with self._turns.one() as stage:
            return fidelity_of(stage)

    @property
    def last(self) -> Step | None:
        """The last step that was taken here."""
        return self._stage.last

    @classmethod
    def latest(cls) -> Lab:
        """The lab that was opened last among those that are still open.

        Raises:
            BadInput: no lab is open.
        """
        for opened in reversed(cls._opened):
            lab = opened()
            if lab is not None and not lab.closed:
                return lab
        raise BadInput(f"there is no open lab; {cls.opening()}")

    def step_aside(self) -> None:
        """From now on, ``latest`` never returns this lab."""
        Lab._opened = [each for each in Lab._opened if each() is not self]

    def close(self) -> None:
        """End the lab: its processes stop, and its folder is removed. You can call it twice."""
        self._turns.close()

    def __enter__(self) -> Self:
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
        self._turns.check_open()
        return self._stage.sandbox.folder

    @property
    def closed(self) -> bool:
        """Whether the lab was closed."""
        return self._turns.closed

    @contextmanager
    def _doing(self, line: str) -> Iterator[Stage]:
        """The stage, for work that may take long. Its progress is shown; ``cancel`` stops it."""
        turns = self._turns
        with turns.one() as stage, Lab.progress() as tell, turns.long(line, tell):
            yield stage

    @property
    def busy(self) -> bool:
        """Whether something is running here that ``cancel`` would stop."""
        return self._turns.busy

    def cancel(self) -> None:
        """Stop the command that runs here, from another thread: it ends with ``Interrupted``, and
        the lab is as it was before. If nothing runs, nothing happens."""
        self._turns.cancel()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function after each step, whichever cell or thread took it, and when the lab is
        closed. The function runs in that thread, before the next step can begin."""
        self._turns.watch(watcher)

    # -- commands

    def manage(
        self, line: str | Sequence[str], *, answers: Iterable[str] = (), refused: str | None = None
    ) -> Step:
        """Run a management command: type what you would type after ``python manage.py``.

        Args:
            answers: what to answer when Django asks, in order.
            refused: the class of the error with which Django should refuse the command, as in
                ``"CommandError"``.

        Raises:
            BadInput: the command is missing, or needs a terminal.
            Interrupted: the command was stopped; the lab is as it was before.
            RefusalExpected: Django did not refuse, or refused with a different error.
        """
        words = arguments(line)
        request = {"do": "manage", "argv": words}
        with self._doing(typed(line)) as stage:
            taken: list[str] = []
            self._answered = taken
            asked = _answering(answers, taken)
            step, _ = stage.step("manage", typed(line), request, asked)
            step = self._counted(stage, step)
        if refused is not None:
            self.expect_refused(refused)
        return step

    def shell(self, code: str) -> Step:
        """Run Python in the project, with its models imported. If the last line is an expression,
        its value is printed."""
        request = {"do": "shell", "code": given.text(code, "code")}
        with self._doing(first_line(code)) as stage:
            return self._counted(stage, stage.step("shell", first_line(code), request)[0])

    def sql(self, sql: str, params: Sequence[Any] = ()) -> Step | Rows:
        """Run SQL directly, without Django: a query returns its rows, other SQL returns a step."""
        values = given.parameters(params)
        sql = given.text(sql, "SQL")
        with self._doing(first_line(sql)) as stage:
            found = looks.sql(stage, sql, values)
            return self._counted(stage, found) if isinstance(found, Step) else found

    def rows(self, table: str, limit: int = 20) -> Rows:
        """The first ``limit`` rows of a table as they are stored, ordered by primary key.

        Raises:
            UnknownName: there is no such table.
        """
        limit = given.number_of_rows(limit)
        with self._turns.one() as stage:
            return looks.rows(stage, table, limit)

    def read(self, path: str) -> str:
        """The text of a file of the project. ``path`` may be a pattern that matches one file.

        Raises:
            OutsideSandbox, UnknownName: there is no such file in the project.
            BadInput: it is not UTF-8 text.
        """
        with self._turns.one() as stage:
            return edits.read(stage, path)

    def write(self, path: str, text: str) -> Step:
        """Write a file of the project; missing folders are created.

        Raises:
            OutsideSandbox: the path leaves the project's folder.
        """
        with self._turns.one() as stage:
            return edits.write(stage, path, text)

    def replace(self, path: str, old: str, new: str) -> Step:
        """Replace a piece of a file. The piece must be in the file exactly once.

        Raises:
            BadInput: the piece is not in the file, or is in it several times.
        """
        with self._turns.one() as stage:
            return edits.replace(stage, path, old, new)

    def delete(self, path: str) -> Step:
        """Delete a file of the project, or all files that a pattern matches.

        Raises:
            OutsideSandbox, UnknownName: there is no such file in the project.
        """
        with self._turns.one() as stage:
            return edits.delete(stage, path)

    def copy_file(self, source: str, target: str) -> Step:
        """Copy a file of the project. On SQLite the database is a file too:
        ``copy_file("db.sqlite3", "backup.sqlite3")`` makes a backup; with the two paths swapped, it
        restores the backup.

        Raises:
            OutsideSandbox, UnknownName: a path leaves the project's folder, or does not exist.
        """
        with self._turns.one() as stage:
            return edits.copy_file(stage, source, target)

    def expect_refused(self, error: str) -> None:
        """Check that Django refused the last command with this error.

        Raises:
            RefusalExpected: Django did not refuse it, or did so with a different error.
        """
        stopping.check_refused(self.last, error)

    # -- looking

    def truths(self, *, compare: bool = True) -> View:
        """The four truths as they are now, and whether they agree.

        Args:
            compare: whether to compare them, which takes seconds in a project with a thousand
                migrations.
        """
        with self._turns.one() as stage:
            _, truths = stage.now()
            agreements = stage.agreements() if compare else NOT_COMPARED
            return View(truths, agreements, self.apps)

    def graph(self, target: str | None = None, *, apps: Sequence[str] = ()) -> Picture:
        """The migration graph. With a target such as ``"store.0002"`` or ``"store.zero"``, it shows
        what going there would apply or unapply.

        Raises:
            UnknownName, BadInput: there is no such target.
        """
        with self._turns.one() as stage:
            return looks.graph(stage, target, given.labels(apps) or self.apps)

    def explore(self, *parts: str, height: int = 440) -> Any:
        """Show the lab so that you can click on it: choose a migration, see what going there would
        do, and go there.

        Args:
            parts: any of ``"graph"``, ``"timeline"``, ``"truths"`` and ``"menus"``; by default,
                all of them.
            height: the height of the graph, in pixels.

        Raises:
            BadInput: this is not running in a notebook.
            UnknownName: there is no such part.
        """
        self._turns.check_open()
        if Lab.explorer is None:
            raise BadInput("lab.explore() needs a notebook; lab.graph() and lab.what_if() do not")
        return Lab.explorer(self, parts, height)

    def history(self) -> History:
        """The commands that changed something, and how many of them are in effect now."""
        with self._turns.one() as stage:
            return stage.history()

    def steps(self) -> tuple[Step, ...]:
        """The steps of the history in order, including those that were rewound."""
        with self._turns.one() as stage:
            stage.now()
            return stage.moments.line

    def between(self, first: int, second: int, *, for_good: bool = False) -> Step:
        """What changed from one moment of the history to another: files, record, tables and rows.
        The lab itself does not change.

        Args:
            first, second: two moments, where 0 is the beginning; what changed is always shown from
                the earlier to the later one.
            for_good: also measure how much of the lost data a way back does not restore. The way
                back runs in a copy, and takes as long as the commands did.

        Raises:
            BadInput: there are no such moments.
        """
        with self._doing(f"from {first} to {second}") as stage:
            stage.now()
            step = looks.between(stage, first, second)
            if not for_good:
                return step
            # Here, since it takes a while to import.
            from .whatif import count_between

            return count_between(stage, step, *sorted((first, second)))

    def take_noticed(self) -> list[Step]:
        """The steps taken in a terminal that were noticed since the last call."""
        with self._turns.one() as stage:
            return [self._counted(stage, step) for step in stage.take_noticed()]

    def _counted(self, stage: Stage, step: Step) -> Step:
        """The step. If it lost something, it also says how much of that is gone for good, unless
        this lab does not measure that."""
        moments = stage.moments.around(step)
        if not self._counts or moments is None or not any(each.costs for each in step.rows):
            return step
        # Here, since most steps lose nothing, and it takes a while to import.
        from .whatif import count_for_good

        return stage.learned(step, count_for_good(stage, step, *moments))

    # -- trying things out

    def copy(self) -> Lab:
        """A second lab in the same state as this one, but independent and without a history."""
        with self._turns.one() as stage:
            return Lab._copied(stage, self.apps, self._runner)

    @staticmethod
    def _copied(stage: Stage, apps: tuple[str, ...], runner: str | None) -> Lab:
        """A new lab, in the same state as a stage is now."""
        stage.now()
        lab = Lab.__new__(Lab)
        lab.apps, lab._runner = apps, runner
        with lab._whole():
            lab._take(copy_stage(stage, runner))
        return lab

    def what_if(self, *commands: str | Sequence[str], answers: Iterable[str] = ()) -> Consequences:
        """What these commands would do, one after the other: they are run in a copy, and so is the
        way back. This lab does not change.

        Args:
            commands: what you would type after ``python manage.py``; or ``"delete PATH"`` to
                delete a file; or ``"sql …"`` to run SQL by hand.
            answers: what to answer when Django asks, in order.

        Raises:
            BadInput: a command is missing, needs a terminal, or names no file.
            Interrupted: the rehearsal was stopped; nothing is left behind.
        """
        from .whatif import what_if

        with self._doing(one_line(map(typed, commands))) as stage:
            return what_if(stage, commands, _answering(answers))

    def what_if_once(self, *commands: str | Sequence[str]) -> Consequences:
        """Like ``what_if``, for a lab that is not used afterwards: the lab itself changes, so that
        the project is copied and set up only once.

        Raises:
            BadInput: a command is missing, needs a terminal, or names no file.
            Interrupted: the rehearsal was stopped; nothing is left behind.
        """
        from .whatif import what_if

        with self._doing(one_line(map(typed, commands))) as stage:
            stage.once = True
            return what_if(stage, commands)

    def what_if_all(self, app_label: str, database: str | None = None) -> Ladder:
        """What each further step back in an app would cost, for all targets down to zero.

        Args:
            app_label: the app.
            database: the alias of the database; without it, the default one.

        Raises:
            UnknownName: there is no such app with migrations.
            BadInput: none of its migrations is applied, or there is no such database.
            Interrupted: the rehearsal was stopped; nothing is left behind.
        """
        from .whatif import what_if_all

        with self._doing(f"all steps back in {app_label}") as stage:
            return what_if_all(stage, app_label, database)

    def mends(self, which: str) -> tuple[Mend, ...]:
        """Ways to make two truths agree again, each tried in a copy; the ones that work come first.

        Args:
            which: ``"models_files"``, ``"files_record"`` or ``"record_tables"``.

        Raises:
            UnknownName: there is no such pair.
            Interrupted: the rehearsal was stopped; nothing is left behind.
        """
        from .whatif import mends

        with self._doing(f"what could fix {which}") as stage:
            return mends(stage, which)

    def commands_since(self, ref: str) -> list[str]:
        """The commands that take back the migrations that were added since a git commit, such as
        ``"origin/main"``; if some of them are not applied, ``migrate`` comes first. Empty if no
        migration was added.

        Raises:
            BadInput: git is not installed, or does not know the project or the commit.
        """
        from .whatif import added_since, commands_since

        with self._turns.one() as stage:
            keys = added_since(stage, ref)
            return commands_since(stage, keys) if keys else []

    # -- going back in the lab's own history

    def rewind(self, steps: int = 1) -> Step:
        """Go back: files, database and rows are as they were before the last ``steps`` steps."""
        with self._turns.one() as stage:
            return stage.move("rewind", -given.number_of_steps(steps))

    def forward(self, steps: int = 1) -> Step:
        """Go forward again after ``rewind``."""
        with self._turns.one() as stage:
            return stage.move("forward", given.number_of_steps(steps))

    def begin_here(self) -> None:
        """Forget the history: from now on, ``restart`` returns to this moment."""
        with self._turns.one() as stage:
            stage.now()
            stage.begin_here()

    def restart(self) -> Step:
        """Go back to where the lab began. From there, ``forward`` still works."""
        with self._turns.one() as stage:
            stage.now()
            return stage.move("restart", -stage.moments.position)


def _database(given: str | None) -> str:
    """The given database, or else the one that ``MIGLAB_DATABASE`` names, or the default one."""
    return os.environ.get("MIGLAB_DATABASE", registry.DEFAULT.vendor) if given is None else given


def _answering(answers: Iterable[str], taken: list[str] | None = None) -> Ask:
    """A function that answers Django's questions: first with ``answers``, in order, and then by
    asking the person at the notebook. It adds each answer to ``taken``."""
    waiting = given.replies(answers)

    def ask(question: str) -> str | None:
        answer = waiting.pop(0) if waiting else Lab.prompt(question) if Lab.prompt else None
        if answer is not None and taken is not None:
            taken.append(answer)
        return answer

    return ask
