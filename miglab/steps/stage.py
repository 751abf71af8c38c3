"""Takes steps in a sandbox: what was there before, what was done, what moved; or all put back."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Literal, Protocol

from ..agent.common.protocol import Message
from ..compare.schema import renames_of
from ..databases.engine import Handle
from ..errors import LabClosed, NoProject, UnknownName
from ..facts.fidelity import DatabaseCopy, Fidelity, LeftOut, Replaced
from ..facts.step import Renames, RowChange, Step
from ..facts.truths import Agreements, Files, Truths, value_or
from ..facts.view import History
from ..project import Project
from ..project.databases import no_database
from ..runners import answers
from ..runners.base import Ask
from ..sandbox.links import has_links
from ..sandbox.sandbox import Sandbox
from ..sandbox.snapshot import Snapshot
from .description import describe_step
from .moments import Moment, Moments
from .reader import Reader, place_of
from .stopping import check, explained

#: What moves along the lab's own history, and no command does.
Move = Literal["rewind", "forward", "restart"]


class HasCopies(Protocol):
    """Whoever needs copies of databases."""

    @property
    def copies(self) -> set[Handle]:
        """Their files."""


class Stage:
    """A sandbox with its agent and its history. Not for two threads at once.

    ``apps`` are the labels that pictures of its steps show.
    """

    def __init__(
        self, project: Project, sandbox: Sandbox, reader: Reader, apps: tuple[str, ...]
    ) -> None:
        self.project, self.sandbox, self.reader, self.apps = project, sandbox, reader, apps
        self.closed = False
        #: When the databases were copied, and from where; filled by whoever copies them.
        self.copied: tuple[DatabaseCopy, ...] = ()
        self.last: Step | None = None
        self.moments = Moments(Moment(sandbox.snapshot()))
        self._noticed: list[Step] = []
        self._unwatched = False
        self._twin: Stage | None = None
        self._kept: weakref.WeakSet[HasCopies] = weakref.WeakSet()

    def close(self) -> None:
        """End the agent and remove the sandbox, also while another thread runs a command."""
        self.closed = True
        self.reader.runner.close()
        self.sandbox.remove()
        if self._twin is not None:
            self._twin.sandbox.remove()

    def twin(self, alias: str | None = None) -> Stage:
        """Another copy of the project, at the moment that holds here, for trying things out. It
        has the same agent; there is one, and it is brought to this moment each time. ``alias`` is
        the database that is read; without it, the same as here.

        Raises:
            NoProject: there is no such database yet: neither the project has it, nor was it made
                here.
        """
        now, _ = self.now()
        self._check_there(alias or self.reader.alias, now)
        if self._twin is None:
            sandbox = Sandbox(laid_out_as(self.project, self.sandbox))
            reader = self.reader.beside(place_of(sandbox, self.project))
            self._twin = Stage(self.project, sandbox, reader, self.apps)
        twin = self._twin
        twin.copied = self.copied
        twin.reader.time_limit, twin.reader.tell = self.reader.time_limit, self.reader.tell
        twin.sandbox.forget_copies(set().union(*(each.copies for each in self._kept)))
        twin.reader.alias = alias or self.reader.alias
        same = twin.reader.alias == self.reader.alias
        twin.begin_at(Moment(now.snapshot, now.truths if same else None))
        return twin

    def _check_there(self, alias: str, now: Moment) -> None:
        source = self.project.sources.get(alias)
        if source is not None and now.snapshot.databases.get(alias) is None:
            raise NoProject(no_database(alias, source))

    def keep_copies_for(self, full: HasCopies) -> None:
        """Keep the databases that it names for as long as somebody holds it."""
        self._kept.add(full)

    def begin_at(self, moment: Moment) -> None:
        """Be as a copy is at a moment, this one or another, with no history."""
        self._restore(moment)
        self.moments = Moments(Moment(moment.snapshot, moment.truths))

    def begin_here(self) -> None:
        """Take the moment that holds for the beginning."""
        now = self.moments.now
        self.moments = Moments(Moment(now.snapshot, now.truths))
        self.last, self._noticed = None, []

    # -- the moment that holds

    def truths(self) -> Truths:
        """The truths of the moment that holds, read where nobody has asked before."""
        now = self.moments.now
        if now.truths is None:
            digest = now.snapshot.digest
            now.truths = self.reader.truths_of(digest, self.reader.look(digest), None)
        return now.truths

    def check_labels(self, labels: tuple[str, ...]) -> None:
        """Refuse a label that no app has; where the files cannot be read, nobody knows.

        Raises:
            UnknownName: there is no such app.
        """
        known = value_or(self.truths().files, Files(labels, {})).labels
        for label in labels:
            if label not in known:
                raise UnknownName("app", label, known)

    def now(self) -> tuple[Moment, Truths]:
        """The moment that holds and its truths; what was done outside becomes a step first."""
        now, truths = self.moments.now, self.truths()
        if self._unwatched:
            return now, truths
        files = self.sandbox.files()
        if files == now.snapshot.files and not self.sandbox.changed_databases():
            return now, truths
        snapshot = self.sandbox.snapshot()
        answer = self.reader.look(snapshot.digest, now.snapshot.old)
        after = Moment(snapshot, self.reader.truths_of(snapshot.digest, answer, None))
        step = self._describe("(done outside this notebook)", "outside", now, after, answer)
        after.step = step
        self.moments.add(after)
        self._noticed.append(step)
        return after, step.after

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Within it nobody looks for what was done outside: that was done a moment ago."""
        self._unwatched = True
        try:
            yield
        finally:
            self._unwatched = False

    def take_noticed(self) -> list[Step]:
        """The steps that were noticed since this was last asked."""
        noticed, self._noticed = self._noticed, []
        return noticed

    def agreements(self) -> Agreements:
        """Whether the truths of the moment that holds agree; ``now`` has looked for others."""
        snapshot = self.moments.now.snapshot
        return self.reader.agreements(snapshot, self.truths(), self.apps)

    def history(self) -> History:
        """The steps that moved something."""
        self.now()
        return self.moments.history()

    # -- steps

    def step(
        self,
        kind: str,
        line: str,
        act: Message | Callable[[], None],
        ask: Ask | None = None,
        ended: Callable[[Message], None] | None = None,
    ) -> tuple[Step, Message]:
        """Do it, and tell what moved; the agent's answer comes along. ``ended`` is as in
        ``runners.base.Terms``.

        Raises:
            Interrupted: it was stopped on the way; everything is as it was before.
        """
        before, _ = self.now()
        try:
            answer = self._act(before, act, ask, ended)
            check(line, answer)
            after = self._after(before, answer)
        except BaseException as error:
            if self.closed:
                raise LabClosed from None
            self._restore(before)
            ours = explained(line, error, self.reader.time_limit)
            if ours is None:
                raise
            raise ours from None
        step = self.last = self._describe(line, kind, before, after, answer)
        if after is not before:
            after.step = step
            self.moments.add(after)
        return step, answer

    def move(self, name: Move, by: int) -> Step:
        """Go along the history: files, record, tables and rows as they were there."""
        before, _ = self.now()
        after = self.moments.peek(by)
        self.sandbox.restore(after.snapshot)
        self.moments.move(by)
        self.reader.prepare(after.snapshot.digest)
        self.truths()
        steps = f"{abs(by)}" if name != "restart" and abs(by) > 1 else ""
        self.last = self._describe(f"lab.{name}({steps})", name, before, after, {})
        return self.last

    def between(self, first: int, second: int) -> Step:
        """What moved from one moment of the history to a later one; nobody goes there.

        Raises:
            BadInput: there are no such moments.
        """
        before, after = (self.moments.at(each) for each in (first, second))
        renames = renames_of(self.moments.steps(first, second))
        rows = self.compared(before.snapshot, after.snapshot, renames)
        step = self._describe(f"from {first} to {second}", "between", before, after, {})
        return replace(step, rows=rows, renames=renames)

    def compared(
        self, before: Snapshot, after: Snapshot, renames: Mapping[str, Renames]
    ) -> tuple[RowChange, ...]:
        """The rows of two moments, compared by the agent."""
        if before.databases == after.databases:
            return ()
        request = {
            "do": "compare",
            "old": before.old,
            "new": after.old,
            "renames": {alias: asdict(each) for alias, each in renames.items()},
        }
        return answers.row_changes(self.reader.ask("", request)["rows"])

    def step_on_the_way(
        self, kind: str, line: str, before: Moment, answer: Message, ends: Mapping[str, Handle]
    ) -> tuple[Step, Moment]:
        """The step that this answer tells of, and where it ended: ``ends`` are the copies of the
        databases it wrote to. Nobody goes there."""
        check(line, answer)
        databases = {**before.snapshot.databases, **ends}
        snapshot = replace(before.snapshot, databases=databases)
        after = Moment(snapshot, self.reader.truths_of(snapshot.digest, answer, before.truths))
        return self._describe(line, kind, before, after, answer), after

    def _act(
        self,
        before: Moment,
        act: Message | Callable[[], None],
        ask: Ask | None,
        ended: Callable[[Message], None] | None,
    ) -> Message:
        if callable(act):
            act()
            return {}
        request = {"old": before.snapshot.old, **act}
        return self.reader.ask(before.snapshot.digest, request, ask, ended)

    def _after(self, before: Moment, answer: Message) -> Moment:
        """The moment after a command; the same one where nothing was written."""
        snapshot = self.sandbox.snapshot()
        if snapshot == before.snapshot:
            return before
        if not answer or snapshot.files != before.snapshot.files:
            looked = self.reader.look(snapshot.digest)
            answer = {**looked, "database": answer.get("database") or looked["database"]}
        return Moment(snapshot, self.reader.truths_of(snapshot.digest, answer, before.truths))

    def _describe(
        self, line: str, kind: str, before: Moment, after: Moment, answer: Message
    ) -> Step:
        return describe_step(self.project, self.apps, (line, kind), (before, after), answer)

    @property
    def fidelity(self) -> Fidelity:
        """What differs between every rehearsal of this project and a real run."""
        project = self.project
        if not self.reader.runner.about:
            self.reader.look(self.moments.now.snapshot.digest)
        return Fidelity(
            engine=str(self.reader.engine()),
            replaced=tuple(Replaced(*each) for each in project.replaced),
            left_out=project.left_out,
            linked=has_links(project),
            kinds=tuple(LeftOut(*each) for each in project.kinds),
            unentered=project.unentered,
            databases=self.copied,
            allowed=project.allowed.options,
            protection=self.reader.runner.protection,
        )

    def _restore(self, moment: Moment) -> None:
        self.sandbox.restore(moment.snapshot)
        self.reader.prepare(moment.snapshot.digest)


def laid_out_as(project: Project, sandbox: Sandbox) -> Project:
    """The same project with nothing in it yet: a snapshot fills it."""
    return replace(project, root=sandbox.project, files=(), folders=())
