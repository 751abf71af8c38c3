"""One table in two databases, before and after: which rows match.

Two databases on a server cannot be joined. Rows match if all columns of their primary key are the
same. In an automatic many-to-many table, its two foreign keys must be the same. Without a key that
lasts, the rows are two multisets. Both sides are streamed in the order of the key, or of a hash of
the row, with what is wanted of each row. They are merged here, so that only a few batches are in
memory.
"""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ...common import known
from . import drivers
from .blocks import Block, of_rows, pages
from .opening import attempt, batches, literal, rows, stream
from .shape import Shape, Table, foreign_pair
from .values import Match, column, is_null, shown, whole

Row = Tuple[Any, ...]


class Side(NamedTuple):
    """One of the databases: a connection of ours, within ``opening.at_one_moment``."""

    connection: Any
    shape: Shape


class Pair:
    """``table`` in the old database and ``now`` in the new one, or ``None`` if it is gone.

    ``columns`` maps each old column to its name now, or to ``None``.
    """

    def __init__(
        self,
        old: Side,
        new: Side,
        table: Table,
        now: Optional[Table],
        columns: Dict[str, Optional[str]],
    ) -> None:
        self.old, self.new, self.table, self.now = old, new, table, now
        self.kept: Dict[str, Match] = {}
        for name, called in columns.items():
            if now is not None and called in now.columns:
                self.kept[name] = Match(table.columns[name], now.columns[called])
        self.dropped = [name for name in columns if name not in self.kept]
        there = {table.bare_name, now.bare_name if now is not None else ""}
        named = not there.isdisjoint(known.link_tables)
        links = foreign_pair(old.shape, table, named)
        self.many_to_many = links is not None
        #: Whether keys are texts, whatever their type.
        self.as_text = False
        self.key: List[str] = []
        if now is not None:
            now_links = foreign_pair(new.shape, now, named) if links else None
            if links and now_links and self._lasts(links, now_links):
                self.key = links
                # The row's own number says nothing about the two that it joins.
                for name in table.key:
                    self.kept.pop(name, None)
            elif self._lasts(table.key, now.key):
                self.key = table.key

    def _lasts(self, old: List[str], new: List[str]) -> bool:
        if not old or sorted(e.new.name for n, e in self.kept.items() if n in old) != sorted(new):
            return False
        if not self._can_cast([self.kept[each] for each in old]):
            return False
        # Foreign keys may hold NULL, and then they name no row.
        loose = [each for each in old if not self.table.columns[each].not_null]
        if not loose:
            return True
        empty = " OR ".join("%s IS NULL" % column("t", name) for name in loose)
        sql = "SELECT EXISTS (SELECT 1 FROM %s t WHERE %s)" % (self.table.source, empty)
        return not rows(self.old.connection, sql)[0][0]

    def _can_cast(self, parts: List[Match]) -> bool:
        """Whether all values of a key whose type changed can be cast to the new type."""
        cast = [each.key("t", False, "UTF8") for each in parts if each.old.base != each.new.base]
        if not cast:
            return True
        sql = "SELECT %s FROM %s t" % (
            ", ".join("count(%s)" % each for each in cast),
            self.table.source,
        )
        try:
            with attempt(self.old.connection):
                rows(self.old.connection, sql)
        except drivers.error():
            return False
        return True

    @property
    def now_name(self) -> Optional[str]:
        """What the table is called now."""
        return self.now.name if self.now is not None else None

    @property
    def compared(self) -> List[str]:
        """The old columns whose values may differ in rows that match."""
        return [o for o, each in self.kept.items() if o not in self.key or each.retyped]

    @property
    def remade(self) -> List[str]:
        """Old columns, outside the key, that were dropped and made again: their
        values may differ."""
        return [
            name
            for name, each in self.kept.items()
            if each.old.number != each.new.number and name not in self.key
        ]

    @property
    def source(self) -> str:
        """What follows FROM for the new table, which must exist."""
        assert self.now is not None
        return self.now.source

    # -- both sides as streams

    def keys(self, letter: str, is_new: bool) -> List[str]:
        """The expressions that identify a row of a side: one for each column of the key."""
        encoding = (self.new if is_new else self.old).shape.encoding
        return [self.kept[each].key(letter, is_new, encoding, self.as_text) for each in self.key]

    def order(self, letter: str, is_new: bool) -> List[str]:
        """The expressions that sort the rows of a side by their key."""
        encoding = (self.new if is_new else self.old).shape.encoding
        return [self.kept[each].order(letter, is_new, encoding, self.as_text) for each in self.key]

    def stream(
        self, is_new: bool, wanted: Iterable[str], where: str = ""
    ) -> Iterator[Tuple[Any, Row]]:
        """The rows of a side, sorted by their key. Each is its key, and what is ``wanted`` of it:
        SQL expressions in which the row is called ``t``."""
        found = itertools.chain.from_iterable(self.batches(is_new, wanted, where))
        return keyed(found, len(self.key))

    def batches(self, is_new: bool, wanted: Iterable[str], where: str = "") -> Iterator[List[Row]]:
        """The rows of a side in lists, sorted by their key. Each row is one tuple: its key, then
        what is ``wanted`` of it."""
        side = self.new if is_new else self.old
        source = self.source if is_new else self.table.source
        sql = "SELECT %s FROM %s t%s ORDER BY %s" % (
            ", ".join([*self.keys("t", is_new), *wanted]),
            source,
            " WHERE " + where if where else "",
            ", ".join(self.order("t", is_new)),
        )
        return batches(side.connection, sql)

    def blocks(self, is_new: bool, wanted: Sequence[str], where: str = "") -> Iterator[Block]:
        """The rows of a side, sorted by their key, with the numbers that are wanted of a row."""
        if self.is_numbered:
            return pages(*self._place(is_new), wanted, where)
        texts = ["(%s)::text" % each for each in wanted]
        return of_rows(self.batches(is_new, texts, where), len(self.key))

    @property
    def is_numbered(self) -> bool:
        """Whether the key is one integer."""
        return len(self.key) == 1 and self.kept[self.key[0]].is_number and not self.as_text

    def numbered(self, is_new: bool, wanted: Sequence[str]) -> Iterator[Block]:
        """The rows of a side in blocks, if the key is one integer and both sides have the same
        keys. Instead of its key, each row has its number in the order of the keys."""
        return pages(*self._place(is_new), wanted, numbered=True)

    def key_of(self, number: int) -> Any:
        """The key of the row with this number, as ``numbered`` gives it."""
        connection, source, key = self._place(False)
        sql = "SELECT %s FROM %s t ORDER BY 1 OFFSET %d LIMIT 1" % (key, source, number)
        return rows(connection, sql)[0][0]

    def _place(self, is_new: bool) -> Tuple[Any, str, str]:
        """The connection, the table and its key, which is one column."""
        side, source = (self.new, self.source) if is_new else (self.old, self.table.source)
        (key,) = self.keys("t", is_new)
        return side.connection, source, key

    def fetch(self, is_new: bool, wanted: Iterable[str], keys: Sequence[Any]) -> Dict[Any, Row]:
        """What is wanted of a few rows, by their keys."""
        if not keys:
            return {}
        side = self.new if is_new else self.old
        source = self.source if is_new else self.table.source
        names = self.keys("t", is_new)
        sql = "SELECT %s FROM %s t WHERE %s" % (
            ", ".join([*names, *wanted]),
            source,
            self._is_one_of(names, keys),
        )
        return dict(keyed(iter(rows(side.connection, sql)), len(self.key)))

    def _is_one_of(self, names: List[str], keys: Sequence[Any]) -> str:
        parts = [self.kept[each] for each in self.key]

        def written(part: Match, value: Any) -> str:
            return str(value) if part.is_number else literal(value)

        if len(parts) == 1:
            values = ", ".join(written(parts[0], each) for each in keys)
            return "%s IN (%s)" % (names[0], values)
        values = ", ".join(
            "(%s)" % ", ".join(written(part, one) for part, one in zip(parts, each))
            for each in keys
        )
        return "(%s) IN (VALUES %s)" % (", ".join(names), values)

    def multiset(self, is_new: bool, wanted: Iterable[str]) -> Iterator[Tuple[Any, Row]]:
        """Groups of rows of a side that are equal in columns that stay, sorted by a hash of these:
        the hash, then how many there are and what is wanted of a group."""
        side = self.new if is_new else self.old
        source = self.source if is_new else self.table.source
        sql = "SELECT %s, count(*)%s FROM %s t GROUP BY 1 ORDER BY 1" % (
            whole(self.kept.values(), "t", is_new),
            "".join(", " + each for each in wanted),
            source,
        )
        return keyed(stream(side.connection, sql), 1)

    def hashed(self, wanted: Iterable[str], where: str) -> Iterator[Row]:
        """The old rows for which ``where`` is true, sorted by the hash that ``multiset`` uses. Each
        is this hash, then what is ``wanted`` of the row."""
        sql = "SELECT %s FROM %s t WHERE %s ORDER BY 1" % (
            ", ".join([whole(self.kept.values(), "t", False), *wanted]),
            self.table.source,
            where,
        )
        return stream(self.old.connection, sql)

    def lost_value(self, name: str) -> List[Tuple[str, str]]:
        """What is shown of a value of a dropped column: the label and the SQL of each column of its
        row's key, and then its own."""
        names = [*(each for each in self.table.key if each != name), name]
        return [(each, self.shown_old(each)) for each in names]

    def is_stored(self, name: str) -> str:
        """SQL that is true where an old column has a value other than NULL."""
        return "NOT %s" % is_null(column("t", name))

    def shown_old(self, name: str) -> str:
        """SQL that shows the value of an old column."""
        return shown("t", self.table.columns[name])


def keyed(found: Iterator[Row], width: int) -> Iterator[Tuple[Any, Row]]:
    """Rows whose first columns are a key, as key and rest."""
    if width == 1:
        for row in found:
            yield row[0], row[1:]
        return
    for row in found:
        yield row[:width], row[width:]


def merged(*streams: Iterator[Tuple[Any, Row]]) -> Iterator[Tuple[Any, List[Optional[Row]]]]:
    """Each key that is in any of the streams, which are sorted, with what each of them has for it,
    or ``None``."""
    heads = [next(each, None) for each in streams]
    while True:
        there = [each[0] for each in heads if each is not None]
        if not there:
            return
        key = min(there)
        found: List[Optional[Row]] = []
        for place, head in enumerate(heads):
            if head is not None and head[0] == key:
                found.append(head[1])
                heads[place] = next(streams[place], None)
            else:
                found.append(None)
        yield key, found
