"""One table in two databases, before and after: which rows answer to which, and what differs.

The old database is attached as ``old``, the new one as ``new``. Rows answer to each other by all
columns of their primary key; the rows of an automatic many-to-many table by its two foreign keys;
without a key that lasts the rows are two multisets. Values are compared as they are stored, their
type included; generated columns never count.

Names are those of the catalogue. Ours stand where no name of the user's can meet them: tables are
called by letters, which only qualify columns, and subqueries give no column a name of the user's.
"""

from __future__ import annotations

import sqlite3
from typing import Dict, List, Optional, Tuple

from ...common import known
from ..entries import free
from .shape import foreign_pair, primary_key, types
from .sql import fold
from .tables import quote

#: Affinities in which equal values are stored alike (https://sqlite.org/datatype3.html#affinity).
_TELLING = ("INT", "CHAR", "CLOB", "TEXT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "BOOL", "DATE")

#: Of these, affinities that keep no integer.
_NO_INTEGERS = ("CHAR", "CLOB", "TEXT", "REAL", "FLOA", "DOUB")

Query = Tuple[str, List[str]]


class Pair:
    """``table`` in the old database and ``now`` in the new one, or ``None`` where it is gone.

    ``columns`` maps each old column to its name now, or to ``None``; ``schema`` is what the new
    database is attached as, and ``letter`` what its rows are called in queries.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        table: str,
        now: Optional[str],
        columns: Dict[str, Optional[str]],
        schema: str = "new",
        letter: str = "n",
    ) -> None:
        self.connection, self.table, self.now = connection, table, now
        self.schema, self.letter = schema, letter
        self.old = "old." + quote(table)
        self.new = "%s.%s" % (schema, quote(now)) if now is not None else ""
        self.old_types = types(connection, "old", table)
        self.new_types = types(connection, schema, now) if now is not None else {}
        self.kept = {o: n for o, n in columns.items() if n is not None and n in self.new_types}
        self.dropped = [name for name in columns if name not in self.kept]
        named = any(fold(each) in (fold(table), fold(now or "")) for each in known.link_tables)
        links = foreign_pair(connection, "old", table, named)
        self.many_to_many = links is not None
        self.old_key = primary_key(connection, "old", table) or []
        self.key: List[str] = []
        if self.now is not None:
            now_links = foreign_pair(connection, schema, self.now, named) if links else None
            if links and now_links:
                self.key = self._if_it_lasts(links, now_links)
            if self.key:
                # The row's own number says nothing about the two that it joins.
                for name in self.old_key:
                    self.kept.pop(name, None)
            else:
                now_key = primary_key(connection, schema, self.now)
                self.key = self._if_it_lasts(self.old_key, now_key or [])

    def _if_it_lasts(self, old: List[str], new: List[str]) -> List[str]:
        if not old or sorted(self.kept.get(each, "") for each in old) != sorted(new):
            return []
        # A key that is no INTEGER may hold NULL, and then it names no row.
        empty = " OR ".join("%s IS NULL" % quote(name) for name in old)
        if self.number("SELECT EXISTS (SELECT 1 FROM %s WHERE %s)" % (self.old, empty)):
            return []
        return old

    def number(self, sql: str) -> int:
        """The one number that a query gives."""
        return int(self.connection.execute(sql).fetchone()[0])

    def counts(self) -> Tuple[int, int]:
        """How many rows there were, and are."""
        before = self.number("SELECT count(*) FROM " + self.old)
        return before, self.number("SELECT count(*) FROM " + self.new) if self.new else 0

    @property
    def join(self) -> str:
        """Each old row with the one that answers to it, or NULLs."""
        return "FROM %s o %s" % (self.old, self.joined)

    @property
    def joined(self) -> str:
        """The new table, joined to old rows. A key that changed its type is cast first: one number
        answers to one text alone."""
        parts = []
        for name in self.key:
            now, old = self.kept[name], "o." + quote(name)
            if self.old_types[name].lower() != self.new_types[now].lower():
                old = "CAST(%s AS %s)" % (old, self.new_types[now])
            parts.append("%s.%s = %s" % (self.letter, quote(now), old))
        return "LEFT JOIN %s %s ON %s" % (self.new, self.letter, " AND ".join(parts))

    @property
    def gone(self) -> str:
        """True where no row answers."""
        return "%s.%s IS NULL" % (self.letter, quote(self.kept[self.key[0]]))

    @property
    def whole(self) -> str:
        """True where a row answers with all the same values in columns that stay."""
        unlike = [self.differs(name) for name in self.kept] + ["0"]
        return "NOT (%s OR %s)" % (self.gone, " OR ".join(unlike))

    @property
    def compared(self) -> Dict[str, str]:
        """Old column → the expression that is true where its value differs, for each that stays;
        texts that answer to each other may still differ by their case."""
        retyped = self.retyped
        return {
            old: self.differs(old)
            for old, now in self.kept.items()
            if old not in self.key or now in retyped or "INT" not in self.old_types[old].upper()
        }

    @property
    def retyped(self) -> List[str]:
        """Columns, by their names now, whose declared type is another one."""
        return [
            now
            for old, now in self.kept.items()
            if self.old_types[old].lower() != self.new_types[now].lower()
        ]

    def differs(self, name: str) -> str:
        """True if the stored value of this column differs."""
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

    # -- what is asked of it, as SQL and the columns to sort by

    def lost_rows(self) -> Query:
        """All columns of the rows that are gone; of rows without a key those that stay, and how
        many rows with these values are gone."""
        order = ["o." + quote(name) for name in self.key or self.old_key]
        stored = ", ".join("o." + quote(name) for name in self.old_types)
        if self.now is None:
            return "SELECT %s FROM %s o" % (stored, self.old), order
        if self.key:
            return "SELECT %s %s WHERE %s" % (stored, self.join, self.gone), order
        names = ["a.v%d AS %s" % (i, quote(name)) for i, name in enumerate(self.kept)]
        number = "a.c - coalesce(b.c, 0) AS %s" % quote(free("rows", self.kept))
        return "SELECT %s FROM %s" % (", ".join([*names, number]), self._surplus()), []

    def _surplus(self, back: bool = False) -> str:
        """Groups of equal rows of which there are fewer now; with ``back``, of which more."""
        one, other = (self.new, self.old) if back else (self.old, self.new)
        names, others = list(self.kept), list(self.kept.values())
        if back:
            names, others = others, names
        parts = (_groups(one, names), _groups(other, others), _same(len(names)))
        return "%s a LEFT JOIN %s b ON %s WHERE a.c > coalesce(b.c, 0)" % parts

    def surplus(self, back: bool = False) -> int:
        """How many rows are gone, or with ``back`` are new, where rows are multisets."""
        if not self.kept:
            return self.counts()[1 if back else 0]
        return self.number(
            "SELECT coalesce(sum(a.c - coalesce(b.c, 0)), 0) FROM " + self._surplus(back)
        )

    def lost_values(self, column: str) -> Query:
        """The values other than NULL of a dropped column in rows that are still there, with the
        keys of their rows. Among equal rows without a key as many are still there as there are
        now, and nobody can say which."""
        shown = [*[each for each in self.old_key if each != column], column]
        order = ["o." + quote(name) for name in self.old_key]
        names = ", ".join("o.{0} AS {0}".format(quote(each)) for each in shown)
        stored = "o.%s IS NOT NULL" % quote(column)
        if self.now is not None and self.key:
            return "SELECT %s %s WHERE NOT %s AND %s" % (names, self.join, self.gone, stored), order
        if self.now is None or not self.kept:
            left = self.counts()[1] if self.now is not None else 0
            some = (names, self.old, stored, left)
            return "SELECT * FROM (SELECT %s FROM %s o WHERE %s LIMIT %d)" % some, []
        labels = ", ".join("a.s%d AS %s" % (i, quote(each)) for i, each in enumerate(shown))
        sql = "SELECT %s FROM (SELECT %s, %s, row_number() OVER (PARTITION BY %s) r " % (
            labels,
            _values(list(self.kept), "o."),
            ", ".join("o.%s AS s%d" % (quote(each), i) for i, each in enumerate(shown)),
            _by(list(self.kept), "o."),
        )
        now = _groups(self.new, list(self.kept.values()))
        sql += "FROM %s o WHERE %s) a JOIN %s b ON %s WHERE a.r <= b.c" % (
            self.old,
            stored,
            now,
            _same(len(self.kept)),
        )
        return sql, ["a.s%d" % place for place in range(len(self.old_key))]

    def changed_values(self, column: str) -> Query:
        """Key, value before and value now, where a column (by its old name) stays and differs."""
        key = ["o." + quote(each) for each in self.key]
        values = "%s, o.%s AS %s, n.%s AS %s" % (
            ", ".join(key),
            quote(column),
            quote(free("before", self.key)),
            quote(self.kept[column]),
            quote(free("now", self.key)),
        )
        where = "NOT %s AND %s" % (self.gone, self.differs(column))
        return "SELECT %s %s WHERE %s" % (values, self.join, where), key

    def filled(self, column: str) -> str:
        """The query that counts the NULLs of a column (by its old name) that are values now."""
        name = quote(column)
        return "SELECT count(*) %s WHERE NOT %s AND o.%s IS NULL AND n.%s IS NOT NULL" % (
            self.join,
            self.gone,
            name,
            quote(self.kept[column]),
        )


def _values(names: List[str], prefix: str = "") -> str:
    """The values of these columns and their types, under names of ours."""
    return ", ".join(
        "{0}{1} AS v{2}, typeof({0}{1}) AS t{2}".format(prefix, quote(name), place)
        for place, name in enumerate(names)
    )


def _by(names: List[str], prefix: str = "") -> str:
    """What makes rows equal: each value, letter by letter, and its type."""
    return ", ".join(
        "{0}{1} COLLATE BINARY, typeof({0}{1})".format(prefix, quote(name)) for name in names
    )


def _groups(table: str, names: List[str]) -> str:
    """Equal rows of a table, and how many there are of each."""
    parts = (_values(names, "g."), table, _by(names, "g."))
    return "(SELECT %s, count(*) AS c FROM %s g GROUP BY %s)" % parts


def _same(number: int) -> str:
    """True where so many values are the same in ``a`` and ``b``."""
    same = "a.v{0} IS b.v{0} COLLATE BINARY AND a.t{0} = b.t{0}"
    return " AND ".join(same.format(place) for place in range(number))
