"""Finds what each table and column of an old database has become: by what ran, where somebody saw
it, else by what is stored in them."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Union

from ..engine import NOTHING_RENAMED, Renames
from ..following import by_folded, followed, followed_columns
from .pair import Pair
from .shape import primary_key, types
from .sql import fold
from .tables import quote, table_names


class Unread(NamedTuple):
    """A table of the old database that cannot be read, and why."""

    table: str
    now: Optional[str]
    error: sqlite3.Error


def pairs(connection: sqlite3.Connection, renames: Renames) -> Iterator[Union[Pair, Unread]]:
    """Each old table with the one that it is now."""
    before, after = table_names(connection, "old"), table_names(connection, "new")
    guessing = renames is None
    if renames is None:
        renames = {**NOTHING_RENAMED, "tables": _guess_tables(connection, before, after)}
    for table, now, columns, kept in followed(before, after, renames, fold):
        try:
            yield _paired(connection, table, now, columns, kept, guessing)
        except sqlite3.Error as error:
            yield Unread(table, now, error)


def _by_folded(names: Iterable[str]) -> Dict[str, str]:
    return by_folded(names, fold)


def _paired(
    connection: sqlite3.Connection,
    table: str,
    now: Optional[str],
    known: Dict[str, Optional[str]],
    kept: bool,
    guessing: bool,
) -> Pair:
    columns: Dict[str, Optional[str]] = {}
    if now is not None:
        there = types(connection, "new", now)
        columns = followed_columns(types(connection, "old", table), there, known, kept, fold)
        if guessing:
            columns.update(_guess_columns(connection, table, now))
    return Pair(connection, table, now, columns)


def _guess_tables(
    connection: sqlite3.Connection, before: List[str], after: List[str]
) -> Dict[str, str]:
    """Where nobody saw the statements: a table that is gone, and a new one that holds the same."""
    found: Dict[str, str] = {}
    old_names, new_names = _by_folded(before), _by_folded(after)
    for old in (name for name in before if fold(name) not in new_names):
        for new in (name for name in after if fold(name) not in old_names):
            # One that cannot be read is guessed to be none.
            with contextlib.suppress(sqlite3.Error):
                if new not in found.values() and _holds_the_same(connection, old, new):
                    found[old] = new
                    break
    return found


def _holds_the_same(connection: sqlite3.Connection, old: str, new: str) -> bool:
    columns = (types(connection, "old", old), types(connection, "new", new))
    if not columns[0] or len(columns[0]) != len(columns[1]):
        return False
    names = (quote(old), quote(new))
    counted = "SELECT (SELECT count(*) FROM old.%s), (SELECT count(*) FROM new.%s)"
    was, now = connection.execute(counted % names).fetchone()
    if not was or was != now:
        return False
    one, other = (", ".join(map(quote, each)) for each in columns)
    differ = "SELECT count(*) FROM (SELECT %s FROM old.%s EXCEPT SELECT %s FROM new.%s)"
    parts = (one, names[0], other, names[1])
    return not connection.execute(differ % parts).fetchone()[0]


def _guess_columns(connection: sqlite3.Connection, table: str, now: str) -> Dict[str, str]:
    """The same for columns, row by row, by the primary key."""
    key = primary_key(connection, "old", table)
    now_key = primary_key(connection, "new", now)
    if key is None or now_key is None or list(map(fold, key)) != list(map(fold, now_key)):
        return {}
    old, new = types(connection, "old", table), types(connection, "new", now)
    found: Dict[str, str] = {}
    old_names, new_names = _by_folded(old), _by_folded(new)
    for gone in (name for name in old if fold(name) not in new_names):
        for come in (name for name in new if fold(name) not in old_names):
            if come in found.values():
                continue
            pair = Pair(connection, table, now, {**dict(zip(key, now_key)), gone: come})
            if not pair.key:
                return {}
            filled, differing = connection.execute(
                "SELECT count(o.%s), coalesce(sum(%s), 0) %s WHERE NOT %s"
                % (quote(gone), pair.differs(gone), pair.join, pair.gone)
            ).fetchone()
            if filled and not differing:
                found[gone] = come
                break
    return found
