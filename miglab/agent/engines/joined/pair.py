"""One table in two databases, before and after: which rows match, and what differs.

Rows match if all columns of their primary key are the same. In an automatic many-to-many table, its
two foreign keys must be the same. Without a key that lasts, the rows are two multisets. Values are
compared as they are stored; generated columns never count.

Names in the SQL are those of the catalogue. miglab's own names cannot collide with the user's:
tables are called by letters, which only qualify columns, and no column of a subquery has a name of
the user's.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from ..entries import free

#: A query, and the columns to sort it by.
Query = Tuple[str, List[str]]
Row = Sequence[Any]


class Pair:
    """``table`` in the old database and ``now`` in the new one, or ``None`` if it is gone. Each
    engine has its own subclass, which says how its SQL reads values.

    Attributes:
        old, new: what follows FROM on each side; ``new`` is ``""`` if the table is gone. letter:
        what rows of the new side are called in queries; those of the old one are ``o``. columns:
        the stored columns of the old side, in order; ``old_key``, its primary key. kept: old column
        → its name now, for the columns that still exist; ``dropped`` are the others. key: the
        columns by which rows match; empty if the rows are multisets.
    """

    #: SQL that ends a subquery of all rows, and keeps the engine from merging it into the query
    #: around it.
    all_rows = ""

    def __init__(
        self,
        table: str,
        now: Optional[str],
        sides: Tuple[str, str],
        columns: Dict[str, Optional[str]],
        there: Sequence[str],
        letter: str = "n",
    ) -> None:
        """``columns`` maps each old column to its name now, or to ``None``; ``there`` are the
        stored columns of the new side."""
        self.table, self.now, self.letter = table, now, letter
        self.old, self.new = sides
        self.columns = list(columns)
        self.kept = {o: n for o, n in columns.items() if n is not None and n in there}
        self.dropped = [name for name in columns if name not in self.kept]
        self.old_key: List[str] = []
        self.key: List[str] = []
        self.many_to_many = False

    def find_key(
        self, links: Optional[List[str]], now_links: Optional[List[str]], now_key: List[str]
    ) -> None:
        """Choose the columns by which rows match: the two ``links`` of an automatic many-to-many
        table, on both sides, or the primary keys, if they last."""
        self.many_to_many = links is not None
        if self.now is None:
            return
        if links and now_links:
            self.key = self._if_it_lasts(links, now_links)
        if self.key:
            # The row's own number says nothing about the two that it joins.
            for name in self.old_key:
                self.kept.pop(name, None)
        else:
            self.key = self._if_it_lasts(self.old_key, now_key)

    def _if_it_lasts(self, old: List[str], new: List[str]) -> List[str]:
        if not old or sorted(self.kept.get(each, "") for each in old) != sorted(new):
            return []
        if not self.can_answer(old):
            return []
        # Not every key keeps NULL out, and then it names no row.
        empty = " OR ".join(self.is_null(self.quote(name)) for name in old)
        if self.number("SELECT EXISTS (SELECT 1 FROM %s WHERE %s)" % (self.old, empty)):
            return []
        return old

    # -- what an engine says

    def quote(self, name: str) -> str:
        """A name in quotes for SQL."""
        raise NotImplementedError

    def is_null(self, value: str) -> str:
        """SQL that is true for NULL alone."""
        return "%s IS NULL" % value

    def rows(self, sql: str) -> List[Row]:
        """All rows of a query that has few of them."""
        raise NotImplementedError

    def labelled(self, sql: str) -> Tuple[List[str], Iterator[Row]]:
        """The column labels of a query, and its rows, of which there may be many."""
        raise NotImplementedError

    def can_answer(self, key: List[str]) -> bool:
        """Whether different values of this key can still be told apart if its type has changed."""
        return True

    def answers(self, name: str) -> str:
        """SQL that is true where this column of the key is the same on both sides."""
        raise NotImplementedError

    def differs(self, name: str) -> str:
        """SQL that is true where the stored value of this column differs."""
        raise NotImplementedError

    def shown(self, letter: str, name: str) -> str:
        """SQL that shows the value of a column, of the table with this letter."""
        return "%s.%s" % (letter, self.quote(name))

    def values(self, names: List[str], letter: str, is_new: bool) -> str:
        """SQL for the values by which rows are equal in these columns, with names of miglab's
        own."""
        raise NotImplementedError

    def by(self, names: List[str], letter: str, is_new: bool) -> str:
        """SQL to group rows by, so that the rows of a group are equal in these columns."""
        raise NotImplementedError

    def same(self, number: int) -> str:
        """SQL that is true where the first ``number`` of ``values`` are the same in ``a`` and
        ``b``."""
        raise NotImplementedError

    def shown_of_groups(self, names: List[str]) -> Tuple[str, List[str]]:
        """How groups of equal old rows are shown. Two parts: the SQL to select from the rows ``g``
        in addition to ``values``; and for each of these columns, the SQL that shows it, from the
        groups ``a``."""
        raise NotImplementedError

    @property
    def retyped(self) -> List[str]:
        """The columns, by their present names, whose declared type has changed."""
        raise NotImplementedError

    @property
    def compared(self) -> Dict[str, str]:
        """Old column → SQL that is true where its value differs, for each column that stays and may
        differ in rows that match."""
        raise NotImplementedError

    # -- its SQL

    def number(self, sql: str) -> int:
        """The one number that a query gives."""
        return self.numbers(sql)[0]

    def numbers(self, sql: str) -> List[int]:
        """The numbers that a query gives in its one row."""
        (row,) = self.rows(sql)
        return [int(each) for each in row]

    def counts(self) -> Tuple[int, int]:
        """How many rows there were, and how many there are."""
        before = self.number("SELECT count(*) FROM " + self.old)
        return before, self.number("SELECT count(*) FROM " + self.new) if self.new else 0

    @property
    def join(self) -> str:
        """The SQL from FROM on that gives each old row with its match, or with NULLs."""
        return "FROM %s o %s" % (self.old, self.joined)

    @property
    def joined(self) -> str:
        """The LEFT JOIN that adds the new table to the old rows."""
        parts = " AND ".join(map(self.answers, self.key))
        return "LEFT JOIN %s %s ON %s" % (self.new, self.letter, parts)

    @property
    def gone(self) -> str:
        """SQL that is true where a row has no match."""
        return self.is_null("%s.%s" % (self.letter, self.quote(self.kept[self.key[0]])))

    @property
    def whole(self) -> str:
        """SQL that is true where a row has a match with the same values in all columns that
        stay."""
        unlike = [self.differs(name) for name in self.kept] + ["0"]
        return "NOT (%s OR %s)" % (self.gone, " OR ".join(unlike))

    # -- what is asked of it, as SQL and the columns to sort by

    def lost_rows(self) -> Query:
        """All columns of the rows that are gone. For rows without a key: the columns that stay, and
        how many rows with these values are gone."""
        order = ["o." + self.quote(name) for name in self.key or self.old_key]
        stored = ", ".join(self._labelled(each, each) for each in self.columns) or "NULL"
        if self.now is None:
            return "SELECT %s FROM %s o" % (stored, self.old), order
        if self.key:
            return "SELECT %s %s WHERE %s" % (stored, self.join, self.gone), order
        selected, found = self.shown_of_groups(list(self.kept))
        names = ["%s AS %s" % (one, self.quote(each)) for one, each in zip(found, self.kept)]
        number = "a.c - coalesce(b.c, 0) AS %s" % self.quote(free("rows", self.kept))
        groups = self._surplus(shown=selected)
        return "SELECT %s FROM %s" % (", ".join([*names, number]), groups), []

    def _labelled(self, name: str, label: str) -> str:
        return "%s AS %s" % (self.shown("o", name), self.quote(label))

    def _surplus(self, back: bool = False, shown: str = "") -> str:
        """The groups of equal rows of which there are fewer now. If ``back`` is true, those of
        which there are more now."""
        one = self._groups(back, shown)
        parts = (one, self._groups(not back), self.same(len(self.kept)))
        return "%s a LEFT JOIN %s b ON %s WHERE a.c > coalesce(b.c, 0)" % parts

    def _groups(self, is_new: bool, shown: str = "") -> str:
        """The groups of equal rows on one side, with the number of rows in each."""
        names = list(self.kept.values() if is_new else self.kept)
        selected = self.values(names, "g", is_new) + shown
        by = self.by(names, "g", is_new)
        source = self.new if is_new else self.old
        return "(SELECT %s, count(*) AS c FROM %s g GROUP BY %s)" % (selected, source, by)

    def surplus(self, back: bool = False) -> int:
        """How many rows are gone, or, if ``back`` is true, how many are new. The rows are taken as
        a multiset."""
        if not self.kept:
            return self.counts()[1 if back else 0]
        return self.number(
            "SELECT coalesce(sum(a.c - coalesce(b.c, 0)), 0) FROM " + self._surplus(back)
        )

    def lost_values(self, column: str) -> Query:
        """The values other than NULL of a dropped column in rows that are still there, with the
        keys of their rows. Equal rows without a key cannot be told apart: of these, as many count
        as still there as there are now."""
        shown = [*[each for each in self.old_key if each != column], column]
        order = ["o." + self.quote(name) for name in self.old_key]
        names = ", ".join(self._labelled(each, each) for each in shown)
        stored = self.is_stored(column)
        if self.now is not None and self.key:
            return "SELECT %s %s WHERE NOT %s AND %s" % (names, self.join, self.gone, stored), order
        if self.now is None or not self.kept:
            left = self.counts()[1] if self.now is not None else 0
            some = (names, self.old, stored, left)
            return "SELECT * FROM (SELECT %s FROM %s o WHERE %s LIMIT %d) a" % some, []
        kept = list(self.kept)
        labels = ", ".join("a.s%d AS %s" % (i, self.quote(each)) for i, each in enumerate(shown))
        sql = "SELECT %s FROM (SELECT %s, %s, row_number() OVER (PARTITION BY %s) r " % (
            labels,
            self.values(kept, "o", False),
            ", ".join("%s AS s%d" % (self.shown("o", each), i) for i, each in enumerate(shown)),
            self.by(kept, "o", False),
        )
        sql += "FROM %s o WHERE %s) a JOIN %s b ON %s WHERE a.r <= b.c" % (
            self.old,
            stored,
            self._groups(True),
            self.same(len(kept)),
        )
        return sql, ["a.s%d" % place for place in range(len(self.old_key))]

    def changed_values(self, column: str) -> Query:
        """The key, the value before and the value now of each row in which a column (by its old
        name) had another value before. NULL is not a value."""
        key = ["o." + self.quote(each) for each in self.key]
        values = ", ".join(
            [
                *(self._labelled(each, each) for each in self.key),
                self._labelled(column, free("before", self.key)),
                "%s AS %s"
                % (self.shown("n", self.kept[column]), self.quote(free("now", self.key))),
            ]
        )
        where = "NOT %s AND %s AND %s" % (self.gone, self.is_stored(column), self.differs(column))
        return "SELECT %s %s WHERE %s" % (values, self.join, where), key

    def filled(self, column: str) -> str:
        """The query that counts the NULLs of a column (by its old name) that are values now."""
        now = "n." + self.quote(self.kept[column])
        return "SELECT count(*) %s WHERE NOT %s AND NOT %s AND NOT %s" % (
            self.join,
            self.gone,
            self.is_stored(column),
            self.is_null(now),
        )

    def is_stored(self, column: str) -> str:
        """SQL that is true where an old row has a value other than NULL in a column, by its old
        name."""
        return "NOT " + self.is_null("o." + self.quote(column))
