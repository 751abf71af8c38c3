"""The tables that a database really has, as its own catalogue tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """One column. ``key`` is its place in the primary key, counted from 1, or 0."""

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    key: int = 0
    generated: bool = False

    def __str__(self) -> str:
        words = [self.name, self.type]
        if self.not_null:
            words.append("NOT NULL")
        if self.default is not None:
            words.append(f"DEFAULT {self.default}")
        if self.key:
            words.append("PRIMARY KEY")
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Index:
    """An index. ``columns`` holds ``None`` for an expression; ``made_by`` is ``"c"`` for
    ``CREATE INDEX``, ``"u"`` for a UNIQUE and ``"pk"`` for a PRIMARY KEY constraint."""

    name: str
    columns: tuple[str | None, ...]
    unique: bool = False
    where: str | None = None
    made_by: str = "c"


@dataclass(frozen=True)
class ForeignKey:
    """``columns`` of this table point at ``to_columns`` of ``to_table``."""

    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table, its columns in the order in which they stand."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or ``None``."""
        return next((each for each in self.columns if each.name == name), None)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(each.name for each in self.columns)


@dataclass(frozen=True)
class Schema:
    """All tables by name, and the SQL of views and triggers by name."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    triggers: Mapping[str, str] = field(default_factory=dict)
