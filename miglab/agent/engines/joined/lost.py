"""Counts how much of what a table lost between two databases is missing in a third one too, and
lists what was lost."""

from __future__ import annotations

import csv
from typing import Any, Dict, List, Optional, Tuple

from ..entries import plain
from .entry import in_order
from .pair import Pair, Query


def not_back(
    there: Pair, again: Optional[Pair], rows_went: bool, wanted: List[str]
) -> Tuple[int, Dict[str, int]]:
    """How many lost rows, and how many lost or changed values of each ``wanted`` column, are not
    back. ``there`` pairs the old table with the new one, in which they are lost. ``again`` pairs
    the same old table with the one in a third database, whose rows go by another letter. ``again``
    is ``None`` if that database does not have the table."""
    if again is None:
        return there.counts()[0], {name: _stored(there, name) for name in wanted}
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
        went, source = there.is_stored(name), again.join
        if name in there.kept:
            went, source = "NOT %s AND %s AND %s" % (there.gone, went, there.differs(name)), join
        elif there.now is not None and there.key:
            # A value of a row that is gone is gone with its row.
            went, source = "NOT %s AND %s" % (there.gone, went), join
        columns[name] = there.number("SELECT count(*) %s WHERE %s AND %s" % (source, went, still))
    return rows, columns


def _unlike(again: Pair, name: str) -> str:
    return again.differs(name) if name in again.kept else "1"


def _stored(pair: Pair, name: str) -> int:
    """How many values other than NULL a column had."""
    return pair.number("SELECT count(%s) FROM %s" % (pair.quote(name), pair.old))


def list_lost(pair: Pair, request: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """See ``engine.Engine.list_lost``."""
    sql, order = _query_of(pair, request.get("column"))
    if "to" not in request:
        names, found = pair.labelled("%s LIMIT %d" % (in_order(sql, order), request["limit"]))
        return {
            "columns": names,
            "rows": [[plain(value) for value in row] for row in found],
            "total": pair.number("SELECT count(*) FROM (%s) c" % sql),
        }
    names, found = pair.labelled(in_order(sql, order))
    with open(request["to"], "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([plain(value) for value in row] for row in found)
    return None


def _query_of(pair: Pair, column: Optional[str]) -> Query:
    """The query that lists what a table lost; ``column`` is an old name."""
    if column is None:
        return pair.lost_rows()
    return pair.changed_values(column) if column in pair.kept else pair.lost_values(column)
