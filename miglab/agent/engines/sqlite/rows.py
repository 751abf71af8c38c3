"""Compares the rows of two SQLite databases where they lie: the old one is attached read-only.

Only counts and a few rows come back.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import Any, Collection, Dict, List, Optional, Union

from ...common.measuring import note
from ..engine import NOTHING_RENAMED, Renames
from .catalogue import count_rows
from .match import BOOKKEEPING, Unread, pairs
from .opening import Opening, Own, attach, connect, opened
from .pair import Pair
from .shape import parent_link
from .sql import fold
from .tables import derived, quote, table_names

SAMPLE = 5


def compare_all(
    old: Dict[str, Optional[str]],
    new: Dict[str, str],
    renames: Dict[str, Renames],
    own: Optional[Own] = None,
) -> List[Dict[str, Any]]:
    """``compare`` for each alias of which there is an old copy; databases with two names once."""
    found, seen = [], set()
    for alias, path in new.items():
        before = old.get(alias)
        if before and (before, path) not in seen:
            seen.add((before, path))
            told = compare(before, path, renames.get(alias, NOTHING_RENAMED), own=_of(own, alias))
            found += [dict(each, database=alias) for each in told]
    return found


def _of(own: Optional[Own], alias: str) -> Optional[Opening]:
    return None if own is None else lambda: own(alias)


def compare(
    old: str,
    new: str,
    renames: Renames,
    tables: Any = None,
    own: Optional[Opening] = None,
) -> List[Dict[str, Any]]:
    """One entry for each table in which rows or values went, came or changed, or which cannot be
    read; none where the old file is no database.

    ``renames`` is what ``Trace.renames`` gives, or ``None`` where nobody saw what ran. ``tables``
    are the old names of those that are compared; without it, all. ``own`` opens a connection that
    knows what the project's own knows: it is asked for the tables that ours cannot read.
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
            told = _compared(connection_of_project, renames, names, new_too=True)
        finally:
            connection_of_project.close()
        again = {(each["table"], each["now"]): each for each in told}
        entries = [again.get((each["table"], each["now"]), each) for each in entries]
    for each in entries:
        if each["unreadable"]:
            note("compare the rows of %s" % each["table"], each["unreadable"])
    return [each for each in entries if _says_something(each)]


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
        return dict(_empty(pair.table, pair.now, 0, 0), unreadable=_why(pair.error))
    try:
        entry = _entry(pair)
        if entry["lost"]:
            entry["orphans"] = _orphans(pair, places)
    except sqlite3.Error as error:
        return dict(_empty(pair.table, pair.now, 0, 0), unreadable=_why(error))
    return entry


def _why(error: sqlite3.Error) -> str:
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
    return dict(_empty(table, now, before, after, lost=lost), derived=True)


def _orphans(pair: Pair, places: Dict[str, Union[Pair, Unread]]) -> Dict[str, int]:
    """Rows of the parent's table, by its name now, that are still there without the rows of this
    one that extended them."""
    link = parent_link(pair.connection, "old", pair.table)
    parent = places.get(fold(link[1])) if link else None
    if link is None or not isinstance(parent, Pair) or parent.now is None:
        return {}
    if pair.now is not None and not pair.key:
        return {}
    names = {fold(old): now for old, now in parent.kept.items()}
    if fold(link[2]) not in names:
        return {}
    source, gone = "FROM %s o" % pair.old, "1"
    if pair.now is not None:
        source, gone = pair.join, pair.gone
    number = pair.number(
        "SELECT count(*) %s WHERE %s AND EXISTS (SELECT 1 FROM %s p WHERE p.%s = o.%s)"
        % (source, gone, parent.new, quote(names[fold(link[2])]), quote(link[0]))
    )
    return {parent.now: number} if number else {}


def plain(value: Any) -> Any:
    """A stored value as text can carry it."""
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _everything_gone(old: str) -> List[Dict[str, Any]]:
    connection = connect(old)
    try:
        counts = count_rows(connection)
    finally:
        connection.close()
    entries = [_empty(name, None, number, 0, lost=number) for name, number in counts.items()]
    return [each for each in entries if each["lost"] and each["table"] not in BOOKKEEPING]


def _new_tables(
    connection: sqlite3.Connection, taken: Any, tables: Any, indexes: Collection[str]
) -> List[Dict[str, Any]]:
    found = []
    for table in table_names(connection, "new"):
        if table in taken or fold(table) in BOOKKEEPING:
            continue
        if tables is not None and table not in tables:
            continue
        entry = _empty(table, table, 0, 0)
        try:
            sql = "SELECT count(*) FROM new.%s" % quote(table)
            entry["after"] = entry["gained"] = connection.execute(sql).fetchone()[0]
        except sqlite3.Error as error:
            entry["unreadable"] = _why(error)
        if fold(table) in indexes:
            entry.update(derived=True, unreadable="")
        found.append(entry)
    return found


def _entry(pair: Pair) -> Dict[str, Any]:
    before, after = pair.counts()
    entry = _empty(pair.table, pair.now, before, after)
    entry["many_to_many"] = pair.many_to_many
    if pair.now is None:
        entry["lost"] = before
    else:
        if pair.key:
            _by_key(pair, entry)
        else:
            entry["approximate"] = True
            entry["lost"], entry["gained"] = pair.surplus(), pair.surplus(back=True)
        entry["retyped"] = [name for name in pair.retyped if name in entry["changed_columns"]]
        for name in pair.dropped:
            sql, order = pair.lost_values(name)
            number = pair.number("SELECT count(*) FROM (%s)" % sql)
            if number:
                entry["lost_values"][name] = number
                entry["lost_values_sample"][name] = _sample(pair, sql, order)
    if entry["lost"] and (pair.now is None or pair.kept):
        entry["lost_sample"] = _sample(pair, *pair.lost_rows())
    return entry


#: So many rows are looked at first, to see which columns differ.
_FIRST = 1000


def _by_key(pair: Pair, entry: Dict[str, Any]) -> None:
    """Rows that are gone and values that are others, as a rule in one pass: columns that differ in
    no row are looked at all together, which takes half the time of counting for each."""
    differ = pair.compared
    counted = _differing_first(pair, differ)
    told = _told_apart(pair, differ, counted)
    if told is None:
        told = _told_apart(pair, differ, list(differ)) or [0]
        counted = list(differ)
    entry["lost"] = told[0]
    entry["gained"] = entry["after"] - (entry["before"] - told[0])
    for name, number in zip(counted, told[1:]):
        if number:
            now = pair.kept[name]
            entry["changed_columns"][now] = number
            entry["old_names"][now] = name
            entry["changed_sample"][now] = _sample(pair, *pair.changed_values(name))
            filled = pair.number(pair.filled(name))
            if filled:
                entry["filled"][now] = filled
    entry["changed"] = told[-1] if counted else 0


def _differing_first(pair: Pair, differ: Dict[str, str]) -> List[str]:
    """The columns that differ somewhere in the first rows."""
    if not differ:
        return []
    parts = ", ".join("%s AS d%d" % (each, place) for place, each in enumerate(differ.values()))
    sums = ", ".join("coalesce(sum(d%d), 0)" % place for place in range(len(differ)))
    inner = "SELECT %s %s LIMIT %d" % (parts, pair.join, _FIRST)
    told = pair.connection.execute("SELECT %s FROM (%s)" % (sums, inner)).fetchone()
    return [name for name, number in zip(differ, told) if number]


def _told_apart(pair: Pair, differ: Dict[str, str], counted: List[str]) -> Optional[List[int]]:
    """How many rows are gone, in how many each of the counted columns differs, and in how many any
    of them does; ``None`` where another column differs too.

    Each value is compared once: the LIMIT keeps SQLite from putting the comparison into every sum
    (https://sqlite.org/optoverview.html#flattening).
    """
    names = ["d%d" % place for place in range(len(counted))]
    others = " OR ".join(each for name, each in differ.items() if name not in counted)
    parts = ["%s AS gone" % pair.gone, "%s AS other" % (others or "0")]
    parts += ["%s AS %s" % (differ[each], name) for each, name in zip(counted, names)]
    # Where no row answers, every value differs from nothing, and none has changed.
    sums = ["coalesce(sum(gone), 0)", "coalesce(sum(other > gone), 0)"]
    sums += ["coalesce(sum(%s > gone), 0)" % name for name in names]
    if names:
        sums.append("coalesce(sum((%s) > gone), 0)" % " OR ".join(names))
    inner = "SELECT %s %s LIMIT -1" % (", ".join(parts), pair.join)
    sql = "SELECT %s FROM (%s)" % (", ".join(sums), inner)
    gone, other, *rest = pair.connection.execute(sql).fetchone()
    return None if other else [gone, *rest]


def in_order(sql: str, order: List[str]) -> str:
    return sql + " ORDER BY " + ", ".join(order) if order else sql


def _sample(pair: Pair, sql: str, order: List[str]) -> List[Dict[str, Any]]:
    """The first rows of a query, in the order of these columns."""
    cursor = pair.connection.execute("%s LIMIT %d" % (in_order(sql, order), SAMPLE))
    names = [each[0] for each in cursor.description]
    return [{name: plain(value) for name, value in zip(names, row)} for row in cursor]


def _empty(
    table: str, now: Optional[str], before: int, after: int, lost: int = 0, gained: int = 0
) -> Dict[str, Any]:
    return {
        "table": table,
        "now": now,
        "database": "default",
        "before": before,
        "after": after,
        "lost": lost,
        "gained": gained,
        "changed": 0,
        "changed_columns": {},
        "filled": {},
        "old_names": {},
        "changed_sample": {},
        "retyped": [],
        "lost_values": {},
        "lost_sample": [],
        "lost_values_sample": {},
        "many_to_many": False,
        "by_handlers": False,
        "follows_rename": False,
        "approximate": False,
        "derived": False,
        "unreadable": "",
        "orphans": {},
    }


def _says_something(entry: Dict[str, Any]) -> bool:
    counts = (entry["lost"], entry["gained"], entry["changed"], entry["lost_values"])
    return any(counts) or bool(entry["unreadable"])
