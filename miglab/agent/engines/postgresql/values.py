"""Expressions in SQL for values of a row: as they are shown, compared and sorted. All are exact:
two values differ if a type's own output function writes them differently, and only then.

A letter names a row and qualifies its columns; no other name of the user's appears.
"""

from __future__ import annotations

from typing import Iterable, List, NamedTuple

from .opening import quote
from .shape import Column

INTEGERS = ("int2", "int4", "int8")
_TEXTS = ("text", "varchar", "citext")
_STRINGS = (*_TEXTS, "bpchar", "name", "char")
_NATIVE = (*INTEGERS, "bool", "float4", "float8")
#: Stands for the hash of NULL. The hash of a value is the same only with a chance of one in 2 to
#: the 64.
NULL = 6571923847120348
#: Encodings whose bytes are in the order of Unicode's numbers, as Python sorts texts.
_SORTED = ("UTF8", "SQL_ASCII", "LATIN1")


def column(letter: str, name: str) -> str:
    return "%s.%s" % (letter, quote(name))


def is_null(value: str) -> str:
    """SQL that is true for NULL; for a composite, only if it is NULL itself."""
    return "pg_catalog.num_nulls(%s) = 1" % value


def text(value: str) -> str:
    """SQL for what the type's output function writes; a cast to text may write something else."""
    return "CASE WHEN %s THEN NULL ELSE pg_catalog.concat(%s) END" % (is_null(value), value)


def shown(letter: str, each: Column) -> str:
    """SQL that shows the value of a column, in a type that every driver returns alike."""
    value = column(letter, each.name)
    if each.base in _NATIVE:
        return value
    if each.base == "bytea":
        return "'0x' || pg_catalog.encode(%s, 'hex')" % value
    return text(value)


def labelled(letter: str, columns: Iterable[Column]) -> str:
    """SQL that shows these columns, under their own names."""
    return ", ".join("%s AS %s" % (shown(letter, each), quote(each.name)) for each in columns)


class Match(NamedTuple):
    """A column of the old database, and the new database's column with its values."""

    old: Column
    new: Column

    @property
    def retyped(self) -> bool:
        """Whether its declared type has changed."""
        return self.old.kind != self.new.kind

    @property
    def _apart(self) -> bool:
        """Whether a text column replaced a column of another type, or the other way round. Then no
        old value equals a new one, even if both are written alike."""
        return (self.old.base in _STRINGS) != (self.new.base in _STRINGS)

    def _value(self, letter: str, is_new: bool) -> str:
        return column(letter, (self.new if is_new else self.old).name)

    def _both(self, bases: Iterable[str]) -> bool:
        return self.old.base in bases and self.new.base in bases

    @property
    def plain(self) -> bool:
        """Whether the server's own hash is exact on both sides."""
        return self.old.plain and self.new.plain and self.old.base == self.new.base

    def plain_part(self, letter: str, is_new: bool) -> str:
        """SQL for the value as a part of ``whole``, if the column is ``plain``."""
        return self._value(letter, is_new)

    def part(self, letter: str, is_new: bool) -> str:
        """SQL for the value as a part of ``whole``, for any column."""
        value = self._value(letter, is_new)
        if not (is_new and self._apart):
            return value
        return "CASE WHEN %s THEN NULL ELSE '~' || pg_catalog.concat(%s) END" % (
            is_null(value),
            value,
        )

    def digest(self, letter: str, is_new: bool) -> str:
        """SQL for a number that differs if the value differs; for an SQL NULL, it is the constant
        ``NULL``."""
        value = self._value(letter, is_new)
        if self._both(INTEGERS):
            hashed = "pg_catalog.hashint8extended(%s::bigint, 0)" % value
        elif self._both(_TEXTS):
            hashed = 'pg_catalog.hashtextextended(%s::text COLLATE "C", 0)' % value
        else:
            some = "ROW(%s)::text" % self.part(letter, is_new)
            return "CASE WHEN %s THEN %d ELSE %s END" % (is_null(value), NULL, _hash(some))
        return "coalesce(%s, %d)" % (hashed, NULL)

    # -- as a part of a key

    @property
    def is_number(self) -> bool:
        """Whether the values of this column, as part of a key, are numbers, sorted as numbers.
        Otherwise they are texts."""
        return self._both(INTEGERS)

    def key(self, letter: str, is_new: bool, encoding: str, as_text: bool = False) -> str:
        """SQL for what identifies a row. If the type of the key has changed, the old value is cast
        first, so that a number matches exactly one text. If ``as_text`` is true, it is a text as it
        is written, without a cast."""
        value = self._value(letter, is_new)
        if as_text:
            return sortable("pg_catalog.concat(%s)" % value, encoding)
        if self.is_number:
            return value
        if self.old.base != self.new.base and not is_new:
            value = "CAST(%s AS %s)" % (value, self.new.kind)
        return sortable("pg_catalog.concat(%s)" % value, encoding)

    def order(self, letter: str, is_new: bool, encoding: str, as_text: bool = False) -> str:
        """SQL that sorts rows in the order of ``key``."""
        if not as_text and (self._both(INTEGERS) or self._both(("uuid",))):
            # Their own order, for which there may be an index.
            return self._value(letter, is_new)
        return self.key(letter, is_new, encoding, as_text)


def sortable(value: str, encoding: str) -> str:
    """SQL for a text that the server sorts as Python does."""
    if encoding not in _SORTED:
        value = "pg_catalog.encode(pg_catalog.convert_to(%s, 'UTF8'), 'hex')" % value
    return '%s COLLATE "C"' % value


def whole(matches: Iterable[Match], letter: str, is_new: bool) -> str:
    """SQL for a number that differs if any of these values differs."""
    plain: List[str] = []
    parts: List[str] = []
    for each in matches:
        if each.plain:
            plain.append(each.plain_part(letter, is_new))
        else:
            parts.append(each.part(letter, is_new))
    if plain:
        # A record's hash is a sum over its columns: without a hash of it, rows that have exchanged
        # their values would have the same sum as before.
        hashed = "pg_catalog.hash_record_extended(ROW(%s), 0)" % ", ".join(plain)
        plain = ["pg_catalog.hashint8extended(%s, 0)" % hashed]
    if not parts:
        return plain[0] if plain else "0::bigint"
    return _hash("ROW(%s)::text" % ", ".join([*plain, *parts]))


def _hash(value: str) -> str:
    return 'pg_catalog.hashtextextended(%s COLLATE "C", 0)' % value
