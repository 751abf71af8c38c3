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


#: Seconds without a request after which the agent may discard what it has set up for a second
#: copy: about 20 megabytes.
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
        #: Modules of a user's project that were not imported from the copy, at the last look.
        self.foreign: tuple[str, ...] = ()
        #: The limits of miglab because of which the project could not be set up, at the last look.
        self.obstacles: tuple[Obstacle, ...] = ()
        self._facts: dict[str, answers.ProjectFacts] = {}
        self._agreed = Agreed()
        if place["own"] is None:
            # What a bundled project answers depends on nothing but what it is asked about.
            self._agreed = _BUNDLED.setdefault((runner.setup.kind, runner.name), Agreed())
        self._failed: dict[Asked, tuple[tuple[Agreement, Agreement], float]] = {}

    def beside(self, place: Message) -> Reader:
        """A reader of another copy of the same project. Both use the same agent, share what they
        have read from files, and are stopped together."""
        other = Reader(self.runner, {**place, "rest": REST}, self.time_limit)
        other._facts, other.stop = self._facts, self.stop
        other._agreed, other._failed = self._agreed, self._failed
        return other

    def engine(self) -> Versions:
        """The versions of the database, Django and Python that the agent reported at its start."""
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
        """Tell the agent that this copy is gone."""
        self.runner.notify({"do": "forget", "place": self.place})

    def ask(
        self,
        digest: str,
        request: Message,
        ask: Ask | None = None,
        ended: Callable[[Message], None] | None = None,
    ) -> Message:
        """Send a request to the agent, and return its answer. ``digest`` names the state of the
        project's files. ``ask`` and ``ended`` are as in ``Terms``.

        Raises:
            Stopped: it did not finish.
            NotMeasured: the request only measures (``protocol.MEASURES``), and that failed.
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
        """The truths that an answer describes. If nothing was written, the truths in the database
        are those of ``before``."""
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
        """Whether neighbouring truths agree. The agent is asked once for each state of the files
        and the database. If possible, the same request also asks about an earlier moment, ``then``:
        ``known`` has that answer afterwards."""
        asked = self._asked(snapshot, truths)
        told = self._told(asked, truths)
        models_files, record_tables = told or self._neighbours(asked, truths, then)
        return Agreements(models_files, agreement.files_and_record(truths, apps), record_tables)

    def known(self, snapshot: Snapshot, truths: Truths, apps: tuple[str, ...]) -> Agreements | None:
        """Whether neighbouring truths agree, if earlier answers say so; ``None`` if the agent would
        have to be asked."""
        told = self._told(self._asked(snapshot, truths), truths)
        return told and Agreements(told[0], agreement.files_and_record(truths, apps), told[1])

    def _asked(self, snapshot: Snapshot, truths: Truths) -> Asked:
        return self.alias, snapshot.digest, _digest(truths)

    def _told(self, asked: Asked, truths: Truths) -> tuple[Agreement, Agreement] | None:
        """Whether neighbours agree, from the answers to earlier requests; ``None`` if one is
        missing."""
        known = self._agreed
        models_files = known.models_files.get(asked[1])
        record_tables = known.record_tables.get(asked)
        if isinstance(truths.models, Unreadable) or models_files is None or record_tables is None:
            return None
        return models_files, record_tables

    def _earlier(
        self, digest: str, moment: tuple[Snapshot, Truths] | None
    ) -> tuple[Asked, Message] | None:
        """The key of an earlier moment in ``Agreed``, and the moment in the agent's form. ``None``
        if it is known already whether its truths agree, or if its files or its database do not
        allow asking."""
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
    """A digest of the record and the tables. Rows do not count."""
    return digest_of(repr((truths.record, truths.tables)).encode())


def _stopped_at(stopped: Stopped, limit: float) -> float:
    """The time limit in seconds that was too short; 0 if something else stopped the request, so
    that asking again may help."""
    return limit if stopped.why == "limit" else 0.0


def _unknown(why: str) -> tuple[Agreement, Agreement]:
    unknown = Agreement(None, why, compared=False)
    return unknown, unknown
