"""Expressions in SQL for values of a row: as they are shown, and as they are compared.

The server's ``=`` calls 'a' and 'A' equal, and also 'a' and 'a '. So texts are compared by their
bytes, and numbers with a fraction by their text. The comparison is exact: two values of a column
differ only if they are stored differently.
"""

from __future__ import annotations

from typing import Iterable, NamedTuple

from .opening import quote
from .shape import Column

INTEGERS = ("tinyint", "smallint", "mediumint", "int", "bigint", "year")
TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext")
_BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector")
_SHAPES = (
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "geomcollection",
)
#: Types of which the server stores only a number.
_LISTS = ("enum", "set", "bit")
#: Equal values of one of these are stored alike.
_PLAIN = ("decimal", "date", "time", "datetime", "timestamp", "uuid", "inet4", "inet6")


def column(letter: str, name: str) -> str:
    return "%s.%s" % (letter, quote(name))


def text(value: str, base: str) -> str:
    """SQL for the exact text of a value."""
    if base in TEXTS or base in ("enum", "set"):
        return "CONVERT(%s USING utf8mb4)" % value
    if base in _BYTES:
        return "HEX(%s)" % value
    if base in _SHAPES:
        return "HEX(CAST(%s AS BINARY))" % value
    if base == "float":
        # A FLOAT is written with six digits, and holds more.
        return "CAST(%s + 0e0 AS CHAR)" % value
    if base == "bit":
        return "CAST(%s + 0 AS CHAR)" % value
    return "CAST(%s AS CHAR)" % value


def shown(letter: str, each: Column) -> str:
    """SQL that shows the value of a column, in a type that every driver returns alike."""
    value = column(letter, each.name)
    if each.base in INTEGERS or each.base == "double":
        return value
    if each.base == "float":
        return "%s + 0e0" % value
    if each.base == "bit":
        return "%s + 0" % value
    if each.base in _BYTES or each.base in _SHAPES:
        return "CONCAT('0x', LOWER(%s))" % text(value, each.base)
    return text(value, each.base)


class Match(NamedTuple):
    """A column of the old database, and the new database's column with its values."""

    old: Column
    new: Column

    @property
    def retyped(self) -> bool:
        """Whether its declared type has changed."""
        return self.old.kind != self.new.kind

    def both(self, bases: Iterable[str]) -> bool:
        """Whether both columns have one of these types."""
        return self.old.base in bases and self.new.base in bases

    @property
    def _apart(self) -> bool:
        """Whether a text column replaced a column of another type, or the other way round. Then no
        old value equals a new one, even if both are written alike."""
        return (self.old.base in TEXTS) != (self.new.base in TEXTS)

    def image(self, letter: str, is_new: bool) -> str:
        """An expression that is the same (``<=>``) on both sides exactly where the value is the
        same."""
        each = self.new if is_new else self.old
        value = column(letter, each.name)
        if self.both(INTEGERS):
            return value
        if self.both(TEXTS):
            if self.old.charset != self.new.charset:
                value = "CONVERT(%s USING utf8mb4)" % value
            return "CAST(%s AS BINARY)" % value
        if not self.retyped:
            if each.base in _LISTS:
                return "%s + 0" % value
            if each.base in _PLAIN or each.base in _BYTES:
                return value
        written = "CAST(%s AS BINARY)" % text(value, each.base)
        return "CONCAT('~', %s)" % written if is_new and self._apart else written

    def differs(self, letter: str) -> str:
        """SQL that is true where the value of the old row ``o`` is stored differently in this
        one."""
        return "NOT %s <=> %s" % (self.image("o", False), self.image(letter, True))

    def part(self, letter: str, is_new: bool) -> str:
        """SQL for ``image`` as a part of ``whole``: a text without commas, or ``''`` for NULL."""
        image = self.image(letter, is_new)
        if self.both(INTEGERS):
            return "coalesce(CONCAT('v', %s), '')" % image
        return "coalesce(SHA2(%s, 256), '')" % image

    def answers(self, letter: str) -> str:
        """SQL that is true where a key is the same in the old row ``o`` and in this one. A
        condition that the server can check by an index comes first. If the type of the key has
        changed, the old value is cast."""
        old, new = column("o", self.old.name), column(letter, self.new.name)
        if self.new.base in TEXTS:
            if self.old.base not in TEXTS:
                old = "CAST(%s AS CHAR)" % old
            found = old
            if (self.old.charset, self.old.collation) != (self.new.charset, self.new.collation):
                place = (old, self.new.charset, self.new.collation)
                found = "CONVERT(%s USING %s) COLLATE %s" % place
            exact = tuple("CAST(CONVERT(%s USING utf8mb4) AS BINARY)" % e for e in (new, old))
            return "%s = %s AND %s = %s" % (new, found, *exact)
        if self.old.base in TEXTS and self.new.base in INTEGERS:
            return "%s = CAST(%s AS %s)" % (new, old, self.integer)
        return "%s = %s" % (new, old)

    @property
    def integer(self) -> str:
        """The type that a text is cast to if its column has integers now."""
        return "UNSIGNED" if "unsigned" in self.new.kind else "SIGNED"


def whole(matches: Iterable[Match], letter: str, is_new: bool) -> str:
    """SQL for a value of 32 bytes that differs if any of these values differs."""
    parts = ", ".join(each.part(letter, is_new) for each in matches)
    return "UNHEX(SHA2(CONCAT_WS(',', %s), 256))" % (parts or "''")
