"""One table in two files: the old file is attached as ``old``, the new one as ``new``. Values are
compared as they are stored, including their types."""

from __future__ import annotations

import sqlite3
from typing import Dict, Iterator, List, Optional, Tuple

from ...common import known
from ..joined import pair
from .shape import Shape, foreign_pair
from .sql import fold
from .tables import quote

#: Affinities in which equal values are stored alike (https://sqlite.org/datatype3.html#affinity).
_TELLING = ("INT", "CHAR", "CLOB", "TEXT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "BOOL", "DATE")

#: Of these, affinities that keep no integer.
_NO_INTEGERS = ("CHAR", "CLOB", "TEXT", "REAL", "FLOA", "DOUB")


class Pair(pair.Pair):
    """See ``joined.pair.Pair``. ``was`` is the old table's shape. ``schema`` is what the new
    database is attached as."""

    #: This keeps SQLite from copying an expression to each place that names it
    #: (https://sqlite.org/optoverview.html#flattening).
    all_rows = " LIMIT -1"

    def __init__(
        self,
        connection: sqlite3.Connection,
        table: str,
        now: Optional[str],
        columns: Dict[str, Optional[str]],
        shapes: Tuple[Shape, Optional[Shape]],
        schema: str = "new",
        letter: str = "n",
    ) -> None:
        self.connection = connection
        self.was, there = shapes[0], shapes[1] or Shape({}, [])
        self.old_types, self.new_types = self.was.types, there.types
        sides = ("old." + quote(table), "%s.%s" % (schema, quote(now)) if now is not None else "")
        super().__init__(table, now, sides, columns, list(self.new_types), letter)
        self.columns = list(self.old_types)
        named = any(fold(each) in (fold(table), fold(now or "")) for each in known.link_tables)
        links = foreign_pair(connection, "old", table, self.was, named)
        self.old_key = self.was.key
        now_links = None
        if links and now is not None:
            now_links = foreign_pair(connection, schema, now, there, named)
        self.find_key(links, now_links, there.key)

    def quote(self, name: str) -> str:
        """A name in quotes."""
        return quote(name)

    def rows(self, sql: str) -> List[pair.Row]:
        """All rows of a query."""
        return self.connection.execute(sql).fetchall()

    def labelled(self, sql: str) -> Tuple[List[str], Iterator[pair.Row]]:
        """The column labels of a query, from its cursor, and its rows."""
        cursor = self.connection.execute(sql)
        return [each[0] for each in cursor.description], iter(cursor)

    def answers(self, name: str) -> str:
        """SQL that is true where this column of the key is the same on both sides. If its type has
        changed, the old value is cast first: then a number matches exactly one text."""
        now, old = self.kept[name], "o." + quote(name)
        if self.old_types[name].lower() != self.new_types[now].lower():
            old = "CAST(%s AS %s)" % (old, self.new_types[now])
        return "%s.%s = %s" % (self.letter, quote(now), old)

    @property
    def compared(self) -> Dict[str, str]:
        """The columns to compare. Columns of the key are included, unless they are integers of an
        unchanged type: texts that match may still differ in case."""
        retyped = self.retyped
        return {
            old: self.differs(old)
            for old, now in self.kept.items()
            if old not in self.key or now in retyped or "INT" not in self.old_types[old].upper()
        }

    @property
    def retyped(self) -> List[str]:
        """The columns, by their present names, whose declared type has changed. Types are compared
        as text, without regard to case."""
        return [
            now
            for old, now in self.kept.items()
            if self.old_types[old].lower() != self.new_types[now].lower()
        ]

    def differs(self, name: str) -> str:
        """SQL that is true where the stored value of this column, or its type, differs."""
        now = self.kept[name]
        old, new = "o." + quote(name), "%s.%s" % (self.letter, quote(now))
        unlike = "%s IS NOT %s COLLATE BINARY" % (old, new)
        kind = self.old_types[name].upper()
        if kind != self.new_types[now].upper() or not any(each in kind for each in _TELLING):
            return "(%s OR typeof(%s) <> typeof(%s))" % (unlike, old, new)
        if "INT" in kind or not any(each in kind for each in _NO_INTEGERS):
            # The one integer that SQLite leaves a REAL where it was converted on the way.
            edge = "%s = -9223372036854775808 AND typeof(%s) <> typeof(%s)" % (old, old, new)
            return "(%s OR %s)" % (unlike, edge)
        return unlike

    def values(self, names: List[str], letter: str, is_new: bool) -> str:
        """SQL for the values of these columns and for their types."""
        return ", ".join(
            "{0}.{1} AS v{2}, typeof({0}.{1}) AS t{2}".format(letter, quote(name), place)
            for place, name in enumerate(names)
        )

    def by(self, names: List[str], letter: str, is_new: bool) -> str:
        """SQL to group rows by the exact value and the type of each of these columns."""
        return ", ".join(
            "{0}.{1} COLLATE BINARY, typeof({0}.{1})".format(letter, quote(name)) for name in names
        )

    def same(self, number: int) -> str:
        """SQL that is true where so many values and their types are the same in ``a`` and ``b``."""
        same = "a.v{0} IS b.v{0} COLLATE BINARY AND a.t{0} = b.t{0}"
        return " AND ".join(same.format(place) for place in range(number))

    def shown_of_groups(self, names: List[str]) -> Tuple[str, List[str]]:
        """How to show groups of equal rows: nothing more is selected, because the values by which
        they are grouped can be shown."""
        return "", ["a.v%d" % place for place in range(len(names))]
