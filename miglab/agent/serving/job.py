"""One request, run in a process of its own, from capture to answer."""

from __future__ import annotations

import ast
import contextlib
import gc
import os
import signal
import sys
from typing import Any, Callable, Dict, List, NoReturn, Optional, Set

from ..acting.trace import Trace
from ..common import phase
from ..common.measuring import failed, measuring, note
from ..common.measuring import lacks as lacking
from ..common.protocol import Message, encode
from ..common.steady import put
from ..common.wire import Wire
from ..engines import registry
from ..engines.engine import NOTHING_RENAMED, Engine
from ..guarding import guard, instead, lacks, settings
from ..reading import agree
from ..reading.truths import lens, other_database, read_project
from . import databases, obstacles
from .failure import describe, show
from .output import capture, cut, flush, read_output, telling_line
from .project import Original, run_manage
from .questions import Questions, printed_since

Receive = Callable[[], Optional[Message]]


class Job:
    """Runs one request. ``project`` are the project's facts, where they are known already."""

    def __init__(self, config: Dict[str, Any], wire: Wire, receive: Receive) -> None:
        self.config, self.wire, self.receive = config, wire, receive
        self.request: Message = {}
        self.project: Optional[Dict[str, Any]] = None
        self.prefix = b""
        self.trace = Trace(self.tell)
        self.alias = "default"
        self.lines: Dict[str, Any] = {}
        self.result: Dict[str, Any] = {}
        self.at_end: Callable[[], None] = lambda: None

    def begin(self, request: Message) -> None:
        """From here on, what is printed, asked and run in SQL belongs to this request."""
        self.request = request
        # A job is short, and what it leaves behind is gone with it.
        gc.set_threshold(50_000)
        self.wire.send({"event": "begun", "id": request["id"], "pid": os.getpid()})
        if hasattr(os, "register_at_fork"):
            # What the project forks, and leaves behind, must not hold the wire open.
            os.register_at_fork(after_in_child=self.wire.leave)
        self.alias = request.get("alias") or "default"
        guard.begin()
        instead.begin()
        self.marks = self.marks_now()
        capture(self.config)
        os.write(1, self.prefix)
        sys.stdin = Questions(self.ask, printed_since(self.config["output"]))
        self.trace.start()

    @property
    def databases(self) -> Dict[str, str]:
        """The handles behind the aliases."""
        handles: Dict[str, str] = self.config["databases"]
        return handles

    def engine(self, alias: str) -> Engine:
        """The engine of a database. While the settings are asked for, none is known yet."""
        return registry.of_vendor(self.config["engines"].get(alias, registry.DEFAULT.vendor))

    def marks_now(self) -> Dict[str, Any]:
        """Each database's mark, by its handle."""
        return {each: self.engine(alias).mark(each) for alias, each in self.databases.items()}

    @property
    def database(self) -> str:
        """The handle of the database that is asked about."""
        return self.databases.get(self.alias, "")

    def tell(self, text: str) -> None:
        """Say what is being done."""
        self.wire.send({"event": "told", "id": self.request["id"], "text": text})

    def run_cold(self) -> NoReturn:
        """Start the project from the beginning, as a terminal does, and run the request in it."""
        argv = ["manage.py", *self.request.get("argv", ["check"])]
        error: Optional[BaseException] = None
        try:
            run_manage(self.config, argv, self.perform_cold)
        except BaseException as raised:
            error = raised
        self.finish(error)

    def perform_cold(self, original: Original, argv: List[str]) -> None:
        """Run the request where manage.py calls Django, in a project that is not set up yet."""
        if self.request["do"] in (*databases.REQUESTS, "look", "shell", "agree"):
            import django

            argv, sys.argv = sys.argv, ["manage.py"]
            django.setup()
            sys.argv = argv
        self.perform(original, argv)

    def perform(self, original: Original, argv: List[str]) -> None:
        """Do what the request asks. What the project raises goes through."""
        phase.begin(phase.COMMAND)
        if self.request["do"] not in databases.REQUESTS:
            getattr(self, "do_" + self.request["do"])(original, argv)

    def do_manage(self, original: Original, argv: List[str]) -> None:
        if self.request.get("old"):
            self.draw_lines()
        original(argv)

    def draw_lines(self) -> None:
        """Keep each database as it is just before ``post_migrate`` is sent: what handlers do then
        can be told apart from what migrations did."""
        import django.core.management.commands.migrate as command
        import django.core.management.sql as signals

        send = signals.emit_post_migrate_signal

        def line_and_send(verbosity: Any, interactive: Any, db: str, **kwargs: Any) -> None:
            handle, engine = self.databases.get(db), self.engine(db)
            if handle and engine.exists(handle):
                with measuring("keep the database as it was before the handlers"):
                    line = engine.keep(handle, "%s.%s" % (self.config["output"], db))
                    self.lines[db] = (line, engine.mark(handle))
            with phase.during(phase.HANDLERS):
                send(verbosity, interactive, db, **kwargs)

        for module in (signals, command):
            put(module, "emit_post_migrate_signal", line_and_send)

    def do_settings(self, original: Original, argv: List[str]) -> None:
        self.result["settings"] = settings.read()

    def do_look(self, original: Original, argv: List[str]) -> None:
        if self.project is None:
            self.project = read_project(None)

    def do_agree(self, original: Original, argv: List[str]) -> None:
        self.result["agree"] = {
            "models_files": None if self.request["known"] else agree.models_and_files(),
            "record_tables": agree.record_and_tables(
                self.engine(self.alias), self.database, self.alias
            ),
        }

    def do_shell(self, original: Original, argv: List[str]) -> None:
        from django.apps import apps

        names: Dict[str, Any] = {"__name__": "__main__"}
        for model in reversed(apps.get_models()):
            names[model.__name__] = model
        run_python(self.request["code"], names)

    def do_sql(self, original: Original, argv: List[str]) -> None:
        import sqlparse
        from django.db import connection

        with connection.cursor() as cursor:
            for statement in sqlparse.split(self.request["sql"]):
                cursor.execute(statement, self.request.get("params") or None)
                if cursor.description is not None:
                    self.result["table"] = {
                        "columns": [each[0] for each in cursor.description],
                        "rows": [[plain(each) for each in row] for row in cursor.fetchall()],
                    }

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
        close_connections()
        with measuring("follow the names of tables and columns"):
            self.trace.settle(self.databases, self.config["engines"])
        failure = describe(error)
        if error is not None and not isinstance(error, SystemExit):
            show(error)
        flush()
        output = read_output(self.config)
        if failure is not None and not failure["message"]:
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
                "lens": {"unreadable": "could not be read"},
                "database": {"unreadable": "could not be read"},
            }
        )
        with measuring("tell why it failed"):
            self.result["obstacles"] = obstacles.behind(error)
        self.measure(error)
        self.result["unmeasured"] = failed
        self.send_result()
        self.at_end()
        os._exit(0)

    def send_result(self) -> None:
        """Send what can be sent."""
        with measuring("send all that was found"):
            self.wire.send(self.result)
            return
        for name in list(self.result):
            try:
                encode({name: self.result[name]})
            except (TypeError, ValueError, RecursionError):
                del self.result[name]
        self.wire.send(self.result)

    def measure(self, error: Optional[BaseException]) -> None:
        """Look at what the command left. What cannot be measured stays unknown, and the rest is
        sent all the same."""
        handle, engine = self.database, self.engine(self.alias)
        look = self.request["do"] == "look"
        with measuring("read the project's files"):
            if look and self.project is None:
                self.project = read_project(error)
        now = self.marks_now()
        written = {each for each, mark in self.marks.items() if now[each] != mark}
        other: Optional[str] = None
        with measuring("read the database"):
            other = other_database(engine, handle, self.alias)
            self.result["database"] = None
            if other is not None:
                reason = "the settings name another database, %s" % other
                self.result["database"] = {"unreadable": reason}
            elif look or handle in written:
                self.result["database"] = {"unreadable": "could not be read"}
                found = self.result["database"] = engine.read(handle, self.alias)
                if lacking(found.get("unreadable", "")):
                    note("read the database", found["unreadable"])
        with measuring("follow the names of tables and columns"):
            names = {alias: self.trace.renames(alias) for alias in self.databases}
            self.result["renames"] = names
        with measuring("read what the settings say"):
            self.result["lens"] = lens()
        if look:
            unread = {"unreadable": "could not be read"}
            self.result["project"] = self.project or {"models": unread, "files": unread}
            own = self.config.get("own")
            self.result["foreign"] = settings.from_the_original(own["original"]) if own else []
        if other is None and (look or written):
            with measuring("compare the rows"):
                self.result["rows"] = self.compare_rows(written)
        if self.request["do"] in databases.REQUESTS:
            self.result.update(databases.measured(self.request, own=True))

    def compare_rows(self, written: Set[str]) -> List[Dict[str, Any]]:
        """What became of the rows; what handlers did after a line was drawn is marked."""
        old: Dict[str, Optional[str]] = self.request.get("old") or {}
        look = self.request["do"] == "look"
        found: List[Dict[str, Any]] = []
        seen = set()
        for alias, handle in self.databases.items():
            before, engine = old.get(alias), self.engine(alias)
            if not before or handle in seen or not (look or handle in written):
                continue
            seen.add(handle)
            self.tell("comparing rows")
            renames = None if look else self.trace.renames(alias)
            line, mark = self.lines.get(alias, (None, None))
            handled = line is not None and engine.mark(handle) != mark
            parts: List[Any] = []
            if self.request.get("compare") != "handlers":
                end = line if line is not None and handled else handle
                parts.append((engine.compare(before, end, renames, alias), False))
            if line is not None and handled:
                handlers = engine.compare(line, handle, NOTHING_RENAMED, alias)
                parts.append((handlers, True))
            follow = self.trace.content_types.get(alias, 0)
            for entry in [each for entries, by_handlers in parts[:1] for each in entries]:
                if entry["table"] == "django_content_type" and not entry["lost"]:
                    named = {"model": entry["changed"]} == entry["changed_columns"]
                    entry["follows_rename"] = named and entry["changed"] <= follow
            for entries, by_handlers in parts:
                found += [dict(e, database=alias, by_handlers=by_handlers) for e in entries]
            if line is not None:
                engine.forget(line)
        return found


def reaches(entries: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """What the guard refused, as it is sent, each once: ``during`` is the migration that ran, or
    null."""
    found: List[Dict[str, Any]] = []
    for entry in entries:
        told = {name: entry[name] for name in ("id", "what", "where", "do")}
        told["during"] = entry["phase"].key
        if told not in found:
            found.append(told)
    return found


def close_connections() -> None:
    """What a terminal's process does by ending: a transaction that was left open is rolled back.
    Django leaves one where a schema editor finds a broken foreign key at its end."""
    if "django.db" not in sys.modules:
        return
    from django.db import connections

    # Without settings that could be read nobody has connected, and asking would make some up.
    if "settings" in vars(connections):
        with contextlib.suppress(Exception):
            connections.close_all()


def run_python(code: str, names: Dict[str, Any]) -> None:
    """Run the code; if its last line is an expression, print what it gives."""
    tree = ast.parse(code, "<shell>")
    last: Optional[ast.expr] = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body.pop().value  # type: ignore[attr-defined]
    exec(compile(tree, "<shell>", "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last), "<shell>", "eval"), names)
        if value is not None:
            print(repr(value))


def plain(value: Any) -> Any:
    """A database value as JSON can carry it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
