"""How generated projects are written for each engine: kinds of fields, values and SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .layout import KINDS, VALUES, Kind, Model


class Dialect:
    """SQLite, which takes every value in every column."""

    kinds: Mapping[str, Kind] = KINDS
    values: Mapping[str, list[Any]] = VALUES
    #: Whether a generated column may be stored, and may not be.
    generated: Sequence[bool] = (True, False)

    def literal(self, value: Any) -> str:
        """A value in SQL."""
        if value is None:
            return "NULL"
        if isinstance(value, bytes):
            return f"X'{value.hex()}'"
        return "'{}'".format(value.replace("'", "''")) if isinstance(value, str) else repr(value)

    def quoted(self, name: str) -> str:
        """A name in SQL."""
        return f'"{name}"'

    def first(self, model: Model, rows: int) -> str:
        """What follows UPDATE and DELETE for so many rows, always the same ones."""
        return f'WHERE rowid IN (SELECT rowid FROM "{model.table}" ORDER BY rowid LIMIT {rows})'

    def some(self, model: Model) -> str:
        """The same for one or two, without asking what is there."""
        return "WHERE rowid < 3"

    def one(self, model: Model) -> str:
        """The same for one row."""
        return f'WHERE rowid = (SELECT min(rowid) FROM "{model.table}")'

    def unchanged(self, kind: str) -> str:
        """What follows a column so that its value stays as it is."""
        return "|| ''"

    def insert(self, model: Model, names: Sequence[str], values: Sequence[Any]) -> str:
        """A row comes, if its key is free."""
        quoted, told = ", ".join(map(self.quoted, names)), ", ".join(map(self.literal, values))
        return f'INSERT OR IGNORE INTO "{model.table}" ({quoted}) VALUES ({told})'


class OnPostgreSQL(Dialect):
    """Values fit their columns, and most casts can be made."""

    kinds: Mapping[str, Kind] = {
        **{name: kind for name, kind in KINDS.items() if name != "nocase"},
        "char": Kind(KINDS["char"].field, KINDS["char"].default, ("text", "text", "int")),
    }
    values: Mapping[str, list[Any]] = {
        **VALUES,
        "int": [7, 0, -1, 2**31 - 2, None],
        "big": [7, 0, -1, 2**31, 2**53 + 1, 2**63 - 2, None],
        "float": [1.0, 0.1, -0.5, 2.0**30, 1e300, None],
    }
    generated = (True,)

    def literal(self, value: Any) -> str:
        return f"'\\x{value.hex()}'" if isinstance(value, bytes) else super().literal(value)

    def first(self, model: Model, rows: int) -> str:
        key = ", ".join(self.quoted(each.name) for each in model.key_columns)
        return f'WHERE ctid IN (SELECT ctid FROM "{model.table}" ORDER BY {key} LIMIT {rows})'

    def some(self, model: Model) -> str:
        return self.first(model, 2)

    def one(self, model: Model) -> str:
        return self.first(model, 1)

    def unchanged(self, kind: str) -> str:
        return "* 1" if kind == "float" else "|| ''"

    def insert(self, model: Model, names: Sequence[str], values: Sequence[Any]) -> str:
        told = super().insert(model, names, values)
        return f"{told.replace(' OR IGNORE', '', 1)} ON CONFLICT DO NOTHING"


class OnMariaDB(OnPostgreSQL):
    """Values fit their columns too; names are quoted in a way of its own."""

    def literal(self, value: Any) -> str:
        return Dialect.literal(self, value)

    def quoted(self, name: str) -> str:
        return f"`{name}`"

    def first(self, model: Model, rows: int) -> str:
        key = ", ".join(self.quoted(each.name) for each in model.key_columns)
        return f"ORDER BY {key} LIMIT {rows}"

    def unchanged(self, kind: str) -> str:
        return "+ 0" if kind == "float" else "COLLATE utf8mb4_bin"

    def insert(self, model: Model, names: Sequence[str], values: Sequence[Any]) -> str:
        quoted, told = ", ".join(map(self.quoted, names)), ", ".join(map(self.literal, values))
        return f"INSERT IGNORE INTO {self.quoted(model.table)} ({quoted}) VALUES ({told})"


DIALECTS: dict[str, Dialect] = {
    "sqlite": Dialect(),
    "postgresql": OnPostgreSQL(),
    "mysql": OnMariaDB(),
}
