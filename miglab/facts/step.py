"""A step: one command, what Django said, and the truths before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .truths import Truths


@dataclass(frozen=True)
class Refusal:
    """Why a command did not do what it was asked.

    ``error`` is the class's name as Django or Python has it, ``message`` its text and
    ``traceback`` what a terminal would have shown, without the lines of miglab's own.
    """

    error: str
    message: str
    traceback: str = ""

    def __str__(self) -> str:
        return f"{self.error}: {self.message}" if self.message else self.error


@dataclass(frozen=True)
class Statement:
    """One SQL statement that ran, on the database of that alias. ``writes`` is false for one
    that only reads or opens and closes a transaction."""

    sql: str
    alias: str = "default"
    writes: bool = True


@dataclass(frozen=True)
class RowChange:
    """What happened to the rows of one table, matched by primary key and through renames.

    Attributes:
        table: its name before the step, or after it where it is new.
        now: its name after the step, or ``None`` where the table is gone.
        before, after: how many rows it had and has.
        lost: rows that are gone; ``lost_sample`` shows a few of them, each column → value.
        gained: rows that are new.
        changed: rows whose values differ in columns that stayed.
        changed_columns: column → in how many rows its value differs.
        lost_values: dropped column → how many values other than NULL went with it.
        lost_values_sample: dropped column → a few of those values, with the key of their row.
        by_handlers: Django itself fills this table after every ``migrate``.
        approximate: the table has no primary key that lasts, so rows are matched whole.
    """

    table: str
    now: str | None
    before: int
    after: int
    lost: int = 0
    gained: int = 0
    changed: int = 0
    changed_columns: Mapping[str, int] = field(default_factory=dict)
    lost_values: Mapping[str, int] = field(default_factory=dict)
    lost_sample: tuple[Mapping[str, object], ...] = ()
    lost_values_sample: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    by_handlers: bool = False
    approximate: bool = False

    @property
    def costs(self) -> bool:
        """Whether something that was stored is not there any more."""
        return bool(self.lost or self.changed or self.lost_values)


@dataclass(frozen=True)
class FileChange:
    """One file of the project that came, went or changed. ``how``: added, removed, changed."""

    path: str
    how: str


@dataclass(frozen=True, repr=False)
class Step:
    """One command with all that it did.

    Attributes:
        line: what was typed, as in ``"migrate store 0002"``.
        kind: ``manage``, ``shell``, ``sql``, ``write``, ``delete`` or ``outside`` (done in a
            terminal, and noticed later).
        output: what Django printed, word for word.
        refusal: why it was refused, or ``None``.
        sql: the statements that ran, in order.
        before, after: the truths around it.
        rows: what happened to the rows, table by table; tables where nothing did are left out.
        files: the files of the project that changed.
        apps: the app labels that pictures of this step show; empty means all.
        sql_left_out: how many statements more ran than ``sql`` holds.
    """

    line: str
    kind: str
    output: str
    before: Truths
    after: Truths
    refusal: Refusal | None = None
    sql: tuple[Statement, ...] = ()
    rows: tuple[RowChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    apps: tuple[str, ...] = ()
    sql_left_out: int = 0

    @property
    def refused(self) -> bool:
        """Whether Django refused the command."""
        return self.refusal is not None

    def __repr__(self) -> str:
        told = f" refused with {self.refusal}" if self.refusal else ""
        return f"<Step {self.line!r}{told}>"
