"""Finds, in the two files that are compared, what each table of the old one has become."""

from __future__ import annotations

import sqlite3
from typing import Collection, Dict, Iterator, List, Optional, Sequence, Tuple, Type, Union

from ..engine import Renames
from ..joined import match
from ..joined.match import Unread
from .pair import Pair
from .shape import Shape, shape_of
from .sql import fold
from .tables import table_names


class _Files:
    """See ``joined.match.Both``."""

    error: Type[Exception] = sqlite3.Error

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._shapes: Dict[Tuple[bool, str], Shape] = {}

    def fold(self, name: str) -> str:
        """A name in a form without the case of ASCII letters, which SQLite ignores."""
        return fold(name)

    def tables(self, is_new: bool) -> List[str]:
        """The names of the tables, without SQLite's own."""
        return table_names(self._connection, _schema(is_new))

    def columns(self, is_new: bool, table: str) -> Sequence[str]:
        """The columns of a table that hold stored values."""
        return list(self._shape(is_new, table).types)

    def key(self, is_new: bool, table: str) -> List[str]:
        """The columns of a table's primary key."""
        return self._shape(is_new, table).key

    def pair(self, table: str, now: Optional[str], columns: Dict[str, Optional[str]]) -> Pair:
        """Pair an old table with what it has become. The files go by the names as which they are
        attached."""
        shapes = self._shape(False, table), self._shape(True, now) if now is not None else None
        return Pair(self._connection, table, now, columns, shapes)

    def _shape(self, is_new: bool, table: str) -> Shape:
        if (is_new, table) not in self._shapes:
            self._shapes[is_new, table] = shape_of(self._connection, _schema(is_new), table)
        return self._shapes[is_new, table]


def _schema(is_new: bool) -> str:
    return "new" if is_new else "old"


def pairs(
    connection: sqlite3.Connection, renames: Renames, only: Optional[Collection[str]] = None
) -> Iterator[Union[Pair, Unread]]:
    """Each old table, or each of ``only`` these, with the table that it has become."""
    for each in match.pairs(_Files(connection), renames, only):
        assert isinstance(each, (Pair, Unread))
        yield each
