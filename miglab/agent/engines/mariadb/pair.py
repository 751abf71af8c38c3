"""One table in two databases of one server."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Tuple

from ...common import known
from ..joined import pair
from . import drivers
from .opening import quote
from .shape import Shape, Table, foreign_pair
from .values import INTEGERS, TEXTS, Match, shown, whole


class Pair(pair.Pair):
    """See ``joined.pair.Pair``. ``shapes`` are those of the old and of the new database."""

    def __init__(
        self,
        connection: Any,
        shapes: Tuple[Shape, Shape],
        table: str,
        now: Optional[str],
        columns: Dict[str, Optional[str]],
        letter: str = "n",
    ) -> None:
        self.connection = connection
        self.was: Table = shapes[0].tables[table]
        self.is_now: Optional[Table] = shapes[1].tables[now] if now is not None else None
        there = self.is_now.columns if self.is_now is not None else {}
        sides = (self.was.source, self.is_now.source if self.is_now is not None else "")
        super().__init__(table, now, sides, columns, list(there), letter)
        self.columns = list(self.was.columns)
        self.matches = {o: Match(self.was.columns[o], there[n]) for o, n in self.kept.items()}
        named = not {table, now or ""}.isdisjoint(known.link_tables)
        self.old_key = self.was.key
        now_links = foreign_pair(self.is_now, named) if self.is_now is not None else None
        now_key = self.is_now.key if self.is_now is not None else []
        self.find_key(foreign_pair(self.was, named), now_links, now_key)

    def quote(self, name: str) -> str:
        """A name in quotes."""
        return quote(name)

    def is_null(self, value: str) -> str:
        """SQL that is true for NULL alone. ``IS NULL`` would also be true for some dates."""
        return "%s <=> NULL" % value

    def rows(self, sql: str) -> List[pair.Row]:
        """All rows of a query."""
        return list(drivers.rows(self.connection, sql))

    def labelled(self, sql: str) -> Tuple[List[str], Iterator[pair.Row]]:
        """The column labels of a query, and its rows as the server sends them."""
        return drivers.labelled(self.connection, sql)

    def can_answer(self, key: List[str]) -> bool:
        """Whether values of this key can still be told apart. If texts became numbers, all must be
        numbers, and no two the same one."""
        for name in key:
            each = self.matches[name]
            if each.old.base not in TEXTS or each.new.base not in INTEGERS:
                continue
            old = quote(name)
            sql = (
                "SELECT coalesce(min(%s REGEXP '^-?[0-9]+$'), 1) AND "
                "(%d > 1 OR count(*) = count(DISTINCT CAST(%s AS %s))) FROM %s"
                % (old, len(key), old, each.integer, self.old)
            )
            if not self.number(sql):
                return False
        return True

    def answers(self, name: str) -> str:
        """SQL that is true where this column of the key is exactly the same on both sides."""
        return self.matches[name].answers(self.letter)

    def differs(self, name: str) -> str:
        """SQL that is true where the stored value of this column differs."""
        return self.matches[name].differs(self.letter)

    def shown(self, letter: str, name: str) -> str:
        """SQL that shows the value of a column, in a type that every driver returns alike."""
        table = self.was if letter in ("o", "g") else self.is_now
        assert table is not None
        return shown(letter, table.columns[name])

    def values(self, names: List[str], letter: str, is_new: bool) -> str:
        """SQL for a hash of these columns, because the server would sort only the beginning of long
        values."""
        return "%s AS h" % self.by(names, letter, is_new)

    def by(self, names: List[str], letter: str, is_new: bool) -> str:
        """SQL for the hash by which rows are grouped."""
        return whole(self.matches.values(), letter, is_new)

    def same(self, number: int) -> str:
        """SQL that is true where the hashes of ``a`` and ``b`` are the same."""
        return "a.h = b.h"

    def shown_of_groups(self, names: List[str]) -> Tuple[str, List[str]]:
        """How to show groups of equal rows: any row of a group is shown, because all are equal."""
        shown = ", ".join(
            "min(%s) AS s%d" % (self.shown("g", name), place) for place, name in enumerate(names)
        )
        return ", " + shown, ["a.s%d" % place for place in range(len(names))]

    @property
    def retyped(self) -> List[str]:
        """The columns, by their present names, whose declared type has changed. Types are compared
        as text."""
        return [each.new.name for each in self.matches.values() if each.retyped]

    @property
    def compared(self) -> Dict[str, str]:
        """The columns to compare. Columns of the key are included only if their type has changed,
        because keys match exactly."""
        return {
            name: self.differs(name)
            for name, each in self.matches.items()
            if name in self.kept and (name not in self.key or each.retyped)
        }
