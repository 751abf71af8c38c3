"""The tables that a database really has, as its own catalogue describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(name: str) -> str:
    """The same text for all names that SQLite treats as equal: SQLite ignores the case of ASCII
    letters only."""
    return name.translate(_LOWER)


@dataclass(frozen=True)
class Column:
    """One column. ``key`` is its position in the primary key: 1 for the first column of the key, 0
    for a column outside it. ``collation`` is ``""`` for the usual one. ``counts_up`` means
    AUTOINCREMENT. ``expression`` computes a generated column, and ``stored`` is whether its values
    are stored. ``comment`` is the column's comment in the database."""

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    key: int = 0
    generated: bool = False
    collation: str = ""
    counts_up: bool = False
    expression: str | None = None
    stored: bool = False
    comment: str = ""

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
    """An index. ``columns`` has ``None`` for an expression. ``made_by`` is ``"c"`` for
    ``CREATE INDEX``, ``"u"`` for a UNIQUE constraint and ``"pk"`` for a PRIMARY KEY. For each
    column, ``expressions`` has its expression, or ``None``, and ``orders`` has its collation and
    direction if they are not the usual ones. ``more`` has everything else that is unusual, in SQL:
    the method of the index, and the columns that it includes."""

    name: str
    columns: tuple[str | None, ...]
    unique: bool = False
    where: str | None = None
    made_by: str = "c"
    expressions: tuple[str | None, ...] = ()
    orders: tuple[str, ...] = ()
    more: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """``columns`` of this table refer to ``to_columns`` of ``to_table``. ``on_delete`` and
    ``on_update`` are what the database does by itself. ``deferred`` means that it checks at the end
    of a transaction. ``valid`` is false if it has not checked the rows that already existed."""

    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    deferred: bool = True
    valid: bool = True


@dataclass(frozen=True)
class Table:
    """A table with its columns in order. ``unreadable`` says why it cannot be read, or is empty."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[str, ...] = ()
    unreadable: str = ""
    comment: str = ""

    def column(self, name: str) -> Column | None:
        """The column with that name, or ``None``."""
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
