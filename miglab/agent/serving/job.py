"""One request, run in a process of its own, from capture to answer."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import Any, Callable, Dict, List, NoReturn, Optional

from ..acting.trace import Trace
from ..common import known, phase
from ..common.measuring import failed, measuring
from ..common.protocol import Message, encode
from ..common.steady import put
from ..common.wire import Wire
from ..guarding import guard, instead, lacks, settings
from ..reading.truths import read_project
from . import databases, obstacles, requests
from .failure import describe, exited, show
from .handlers import Lines
from .measurement import UNREAD, Measurement
from .output import capture, cut, flush, read_output, telling_line
from .place import CommandsConnections, Databases, end_connections
from .project import Original, arguments_of, run_manage
from .questions import Questions, printed_since
from .walk import Walk

Receive = Callable[[], Optional[Message]]


class Job:
    """Runs one request. ``project`` are the project's facts, if they are already known."""

    def __init__(self, config: Dict[str, Any], wire: Wire, receive: Receive) -> None:
        self.config, self.wire, self.receive = config, wire, receive
        self.request: Message = {}
        self.project: Optional[Dict[str, Any]] = None
        self.prefix = b""
        # How long locks last is of interest where the project is somebody's own.
        self.trace = Trace(self.tell, durable=bool(config.get("own")))
        self.databases = Databases(config)
        self.result: Dict[str, Any] = {}
        self.at_end: Callable[[], None] = lambda: None

    def begin(self, request: Message) -> None:
        """From here on, output, questions and SQL belong to this request. An interrupt in the
        meantime takes effect at the end of this method, when the job can answer."""
        self.request = request
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self.wire.send({"event": "begun", "id": request["id"], "pid": os.getpid()})
        if hasattr(os, "register_at_fork"):
            # What the project forks, and leaves behind, must not hold the wire open.
            os.register_at_fork(after_in_child=self.wire.leave)
        known.begin(request)
        guard.begin()
        instead.begin()
        self.lines = Lines(self.databases, self.config["output"])
        self.measurement = Measurement(
            self.databases, self.trace, self.lines, self.tell, request.get("marks")
        )
        capture(self.config)
        os.write(1, self.prefix)
        sys.stdin = Questions(self.ask, printed_since(self.config["output"]))
        self.trace.old = request.get("old") or {}
        if request["do"] != "agree" and request.get("noted", True):
            # What a comparison runs in SQL is nobody's: it only takes longer where it is noted.
            self.trace.start()
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    @property
    def alias(self) -> str:
        """The alias of the database that is asked about."""
        return self.request.get("alias") or "default"

    def tell(self, text: str) -> None:
        """Say what is being done."""
        self.wire.send({"event": "doing", "id": self.request["id"], "text": text})

    def run_cold(self) -> NoReturn:
        """Start the project from the beginning, as a terminal does, and run the request in it."""
        argv = arguments_of(self.request)
        error: Optional[BaseException] = None
        try:
            run_manage(self.config, argv, self.perform_cold)
        except BaseException as raised:
            error = raised
        self.finish(error)

    def perform_cold(self, original: Original, argv: List[str]) -> None:
        """Run the request at the point where manage.py calls Django, in a project that is not set
        up yet."""
        if self.request["do"] in (*databases.REQUESTS, "look", "shell", "agree"):
            import django

            django.setup()
        self.perform(original, argv)

    def perform(self, original: Original, argv: List[str]) -> None:
        """Do what the request asks. Exceptions that the project raises pass through."""
        phase.begin(phase.COMMAND)
        do = self.request["do"]
        if do == "manage":
            if self.request.get("old"):
                self.lines.draw(self.trace)
            if self.request.get("on_the_way"):
                Walk(self, self.request["on_the_way"]).follow()
            commands: Any = importlib.import_module("django.core.management.base")
            put(commands, "connections", CommandsConnections(self.databases, commands.connections))
            original(argv)
        elif do == "settings":
            self.result["settings"] = settings.read()
        elif do == "look":
            self.project = self.project or read_project(None)
        elif do == "agree":
            self.result["agree"] = requests.read_agreements(
                self.request, self.databases, self.alias
            )
        elif do == "shell":
            requests.run_shell(self.request["code"])
        elif do == "sql":
            requests.run_sql(self.request, self.result)
        else:
            raise ValueError("there is no request %r; see protocol.REQUESTS" % (do,))

    def ask(self, question: str) -> Optional[str]:
        """Put a question to miglab; ``None`` when there is no answer."""
        if not self.request.get("ask"):
            return None
        sys.stdout.flush()
        self.wire.send({"event": "ask", "id": self.request["id"], "text": question})
        message = self.receive()
        return None if message is None else message.get("answer")

    def finish(self, error: Optional[BaseException]) -> NoReturn:
        """Send what happened, and end this process."""
        # It was interrupted, or is too late to be: the answer is sent whole.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        phase.begin(phase.COMMAND)
        self.trace.stop()
        end_connections(self.databases)
        failure = describe(error)
        if failure is None or (failure["class"] == "SystemExit" and not failure["message"]):
            failure = self.unfinished(error) or failure
        if error is not None and not isinstance(error, SystemExit):
            show(error)
        flush()
        output = read_output(self.config)
        if isinstance(error, SystemExit) and failure is not None and not failure["message"]:
            failure["message"] = telling_line(output)
        guard.hear_forks()
        self.result.update(
            {
                "event": "done",
                "id": self.request["id"],
                "output": cut(output),
                "error": failure,
                "sql": self.trace.statements,
                "sql_left_out": self.trace.left_out,
                "migrations": self.trace.migrations,
                "plan": self.trace.plan,
                "renames": {},
                "refused": reaches(guard.refused),
                "instead": instead.used,
                "lacks": list(dict.fromkeys(each["path"] for each in lacks.noted)),
                "obstacles": [],
                "lens": dict(UNREAD),
                "database": dict(UNREAD),
            }
        )
        with measuring("find out why it failed"):
            self.result["obstacles"] = obstacles.behind(error)
        self.measure(error)
        self.result["unmeasured"] = failed
        self.send_result()
        self.at_end()
        os._exit(0)

    def unfinished(self, error: Optional[BaseException]) -> Optional[Dict[str, Any]]:
        """An error for a command that ended by ``sys.exit`` during a migration, even with status 0:
        this migration and those after it were not done."""
        for entry in self.trace.migrations:
            if isinstance(error, SystemExit) and not entry["done"]:
                message = "sys.exit(%r) ended the command before %s was done" % (
                    error.code,
                    ".".join(entry["key"]),
                )
                return exited(message)
        return None

    def send_result(self) -> None:
        """Send the result, without the parts that cannot be sent."""
        with measuring("send everything that was found"):
            self.wire.send(self.result)
            return
        for name in list(self.result):
            try:
                encode({name: self.result[name]})
            except (TypeError, ValueError, RecursionError):
                del self.result[name]
        self.wire.send(self.result)

    def measure(self, error: Optional[BaseException]) -> None:
        """Measure what the command changed. What cannot be measured stays unknown, and the rest is
        sent all the same."""
        look = self.request["do"] == "look"
        with measuring("read the project's files"):
            if look and self.project is None:
                self.project = read_project(error)
        self.measurement.end(self.request, self.alias, self.result)
        if look:
            self.result["project"] = self.project or {"models": UNREAD, "files": UNREAD}
            own = self.config.get("own")
            self.result["foreign"] = settings.from_the_original(own["original"]) if own else []
        if self.request["do"] in databases.REQUESTS:
            self.result.update(databases.measured(self.request, own=True))


def reaches(entries: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """What the guard refused, each thing once, in the form that is sent: ``during`` is the
    migration that ran, or null."""
    found: List[Dict[str, Any]] = []
    for entry in entries:
        reach = {name: entry[name] for name in ("id", "what", "where", "do")}
        reach["during"] = entry["phase"].key
        if reach not in found:
            found.append(reach)
    return found
