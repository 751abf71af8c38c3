"""Runs steps in a sandbox, and notes what was there before, what was done and what changed. If a
step is stopped, everything that it did is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

from ..agent.common.protocol import Message
from ..compare.truths import compare
from ..databases.engine import Handle
from ..errors import LabClosed, UnknownName
from ..facts.fidelity import DatabaseCopy
from ..facts.line import UNKNOWN, one_line
from ..facts.step import Step
from ..facts.truths import Agreements, Files, Truths, value_or
from ..facts.view import History
from ..interrupts import Uninterrupted
from ..project import Project
from ..runners import Stopped
from ..runners.base import Ask
from ..sandbox.sandbox import Sandbox
from ..sandbox.snapshot import Snapshot
from .commands import changing
from .comparison import rows_passed
from .description import describe_step, ran_outside
from .moments import Moment, Moments
from .reader import Reader
from .stopping import check, explained, has_no_room

#: What a lab can do to move along its own history. No Django command does this.
Move = Literal["rewind", "forward", "restart"]


class Stage:
    """A sandbox with its agent and its history. Only one thread at a time may use it.

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
        #: While a step or a move is under way: the moment to restore if it is stopped.
        self._half: Moment | None = None
        self._noticed: list[Step] = []
        self._unwatched = False
        #: Whether the stage is not used after one what-if: then that needs no second copy.
        self.once = False
        #: The second copy, in which things are tried out. ``copies.twin_of`` makes it, and
        #: ``close`` removes it.
        self.twin: Stage | None = None

    def close(self) -> None:
        """End the agent and remove the sandbox, also while another thread runs a command. Signals
        wait until it is done."""
        with Uninterrupted():
            self.closed = True
            self.reader.runner.close()
            self.sandbox.remove()
            if self.twin is not None:
                self.twin.sandbox.remove()

    def begin_at(self, moment: Moment) -> None:
        """Bring the copy to a moment, which may be another copy's. The history is empty then."""
        self._half = moment
        self._finish()
        self.moments = Moments(replace(moment, step=None))

    def begin_with(self, snapshot: Snapshot) -> None:
        """Bring the copy to the state of another copy of the project. The databases are copied, and
        the history is empty then.

        Raises:
            OSError: a file cannot be read or written. The files and databases are restored.
        """
        before = self.moments.now
        try:
            self.sandbox.restore(snapshot)
        except OSError:
            self.begin_at(before)
            raise
        self.sandbox.forget_marks()
        self.begin_as_found()

    def begin_as_found(self) -> None:
        """Make the state in which the copy is now the beginning. Its truths are not read yet."""
        self.moments = Moments(Moment(self.sandbox.snapshot()))

    def begin_here(self) -> None:
        """Make the current moment the beginning."""
        self.moments = Moments(replace(self.moments.now, step=None))
        self.last, self._noticed = None, []

    # -- the current moment

    def truths(self) -> Truths:
        """The truths of the current moment, read if nobody has asked before."""
        self._finish()
        return self._truths_of(self.moments.now)

    def _truths_of(self, moment: Moment) -> Truths:
        """The truths of a moment, read if necessary. The copy must be at this moment."""
        truths = moment.known(self.reader.time_limit)
        if truths is None:
            digest = moment.snapshot.digest
            answer = self.reader.look(digest)
            truths = moment.truths = self.reader.truths_of(digest, answer, None)
            moment.stopped_at = answer.get("stopped_at")
        return truths

    def check_labels(self, labels: tuple[str, ...]) -> None:
        """Refuse a label that no app has, unless the files cannot be read.

        Raises:
            UnknownName: there is no such app.
        """
        known = value_or(self.truths().files, Files(labels, {})).labels
        for label in labels:
            if label not in known:
                raise UnknownName("app", label, known)

    def now(self) -> tuple[Moment, Truths]:
        """The current moment and its truths. Changes that were made outside, as in a terminal,
        become a step first."""
        truths = self.truths()
        now = self.moments.now
        if self._unwatched:
            return now, truths
        ran = changing(self.sandbox.take_typed())
        if not self._differs(now.snapshot):
            return now, truths
        snapshot = self.sandbox.snapshot()
        answer = self.reader.look(snapshot.digest, now.snapshot.old)
        truths = self.reader.truths_of(snapshot.digest, answer, None)
        after = Moment(snapshot, truths, stopped_at=answer.get("stopped_at"))
        line = one_line(ran) or UNKNOWN
        step = self._describe(line, "outside", now, after, answer)
        if not ran and self._is_nothing(step, now, after):
            now.snapshot = snapshot
            return now, truths
        after.step = step = replace(step, ran=ran_outside(step) if ran else ())
        with Uninterrupted():
            self.moments.add(after)
            self._noticed.append(step)
        return after, step.after

    def _is_nothing(self, step: Step, before: Moment, after: Moment) -> bool:
        """Whether nothing really changed. An engine that is not ``sure`` may report a write
        although there was none; the moment before is then still the current one."""
        if self.sandbox.sure or before.snapshot.entries != after.snapshot.entries:
            return False
        if step.rows or compare(step.before, step.after).moved:
            return False
        return self.sandbox.alike(before.snapshot, after.snapshot)

    def _differs(self, snapshot: Snapshot) -> bool:
        """Whether the copy differs from a snapshot, by a quick look at its files and databases."""
        return self.sandbox.changed_databases() or self.sandbox.entries() != snapshot.entries

    def settle(self) -> None:
        """Count whatever setting up the project left, such as an empty log, as part of the
        beginning."""
        now = self.moments.now
        if self._differs(now.snapshot):
            self.moments = Moments(replace(now, snapshot=self.sandbox.snapshot()))

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """A context in which ``now`` does not look for changes that were made outside, because the
        last look was a moment ago."""
        self._unwatched = True
        try:
            yield
        finally:
            self._unwatched = False

    def take_noticed(self) -> list[Step]:
        """The steps that were noticed since this was last asked."""
        noticed, self._noticed = self._noticed, []
        return noticed

    def learned(self, step: Step, more: Step) -> Step:
        """Replace a step of the history by ``more``: the step with what was found out about it
        later. Returns ``more``."""
        found = self.moments.around(step)
        if found is not None:
            found[1].step = more
        if self.last is step:
            self.last = more
        return more

    def agreements(self, then: Moment | None = None) -> Agreements:
        """Whether the truths of the current moment agree. Call ``now`` first: it looks for changes.
        ``then`` may be an earlier moment that will be asked about next. If possible, the agent
        compares its truths in the same request."""
        snapshot = self.moments.now.snapshot
        earlier = (then.snapshot, then.truths) if then is not None and then.truths else None
        return self.reader.agreements(snapshot, self.truths(), self.apps, earlier)

    def agreements_at(self, moment: Moment) -> Agreements:
        """Whether the truths of an earlier moment agree. If that is not known, the copy is brought
        to that moment and back, and the history is empty afterwards."""
        truths = moment.truths
        known = self.reader.known(moment.snapshot, truths, self.apps) if truths else None
        if known is not None:
            return known
        here = self.moments.now
        self.begin_at(moment)
        try:
            return self.agreements()
        finally:
            self.begin_at(here)

    def history(self) -> History:
        """The steps that changed something."""
        self.now()
        return self.moments.history()

    @contextmanager
    def lending(self) -> Iterator[None]:
        """A context in which new moments refer to the databases themselves and have no copies of
        them. Such a moment is lost when the databases change, unless ``keep`` copies them."""
        self.sandbox.lends = True
        try:
            yield
        finally:
            self.sandbox.lends = False

    def keep(self) -> None:
        """Make sure that the current moment can be restored later: copy the databases that it only
        refers to."""
        now = self.moments.now
        now.snapshot = self.sandbox.keep(now.snapshot)

    # -- steps

    def step(
        self,
        kind: str,
        line: str,
        act: Message | Callable[[], None],
        ask: Ask | None = None,
        ended: Callable[[Message], None] | None = None,
    ) -> tuple[Step, Message]:
        """Run ``act``, a request to the agent or a function that changes files. Returns the step
        and the agent's answer. ``ask`` and ``ended`` are as in ``runners.base.Terms``.

        Raises:
            Interrupted: it was stopped on the way; everything is as it was before.
        """
        before, _ = self.now()
        with self._whole(line, before):
            answer = self._act(before, act, ask, ended)
            check(line, answer)
            after = self._after(before, answer)
            step = self._describe(line, kind, before, after, answer)
            if after is not before and self._is_nothing(step, before, after):
                before.snapshot, after = after.snapshot, before
                step = self._describe(line, kind, before, before, answer)
        if after is not before:
            after.step = step
        with Uninterrupted():
            self._half, self.last = None, step
            if after is not before:
                self.moments.add(after)
        return step, answer

    def move(self, name: Move, by: int) -> Step:
        """Move along the history by a number of steps, back if ``by`` is negative. Files, record,
        tables and rows become what they were at that moment. ``passed`` of the returned step says
        how the rows differ.

        Raises:
            BadInput: there are not that many steps.
            Interrupted: it was stopped on the way; everything is as it was before the move.
        """
        before, _ = self.now()
        after = self.moments.peek(by)
        steps = f"{abs(by)}" if name != "restart" and abs(by) > 1 else ""
        line = f"lab.{name}({steps})"
        position = self.moments.position
        with self._whole(line, before):
            rows = rows_passed(self.reader, self.moments, *sorted((position, position + by)))
            self.sandbox.restore(after.snapshot)
            self.reader.prepare(after.snapshot.digest)
            self._truths_of(after)
            step = replace(self._describe(line, name, before, after, {}), passed=rows)
        with Uninterrupted():
            self._half, self.last = None, step
            self.moments.move(by)
        return step

    @contextmanager
    def _whole(self, line: str, before: Moment) -> Iterator[None]:
        """A context in which the copy may be half changed. ``before``, the current moment, gets
        copies of its own first. Whatever stops the context, everything is restored to ``before``;
        if restoring is stopped too, the next call of ``truths`` does it. A caller that reaches the
        end must clear ``_half``."""
        self._half = before
        try:
            self.keep()
            yield
        except BaseException as error:
            full = has_no_room(self.sandbox.root)
            gone = isinstance(error, Stopped) and not self.sandbox.answers()
            with Uninterrupted(wanted=not isinstance(error, KeyboardInterrupt)):
                if self.closed:
                    raise LabClosed from None
                self._finish()
            ours = explained(line, error, self.reader.time_limit, full, gone)
            if ours is None:
                raise
            raise ours from None

    def _finish(self) -> None:
        """Put back what was left half changed."""
        if self._half is not None:
            self.reader.runner.settle()
            self.sandbox.restore(self._half.snapshot)
            self.reader.prepare(self._half.snapshot.digest)
            self._half = None

    def step_on_the_way(
        self, kind: str, line: str, before: Moment, answer: Message, ends: Mapping[str, Handle]
    ) -> tuple[Step, Moment]:
        """The step that this answer describes, and the moment at which it ended. The stage does not
        move to that moment. ``ends`` maps the aliases of the databases that the step wrote to, to
        copies of them."""
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
        request = {"old": before.snapshot.old, "marks": self.sandbox.marks, **act}
        return self.reader.ask(before.snapshot.digest, request, ask, ended)

    def _after(self, before: Moment, answer: Message) -> Moment:
        """The moment after a command; ``before`` itself if nothing was written."""
        kept = {alias: (Handle(one), mark) for alias, (one, mark) in answer.get("kept", {}).items()}
        snapshot = self.sandbox.snapshot(kept, answer.get("marks"))
        if snapshot == before.snapshot:
            return before
        if not answer or snapshot.files != before.snapshot.files:
            looked = self.reader.look(snapshot.digest)
            answer = {**looked, "database": answer.get("database") or looked["database"]}
        truths = self.reader.truths_of(snapshot.digest, answer, before.truths)
        return Moment(snapshot, truths, stopped_at=answer.get("stopped_at"))

    def _describe(
        self, line: str, kind: str, before: Moment, after: Moment, answer: Message
    ) -> Step:
        return describe_step(self.project, self.apps, (line, kind), (before, after), answer)
