"""Finds, in the two files that are compared, what each table of the old one has become."""

from __future__ import annotations

import sqlite3
from typing import Dict, Iterator, List, Optional, Sequence, Type, Union

from ..engine import Renames
from ..joined import match
from ..joined.match import Unread
from .pair import Pair
from .shape import primary_key, types
from .sql import fold
from .tables import table_names


class _Files:
    """See ``joined.match.Both``."""

    error: Type[Exception] = sqlite3.Error

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fold(self, name: str) -> str:
        """The case of ASCII letters does not matter."""
        return fold(name)

    def tables(self, is_new: bool) -> List[str]:
        """All but SQLite's own."""
        return table_names(self._connection, _schema(is_new))

    def columns(self, is_new: bool, table: str) -> Sequence[str]:
        """Those that are stored."""
        return list(types(self._connection, _schema(is_new), table))

    def key(self, is_new: bool, table: str) -> List[str]:
        """The primary key's."""
        return primary_key(self._connection, _schema(is_new), table) or []

    def pair(self, table: str, now: Optional[str], columns: Dict[str, Optional[str]]) -> Pair:
        """By the names that they are attached as."""
        return Pair(self._connection, table, now, columns)


def _schema(is_new: bool) -> str:
    return "new" if is_new else "old"


def pairs(connection: sqlite3.Connection, renames: Renames) -> Iterator[Union[Pair, Unread]]:
    """Each old table, with the table that it has become."""
    for each in match.pairs(_Files(connection), renames):
        assert isinstance(each, (Pair, Unread))
        yield each
