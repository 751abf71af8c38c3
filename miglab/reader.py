"""Asks the agent of a sandbox, and turns what it says into truths."""

from __future__ import annotations

import os

from . import wire
from .agent.protocol import Message
from .compare import agreement
from .facts.truths import Agreement, Agreements, Truths, Unreadable
from .runners import Runner, Setup, Stopped
from .runners.base import Ask
from .sandbox import Sandbox, Snapshot, home

#: The clock of the bundled projects: it stands still in migration names and headers.
CLOCK = "2026-01-05T09:00:00"


def setup_for(sandbox: Sandbox, python: str) -> Setup:
    """How an agent is started for the throwaway copy of a bundled project."""
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
    return Setup(python, config, environment())


def environment() -> dict[str, str]:
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


def why(stopped: Stopped, limit: float) -> str:
    """Why a request did not come to its end, in words."""
    if stopped.why == "limit":
        return f"it ran longer than {limit:g} seconds"
    if stopped.detail.startswith("exit code"):
        return f"the process that ran it ended by itself ({stopped.detail})"
    detail = f" ({stopped.detail})" if stopped.detail else ""
    return f"the process that ran it was killed{detail}"


class Reader:
    """Reads the truths of a sandbox, and keeps what was read until a file changes.

    ``time_limit`` is in seconds, for each request.
    """

    def __init__(self, runner: Runner, time_limit: float) -> None:
        self.runner, self.time_limit = runner, time_limit
        self._facts: dict[str, wire.ProjectFacts] = {}
        self._agreed: dict[object, tuple[Agreement, Agreement]] = {}

    def ask(self, digest: str, request: Message, ask: Ask | None = None) -> Message:
        """The agent's answer for the project in this state.

        Raises:
            Stopped: it did not come to its end.
        """
        whole = {"digest": digest, "old": None, "ask": ask is not None, **request}
        return self.runner.run(whole, ask, self.time_limit)

    def look(self, digest: str, old: str | None = None) -> Message:
        """Ask what the project and the database hold.

        A project that does not come to an end is unreadable, and no error: then only the database
        is read, and the next one who asks tries again.
        """
        try:
            answer = self.ask(digest, {"do": "look", "old": old})
        except Stopped as stopped:
            reason = why(stopped, self.time_limit)
            answer = self.ask(digest, {"do": "database"})
            unreadable = {"unreadable": reason}
            return {
                **answer,
                "project": {"models": unreadable, "files": unreadable},
                "lens": unreadable,
            }
        self._facts[digest] = wire.project(answer["project"])
        return answer

    def project(self, digest: str) -> wire.ProjectFacts:
        """What the project's files say in this state."""
        return self._facts.get(digest) or wire.project(self.look(digest)["project"])

    def told(self, digest: str, answer: Message, before: Truths | None) -> Truths:
        """An answer as truths; where nothing was written, the database's are those of before."""
        if answer.get("project"):
            project = self._facts.get(digest) or wire.project(answer["project"])
        else:
            project = self.project(digest)
        if before is not None and answer["database"] is None:
            database = wire.DatabaseFacts(before.record, before.tables, before.rows)
        else:
            database = wire.database(answer["database"])
        return Truths(
            project.models,
            project.files,
            database.record,
            database.tables,
            database.rows,
            wire.lens(answer["lens"]),
        )

    def agreements(self, snapshot: Snapshot, truths: Truths, apps: tuple[str, ...]) -> Agreements:
        """Whether neighbours agree, asked once for each state of the files and the database."""
        mark = (snapshot.digest, snapshot.database)
        if mark not in self._agreed:
            self._agreed[mark] = self._ask_agreements(snapshot.digest, truths)
        models_files, record_tables = self._agreed[mark]
        return Agreements(models_files, agreement.files_and_record(truths, apps), record_tables)

    def _ask_agreements(self, digest: str, truths: Truths) -> tuple[Agreement, Agreement]:
        if isinstance(truths.models, Unreadable):
            unknown = Agreement(None, f"The models {truths.models}.")
            return unknown, unknown
        try:
            answer = self.ask(digest, {"do": "agree"})
        except Stopped as stopped:
            unknown = Agreement(None, f"Asking stopped: {why(stopped, self.time_limit)}.")
            return unknown, unknown
        found = answer.get("agree")
        if not found:
            unknown = Agreement(None, f"Asking failed: {wire.refusal(answer['error'])}.")
            return unknown, unknown
        return agreement.models_and_files(found), agreement.record_and_tables(found)
