"""What a command would do: measured by running it in a copy, and by going back again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

from ..errors import BadInput
from .migration import Key
from .picture import Picture
from .step import RowChange, Statement, Step
from .truths import Agreements
from .view import Rows


class Full(Protocol):
    """Whoever can list all that was lost."""

    def rows(self, name: str, limit: int) -> Rows:
        """As a table, the first ``limit`` rows of it."""

    def csv(self, name: str, path: Path) -> Path:
        """As a CSV file."""


class Fate(Enum):
    """How far a planned migration came."""

    DONE = "done"
    FAKED = "faked"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Planned:
    """One migration of a plan.

    Attributes:
        key: which migration.
        backwards: whether it is unapplied.
        fate: how far it came.
        why: how it is pulled in, from a migration that was asked for to this one, each depending
            on the other; empty for those of the app that was asked for.
        sql: the statements that it ran.
        seconds: for how long it ran; ``None`` where it was not reached.
        irreversible: its operations that Django cannot undo, found before anything ran; only
            those of a migration that is unapplied.
        unknown: operations of classes that are not Django's: nobody can say beforehand.
        atomic: whether it is undone as a whole where it fails.
    """

    key: Key
    backwards: bool
    fate: Fate
    why: tuple[Key, ...] = ()
    sql: tuple[Statement, ...] = ()
    seconds: float | None = None
    irreversible: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    atomic: bool = True


@dataclass(frozen=True)
class Run:
    """One command that was run in the copy. ``seconds`` is what the whole of it took."""

    step: Step
    plan: tuple[Planned, ...]
    seconds: float

    @property
    def failed(self) -> Planned | None:
        """The migration at which it stopped, or ``None``."""
        return next((each for each in self.plan if each.fate is Fate.FAILED), None)

    @property
    def finished(self) -> tuple[Planned, ...]:
        """The migrations that were done before the end, or before it stopped."""
        return tuple(each for each in self.plan if each.fate in (Fate.DONE, Fate.FAKED))


class Return(Enum):
    """How far one comes back, from not at all to whole; each level includes those before it."""

    NOT_AT_ALL = ("does not come back", "the commands back are refused or fail")
    RUNS = ("comes back with another schema", "the commands back run")
    SCHEMA = ("the tables come back, not all rows", "the same schema, but for the order of columns")
    ROWS = ("the rows come back, not all values", "every row is there again")
    VALUES = ("comes back whole", "every row and every value is there again")

    def __init__(self, words: str, meaning: str) -> None:
        self.words, self.meaning = words, meaning


@dataclass(frozen=True)
class WayBack:
    """The way back, as it was run.

    Attributes:
        commands: what was typed; before it the files are put back, where they were changed.
        files_put_back: whether they had to be.
        runs: what each command did.
        level: how far one comes back.
        schema: what is not the same, a line for each thing; the order of columns is not among it.
        reordered: tables whose columns stand in another order.
        rows: what is not the same in the rows, compared with the beginning.
    """

    commands: tuple[str, ...]
    files_put_back: bool
    runs: tuple[Run, ...]
    level: Return
    schema: tuple[str, ...] = ()
    reordered: tuple[str, ...] = ()
    rows: tuple[RowChange, ...] = ()


class Severity(Enum):
    """What a finding is about, the gravest first; the value is a word for people."""

    STOPS = "stops"
    LOST = "lost"
    BACK = "way back"
    TRUTHS = "truths disagree"
    NEXT = "next command"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that somebody should know before doing it for real.

    Attributes:
        id: a stable name, as in ``"values-lost"``.
        severity: what it is about.
        what: what it is, in one sentence.
        where: the migration, table or column.
        do: what to do about it; may be empty.
    """

    id: str
    severity: Severity
    what: str
    where: str = ""
    do: str = ""


@dataclass(frozen=True)
class Engine:
    """What it was measured on."""

    database: str
    django: str
    python: str

    def __str__(self) -> str:
        return f"{self.database}, Django {self.django}, Python {self.python}"


@dataclass(frozen=True)
class LeftBehind:
    """Content types and permissions of models whose tables are gone: Django leaves them there."""

    content_types: tuple[str, ...] = ()
    permissions: int = 0


@dataclass(frozen=True, repr=False)
class Consequences:
    """What commands would do, and whether one can come back.

    Attributes:
        commands: what was asked, as it would be typed.
        verdict: one line in plain words.
        findings: what one should know, the gravest first.
        runs: what each command did in the copy.
        schema: what changed in the tables, a line for each thing; a rename is a rename.
        rows: what became of the rows, from the beginning to the end of all commands.
        costs: what migrations and handlers cost together, with how much does not come back.
        agreements_before, agreements_after: whether the truths agree.
        back: the way back, as it was run; ``None`` where nothing moved.
        next: what plain ``migrate`` does afterwards; ``None`` where the way back is that.
        next_rows: what ``next`` does to the rows.
        left_behind: content types and permissions that nothing needs any more.
        before, after: the graph, with the plan marked, and then.
        engine: what this was measured on.
        seconds: how long the rehearsal took.
        project: where the original is, as its owner knows it.
        database: the original's database file, or empty.
        full: lists all that was lost, for as long as the lab is open.
    """

    commands: tuple[str, ...]
    verdict: str
    findings: tuple[Finding, ...]
    runs: tuple[Run, ...]
    schema: tuple[str, ...]
    rows: tuple[RowChange, ...]
    agreements_before: Agreements
    agreements_after: Agreements
    back: WayBack | None
    next: Run | None
    next_rows: tuple[RowChange, ...]
    left_behind: LeftBehind
    before: Picture
    after: Picture
    engine: Engine
    seconds: float
    project: str = ""
    database: str = ""
    costs: tuple[RowChange, ...] = ()
    full: Full | None = field(default=None, compare=False)

    def lost(self, name: str, limit: int = 1000) -> Rows:
        """The rows that a table lost (``"store_tag"``), or the values of a column that are gone or
        others now (``"store_product.price"``), the first ``limit`` of them.

        Raises:
            UnknownName: nothing of that name was lost.
            BadInput: the lab that measured it is closed.
        """
        return self._full().rows(name, limit)

    @property
    def lost_names(self) -> tuple[str, ...]:
        """What ``lost`` knows: tables that lost rows, columns that lost values."""
        found = []
        for each in self.rows:
            found += [each.table] if each.lost else []
            found += [f"{each.table}.{name}" for name in each.lost_values]
            found += [f"{each.table}.{name}" for name in each.changed_columns]
        return tuple(dict.fromkeys(found))

    def lost_csv(self, name: str, path: str | Path) -> Path:
        """All of it as a CSV file; the path is given back."""
        return self._full().csv(name, Path(path))

    def _full(self) -> Full:
        if self.full is None:
            raise BadInput("these consequences came without the databases they were measured on")
        return self.full

    @property
    def plan(self) -> tuple[Planned, ...]:
        """All migrations of all commands, in order."""
        return tuple(each for run in self.runs for each in run.plan)

    @property
    def loses(self) -> bool:
        """Whether something that is stored would not be there any more."""
        return any(each.severity is Severity.LOST for each in self.findings)

    @property
    def comes_back(self) -> bool:
        """Whether the way back restores every row and every value."""
        return self.back is None or self.back.level is Return.VALUES

    @property
    def stops(self) -> bool:
        """Whether a command is refused or fails."""
        return any(run.step.refused for run in self.runs)

    @property
    def safe(self) -> bool:
        """Whether nothing is lost, it comes back whole, and nothing fails, now or next."""
        return not any(each.severity is not Severity.NOTE for each in self.findings)

    def finding(self, id: str) -> Finding | None:
        """The first finding of that id, or ``None``."""
        return next((each for each in self.findings if each.id == id), None)

    def __repr__(self) -> str:
        return f"<Consequences of {'; '.join(self.commands)}: {self.verdict}>"


@dataclass(frozen=True)
class Rung:
    """One more migration back.

    Attributes:
        target: where one stands then; ``None`` is zero.
        unapplied: what this step unapplies, pulled-in migrations of other apps included.
        done: whether it was reached.
        lost: what has been lost by then, in words, empty where nothing was.
        step_lost: what this step alone lost.
        short: the same in as few words as a card has room for, or ``"free"``.
        rows: what became of the rows since the top.
        seconds: for how long its migrations ran.
    """

    target: Key | None
    unapplied: tuple[Key, ...]
    done: bool
    lost: str
    step_lost: str
    short: str
    rows: tuple[RowChange, ...]
    seconds: float


@dataclass(frozen=True)
class Ladder:
    """What each further step back costs in one app.

    Attributes:
        app_label: which app.
        rungs: from the top down.
        picture: the graph, each migration with what going back before it would cost.
        error: why the way down stopped, or empty.
        engine: what this was measured on.
    """

    app_label: str
    rungs: tuple[Rung, ...]
    picture: Picture
    error: str
    engine: Engine
    seconds: float

    @property
    def free(self) -> tuple[Rung, ...]:
        """The rungs that cost nothing."""
        return tuple(each for each in self.rungs if each.done and not each.lost)

    def __iter__(self) -> Iterator[Rung]:
        return iter(self.rungs)
