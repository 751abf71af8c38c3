"""Says of what went from one database to another how much is not back in a third one, and lists
all of it."""

from __future__ import annotations

import csv
import sqlite3
from itertools import groupby
from operator import itemgetter
from typing import Any, Dict, List, Optional, Tuple, Union

from ..engine import NOTHING_RENAMED, Renames
from ..entries import plain
from .entry import in_order
from .match import Unread, pairs
from .opening import Own, attach, opened
from .pair import Pair, Query
from .shape import types
from .sql import fold
from .tables import quote, table_names


def not_back(request: Dict[str, Any], own: Optional[Own] = None) -> List[Dict[str, Any]]:
    """How much of what went from ``old`` to ``new`` is not there again in ``back``: for each entry
    ``[alias, table, whether rows went, columns whose values went or changed]`` of ``tables`` the
    number of ``rows``, and of values by the same ``columns``, all by their old names."""
    found: List[Dict[str, Any]] = []
    for alias, entries in groupby(request["tables"], key=itemgetter(0)):
        connection = _own_or_ours(own, alias)
        try:
            paths = {name: request[name][alias] for name in ("old", "new", "back")}
            attach(connection, **paths)
            there = _pairs(connection, request["renames"].get(alias, NOTHING_RENAMED))
            for _, table, rows_went, wanted in entries:
                rows, columns = _not_back(connection, _read(there[table]), rows_went, wanted)
                entry = {"database": alias, "table": table, "rows": rows, "columns": columns}
                found.append(entry)
        finally:
            connection.close()
    return found


def _own_or_ours(own: Optional[Own], alias: str) -> sqlite3.Connection:
    connection = own(alias) if own is not None else None
    return opened() if connection is None else connection


def _pairs(connection: sqlite3.Connection, renames: Renames) -> Dict[str, Union[Pair, Unread]]:
    """Each table by its old name, with what it is now."""
    return {each.table: each for each in pairs(connection, renames)}


def _read(found: Union[Pair, Unread]) -> Pair:
    """A table that can be read.

    Raises:
        sqlite3.Error: it cannot.
    """
    if isinstance(found, Unread):
        raise found.error
    return found


def _not_back(
    connection: sqlite3.Connection, there: Pair, rows_went: bool, wanted: List[str]
) -> Tuple[int, Dict[str, int]]:
    table = there.table
    found = [name for name in table_names(connection, "back") if fold(name) == fold(table)]
    if not found:
        return there.counts()[0], {name: _stored(there, name) for name in wanted}
    in_back = {fold(name): name for name in types(connection, "back", found[0])}
    names = {name: in_back.get(fold(name)) for name in there.old_types}
    again = Pair(connection, table, found[0], names, "back", "b")
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
        # In a table that stays, a row that comes back with another value is back: its value isn't.
        stays = again.gone if there.now is not None else "NOT (%s)" % again.whole
        rows = there.number("SELECT count(*) %s WHERE %s AND %s" % (join, gone, stays))
    columns = {}
    for name in wanted:
        still = "(%s OR %s)" % (again.gone, _unlike(again, name))
        if name in there.kept:
            went = "NOT %s AND %s" % (there.gone, there.differs(name))
            source = join
        else:
            went, source = "o.%s IS NOT NULL" % quote(name), again.join
            if there.now is not None and there.key:
                # A value of a row that is gone is gone with its row.
                went, source = "NOT %s AND %s" % (there.gone, went), join
        columns[name] = there.number("SELECT count(*) %s WHERE %s AND %s" % (source, went, still))
    return rows, columns


def _unlike(again: Pair, name: str) -> str:
    return again.differs(name) if name in again.kept else "1"


def _stored(pair: Pair, name: str) -> int:
    """How many values other than NULL a column had."""
    return pair.number("SELECT count(%s) FROM %s" % (quote(name), pair.old))


def list_lost(request: Dict[str, Any], own: Optional[Own] = None) -> Optional[Dict[str, Any]]:
    """All that a table lost: its rows that are gone; or with ``column``, the values of that column
    that are gone, or that are others now. With ``to`` as a CSV file of that path, else the first
    ``limit`` of them and their ``total``."""
    connection = _own_or_ours(own, request.get("alias") or "default")
    try:
        attach(connection, old=request["old"], new=request["new"])
        pair = _read(_pairs(connection, request["renames"])[request["table"]])
        sql, order = query_of(pair, request.get("column"))
        if "to" not in request:
            cursor = connection.execute("%s LIMIT %d" % (in_order(sql, order), request["limit"]))
            return {
                "columns": [each[0] for each in cursor.description],
                "rows": [[plain(value) for value in row] for row in cursor],
                "total": pair.number("SELECT count(*) FROM (%s)" % sql),
            }
        cursor = connection.execute(in_order(sql, order))
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
