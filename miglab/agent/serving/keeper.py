"""A child of level 0 that forks a job for each request, and is warm if possible."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
from typing import Any, Dict, List, Optional, Sequence

from ..common.protocol import Message
from ..common.wire import Wire
from ..reading.truths import read_project
from . import imports, lifetimes
from .job import Job
from .output import capture, read_output
from .project import AT_REST, Original, arguments_of, enter, run_manage, warm_up
from .watched import Question, Watched, answer


class Keeper:
    """Holds a project that is set up; ``learned`` are modules that jobs have needed before.

    Making one forks. In the parent it is the handle of the child; in the child it never returns.
    """

    def __init__(
        self,
        wire: Wire,
        config: Dict[str, Any],
        place: Dict[str, Any],
        digest: str,
        learned: List[str],
    ) -> None:
        self.place, self.digest, self.wire, self.learned = place, digest, wire, learned
        #: How many requests the child was given, and how many it had been given when it last
        #: reported that it was idle.
        self.given = self.rested = 0
        #: What the project's files say, and what the project asked its arguments while it was set
        #: up.
        self.project: Optional[Dict[str, Any]] = None
        self.asked: List[Question] = []
        self.folder, self.config = place["folder"], {**config, **place}
        ours, theirs = socket.socketpair()
        self.parent = os.getpid()
        self.pid = os.fork()
        self._socket = ours if self.pid else theirs
        (theirs if self.pid else ours).close()
        self.channel = Wire(self._socket.fileno(), self._socket.fileno())
        if not self.pid:
            lifetimes.end_with(self.parent)
            lifetimes.adopt()
            enter(self.config)
            self.keep()
            os._exit(0)

    @property
    def incoming(self) -> int:
        """The descriptor on which the child speaks."""
        return self.channel.incoming

    def give(self, message: Message) -> None:
        """Pass a message on to the child."""
        self.given += "do" in message
        self.channel.send(message)

    @property
    def idle(self) -> bool:
        """Whether the child has reported that it is idle, and was given nothing since."""
        return self.rested == self.given

    def becomes_warm(self, wire: Wire) -> bool:
        """Wait until the child has tried to set the project up, and take in its report."""
        early: List[Message] = []
        while wire.wait_for([self.incoming]) == wire.incoming:
            message = wire.receive()
            if message is None:
                lifetimes.everyone_out()
            early.append(message)
        wire.hold(early)
        report = self.channel.receive() or {"warm": False, "project": None, "asked": []}
        self.project, self.asked = report["project"], report["asked"]
        return bool(report["warm"])

    def stands_for(self, request: Message) -> bool:
        """Whether the project, as it was set up here, is what this request would set up: it has
        asked nothing about its arguments that this request would answer otherwise."""
        argv = arguments_of(request)
        return all(answer(argv, each) == answer(AT_REST, each) for each in self.asked)

    def end(self) -> None:
        """Kill the child and forget it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._socket.close()

    def keep(self) -> None:
        """In the child: set the project up inside its own manage.py, and fork from there."""
        job = Job(self.config, self.wire, self.channel.receive)
        known = set(sys.modules)
        arguments = Watched(AT_REST)
        reported = False

        def take_over(original: Original, _argv: List[str]) -> None:
            nonlocal reported
            import django
            from django.db import connections

            django.setup()
            changed = sys.argv is not arguments or list.__ne__(arguments, AT_REST)
            warm = not changed and threading.active_count() == 1
            job.prefix = read_output(self.config)
            job.project = read_project(None)
            self.report(warm, job.project, arguments.asked)
            reported = True
            if not warm:
                return
            new = imports.since(known)
            self.tell_imported([name for name in new if imports.needs_no_project(name)])
            warm_up()
            connections.close_all()
            for name in self.learned:
                imports.attempt(name)
            gc.collect()
            gc.freeze()
            self.next_job(job)
            sys.argv = arguments_of(job.request)
            job.perform(original, sys.argv)

        capture(self.config)
        error: Optional[BaseException] = None
        try:
            run_manage(self.config, arguments, take_over)
        except BaseException as raised:
            error = raised
        if job.request:
            job.finish(error)
        if not reported:
            self.report(False, read_project(error))

    def report(
        self, warm: bool, project: Optional[Dict[str, Any]], asked: Sequence[Question] = ()
    ) -> None:
        """Tell level 0 whether this keeper can stay warm, what the project's files say, and what
        the project asked its arguments while it was set up."""
        self.channel.send({"warm": warm, "project": project, "asked": asked})

    def next_job(self, job: Job) -> None:
        """Fork for each request; returns in the fork, with the job begun."""
        own = os.getpid()
        before = lifetimes.end_when_told()
        lifetimes.end_with(self.parent, signal.SIGTERM)
        heard, rest = 0, self.place.get("rest")
        while True:
            if rest is not None and not self.channel.comes_within(rest):
                self.channel.send({"resting": heard})
            request = self.channel.receive()
            if request is None:
                lifetimes.everyone_out()
            if "do" not in request:
                continue
            heard += 1
            notes = imports.Notes()
            pid = os.fork()
            if pid == 0:
                # None where it was not Python that handled it.
                signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
                lifetimes.end_with(own)
                lifetimes.ask_for(own)
                job.at_end = notes.tell
                job.begin(request)
                return
            _, status = os.waitpid(pid, 0)
            lifetimes.end_children()
            imported = notes.hear()
            if imported is not None:
                self.learn(imported)
                continue
            died = {"event": "died", "id": request["id"], "signal": None, "exit": None}
            if os.WIFSIGNALED(status):
                died["signal"] = os.WTERMSIG(status)
            else:
                died["exit"] = os.WEXITSTATUS(status)
            self.wire.send(died)

    def learn(self, names: List[str]) -> None:
        """Import what the last job had to import, and tell level 0."""
        for name in names:
            imports.attempt(name)
        self.tell_imported(names)

    def tell_imported(self, names: List[str]) -> None:
        """Tell level 0 what had to be imported, so that the next keeper imports it, too."""
        if names:
            self.channel.send({"imported": names})


class ColdKeeper(Keeper):
    """Holds what the project's files say and nothing else: each job sets the project up anew."""

    def __init__(
        self,
        wire: Wire,
        config: Dict[str, Any],
        place: Dict[str, Any],
        digest: str,
        project: Optional[Dict[str, Any]],
    ) -> None:
        self._known = project
        super().__init__(wire, config, place, digest, [])

    def keep(self) -> None:
        """In the child: fork, and start the project from the beginning in each fork."""
        job = Job(self.config, self.wire, self.channel.receive)
        job.project = self._known
        self.next_job(job)
        job.run_cold()

    def learn(self, names: List[str]) -> None:
        """Nothing to learn: a project that is not set up has imported nothing."""
