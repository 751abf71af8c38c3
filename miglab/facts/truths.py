"""The four truths of a project, and how many rows the tables have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from .migration import BadFile, Key, Migration
from .schema import Schema

#: The truths in the order in which a change reaches them, and where each one is stored.
NAMES = {
    "models": "models.py",
    "files": "migrations/*.py",
    "record": "the django_migrations table",
    "tables": "the database's own schema",
}


@dataclass(frozen=True)
class Unreadable:
    """Takes the place of a truth that could not be read, and says why."""

    reason: str

    def __str__(self) -> str:
        return f"cannot be read: {self.reason}"


@dataclass(frozen=True)
class Model:
    """A model: its table, whether Django manages it, its fields (name → description) and its other
    options. The descriptions are the same on every run."""

    table: str
    fields: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)
    managed: bool = True


@dataclass(frozen=True)
class Models:
    """Truth one: the models in Django's app registry, as ``apps[app_label][model_name]``."""

    apps: Mapping[str, Mapping[str, Model]]


@dataclass(frozen=True)
class Files:
    """Truth two: the migration files on disk. ``labels`` are the installed apps, with or without
    migrations. ``bad`` are the files that cannot be imported. ``unseen`` are those that Django does
    not see, each with its folder, which has no ``__init__.py``."""

    labels: tuple[str, ...]
    migrations: Mapping[Key, Migration]
    bad: Mapping[Key, BadFile] = field(default_factory=dict)
    unseen: Mapping[Key, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """Truth three: the rows of ``django_migrations``, in the order of their ids. ``exists`` is
    false if there is no such table yet."""

    keys: tuple[Key, ...]
    exists: bool = True


@dataclass(frozen=True)
class Lens:
    """The settings that decide how the truths are read, each described in words."""

    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Truths:
    """The four truths at one moment, each a value or the reason it cannot be read.

    ``rows`` has the number of rows of every table; ``lens`` has the settings that were in effect.
    """

    models: Models | Unreadable
    files: Files | Unreadable
    record: Record | Unreadable
    tables: Schema | Unreadable
    rows: Mapping[str, int] | Unreadable
    lens: Lens | Unreadable = field(default_factory=Lens)

    @property
    def known_files(self) -> Files:
        """The files; none if they cannot be read."""
        return value_or(self.files, Files((), {}))

    @property
    def known_record(self) -> Record:
        """The record; an empty one if it cannot be read."""
        return value_or(self.record, Record(()))

    @property
    def known_tables(self) -> Schema:
        """The schema; one without tables if it cannot be read."""
        return value_or(self.tables, Schema())


@dataclass(frozen=True)
class Agreement:
    """Whether two neighbouring truths agree.

    Attributes:
        verdict: ``True`` if they agree, ``False`` if they do not, ``None`` if miglab cannot tell.
        reason: one plain sentence.
        details: one line for each difference, or for each thing that miglab cannot tell.
        doubtful: those of ``details`` that may be caused by something miglab cannot see, such as
            ``RunSQL`` or a migration whose file is gone.
        compared: whether the two could be compared at all.
        missing: for record and tables: recorded migrations whose tables or columns are missing.
    """

    verdict: bool | None
    reason: str
    details: tuple[str, ...] = ()
    missing: tuple[Key, ...] = ()
    doubtful: tuple[str, ...] = ()
    compared: bool = True

    @property
    def word(self) -> str:
        """``"yes"``, ``"no"`` or ``"cannot tell"``."""
        return {True: "yes", False: "no", None: "cannot tell"}[self.verdict]

    @property
    def why(self) -> str:
        """The reason and its first two details, in one line."""
        if not self.details:
            return self.reason
        return f"{self.reason.removesuffix('.')}: {'; '.join(self.details[:2])}"


#: The pairs of neighbours, as ``Agreements`` names them, each with the sentence if they agree.
AGREEING = {
    "models_files": "the models and the files agree",
    "files_record": "the files and the record agree",
    "record_tables": "the record and the tables agree",
}


@dataclass(frozen=True)
class Agreements:
    """Whether the truths agree, for each of the three pairs of neighbours."""

    models_files: Agreement
    files_record: Agreement
    record_tables: Agreement

    def first_apart(self, pairs: Iterable[str]) -> tuple[str, str] | None:
        """The first of these pairs that is not known to agree, as in ``"record_tables"``, and its
        ``why``, which begins with a small letter."""
        for pair in pairs:
            found: Agreement = getattr(self, pair)
            if found.verdict is not True:
                return pair, found.why[:1].lower() + found.why[1:]
        return None


_NOT_YET = Agreement(None, "Not compared yet.")
#: What is known before the truths are compared.
NOT_COMPARED = Agreements(_NOT_YET, _NOT_YET, _NOT_YET)

_Value = TypeVar("_Value")


def value_or(truth: _Value | Unreadable, otherwise: _Value) -> _Value:
    """The truth's value, or ``otherwise`` if it cannot be read."""
    return otherwise if isinstance(truth, Unreadable) else truth
