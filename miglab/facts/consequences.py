"""What a command would do: measured by running it in a copy, and by going back again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

from ..errors import BadInput
from .fidelity import Fidelity, Versions
from .outcome import Outcome
from .picture import Picture
from .run import Planned, Run, WayBack
from .step import RowChange
from .truths import Agreements
from .view import Rows


class Full(Protocol):
    """Lists everything that was lost."""

    @property
    def names(self) -> tuple[str, ...]:
        """What may be asked for: tables that lost rows, columns that lost values."""

    def rows(self, name: str, limit: int) -> Rows:
        """As a table, the first ``limit`` rows of it."""

    def csv(self, name: str, path: Path) -> Path:
        """As a CSV file."""


class Severity(Enum):
    """What a finding is about, the most serious first; the value is a word for people."""

    NOT_REHEARSED = "could not be rehearsed"
    STOPS = "stops"
    LOST = "lost"
    BACK = "way back"
    TRUTHS = "truths disagree"
    NEXT = "next command"
    UNKNOWN = "unknown"
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
class LeftBehind:
    """Content types and permissions of models whose tables are gone: Django leaves them there."""

    content_types: tuple[str, ...] = ()
    permissions: int = 0


@dataclass(frozen=True, repr=False)
class Consequences:
    """What commands would do, and whether the way back restores everything.

    Attributes:
        commands: what was asked, as it would be typed.
        outcome: how it ended; every word, colour and exit status follows from it.
        verdict: the same in one line of plain words.
        findings: what one should know, the most serious first.
        runs: what each command did in the copy.
        schema: what changed in the tables, a line for each thing; a rename is a rename.
        rows: what became of the rows, from the beginning to the end of all commands.
        fidelity: what differs between every rehearsal of this project and a real run; ``None`` for
            a bundled project, which does not differ.
        lost_there: what migrations and handlers lose together, with how much does not come back.
        lost_coming_back: what only the way back loses.
        agreements_before, agreements_after: whether the truths agree.
        back: the way back, as it was run; ``None`` if nothing moved.
        next: what plain ``migrate`` does afterwards; ``None`` if the way back is that.
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
    outcome: Outcome
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
    engine: Versions
    seconds: float
    project: str = ""
    database: str = ""
    fidelity: Fidelity | None = None
    lost_there: tuple[RowChange, ...] = ()
    lost_coming_back: tuple[RowChange, ...] = ()
    full: Full | None = field(default=None, compare=False)

    def lost(self, name: str, limit: int = 1000) -> Rows:
        """The first ``limit`` rows that a table lost (``"store_tag"``), or values of a column that
        are gone or overwritten (``"store_product.price"``).

        Raises:
            UnknownName: nothing of that name was lost.
            BadInput: the lab that measured it is closed.
        """
        return self._full().rows(name, limit)

    @property
    def lost_names(self) -> tuple[str, ...]:
        """The names that ``lost`` takes: tables that lost rows, columns that lost values. Names of
        what only the way back loses say so at the end.

        Raises:
            BadInput: these consequences came without their databases.
        """
        return self._full().names

    def lost_csv(self, name: str, path: str | Path) -> Path:
        """Write all of it to a CSV file, and return its path."""
        return self._full().csv(name, Path(path))

    def _full(self) -> Full:
        if self.full is None:
            raise BadInput(
                "these consequences no longer have the databases that they were measured on"
            )
        return self.full

    @property
    def plan(self) -> tuple[Planned, ...]:
        """All migrations of all commands, in order."""
        return tuple(each for run in self.runs for each in run.plan)

    @property
    def loses(self) -> bool:
        """Whether stored data would be gone."""
        return self.outcome.loses

    @property
    def comes_back(self) -> bool:
        """Whether the way back restores every row and every value."""
        return self.outcome.comes_back

    @property
    def stops(self) -> bool:
        """Whether a command is refused or fails."""
        return self.outcome.stops

    @property
    def safe(self) -> bool:
        """Whether no problem was found: the exit status is 0."""
        return self.outcome.fine

    def finding(self, id: str) -> Finding | None:
        """The first finding of that id, or ``None``."""
        return next((each for each in self.findings if each.id == id), None)

    def __repr__(self) -> str:
        return f"<Consequences of {'; '.join(self.commands)}: {self.verdict}>"
