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
    """Why a command did not do what it was asked.

    ``error`` is the class's name as Django or Python has it, ``message`` its text and
    ``traceback`` what a terminal would have shown, without the lines of miglab's own. ``cause`` is
    the first error of those that this one was raised from, where it says something else.
    """

    error: str
    message: str
    traceback: str = ""
    cause: str = ""

    @property
    def because(self) -> str:
        """The same with its cause."""
        return f"{self}, because of {self.cause}" if self.cause else str(self)

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
        now: its name after the step, or ``None`` if the table is gone.
        before, after: how many rows it had and has.
        lost: rows that are gone; ``lost_sample`` shows a few of them, each column → value.
        gained: rows that are new.
        changed: rows whose values differ in columns that stayed.
        changed_columns: column → in how many rows its value differs.
        filled: column → in how many of these rows it was NULL before: nothing was overwritten.
        old_names: column that changed → what it was called before.
        lost_values: dropped column → how many values other than NULL went with it.
        lost_values_sample: dropped column → a few of those values, with the key of their row.
        changed_sample: column → a few of its values before and now, with the key of their row.
        retyped: columns whose declared type is another one; whether their values are lost, only
            the way back can say.
        many_to_many: Django made the table for a ``ManyToManyField``.
        by_handlers: ``post_migrate`` handlers did it, after the migrations.
        follows_rename: content types that follow a model's new name; nothing is lost with that.
        approximate: the table has no primary key that lasts, so rows are matched whole.
        database: the alias of the database that it is in.
        derived: the table only finds what is stored elsewhere, such as a full-text index of another
            table's rows: its rows are counted where it is gone, and are no data of the user's.
        unreadable: why its rows could not be read before or after; then nothing else is known.
        orphans: table of a parent model → how many of its rows are still there, of which this
            table's rows that are gone were the other part.
        rows_not_back, values_not_back: how many of the rows that went, and of the values by their
            column's name in this change, the way back does not bring back; ``None`` if no way
            back was gone.
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
        """The table, with the database's alias before it where that is not the default."""
        default = self.database == "default"
        return in_one_line(self.table if default else f"{self.database}:{self.table}")

    def place_of(self, column: str) -> str:
        """One of its columns, behind ``place``."""
        return f"{self.place}.{in_one_line(column)}"

    @property
    def costs(self) -> bool:
        """Whether something that was stored is gone."""
        return bool(self.lost or self.changed or self.lost_values) and not self.follows_rename


@dataclass(frozen=True)
class Renames:
    """Where the old names of a database are: ``tables`` {old: new or ``None``}, ``columns``
    {old table: {old: new or ``None``}}; all columns of ``rebuilt`` tables are named there.
    Any other name that is not there has stayed the same."""

    tables: Mapping[str, str | None] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    rebuilt: tuple[str, ...] = ()

    def table(self, name: str) -> str | None:
        """What a table is called now."""
        return self.tables.get(name, name)

    def column(self, table: str, name: str) -> str | None:
        """What a column of a table, both by their old names, is called now."""
        return self.columns.get(table, {}).get(name, None if table in self.rebuilt else name)


@dataclass(frozen=True)
class Ran:
    """One migration that a command began; ``seconds`` is for how long it ran. ``locks`` are those
    that it took on tables, and ``grew`` by how many bytes its database grew, where the engine
    tells. ``kept`` counts its statements that changed tables for good at once."""

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
    """Something that a user's project tried to do outside of its copy, and was not let do.

    Attributes:
        what: a verb and its object, as in ``"start the program gpg --version"``.
        where: file and line of the project, or ``""``.
        id: that of an ``Obstacle``: ``"program-stopped"``, ``"address-stopped"``,
            ``"write-outside-stopped"`` or ``"database-outside-stopped"``.
        do: what allows it, as in ``"allow it with `--allow-program gpg`"``.
        during: the migration that ran; ``None`` if none did: while the project was set up,
            migrations were imported, or handlers ran.
    """

    what: str
    where: str = ""
    id: str = ""
    do: str = ""
    during: Key | None = None


@dataclass(frozen=True)
class Obstacle:
    """One limit of miglab's that was in the way.

    Attributes:
        id: ``"program-stopped"``, ``"address-stopped"``, ``"write-outside-stopped"``,
            ``"database-outside-stopped"`` (the guard refused it), ``"program-failed"`` (a program
            that ran in the copy), ``"server-refused"`` (the copy's user may not do it, or its
            server does not have it), ``"not-in-copy"`` (the original's database has it),
            ``"file-not-copied"``, ``"measuring-failed"`` or ``"connection-lacks"`` (miglab could
            not read what the command did).
        what: one sentence that names the thing.
        do: what makes it possible.
    """

    id: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.what}; {self.do}"


@dataclass(frozen=True)
class Difference:
    """Something that this command did otherwise than a real run would; what the guard refused is
    in ``Step.kept_in``.

    Attributes:
        id: ``"mail-not-sent"``, ``"cache-replaced"`` or ``"file-not-copied"``.
        what: one sentence.
        count: of messages, of cache entries that were written, or of files.
        do: what makes the difference go away, or ``""``.
    """

    id: str
    what: str
    count: int = 1
    do: str = ""


@dataclass(frozen=True)
class FileChange:
    """One file of the project that was added, removed or changed. ``how``: added, removed,
    changed."""

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
        plan: the migrations that were to run, each with whether it goes backwards.
        ran: those that were begun, in order.
        renames: database alias → where its old names are now.
        kept_in: what the guard around a user's project did not let it do.
        obstacles: where it was refused, the limits of miglab's because of which the refusal says
            nothing about the project: it could not be rehearsed. Where it was not, what could not
            be measured: rows, tables or record of this step are not fully known.
        differs: what else this command did otherwise than a real run would.
        passed: for a move along the lab's history, what became of the rows between the two
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
