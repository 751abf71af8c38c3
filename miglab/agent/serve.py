"""Keeps the project warm: a process with Django imported, its child with the project set up.

    level 0   has imported Django; reads the wire
      └─ keeper   has set the project up for one digest; or, where that cannot be, has not
           └─ job   a fork of the keeper: runs one request and is gone

When the wire closes, everything is killed. Where the project's code looked at ``sys.argv`` or
started threads while it was set up, or could not be set up, the keeper stays cold and every job
starts the project from the beginning, as a terminal does.

A job imports modules of Django's that the keeper has not, and is gone with them: it names them to
its keeper, so that the next job finds them there.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
import threading
from typing import Any, Dict, List, NoReturn, Optional, TextIO

from .job import Job, capture, read_output
from .project import Original, WatchedArguments, load_by_content, run_manage
from .protocol import VERSION, Message
from .steady import hold
from .truths import read_project
from .wire import Wire


def main() -> None:
    """Read the configuration and serve until the wire closes."""
    wire = Wire.take_standard_streams()
    sys.stdout, sys.stderr = print_to(1), print_to(2)
    config = wire.receive()
    if config is None:
        return
    import_django()
    hold(config)
    load_by_content(config["folder"], config["code"])
    os.chdir(config["folder"])
    import django

    wire.send({
        "event": "ready",
        "version": VERSION,
        "python": "%d.%d.%d" % sys.version_info[:3],
        "django": django.get_version(),
        "pid": os.getpid(),
    })
    if config.get("once"):
        request = wire.receive()
        if request is not None:
            Job(config, wire, wire.receive).run_cold(request)
        return
    Level0(wire, config).serve()


def print_to(descriptor: int) -> TextIO:
    """A stream that writes line by line, so that output and errors keep their order."""
    return open(descriptor, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)


def import_django() -> None:
    """Import what every command needs and no project can change."""
    import django.core.management.commands.makemigrations
    import django.core.management.commands.migrate
    import django.core.management.commands.showmigrations
    import django.core.management.commands.sqlmigrate
    import django.db.backends.sqlite3.base
    import django.db.migrations.executor  # noqa: F401


#: Where Django's modules that can be imported before a project is set up live.
NEED_NO_PROJECT = (
    "django.core.", "django.db.", "django.forms", "django.http", "django.middleware.",
    "django.template", "django.utils.", "django.views",
)


def try_import(name: str) -> None:
    """Import a module, or leave it to the job that needs it."""
    try:
        importlib.import_module(name)
    except Exception:
        sys.modules.pop(name, None)


def note_imports(mouth: int) -> None:
    """In a job: say at its end which of Django's modules it had to import."""
    known = set(sys.modules)

    def tell() -> None:
        new = [name for name in sys.modules if name.startswith("django.") and name not in known]
        # What does not fit into the pipe is not waited for: nobody reads before the job's end.
        os.set_blocking(mouth, False)
        try:
            os.write(mouth, " ".join(new).encode()[:PIPE])
        except OSError:
            pass

    Job.at_end = staticmethod(tell)


#: What a pipe holds at the least, on every system.
PIPE = 4096


def everyone_out() -> NoReturn:
    """End this process and all that it started."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


class Level0:
    """Reads the wire and passes each message to the keeper of the right digest."""

    def __init__(self, wire: Wire, config: Dict[str, Any]) -> None:
        self.wire, self.config = wire, config
        self.keeper: Optional[Keeper] = None
        self.id: Optional[int] = None
        self.learned: List[str] = []

    def serve(self) -> None:
        """Until the wire closes."""
        gc.collect()
        gc.freeze()
        while True:
            if self.keeper is None:
                message = self.wire.receive()
            elif self.wire.wait_for_either(self.keeper.channel.incoming) == self.wire.incoming:
                message = self.wire.receive()
            else:
                told = self.keeper.channel.receive()
                if told is None:
                    self.lose_keeper()
                    self.wire.send({"event": "died", "id": self.id, "signal": None})
                else:
                    self.learn(told["imported"])
                continue
            if message is None:
                everyone_out()
            if "do" in message:
                self.id = message.get("id")
                self.keep(message["digest"])
            if self.keeper is not None and message.get("do") != "prepare":
                self.keeper.channel.send(message)

    def keep(self, digest: str) -> None:
        """Have a keeper for this digest, warm where that can be."""
        if self.keeper is not None and self.keeper.digest == digest:
            return
        self.lose_keeper()
        keeper = Keeper(self, digest, None)
        report = keeper.wait_until_set_up(self.wire)
        if not report["warm"]:
            keeper.end()
            keeper = Keeper(self, digest, report["project"])
        self.keeper = keeper

    def learn(self, names: List[str]) -> None:
        """Import what jobs needed and what needs no project; keep the rest for the next keeper."""
        for name in names:
            if name.startswith(NEED_NO_PROJECT):
                try_import(name)
            elif name not in self.learned:
                self.learned.append(name)
        gc.freeze()

    def lose_keeper(self) -> None:
        """End the keeper, if there is one."""
        if self.keeper is not None:
            self.keeper.end()
            self.keeper = None


class Keeper:
    """A child of level 0 that forks a job for each request.

    ``cold`` holds what is known of a project that cannot be kept warm, else ``None``.
    """

    def __init__(self, parent: Level0, digest: str, cold: Optional[Dict[str, Any]]) -> None:
        self.digest, self.config, self.wire = digest, parent.config, parent.wire
        self.learned = parent.learned
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid:
            theirs.close()
            self._socket = ours
            self.channel = Wire(ours.fileno(), ours.fileno())
            return
        ours.close()
        self._socket = theirs
        self.channel = Wire(theirs.fileno(), theirs.fileno())
        if cold is None:
            self.stay_warm()
        else:
            job = Job(self.config, self.wire, self.channel.receive)
            job.project = cold
            job.run_cold(self.next_request())
        os._exit(0)

    def wait_until_set_up(self, wire: Wire) -> Message:
        """The child's report, after it has tried to set the project up."""
        early: List[Message] = []
        while wire.wait_for_either(self.channel.incoming) == wire.incoming:
            message = wire.receive()
            if message is None:
                everyone_out()
            early.append(message)
        wire.hold(early)
        report = self.channel.receive()
        return report or {"warm": False, "project": None}

    def end(self) -> None:
        """Kill the child and forget it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._socket.close()

    def stay_warm(self) -> None:
        """In the child: set the project up inside its own manage.py, and fork from there."""
        job = Job(self.config, self.wire, self.channel.receive)
        arguments = WatchedArguments(["manage.py", "check"])
        reported = False

        def take_over(original: Original, _argv: List[str]) -> None:
            nonlocal reported
            import django
            from django.db import connections

            watched, sys.argv = sys.argv, ["manage.py"]
            try:
                django.setup()
            finally:
                looked_at = watched is not arguments or arguments.looked_at
            job.prefix = read_output(self.config)
            job.project = read_project(None)
            reported, warm = True, not looked_at and threading.active_count() == 1
            self.report(warm, job.project)
            if not warm:
                return
            connections.close_all()
            for name in self.learned:
                try_import(name)
            gc.collect()
            gc.freeze()
            job.begin(self.next_request())
            sys.argv = ["manage.py", *job.request.get("argv", [])]
            job.perform(original, sys.argv)

        capture(self.config)
        error: Optional[BaseException] = None
        try:
            run_manage(self.config["manage"], arguments, take_over)
        except BaseException as raised:
            error = raised
        if job.request:
            job.finish(error)
        if not reported:
            self.report(False, read_project(error))

    def report(self, warm: bool, project: Optional[Dict[str, Any]]) -> None:
        self.channel.send({"warm": warm, "project": project})

    def learn(self, ears: int) -> None:
        """Import what the last job had to import, and tell level 0."""
        os.set_blocking(ears, False)
        try:
            names = os.read(ears, PIPE).decode().split()
        except OSError:
            names = []
        os.close(ears)
        # The last name may have been cut.
        names = [name for name in names if "migrations" not in name]
        for name in names:
            try_import(name)
        if names:
            self.channel.send({"imported": names})

    def next_request(self) -> Message:
        """Fork for each request; returns in the fork, with the request."""
        while True:
            request = self.channel.receive()
            if request is None:
                os._exit(0)
            if "do" not in request:
                continue
            ears, mouth = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(ears)
                note_imports(mouth)
                return request
            os.close(mouth)
            _, status = os.waitpid(pid, 0)
            self.learn(ears)
            if status:
                number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
                self.wire.send({"event": "died", "id": request["id"], "signal": number})
