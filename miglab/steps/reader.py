"""Asks the agent of a sandbox, and turns its answers into truths."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..agent.common.protocol import MEASURES, Message
from ..compare import agreement
from ..databases import registry
from ..databases.engine import Engine
from ..errors import NotMeasured
from ..facts.fidelity import Versions
from ..facts.step import Obstacle
from ..facts.truths import Agreement, Agreements, Truths, Unreadable
from ..runners import Runner, Stopped, answers
from ..runners.base import Ask, Stop, Tell, Terms
from ..sandbox.digests import digest_of
from ..sandbox.snapshot import Snapshot


def why(stopped: Stopped, limit: float) -> str:
    """Why a request did not finish, in words."""
    if stopped.why == "limit":
        return f"it ran longer than {limit:g} seconds"
    if stopped.detail.startswith("exit code"):
        return f"the process that ran it exited by itself ({stopped.detail})"
    detail = f" ({stopped.detail})" if stopped.detail else ""
    return f"the process that ran it was killed{detail}"


#: Seconds after which what was set up for a second copy, some twenty megabytes, may go.
REST = 20.0


class Reader:
    """Reads the truths of one copy, and keeps what was read until a file changes.

    ``time_limit`` is in seconds, for each request; ``alias`` names the database that is read;
    ``tell`` is called with what the agent is doing; ``stop`` ends whatever runs.
    """

    def __init__(self, runner: Runner, place: Message, time_limit: float) -> None:
        self.runner, self.place, self.time_limit = runner, place, time_limit
        names = place["databases"]
        self.alias = "default" if "default" in names else next(iter(names), "default")
        self.tell: Tell | None = None
        self.stop = Stop()
        #: Modules of a user's project that did not come from the copy, when it was last looked at.
        self.foreign: tuple[str, ...] = ()
        #: The limits because of which it could not be set up then.
        self.obstacles: tuple[Obstacle, ...] = ()
        self._facts: dict[str, answers.ProjectFacts] = {}
        self._agreed = Agreed()
        if place["own"] is None:
            # What a bundled project answers depends on nothing but what it is asked about.
            self._agreed = _BUNDLED.setdefault((runner.setup.kind, runner.name), Agreed())
        self._failed: dict[Asked, tuple[tuple[Agreement, Agreement], float]] = {}

    def beside(self, place: Message) -> Reader:
        """A reader of another copy of the same project, by the same agent. What files say is
        read once for both, and both are stopped together."""
        other = Reader(self.runner, {**place, "rest": REST}, self.time_limit)
        other._facts, other.stop = self._facts, self.stop
        other._agreed, other._failed = self._agreed, self._failed
        return other

    def engine(self) -> Versions:
        """The versions that the agent runs on, as it reported at its start."""
        about = self.runner.about
        engine = about["engines"][self.place["engines"][self.alias]]
        return Versions(engine, about["django"], about["python"])

    def database_engine(self, alias: str) -> Engine:
        """The engine of a database of this copy."""
        return registry.of_vendor(self.place["engines"][alias])

    def prepare(self, digest: str) -> None:
        """Prepare for the next request, if that saves time."""
        self.runner.notify({"do": "prepare", "place": self.place, "digest": digest})

    def forget(self) -> None:
        """This copy is gone."""
        self.runner.notify({"do": "forget", "place": self.place})

    def ask(
        self,
        digest: str,
        request: Message,
        ask: Ask | None = None,
        ended: Callable[[Message], None] | None = None,
    ) -> Message:
        """The agent's answer for the project in this state; ``ended`` is as in ``Terms``.

        Raises:
            Stopped: it did not finish.
            NotMeasured: the answer would be what was measured, and measuring failed.
        """
        if self.stop.asked:
            raise Stopped("cancelled")
        whole = {
            "place": self.place,
            "digest": digest,
            "alias": self.alias,
            "old": None,
            "from_models": self._from_models,
            "ask": ask is not None,
            **request,
        }
        answer = self.runner.run(whole, Terms(ask, self.time_limit, self.tell, self.stop, ended))
        if request["do"] in MEASURES and answer.get("unmeasured"):
            first = answers.obstacles(answer["unmeasured"])[0]
            raise NotMeasured(first.id, first.what, first.do)
        return answer

    def look(self, digest: str, old: Mapping[str, str | None] | None = None) -> Message:
        """Ask what the project and the database hold.

        A project that does not finish is unreadable, which is not an error. Then only the database
        is read, and ``stopped_at`` in the answer is the time limit at which it was stopped, or 0 if
        its process was killed.
        """
        request: Message = {"do": "look", "old": old}
        try:
            try:
                answer = self.ask(digest, request)
            except Stopped as stopped:
                if stopped.why != "died":
                    raise
                # Whoever killed it need not have meant this one.
                answer = self.ask(digest, request)
        except Stopped as stopped:
            if stopped.why == "cancelled":
                raise
            reason = why(stopped, self.time_limit)
            answer = self.ask(digest, {"do": "database"})
            unreadable = {"unreadable": reason}
            return {
                **answer,
                "project": {"models": unreadable, "files": unreadable},
                "lens": unreadable,
                "stopped_at": _stopped_at(stopped, self.time_limit),
            }
        self._facts[digest] = answers.project(answer["project"])
        self.foreign = tuple(answer.get("foreign", ()))
        self.obstacles = answers.obstacles(answer["obstacles"])
        return answer

    @property
    def _from_models(self) -> Mapping[str, object]:
        """What the models that were read last say about tables."""
        read = [each.known for each in self._facts.values() if each.known]
        return read[-1] if read else {}

    def project(self, digest: str) -> answers.ProjectFacts:
        """What the project's files say in this state."""
        return self._facts.get(digest) or answers.project(self.look(digest)["project"])

    def truths_of(self, digest: str, answer: Message, before: Truths | None) -> Truths:
        """An answer as truths; where nothing was written, the database's are those of before."""
        if answer.get("project"):
            project = self._facts.get(digest) or answers.project(answer["project"])
        else:
            project = self.project(digest)
        if before is not None and answer["database"] is None:
            database = answers.DatabaseFacts(before.record, before.tables, before.rows)
        else:
            database = answers.database(answer["database"])
        return Truths(
            project.models,
            project.files,
            database.record,
            database.tables,
            database.rows,
            answers.lens(answer["lens"]),
        )

    def agreements(
        self,
        snapshot: Snapshot,
        truths: Truths,
        apps: tuple[str, ...],
        then: tuple[Snapshot, Truths] | None = None,
    ) -> Agreements:
        """Whether neighbours agree, asked once for each state of the files and the database. About
        an earlier moment, ``then``, the agent is asked in the same request, where that is
        possible: afterwards ``known`` has it."""
        asked = self._asked(snapshot, truths)
        told = self._told(asked, truths)
        models_files, record_tables = told or self._neighbours(asked, truths, then)
        return Agreements(models_files, agreement.files_and_record(truths, apps), record_tables)

    def known(self, snapshot: Snapshot, truths: Truths, apps: tuple[str, ...]) -> Agreements | None:
        """The same where nothing has to be asked any more, or ``None``."""
        told = self._told(self._asked(snapshot, truths), truths)
        return told and Agreements(told[0], agreement.files_and_record(truths, apps), told[1])

    def _asked(self, snapshot: Snapshot, truths: Truths) -> Asked:
        return self.alias, snapshot.digest, _digest(truths)

    def _told(self, asked: Asked, truths: Truths) -> tuple[Agreement, Agreement] | None:
        """What was answered before."""
        known = self._agreed
        models_files = known.models_files.get(asked[1])
        record_tables = known.record_tables.get(asked)
        if isinstance(truths.models, Unreadable) or models_files is None or record_tables is None:
            return None
        return models_files, record_tables

    def _earlier(
        self, digest: str, moment: tuple[Snapshot, Truths] | None
    ) -> tuple[Asked, Message] | None:
        """An earlier moment, and the form in which the agent takes it, if nothing is known about it
        yet and its files were these."""
        if moment is None:
            return None
        snapshot, truths = moment
        handle = snapshot.databases.get(self.alias)
        if snapshot.digest != digest or handle is None or isinstance(truths.record, Unreadable):
            return None
        asked = self._asked(snapshot, truths)
        if self._told(asked, truths) is not None:
            return None
        record = [[key.app_label, key.name] for key in truths.record.keys]
        return asked, {"handle": str(handle), "record": record}

    def _neighbours(
        self, asked: Asked, truths: Truths, then: tuple[Snapshot, Truths] | None
    ) -> tuple[Agreement, Agreement]:
        if isinstance(truths.models, Unreadable):
            return _unknown(f"The models {truths.models}.")
        known, (_, digest, _) = self._agreed, asked
        told, limit = self._failed.get(asked, (None, 0.0))
        if told is not None and self.time_limit <= limit:
            return told
        earlier = self._earlier(digest, then)
        request: Message = {"do": "agree", "known": digest in known.models_files}
        request["then"] = earlier and earlier[1]
        try:
            answer = self.ask(digest, request)
        except Stopped as stopped:
            if stopped.why == "cancelled":
                raise
            if earlier is not None:
                # What is too much at once need not be too much one by one.
                return self._neighbours(asked, truths, None)
            told = _unknown(f"The comparison was stopped: {why(stopped, self.time_limit)}.")
            self._failed[asked] = told, _stopped_at(stopped, self.time_limit)
            return told
        found = answer.get("agree")
        if not found:
            told = _unknown(f"The comparison failed: {answers.refusal(answer['error'])}.")
            self._failed[asked] = told, math.inf
            return told
        if found["models_files"]:
            known.models_files[digest] = agreement.models_and_files(found["models_files"])
        known.record_tables[asked] = agreement.record_and_tables(found["record_tables"])
        if earlier is not None and found["then"]:
            known.record_tables[earlier[0]] = agreement.record_and_tables(found["then"])
        return known.models_files[digest], known.record_tables[asked]


#: The database's alias, the digest of the files, and that of the record and the tables.
Asked = tuple[str, str, str]


@dataclass
class Agreed:
    """Earlier results, kept by what they depend on: for models and files, the files; for record and
    tables, the files, the record and the schema."""

    models_files: dict[str, Agreement] = field(default_factory=dict)
    record_tables: dict[Asked, Agreement] = field(default_factory=dict)


_BUNDLED: dict[tuple[str, str], Agreed] = {}


def _digest(truths: Truths) -> str:
    """One name for what record and tables say; rows say nothing here."""
    return digest_of(repr((truths.record, truths.tables)).encode())


def _stopped_at(stopped: Stopped, limit: float) -> float:
    """The time limit, in seconds, up to which asking again would give the same."""
    return limit if stopped.why == "limit" else 0.0


def _unknown(why: str) -> tuple[Agreement, Agreement]:
    unknown = Agreement(None, why, compared=False)
    return unknown, unknown
