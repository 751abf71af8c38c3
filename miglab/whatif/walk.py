"""Goes back once, as far as possible, and finds what the command to each target on the way would
do."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import NamedTuple

from ..agent.common.protocol import Message
from ..databases.engine import Handle
from ..errors import MiglabError
from ..facts.consequences import Consequences
from ..facts.migration import Key
from ..facts.run import Run
from ..steps.moments import Moment
from ..steps.stage import Stage
from .command import Command
from .plan import planned
from .rehearse import what_if, what_if_ran


class Ran(NamedTuple):
    """A command that was run on the way, and the moment where it ended."""

    run: Run
    end: Moment


class Walk:
    """One run of the last of these commands, which stops at the targets of the others on its way.

    ``stage`` is a copy at the moment where every command would begin. A command that is not in
    ``ran`` must be run alone, because its plan is not part of the way, or because something other
    than Django affects it. The last command must also be run alone if it was refused, because it
    might succeed without the stops.

    Attributes:
        ran: what commands did, by their lines.
        stopped_at: the migration at which the walk failed, if it did.
        stopped: the lines of the commands that would also reach that migration.
    """

    def __init__(self, stage: Stage, commands: Sequence[Command], targets: Sequence[Key]) -> None:
        self.stage, self.commands = stage, commands
        self.alias = stage.reader.alias
        self.ran: dict[str, Ran] = {}
        self.stopped_at: Key | None = None
        self.stopped: set[str] = set()
        self._at_stop: Consequences | None = None
        self._ended: list[tuple[float, Message]] = []
        try:
            self._go(targets)
        finally:
            self._forget()

    @property
    def copies(self) -> set[Handle]:
        """The copies of databases that must be kept to continue from where commands ended."""
        each_end = (each.end.snapshot.databases.values() for each in self.ran.values())
        return {one for databases in each_end for one in databases if one is not None}

    def tells(self, each: Command) -> bool:
        """Whether this walk may be able to say what a command would do."""
        return each.line in self.ran or each.line in self.stopped

    def what_if(self, stage: Stage, each: Command) -> Consequences | None:
        """What a command would do; ``None`` if the command must be run alone. It can be asked only
        once for each command. ``stage`` is the lab's own stage, not the copy."""
        ran = self.ran.get(each.line)
        if ran is not None:
            found = what_if_ran(stage, each, self.alias, *ran)
            del self.ran[each.line]
            return found
        if each.line not in self.stopped:
            return None
        if self._at_stop is None:
            self._at_stop = what_if(stage, [self.commands[-1].words])
        failed = self._at_stop.runs[-1].failed
        # All of them come to it, and have done the same by then.
        return self._at_stop if failed and failed.key == self.stopped_at else None

    def _go(self, targets: Sequence[Key]) -> None:
        before, _ = self.stage.now()
        furthest = self.commands[-1]
        request = {
            "do": "manage",
            "argv": [*furthest.words],
            "on_the_way": [[*key] for key in targets],
        }
        self._since = time.perf_counter()
        step, told = self.stage.step(furthest.kind, furthest.line, request, ended=self._hear)
        end, _ = self.stage.now()
        if end.snapshot.files != before.snapshot.files:
            # Files are not put back on the way: each may have found those of the one before it.
            return
        last = Run(step, planned(step), time.perf_counter() - self._since)
        if not step.refused:
            self.ran[furthest.line] = Ran(last, end)
        elif last.failed is not None:
            self.stopped_at = last.failed.key
            passed = {answer["number"] for _, answer in self._ended}
            beyond = {*told.get("on_the_way", ())} - passed
            self.stopped = {self.commands[number].line for number in beyond}
            self.stopped.add(furthest.line)
        for seconds, answer in self._ended:
            each = self.commands[answer["number"]]
            # What stops a command for good is said by the one that is run alone.
            with contextlib.suppress(MiglabError):
                self.ran[each.line] = self._told(each, before, answer, seconds)

    def _hear(self, answer: Message) -> None:
        now = time.perf_counter()
        self._ended.append((now - self._since, answer))
        self._since = now

    def _told(self, each: Command, before: Moment, answer: Message, seconds: float) -> Ran:
        sandbox, made = self.stage.sandbox, answer.pop("ends")
        ends = {alias: sandbox.take_over(alias, Handle(one)) for alias, one in made.items()}
        step, end = self.stage.step_on_the_way(each.kind, each.line, before, answer, ends)
        return Ran(Run(step, planned(step), seconds), end)

    def _forget(self) -> None:
        """Remove the copies of databases that this walk did not use."""
        for _, answer in self._ended:
            for alias, made in answer.pop("ends", {}).items():
                self.stage.sandbox.engines[alias].remove(Handle(made))
        self._ended.clear()
