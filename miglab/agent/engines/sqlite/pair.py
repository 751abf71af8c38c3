"""One table in two databases, before and after: which rows answer to which, and what differs.

The old database is attached as ``old``. Rows answer to each other by all columns of their primary
key; the rows of an automatic many-to-many table by its two foreign keys; without a key that lasts
the rows are two multisets. Values are compared as they are stored, their type included; generated
columns never count.
"""

from __future__ import annotations

import sqlite3
from typing import Dict, List, Optional, Tuple

from .catalogue import quote

#: Affinities in which equal values are stored alike (https://sqlite.org/datatype3.html#affinity).
_TELLING = ("INT", "CHAR", "CLOB", "TEXT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "BOOL", "DATE")

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
        schema: str = "main",
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
        self.many_to_many = foreign_pair(connection, "old", table) is not None
        self.old_key = primary_key(connection, "old", table) or []
        self.key = self._lasting_key()
        if self.many_to_many and self.key:
            # The row's own number says nothing about the two that it joins.
            for name in primary_key(connection, "old", table) or []:
                self.kept.pop(name, None)

    def _lasting_key(self) -> List[str]:
        if self.now is None:
            return []
        old: Optional[List[str]] = self.old_key
        new = primary_key(self.connection, self.schema, self.now)
        if self.many_to_many:
            other = foreign_pair(self.connection, self.schema, self.now)
            if other is not None:
                old, new = foreign_pair(self.connection, "old", self.table), other
        if not old or not new or sorted(self.kept.get(each, "") for each in old) != sorted(new):
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
        """True where the value of this column is stored otherwise."""
        now = self.kept[name]
        old, new = "o." + quote(name), "%s.%s" % (self.letter, quote(now))
        told = "%s IS NOT %s COLLATE BINARY" % (old, new)
        kind = self.old_types[name].upper()
        if kind != self.new_types[now].upper() or not any(each in kind for each in _TELLING):
            told = "(%s OR typeof(%s) <> typeof(%s))" % (told, old, new)
        return told

    # -- what is asked of it, as SQL and the columns to sort by

    def lost_rows(self) -> Query:
        """All columns of the rows that are gone."""
        order = ["o." + quote(name) for name in self.key or self.old_key]
        if self.now is None:
            return "SELECT o.* FROM %s o" % self.old, order
        if self.key:
            return "SELECT o.* %s WHERE %s" % (self.join, self.gone), order
        names = ", ".join(quote(each) for each in self.kept)
        return (
            'SELECT %s, a.n - coalesce(b.n, 0) AS "rows" FROM %s' % (names, self._surplus()),
            [],
        )

    def _surplus(self, back: bool = False) -> str:
        """Groups of equal rows of which there are fewer now; with ``back``, of which more."""
        kept = {n: o for o, n in self.kept.items()} if back else self.kept
        one, other = (self.new, self.old) if back else (self.old, self.new)
        same = " AND ".join(
            "a.%s IS b.k%d COLLATE BINARY AND a.t%d = b.t%d" % (quote(o), i, i, i)
            for i, o in enumerate(kept)
        )

        def groups(table: str, names: List[str], shown: List[str]) -> str:
            kinds = ["typeof(%s) AS t%d" % (quote(n), i) for i, n in enumerate(names)]
            by = ["%s COLLATE BINARY, typeof(%s)" % (quote(n), quote(n)) for n in names]
            parts = (", ".join([*shown, *kinds]), table, ", ".join(by))
            return "(SELECT %s, count(*) n FROM %s GROUP BY %s)" % parts

        now = list(kept.values())
        left = groups(one, list(kept), [quote(n) for n in kept])
        right = groups(other, now, ["%s AS k%d" % (quote(n), i) for i, n in enumerate(now)])
        return "%s a LEFT JOIN %s b ON %s WHERE a.n > coalesce(b.n, 0)" % (left, right, same)

    def surplus(self, back: bool = False) -> int:
        """How many rows are gone, or with ``back`` are new, where rows are multisets."""
        if not self.kept:
            return self.counts()[1 if back else 0]
        return self.number(
            "SELECT coalesce(sum(a.n - coalesce(b.n, 0)), 0) FROM " + self._surplus(back)
        )

    def lost_values(self, column: str) -> Query:
        """The values other than NULL of a dropped column, with the keys of their rows."""
        shown = [*[each for each in self.old_key if each != column], column]
        names = ", ".join("o." + quote(each) for each in shown)
        order = ["o." + quote(name) for name in self.old_key]
        return (
            "SELECT %s FROM %s o WHERE o.%s IS NOT NULL" % (names, self.old, quote(column)),
            order,
        )

    def changed_values(self, column: str) -> Query:
        """Key, value before and value now, where a column (by its old name) stays and differs."""
        key = ", ".join("o." + quote(each) for each in self.key)
        sql = "SELECT %s, o.%s AS before, n.%s AS now %s WHERE NOT %s AND %s" % (
            key,
            quote(column),
            quote(self.kept[column]),
            self.join,
            self.gone,
            self.differs(column),
        )
        return sql, ["o." + quote(name) for name in self.key]

    def filled(self, column: str) -> str:
        """The query that counts the NULLs of a column (by its old name) that are values now."""
        name = quote(column)
        return "SELECT count(*) %s WHERE NOT %s AND o.%s IS NULL AND n.%s IS NOT NULL" % (
            self.join,
            self.gone,
            name,
            quote(self.kept[column]),
        )


def types(connection: sqlite3.Connection, schema: str, table: str) -> Dict[str, str]:
    """The columns that hold stored values, in order, with their declared types."""
    rows = connection.execute("PRAGMA %s.table_xinfo(%s)" % (schema, quote(table)))
    return {row[1]: row[2] for row in rows if row[6] == 0}


def primary_key(connection: sqlite3.Connection, schema: str, table: str) -> Optional[List[str]]:
    """The columns of the table's primary key in their order, or ``None``."""
    rows = connection.execute("PRAGMA %s.table_info(%s)" % (schema, quote(table))).fetchall()
    keyed = sorted((row[5], row[1]) for row in rows if row[5])
    return [name for _, name in keyed] or None


def foreign_pair(connection: sqlite3.Connection, schema: str, table: str) -> Optional[List[str]]:
    """The two columns of an automatic many-to-many table: a number of its own, two foreign keys,
    and the two together unique (``create_many_to_many_intermediary_model``)."""
    names = list(types(connection, schema, table))
    if len(names) != 3 or primary_key(connection, schema, table) != [names[0]]:
        return None
    quoted = quote(table)
    keys = connection.execute("PRAGMA %s.foreign_key_list(%s)" % (schema, quoted)).fetchall()
    if sorted(row[3] for row in keys) != sorted(names[1:]):
        return None
    for row in connection.execute("PRAGMA %s.index_list(%s)" % (schema, quoted)).fetchall():
        info = connection.execute("PRAGMA %s.index_info(%s)" % (schema, quote(row[1]))).fetchall()
        if row[2] and sorted(each[2] for each in info) == sorted(names[1:]):
            return names[1:]
    return None
