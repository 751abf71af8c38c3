"""Runs one command back to the furthest target. When it reaches a nearer target, a fork ends the
command there, as a command to that target would end. Then the walk goes on from where it was."""

from __future__ import annotations

import os
import signal
from typing import Any, Callable, Dict, List, Optional, Protocol

from ..acting.trace import Trace
from ..common.protocol import Message
from ..common.steady import put
from ..common.wire import Wire
from ..guarding import guard
from .output import flush
from .place import Databases, close_connections
from .watched import WatchedPlan


class Request(Protocol):
    """The running request that a walk belongs to. In a fork that ends on the way, its ``wire``
    leads to the walk, and ``at_end`` does nothing."""

    config: Dict[str, Any]
    databases: Databases
    trace: Trace
    result: Dict[str, Any]
    wire: Wire
    at_end: Callable[[], None]

    @property
    def alias(self) -> str:
        """The alias of the database that is asked about."""


class Walk:
    """The walk of one request; ``targets`` are ``[app label, name]``, by their numbers.

    A target is skipped, and has to be asked for by itself, if its plan is not the beginning of the
    furthest target's plan. This is also so if the command could notice that it does not run alone:
    by a handler of ``pre_migrate`` that looks at the plan, by a ``migrate`` that is not Django's,
    or by what a connection holds and loses when it is closed.
    """

    def __init__(self, request: Request, targets: List[List[str]]) -> None:
        self.request, self.targets = request, targets
        self.first = request.databases.marks()
        self.plan: Optional[List[Any]] = None
        self.executor: Any = None
        self.noted = self.done = 0
        #: What handlers of ``pre_migrate`` were given.
        self.shown: Optional[WatchedPlan] = None
        #: How many migrations are unapplied → the number of the target that is reached then.
        self.ends: Dict[int, int] = {}

    def follow(self) -> None:
        """From now on, stop at each target."""
        import django.core.management.commands.migrate as command
        import django.core.management.sql as signals
        from django.core.management import get_commands
        from django.db.migrations.executor import MigrationExecutor

        if get_commands().get("migrate") != "django.core":
            return
        send = signals.emit_pre_migrate_signal
        migrate, unapply = MigrationExecutor.migrate, MigrationExecutor.unapply_migration

        def watch_and_send(*args: Any, **kwargs: Any) -> None:
            if self.shown is None and kwargs.get("plan") is not None:
                kwargs["plan"] = self.shown = WatchedPlan(kwargs["plan"])
            send(*args, **kwargs)

        def planned(executor: Any, targets: Any, plan: Any = None, *args: Any, **kw: Any) -> Any:
            if plan is None:
                plan = executor.migration_plan(targets)
            self.begin(executor, plan)
            return migrate(executor, targets, plan, *args, **kw)

        def unapplied(executor: Any, *args: Any, **kwargs: Any) -> Any:
            state = unapply(executor, *args, **kwargs)
            if executor is self.executor:
                self.done += 1
                if self.done in self.ends:
                    self.stop_at(self.ends[self.done])
            return state

        for module in (signals, command):
            put(module, "emit_pre_migrate_signal", watch_and_send)
        put(MigrationExecutor, "migrate", planned)
        put(MigrationExecutor, "unapply_migration", unapplied)

    def begin(self, executor: Any, plan: List[Any]) -> None:
        """Called when the command has its plan: find the targets that lie on its way."""
        if self.plan is not None or executor.connection.alias != self.request.alias:
            return
        self.plan, self.executor, self.noted = plan, executor, len(self.request.trace.plan)
        databases = self.request.databases
        if not all(databases.engine(each).can_fork for each in databases.handles):
            return
        if not hasattr(os, "fork") or self.shown is None or self.shown.asked:
            return
        for number, (label, name) in enumerate(self.targets):
            if (label, name) in executor.loader.graph.nodes and _is_one(executor, label, name):
                nearer = executor.migration_plan([(label, name)])
                if 0 < len(nearer) < len(plan) and nearer == plan[: len(nearer)]:
                    self.ends[len(nearer)] = number
        self.request.result["on_the_way"] = sorted(self.ends.values())

    def stop_at(self, number: int) -> None:
        """Let the command to this target end, and go on as if it had never run. In the process that
        ends, this method returns to Django, whose plan is finished then."""
        request = self.request
        if not self._can_reopen():
            return
        close_connections()
        flush()
        printed = os.path.getsize(request.config["output"])
        # Forks of the project's tell what they were refused: each to the command that made them.
        guard.hear_forks()
        guard.begin()
        marks, kept = request.databases.marks(), self._keep(number)
        if kept is None:
            return
        ears, mouth = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ears)
            self._end_here(mouth)
            return
        os.close(mouth)
        try:
            answer = self._hear(ears)
        except BaseException:
            os.kill(pid, signal.SIGKILL)
            raise
        finally:
            os.waitpid(pid, 0)
            guard.begin()
            os.truncate(request.config["output"], printed)
        ends = self._go_back(marks, kept)
        if answer is not None:
            request.wire.send(dict(answer, event="ended", number=number, ends=ends))

    def _can_reopen(self) -> bool:
        from django.db import connections

        opened = (each for each in connections.all() if each.connection is not None)
        return all(self.request.databases.engine(each.alias).can_reopen(each) for each in opened)

    def _keep(self, number: int) -> Optional[Dict[str, str]]:
        """Copies of the databases as they are now, by their aliases; ``None`` if there is no room
        for them."""
        kept: Dict[str, str] = {}
        databases = self.request.databases
        for alias, handle in databases.handles.items():
            engine = databases.engine(alias)
            if engine.exists(handle) and handle not in map(databases.handles.get, kept):
                name = "%s.%s.%d" % (self.request.config["output"], alias, number)
                try:
                    kept[alias] = engine.keep(handle, name)
                except (OSError, engine.error):
                    # There is no room for it: from here on, each is asked for alone.
                    self.ends.clear()
                    return None
        return kept

    def _end_here(self, mouth: int) -> None:
        """In the new process: the plan ends here, and the answer goes to the walk."""
        request = self.request
        assert self.plan is not None
        del self.plan[self.done :]
        del request.trace.plan[self.noted + self.done :]
        self.ends.clear()
        request.wire = Wire(-1, mouth)
        request.at_end = lambda: None
        os.register_at_fork(after_in_child=request.wire.leave)
        guard.begin()

    def _hear(self, ears: int) -> Optional[Message]:
        """The answer of the process that ends; ``None`` if it died."""
        answer: Optional[Message] = None
        wire = Wire(ears, -1)
        try:
            while answer is None:
                message = wire.receive()
                if message is None:
                    return None
                if message["event"] == "done":
                    answer = message
                else:
                    self.request.wire.send(message)
            return answer
        finally:
            wire.leave()

    def _go_back(self, marks: Dict[str, Any], kept: Dict[str, str]) -> Dict[str, str]:
        """Bring the databases back to where the walk was. Returns copies of them as they were at
        the end of the command, if the command or the walk has written to them."""
        ends: Dict[str, str] = {}
        databases = self.request.databases
        now = databases.marks()
        for alias, copy in kept.items():
            engine, handle = databases.engine(alias), databases.handles[alias]
            if now[handle] != marks[handle]:
                engine.exchange(handle, copy)
                ends[alias] = copy
            elif now[handle] != self.first[handle]:
                ends[alias] = copy
            else:
                engine.forget(copy)
        return ends


def _is_one(executor: Any, label: str, name: str) -> bool:
    """Whether Django takes the name for one migration. It refuses a name with which another
    migration's name begins, too."""
    from django.db.migrations.exceptions import AmbiguityError

    try:
        return bool(executor.loader.get_migration_by_prefix(label, name).name == name)
    except (AmbiguityError, KeyError):
        return False
