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
    """Gives access to everything that was lost."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names to ask for: tables that lost rows, and columns that lost values."""

    def rows(self, name: str, limit: int) -> Rows:
        """The first ``limit`` rows of what was lost under this name."""

    def csv(self, name: str, path: Path) -> Path:
        """Write everything that was lost under this name to a CSV file, and return its path."""


class Severity(Enum):
    """What a finding is about, the most serious first; the value is what the reader sees."""

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
    """One thing to know before running the commands for real.

    Attributes:
        id: a stable name, as in ``"values-lost"``.
        severity: what it is about.
        what: the finding itself, in one sentence.
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
        commands: the commands, as they would be typed.
        outcome: how the rehearsal ended; every word, colour and exit status follows from it.
        verdict: the same in one line of plain words.
        findings: what you should know, the most serious first.
        runs: what each command did in the copy.
        schema: what changed in the tables, a line for each change; a rename is listed as a rename.
        rows: what happened to the rows, from before the first command to after the last one.
        fidelity: how every rehearsal of this project differs from a real run; ``None`` for a
            project that comes with miglab, where nothing differs.
        lost_there: what migrations and handlers lose together, and how much does not come back.
        lost_coming_back: what only the way back loses.
        agreements_before, agreements_after: whether the truths agree.
        back: the way back, as it was run; ``None`` if nothing changed.
        next: what plain ``migrate`` does afterwards; ``None`` if that is the way back.
        next_rows: what ``next`` does to the rows.
        left_behind: content types and permissions that nothing needs any more.
        before, after: the graph before, with the plan marked, and the graph afterwards.
        engine: what this was measured on.
        seconds: how long the rehearsal took.
        project: the path of the original project; may be empty.
        database: the original's database: its file, or its name on a server; may be empty.
        full: gives access to everything that was lost, as long as the lab is open.
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
            UnknownName: nothing with that name was lost.
            BadInput: the lab that measured it is closed.
        """
        return self._full().rows(name, limit)

    @property
    def lost_names(self) -> tuple[str, ...]:
        """The names that ``lost`` takes: tables that lost rows, and columns that lost values. They
        end in "(on the way back)" if only the way back loses this.

        Raises:
            BadInput: the databases that were measured are no longer available.
        """
        return self._full().names

    def lost_csv(self, name: str, path: str | Path) -> Path:
        """Write everything that was lost under this name to a CSV file, and return its path."""
        return self._full().csv(name, Path(path))

    def _full(self) -> Full:
        if self.full is None:
            raise BadInput(
                "the databases that were measured are no longer available; run the what-if again"
            )
        return self.full

    @property
    def plan(self) -> tuple[Planned, ...]:
        """The planned migrations of all commands, in order."""
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
        """The first finding with that id, or ``None``."""
        return next((each for each in self.findings if each.id == id), None)

    def __repr__(self) -> str:
        return f"<Consequences of {'; '.join(self.commands)}: {self.verdict}>"
