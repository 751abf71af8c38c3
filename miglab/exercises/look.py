"""Looks at a lab for an exercise, and asks each question only once for each moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..facts.migration import Key
from ..facts.step import Step
from ..facts.truths import Agreements, Truths, Unreadable, value_or
from ..sandbox.digests import digest_of
from ..steps.looks import Found, ask_all
from ..steps.stage import Stage

#: A query: the alias of its database, and its SQL.
Query = tuple[str, str]


@dataclass(frozen=True)
class Done:
    """One thing that was done in an exercise: its line, and what belongs to it.

    ``moved`` says whether it changed anything, ``backed_up`` whether it left a new copy of the
    database, ``outside`` whether a terminal or another program did it.
    """

    line: str
    body: str = ""
    moved: bool = False
    backed_up: bool = False
    refused: str = ""
    outside: bool = False

    @property
    def text(self) -> str:
        """The line with what belongs to it."""
        return f"{self.line}\n{self.body}".rstrip("\n")


@dataclass(frozen=True)
class Known:
    """What a look knows besides the stage: facts from the start, and what the learner did.

    Attributes:
        moments: name → the answers to queries at a moment of the start.
        keys: name → the right answer.
        answers: name → what the learner answered.
        done: what was done and not rewound, in order.
        files: the files at the start: path → digest of the content.
        rows: how many rows each table had at the start.
    """

    moments: Mapping[str, Mapping[Query, Found]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    done: Sequence[Done] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)


class Look:
    """A stage at its current moment, and what is known of the exercise."""

    def __init__(self, stage: Stage, known: Known, queries: Iterable[Query] = ()) -> None:
        self.stage, self.known = stage, known
        self._wanted = list(dict.fromkeys(queries))
        self._asked: dict[Query, Found] = {}
        self._agreements: Agreements | None = None
        #: What ``trying.after`` found in copies of it.
        self.copies: dict[object, tuple[str, Look]] = {}

    @property
    def truths(self) -> Truths:
        """The four truths."""
        return self.stage.truths()

    @property
    def agreements(self) -> Agreements:
        """Whether neighbouring truths agree."""
        if self._agreements is None:
            stage = self.stage
            snapshot = stage.moments.now.snapshot
            self._agreements = stage.reader.agreements(snapshot, stage.truths(), ())
        return self._agreements

    @property
    def last(self) -> Step | None:
        """The last step."""
        return self.stage.last

    @property
    def lost(self) -> Mapping[str, int]:
        """Table → how many rows fewer than at the start it has. Tables that Django fills by itself
        are left out."""
        return fewer(self.known.rows, value_or(self.truths.rows, {}))

    def query(self, query: Query) -> Found:
        """The result of a query; announced queries are asked together with the first one."""
        if query not in self._asked:
            asked = [each for each in self._wanted if each not in self._asked]
            asked += [] if query in asked else [query]
            self._asked.update(zip(asked, ask_all(self.stage, asked), strict=True))
        return self._asked[query]

    def read(self, path: str) -> str | None:
        """The text of a file; ``None`` if there is none."""
        place = self.stage.sandbox.inside(path)
        return place.read_text(encoding="utf-8", errors="replace") if place.is_file() else None

    def applied(self, app_label: str, alias: str = "default") -> list[str]:
        """The names that the record of a database holds for an app, in order."""
        if alias == "default":
            keys = self.truths.known_record.keys
            return sorted(key.name for key in keys if key.app_label == app_label)
        return sorted(str(row[0]) for row in self.query(record_query(app_label, alias)).rows)

    def files(self, app_label: str) -> list[str]:
        """The names of an app's migration files, including those that cannot be imported."""
        found = self.truths.known_files
        keys: list[Key] = [*found.migrations, *found.bad]
        return sorted(key.name for key in keys if key.app_label == app_label)


def fewer(was: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    """Table → how many rows fewer it has, if any. Tables that Django fills by itself are left
    out."""
    own = (name for name in was if not name.startswith(("django_", "auth_permission")))
    return {name: was[name] - now.get(name, 0) for name in own if was[name] > now.get(name, 0)}


def record_query(app_label: str, alias: str) -> Query:
    """The query for the record of an app in a database."""
    return alias, f"SELECT name FROM django_migrations WHERE app = '{app_label}'"


def digest(truths: Truths) -> str:
    """A digest of the four truths and the counts of rows, without times and without paths of this
    machine."""
    files = sorted((key, each.digest) for key, each in truths.known_files.migrations.items())
    told = (
        _readable(truths.models),
        files,
        sorted(truths.known_files.bad),
        sorted(truths.known_record.keys),
        sorted(truths.known_tables.tables.items()),
        sorted(value_or(truths.rows, {}).items()),
    )
    return digest_of(repr(told).encode())


def _readable(truth: object) -> object:
    """The truth. If it cannot be read, only that: the reason may contain a path."""
    return "unreadable" if isinstance(truth, Unreadable) else truth
