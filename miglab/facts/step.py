"""A step: one command, what Django said, and the truths before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .locks import Lock
from .migration import Key
from .signs import in_one_line
from .truths import Truths


@dataclass(frozen=True)
class Refusal:
    """Why a command did not do what it should have done.

    ``error`` is the name of the error's class, ``message`` is its text, and ``traceback`` is what a
    terminal would have shown, without miglab's own lines. ``cause`` is the first error in the chain
    from which this one was raised, if it says something different.
    """

    error: str
    message: str
    traceback: str = ""
    cause: str = ""

    @property
    def because(self) -> str:
        """The error with its cause."""
        return f"{self}, because of {self.cause}" if self.cause else str(self)

    def __str__(self) -> str:
        return f"{self.error}: {self.message}" if self.message else self.error


@dataclass(frozen=True)
class Statement:
    """One SQL statement that ran on the database with this alias. ``writes`` is false if it only
    reads, or only begins or ends a transaction."""

    sql: str
    alias: str = "default"
    writes: bool = True


@dataclass(frozen=True)
class RowChange:
    """What happened to the rows of one table, matched by primary key and through renames.

    Attributes:
        table: its name before the step, or after it if the table is new.
        now: its name after the step, or ``None`` if the table is gone.
        before, after: how many rows it had before, and has now.
        lost: how many rows are gone; ``lost_sample`` has a few of them, each as column → value.
        gained: how many rows are new.
        changed: how many rows have different values in columns that stayed.
        changed_columns: column → in how many rows its value is different.
        filled: column → in how many of these rows it was NULL before, so that nothing was lost.
        old_names: changed column → its name before.
        lost_values: dropped column → how many values other than NULL were lost with it.
        lost_values_sample: dropped column → a few of those values, with the key of their row.
        changed_sample: column → a few of its values other than NULL before, and what is there now,
            with the key of their row.
        retyped: columns whose declared type changed; only the way back shows whether their values
            are lost.
        many_to_many: whether Django made the table for a ``ManyToManyField``.
        by_handlers: whether ``post_migrate`` handlers did it, after the migrations.
        follows_rename: whether only content types changed, to follow a model's new name; then
            nothing is lost.
        approximate: whether whole rows were compared, because the table has no stable primary key.
        database: the alias of its database.
        derived: whether the table is only an index of data that is stored elsewhere, such as a
            full-text index: its rows are counted if it is gone, but they are not the user's data.
        unreadable: why its rows could not be read before or after; then nothing else is known.
        orphans: table of a parent model → how many of its rows lost their other part, which was a
            row of this table.
        rows_not_back, values_not_back: how many of the lost rows, and of the lost values of each
            column, the way back does not restore; ``None`` if it was not run.
    """

    table: str
    now: str | None
    before: int
    after: int
    lost: int = 0
    gained: int = 0
    changed: int = 0
    changed_columns: Mapping[str, int] = field(default_factory=dict)
    filled: Mapping[str, int] = field(default_factory=dict)
    lost_values: Mapping[str, int] = field(default_factory=dict)
    lost_sample: tuple[Mapping[str, object], ...] = ()
    lost_values_sample: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    changed_sample: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    old_names: Mapping[str, str] = field(default_factory=dict)
    retyped: tuple[str, ...] = ()
    many_to_many: bool = False
    by_handlers: bool = False
    follows_rename: bool = False
    approximate: bool = False
    database: str = "default"
    derived: bool = False
    unreadable: str = ""
    orphans: Mapping[str, int] = field(default_factory=dict)
    rows_not_back: int | None = None
    values_not_back: Mapping[str, int] | None = None

    @property
    def place(self) -> str:
        """The table; if its database is not the default one, with the alias before it."""
        default = self.database == "default"
        return in_one_line(self.table if default else f"{self.database}:{self.table}")

    def place_of(self, column: str) -> str:
        """``place`` with one of the table's columns."""
        return f"{self.place}.{in_one_line(column)}"

    @property
    def overwritten(self) -> dict[str, int]:
        """Column → how many of its values other than NULL have been replaced."""
        numbers = {
            name: number - self.filled.get(name, 0) for name, number in self.changed_columns.items()
        }
        return {name: number for name, number in numbers.items() if number}

    @property
    def costs(self) -> bool:
        """Whether rows or values were lost or changed, so that something may not come back; content
        types that follow a rename do not count."""
        return bool(self.lost or self.changed or self.lost_values) and not self.follows_rename


@dataclass(frozen=True)
class Renames:
    """The new names of tables and columns in one database: ``tables`` is {old: new or ``None``},
    ``columns`` is {old table: {old: new or ``None``}}. A name that is missing has not changed,
    except for columns of ``rebuilt`` tables: a missing one is gone."""

    tables: Mapping[str, str | None] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    rebuilt: tuple[str, ...] = ()

    def table(self, name: str) -> str | None:
        """The new name of a table, from its old one; ``None`` if the table is gone."""
        return self.tables.get(name, name)

    def column(self, table: str, name: str) -> str | None:
        """The new name of a column, from its old name and its table's; ``None`` if it is gone."""
        return self.columns.get(table, {}).get(name, None if table in self.rebuilt else name)


@dataclass(frozen=True)
class Ran:
    """One migration that a command began; ``seconds`` is how long it ran. ``locks`` are those that
    it took on tables, and ``grew`` is by how many bytes its database grew, if the engine reports
    that. ``kept`` is how many of its statements changed tables at once and for good."""

    key: Key
    backwards: bool
    fake: bool
    done: bool
    seconds: float
    sql: tuple[Statement, ...] = ()
    database: str = "default"
    locks: tuple[Lock, ...] = ()
    grew: int | None = None
    kept: int = 0


@dataclass(frozen=True)
class Reach:
    """Something that a user's project tried to do outside its copy, but was not allowed to do.

    Attributes:
        what: a verb and its object, as in ``"start the program gpg --version"``.
        where: file and line of the project, or ``""``.
        id: the id of an ``Obstacle``: ``"program-stopped"``, ``"address-stopped"``,
            ``"write-outside-stopped"`` or ``"database-outside-stopped"``.
        do: what allows it, as in ``"allow it with `--allow-program gpg`"``.
        during: the migration that was running; ``None`` if the project was being set up, migrations
            were being imported, or handlers were running.
    """

    what: str
    where: str = ""
    id: str = ""
    do: str = ""
    during: Key | None = None


@dataclass(frozen=True)
class Obstacle:
    """One limit of miglab that was in the way.

    Attributes:
        id: ``"program-stopped"``, ``"address-stopped"``, ``"write-outside-stopped"``,
            ``"database-outside-stopped"`` (the guard refused it), ``"program-failed"`` (a program
            failed in the copy), ``"server-refused"`` (the copy's user may not do it, or its server
            does not offer it), ``"not-in-copy"`` (only the original database has it),
            ``"file-not-copied"``, ``"measuring-failed"`` or ``"connection-lacks"`` (miglab could
            not read what the command did).
        what: one sentence that says what was in the way.
        do: what to do about it.
    """

    id: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.what}; {self.do}"


@dataclass(frozen=True)
class Difference:
    """A difference between what this command did and what a real run would do; what the guard
    refused is in ``Step.kept_in``.

    Attributes:
        id: ``"mail-not-sent"``, ``"cache-replaced"`` or ``"file-not-copied"``.
        what: one sentence.
        count: the number of messages, of cache entries that were written, or of files.
        do: how to avoid the difference, or ``""``.
    """

    id: str
    what: str
    count: int = 1
    do: str = ""


@dataclass(frozen=True)
class FileChange:
    """One file of the project that changed. ``how`` is ``"added"``, ``"removed"`` or
    ``"changed"``."""

    path: str
    how: str


@dataclass(frozen=True, repr=False)
class Step:
    """One command and everything that it did.

    Attributes:
        line: what was typed, as in ``"migrate store 0002"``.
        kind: ``manage``, ``shell``, ``sql``, ``write``, ``delete``, ``copy``, ``rewind``,
            ``forward``, ``restart``, ``between`` (two moments compared) or ``outside`` (done in a
            terminal, and noticed later).
        output: what Django printed, word for word.
        refusal: why it was refused, or ``None``.
        sql: the statements that ran, in order.
        before, after: the truths before and after it.
        rows: what happened to the rows, table by table; tables whose rows did not change are left
            out.
        files: the files of the project that changed.
        apps: the app labels that pictures of this step show; empty means all.
        sql_left_out: how many more statements ran that are not in ``sql``.
        plan: the migrations in the command's plan, each with whether it is unapplied.
        ran: the migrations that were begun, in order.
        renames: database alias → the new names of its tables and columns.
        kept_in: what the guard did not allow a user's project to do.
        obstacles: if the command was refused: the limits of miglab that caused this, so that the
            command could not be rehearsed. If it was not refused: what could not be measured, so
            that rows, tables or record of this step are not fully known.
        differs: other differences from a real run.
        passed: for a move along the lab's history, what happened to the rows between the two
            moments, from the earlier one to the later one.
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
    plan: tuple[tuple[Key, bool], ...] = ()
    ran: tuple[Ran, ...] = ()
    renames: Mapping[str, Renames] = field(default_factory=dict)
    kept_in: tuple[Reach, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    differs: tuple[Difference, ...] = ()
    passed: tuple[RowChange, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether Django refused the command."""
        return self.refusal is not None

    def __repr__(self) -> str:
        told = f" refused with {self.refusal}" if self.refusal else ""
        return f"<Step {self.line!r}{told}>"
