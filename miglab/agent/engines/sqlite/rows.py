"""Compares the rows of two SQLite databases where they lie: the old one is attached read-only.

Only counts and a few rows come back; all of them go into a file when somebody asks.
"""

from __future__ import annotations

import csv
import os
import sqlite3
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from ...common.measuring import measuring
from .catalogue import connect, count_rows, quote, readable, table_names
from .match import BOOKKEEPING, NOTHING_RENAMED, Renames, pairs
from .pair import Pair, Query

SAMPLE = 5


def compare_all(
    old: Dict[str, Optional[str]], new: Dict[str, str], renames: Dict[str, Renames]
) -> List[Dict[str, Any]]:
    """``compare`` for each alias of which there is an old copy; databases with two names once."""
    found, seen = [], set()
    for alias, path in new.items():
        before = old.get(alias)
        if before and (before, path) not in seen:
            seen.add((before, path))
            told = compare(before, path, renames.get(alias, NOTHING_RENAMED))
            found += [dict(each, database=alias) for each in told]
    return found


def compare(old: str, new: str, renames: Renames, tables: Any = None) -> List[Dict[str, Any]]:
    """One entry for each table in which rows or values went, came or changed; none where the old
    file is no database.

    ``renames`` is what ``Trace.renames`` gives, or ``None`` where nobody saw what ran. ``tables``
    are the old names of those that are compared; without it, all.
    """
    if not os.path.exists(new):
        return _everything_gone(old)
    connection = _attached(old, new)
    try:
        entries, known = [], set()
        for pair in pairs(connection, renames):
            known.add(pair.now)
            if tables is None or pair.table in tables:
                with measuring("compare the rows of %s" % pair.table):
                    entries.append(_entry(pair))
        entries += _new_tables(connection, known, tables)
    except sqlite3.DatabaseError as error:
        if "file is not a database" in str(error):
            return []
        raise
    finally:
        connection.close()
    return [each for each in entries if _says_something(each)]


def not_back(request: Dict[str, Any]) -> List[Dict[str, Any]]:
    """How much of what went from ``old`` to ``new`` is not there again in ``back``: for each entry
    ``[alias, table, whether rows went, columns whose values went or changed]`` of ``tables`` the
    number of ``rows``, and of values by the same ``columns``, all by their old names."""
    found = []
    for alias, table, rows_went, wanted in request["tables"]:
        connection = _attached(request["old"][alias], request["new"][alias])
        try:
            connection.execute("ATTACH DATABASE %s AS back" % _literal(request["back"][alias]))
            renames = request["renames"].get(alias, NOTHING_RENAMED)
            there = next(each for each in pairs(connection, renames) if each.table == table)
            rows, columns = _not_back(connection, there, rows_went, wanted)
        finally:
            connection.close()
        told = {"database": alias, "table": table, "rows": rows, "columns": columns}
        found.append(told)
    return found


def _not_back(
    connection: sqlite3.Connection, there: Pair, rows_went: bool, wanted: List[str]
) -> Tuple[int, Dict[str, int]]:
    table = there.table
    if table not in table_names(connection, "back"):
        return there.counts()[0], {name: _stored(there, name) for name in wanted}
    names = {name: name for name in there.old_types}
    again = Pair(connection, table, table, dict(names), "back", "b")
    if not again.key:
        rows = again.surplus()
        return rows, {name: min(rows, _stored(there, name)) for name in wanted}
    join = again.join
    gone, rows = "1", 0
    if there.now is not None and there.key:
        join, gone = "%s %s" % (join, there.joined), there.gone
    if rows_went and there.now is not None and not there.key:
        rows = min(there.surplus(), again.surplus())
    elif rows_went:
        rows = there.number("SELECT count(*) %s WHERE %s AND NOT (%s)" % (join, gone, again.whole))
    columns = {}
    for name in wanted:
        still = "(%s OR %s)" % (again.gone, _unlike(again, name))
        if name in there.kept:
            went = "NOT %s AND %s" % (there.gone, there.differs(name))
            source = join
        else:
            went = "o.%s IS NOT NULL" % quote(name)
            source = again.join
        columns[name] = there.number("SELECT count(*) %s WHERE %s AND %s" % (source, went, still))
    return rows, columns


def _unlike(again: Pair, name: str) -> str:
    return again.differs(name) if name in again.kept else "1"


def _stored(pair: Pair, name: str) -> int:
    """How many values other than NULL a column had."""
    return pair.number("SELECT count(%s) FROM %s" % (quote(name), pair.old))


def list_lost(request: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """All that a table lost: its rows that are gone; or with ``column``, the values of that column
    that are gone, or that are others now. With ``to`` as a CSV file of that path, else the first
    ``limit`` of them and their ``total``."""
    if request["new"]:
        connection = _attached(request["old"], request["new"])
    else:
        connection = sqlite3.connect("file::memory:", uri=True)
        connection.text_factory = readable
        connection.execute("ATTACH DATABASE %s AS old" % _literal(request["old"]))
    try:
        pair = next(
            each for each in pairs(connection, request["renames"]) if each.table == request["table"]
        )
        sql, order = query_of(pair, request.get("column"))
        if "to" not in request:
            cursor = connection.execute("%s LIMIT %d" % (_sorted(sql, order), request["limit"]))
            return {
                "columns": [each[0] for each in cursor.description],
                "rows": [[plain(value) for value in row] for row in cursor],
                "total": pair.number("SELECT count(*) FROM (%s)" % sql),
            }
        cursor = connection.execute(_sorted(sql, order))
        with open(request["to"], "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([each[0] for each in cursor.description])
            writer.writerows([plain(value) for value in row] for row in cursor)
        return None
    finally:
        connection.close()


def query_of(pair: Pair, column: Optional[str]) -> Query:
    """The query that lists what a table lost; ``column`` is an old name."""
    if column is None:
        return pair.lost_rows()
    return pair.changed_values(column) if column in pair.kept else pair.lost_values(column)


def plain(value: Any) -> Any:
    """A stored value as text can carry it."""
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _attached(old: str, new: str) -> sqlite3.Connection:
    connection = connect(new)
    try:
        connection.execute("PRAGMA temp_store = FILE")
        connection.execute("ATTACH DATABASE %s AS old" % _literal(old))
    except sqlite3.DatabaseError as error:
        if "file is not a database" not in str(error):
            connection.close()
            raise
    return connection


def _literal(path: str) -> str:
    """A database that is only read, as SQL takes its name: not as a parameter, for then nobody
    could see where it leads."""
    return "'%s'" % (Path(path).as_uri() + "?mode=ro").replace("'", "''")


def _everything_gone(old: str) -> List[Dict[str, Any]]:
    connection = connect(old)
    try:
        counts = count_rows(connection)
    finally:
        connection.close()
    entries = [_empty(name, None, number, 0, lost=number) for name, number in counts.items()]
    return [each for each in entries if each["lost"] and each["table"] not in BOOKKEEPING]


def _new_tables(connection: sqlite3.Connection, taken: Any, tables: Any) -> List[Dict[str, Any]]:
    if tables is not None:
        return []
    found = []
    for table in table_names(connection):
        if table not in taken and table not in BOOKKEEPING:
            count = connection.execute("SELECT count(*) FROM %s" % quote(table)).fetchone()[0]
            found.append(_empty(table, table, 0, count, gained=count))
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


def _sorted(sql: str, order: List[str]) -> str:
    return sql + " ORDER BY " + ", ".join(order) if order else sql


def _sample(pair: Pair, sql: str, order: List[str]) -> List[Dict[str, Any]]:
    """The first rows of a query, in the order of these columns."""
    cursor = pair.connection.execute("%s LIMIT %d" % (_sorted(sql, order), SAMPLE))
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
    }


def _says_something(entry: Dict[str, Any]) -> bool:
    return bool(entry["lost"] or entry["gained"] or entry["changed"] or entry["lost_values"])
