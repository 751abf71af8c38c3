"""What a generated project has at one moment: models, columns, and what they are stored as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Kind:
    """A kind of field: its class with what it takes, a default, and what it may become."""

    field: str
    default: str
    become: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "char": Kind("models.CharField(max_length=40{})", "'d'", ("int", "text", "float")),
    "int": Kind("models.IntegerField({})", "5", ("char", "big", "float")),
    "text": Kind("models.TextField({})", "''", ("char",)),
    "big": Kind("models.BigIntegerField({})", "2**40", ("int", "char")),
    "float": Kind("models.FloatField({})", "2.0", ("int", "char")),
    "blob": Kind("models.BinaryField({})", "b'd'", ()),
    "nocase": Kind("models.CharField(max_length=40, db_collation='NOCASE'{})", "'D'", ("char",)),
}

_TEXTS = [
    "7",
    "007",
    "",
    "A",
    "a",
    " 7",
    "7.0",
    "1e3",
    "0x7",
    "Ünï ☃",
    "12345678901234567890",
    None,
]
_NUMBERS = [7, 0, -1, 2**31, 2**53 + 1, 2**63 - 1, None]

#: Values as they are stored, by kind of column.
VALUES: dict[str, list[Any]] = {
    "char": _TEXTS,
    "text": _TEXTS,
    "nocase": _TEXTS,
    "int": _NUMBERS,
    "big": _NUMBERS,
    "float": [1.0, 0.1, -0.5, 2.0**53, 1e300, None],
    "blob": [b"", b"\x00\xff", b"7", None],
    "auto": [],
}


class Draws(Protocol):
    """Whoever draws, among these values of each kind."""

    @property
    def values(self) -> Mapping[str, list[Any]]:
        """By kind of column."""

    def one(self, among: Any) -> Any:
        """One of these."""


@dataclass(frozen=True)
class Column:
    """A column. One that is ``held`` is left as it is: a key or a generated column needs it."""

    ident: int
    name: str
    kind: str
    null: bool = False
    held: bool = False

    @property
    def field(self) -> str:
        """As a migration writes it."""
        kind = KINDS[self.kind]
        given = f"default={kind.default}" + (", null=True" if self.null else "")
        return kind.field.format(", " + given if "=" in kind.field else given)


@dataclass(frozen=True)
class Model:
    """A model. ``key``: ``auto``, ``text`` or ``pair``. ``generated``: whether the generated
    column, a copy of the first plain one, is stored; ``None`` where there is none."""

    ident: int
    name: str
    key: str
    columns: tuple[Column, ...] = ()
    generated: bool | None = None
    db_table: str | None = None

    @property
    def table(self) -> str:
        """What its table is called."""
        return self.db_table or f"law_{self.name.lower()}"

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """Those of its primary key."""
        return self.columns[: 2 if self.key == "pair" else 1]

    @property
    def number(self) -> bool:
        """Whether its key is an automatic number by now."""
        return self.columns[0].kind == "auto"

    @property
    def names(self) -> set[str]:
        """Names that are taken."""
        return {each.name for each in self.columns}

    @property
    def created(self) -> str:
        """The operation that makes it."""
        fields = []
        for column in self.columns:
            told = (
                column.field if column.kind != "auto" else "models.BigAutoField(primary_key=True)"
            )
            if self.key == "text" and column in self.key_columns:
                told = "models.CharField(max_length=40, primary_key=True)"
            fields.append(f"({column.name!r}, {told})")
        if self.key == "pair":
            fields.insert(0, "('pk', models.CompositePrimaryKey('left', 'right'))")
        if self.generated is not None:
            source = self.columns[len(self.key_columns)]
            plain = KINDS[source.kind].field.format("")
            fields.append(
                f"('g', models.GeneratedField(expression=models.F({source.name!r}), "
                f"output_field={plain}, db_persist={self.generated}))"
            )
        return f"CreateModel({self.name!r}, [{', '.join(fields)}])"

    def row(self, draws: Draws, number: int) -> tuple[tuple[str, ...], tuple[Any, ...]]:
        """The names of its columns, and the values of a row that has this number in its key."""
        values: list[Any] = []
        for place, column in enumerate(self.columns):
            if place < len(self.key_columns):
                texts = {1: "007", 2: "a", 3: "A", 11: "", 12: "Ünï"}
                text = (self.key != "auto" and texts.get(number)) or f"{number}"
                values.append(text if column.kind == "char" else number)
            else:
                among = draws.values[column.kind]
                values.append(draws.one([e for e in among if column.null or e is not None]))
        return tuple(each.name for each in self.columns), tuple(values)


@dataclass(frozen=True)
class Link:
    """A ``ManyToManyField``; ``columns`` are the idents of its table's two foreign keys."""

    ident: int
    name: str
    owner: int
    target: int
    columns: tuple[int, int]


@dataclass(frozen=True)
class Stored:
    """A table: who it is, and who its columns are."""

    ident: int | str
    name: str
    columns: tuple[tuple[int | str, str], ...]
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class Layout:
    """The tables at one moment."""

    tables: tuple[Stored, ...]

    def stored(self, link: Link) -> Stored:
        """The table of a ``ManyToManyField``."""
        return next(each for each in self.tables if each.ident == link.ident)

    @classmethod
    def of(cls, models: Mapping[int, Model], links: Mapping[int, Link]) -> Layout:
        """What these are stored as."""
        tables = [
            Stored(each.ident, each.table, tuple((c.ident, c.name) for c in each.columns))
            for each in models.values()
        ]
        for link in links.values():
            owner, target = models[link.owner], models[link.target]
            names = (f"{owner.name.lower()}_id", f"{target.name.lower()}_id")
            if owner is target:
                names = (f"from_{names[0]}", f"to_{names[0]}")
            columns = ((-link.ident, "id"), *zip(link.columns, names, strict=True))
            name = f"{owner.table}_{link.name}"
            tables.append(Stored(link.ident, name, columns, names))
        return cls(tuple(tables))
