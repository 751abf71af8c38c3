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
        """``IS NULL`` is true for some dates."""
        return "%s <=> NULL" % value

    def rows(self, sql: str) -> List[pair.Row]:
        """All rows."""
        return list(drivers.rows(self.connection, sql))

    def labelled(self, sql: str) -> Tuple[List[str], Iterator[pair.Row]]:
        """As the server sends them."""
        return drivers.labelled(self.connection, sql)

    def can_answer(self, key: List[str]) -> bool:
        """Texts that became numbers have to be numbers, and not two of them the same one."""
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
        """Letter by letter."""
        return self.matches[name].answers(self.letter)

    def differs(self, name: str) -> str:
        """By what is stored."""
        return self.matches[name].differs(self.letter)

    def shown(self, letter: str, name: str) -> str:
        """In a type that every driver gives alike."""
        table = self.was if letter in ("o", "g") else self.is_now
        assert table is not None
        return shown(letter, table.columns[name])

    def values(self, names: List[str], letter: str, is_new: bool) -> str:
        """A hash: the server would sort only the beginning of long values."""
        return "%s AS h" % self.by(names, letter, is_new)

    def by(self, names: List[str], letter: str, is_new: bool) -> str:
        """The same."""
        return whole(self.matches.values(), letter, is_new)

    def same(self, number: int) -> str:
        """By the hash."""
        return "a.h = b.h"

    def shown_of_groups(self, names: List[str]) -> Tuple[str, List[str]]:
        """Any of them: they are equal."""
        shown = ", ".join(
            "min(%s) AS s%d" % (self.shown("g", name), place) for place, name in enumerate(names)
        )
        return ", " + shown, ["a.s%d" % place for place in range(len(names))]

    @property
    def retyped(self) -> List[str]:
        """By the types as they are written."""
        return [each.new.name for each in self.matches.values() if each.retyped]

    @property
    def compared(self) -> Dict[str, str]:
        """Keys answer to each other letter by letter."""
        return {
            name: self.differs(name)
            for name, each in self.matches.items()
            if name in self.kept and (name not in self.key or each.retyped)
        }
