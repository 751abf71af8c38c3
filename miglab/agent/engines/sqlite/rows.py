"""Compares the rows of two SQLite databases where they lie: the old one is attached read-only.

Only counts and a few rows come back.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import Any, Collection, Dict, List, Optional, Union

from ...common.measuring import note
from ..engine import Renames
from ..entries import BOOKKEEPING, all_gone, compare_each, empty, says_something
from ..joined.entry import entry_of, orphans
from ..joined.match import Unread
from .catalogue import count_rows
from .match import pairs
from .opening import Opening, Own, attach, connect, opened
from .pair import Pair
from .shape import parent_link
from .sql import fold
from .tables import derived, quote, table_names


def compare_all(
    old: Dict[str, Optional[str]],
    new: Dict[str, str],
    renames: Dict[str, Renames],
    own: Optional[Own] = None,
) -> List[Dict[str, Any]]:
    """Call ``compare`` for each alias that has an old copy. A database with two aliases is compared
    once."""

    def one(alias: str, before: str, path: str, known: Renames) -> List[Dict[str, Any]]:
        return compare(before, path, known, own=_of(own, alias))

    return compare_each(old, new, renames, one)


def _of(own: Optional[Own], alias: str) -> Optional[Opening]:
    return None if own is None else lambda: own(alias)


def compare(
    old: str,
    new: str,
    renames: Renames,
    tables: Any = None,
    own: Optional[Opening] = None,
) -> List[Dict[str, Any]]:
    """One entry for each table in which rows or values were lost, added or changed, or which cannot
    be read; none if the old file is not a database.

    ``renames`` is what ``Trace.renames`` gives, or ``None`` if the statements were not seen.
    ``tables`` are the old names of the tables to compare; if it is ``None``, all are compared.
    ``own`` opens a connection that has what the project's own connections have. It reads the tables
    that miglab's own connection cannot read.
    """
    if not os.path.exists(new):
        return _everything_gone(old)
    connection = opened()
    try:
        attach(connection, old=old, new=new)
        entries = _compared(connection, renames, tables, new_too=tables is None)
    except sqlite3.DatabaseError as error:
        if "file is not a database" in str(error):
            return []
        raise
    finally:
        connection.close()
    unread = {(each["table"], each["now"]) for each in entries if each["unreadable"]}
    connection_of_project = own() if unread and own is not None else None
    if connection_of_project is not None:
        try:
            attach(connection_of_project, old=old, new=new)
            names = {table for table, _ in unread}
            read = _compared(connection_of_project, renames, names, new_too=True)
        finally:
            connection_of_project.close()
        again = {(each["table"], each["now"]): each for each in read}
        entries = [again.get((each["table"], each["now"]), each) for each in entries]
    for each in entries:
        if each["unreadable"]:
            note("compare the rows of %s" % each["table"], each["unreadable"])
    return [each for each in entries if says_something(each)]


def _compared(
    connection: sqlite3.Connection, renames: Renames, tables: Any, new_too: bool
) -> List[Dict[str, Any]]:
    found = list(pairs(connection, renames))
    indexes = {fold(each) for schema in ("old", "new") for each in derived(connection, schema)}
    places = {fold(each.table): each for each in found}
    entries = []
    for each in found:
        if tables is None or each.table in tables:
            entries.append(_read_entry(connection, each, indexes, places))
    if new_too:
        taken = {each.now for each in found}
        entries += _new_tables(connection, taken, tables, indexes)
    return entries


def _read_entry(
    connection: sqlite3.Connection,
    pair: Union[Pair, Unread],
    indexes: Collection[str],
    places: Dict[str, Union[Pair, Unread]],
) -> Dict[str, Any]:
    if fold(pair.table) in indexes:
        return _derived(connection, pair.table, pair.now)
    if isinstance(pair, Unread):
        return dict(empty(pair.table, pair.now, 0, 0), unreadable=_why(pair.error))
    try:
        entry = entry_of(pair)
        if entry["lost"]:
            entry["orphans"] = _orphans(pair, places)
    except sqlite3.Error as error:
        return dict(empty(pair.table, pair.now, 0, 0), unreadable=_why(error))
    return entry


def _why(error: Exception) -> str:
    return "%s: %s" % (type(error).__name__, " ".join(str(error).split()))


def _derived(connection: sqlite3.Connection, table: str, now: Optional[str]) -> Dict[str, Any]:
    """A table that only finds what is stored elsewhere: counted, if it can be, and not compared."""
    counts = []
    for place in ("old." + quote(table), now and "new." + quote(now)):
        number = 0
        with contextlib.suppress(sqlite3.Error):
            sql = "SELECT count(*) FROM %s" % place
            number = connection.execute(sql).fetchone()[0] if place else 0
        counts.append(number)
    before, after = counts
    lost = max(before - after, 0) if now is None else 0
    return dict(empty(table, now, before, after, lost=lost), derived=True)


def _orphans(pair: Pair, places: Dict[str, Union[Pair, Unread]]) -> Dict[str, int]:
    link = parent_link(pair.connection, "old", pair.table, pair.old_key)
    parent = places.get(fold(link[1])) if link else None
    if link is None or not isinstance(parent, Pair):
        return {}
    names = {fold(old): now for old, now in parent.kept.items()}
    theirs = names.get(fold(link[2]))
    return {} if theirs is None else orphans(pair, parent, link[0], theirs)


def _everything_gone(old: str) -> List[Dict[str, Any]]:
    connection = connect(old)
    try:
        counts = count_rows(connection)
    finally:
        connection.close()
    return all_gone(counts)


def _new_tables(
    connection: sqlite3.Connection, taken: Any, tables: Any, indexes: Collection[str]
) -> List[Dict[str, Any]]:
    found = []
    for table in table_names(connection, "new"):
        if table in taken or fold(table) in BOOKKEEPING:
            continue
        if tables is not None and table not in tables:
            continue
        entry = empty(table, table, 0, 0)
        try:
            sql = "SELECT count(*) FROM new.%s" % quote(table)
            entry["after"] = entry["gained"] = connection.execute(sql).fetchone()[0]
        except sqlite3.Error as error:
            entry["unreadable"] = _why(error)
        if fold(table) in indexes:
            entry.update(derived=True, unreadable="")
        found.append(entry)
    return found
