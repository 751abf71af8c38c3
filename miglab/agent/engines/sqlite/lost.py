"""Attaches the files from which it is found what was lost, and what of it is still missing."""

from __future__ import annotations

import sqlite3
from typing import Any, Collection, Dict, List, Optional, Union

from ..engine import Renames
from ..entries import asked_back
from ..joined import lost
from ..joined.match import Unread, readable
from .match import pairs
from .opening import Own, attach, opened
from .pair import Pair
from .shape import shape_of
from .sql import fold
from .tables import table_names


def not_back(request: Dict[str, Any], own: Optional[Own] = None) -> List[Dict[str, Any]]:
    """How much of what was lost from ``old`` to ``new`` is missing in ``back`` too. ``tables``
    lists ``[alias, table, whether rows went, columns whose values went or changed]``, by old names.
    For each, an entry with the number of ``rows``, and ``columns``: column → number of values."""
    found: List[Dict[str, Any]] = []
    for alias, renames, entries in asked_back(request):
        connection = _own_or_ours(own, alias)
        try:
            paths = {name: request[name][alias] for name in ("old", "new", "back")}
            attach(connection, **paths)
            there = _pairs(connection, renames, [table for table, _, _ in entries])
            for table, rows_went, wanted in entries:
                pair = readable(there[table])
                again = _again(connection, pair)
                rows, columns = lost.not_back(pair, again, rows_went, wanted)
                entry = {"database": alias, "table": table, "rows": rows, "columns": columns}
                found.append(entry)
        finally:
            connection.close()
    return found


def _own_or_ours(own: Optional[Own], alias: str) -> sqlite3.Connection:
    connection = own(alias) if own is not None else None
    return opened() if connection is None else connection


def _pairs(
    connection: sqlite3.Connection, renames: Renames, tables: Collection[str]
) -> Dict[str, Union[Pair, Unread]]:
    """These tables by their old names, each with what it is now."""
    return {each.table: each for each in pairs(connection, renames, tables)}


def _again(connection: sqlite3.Connection, there: Pair) -> Optional[Pair]:
    """The old table paired with the table of the same name in the third database; ``None`` if there
    is none."""
    found = [each for each in table_names(connection, "back") if fold(each) == fold(there.table)]
    if not found:
        return None
    back = shape_of(connection, "back", found[0])
    in_back = {fold(name): name for name in back.types}
    names = {name: in_back.get(fold(name)) for name in there.old_types}
    return Pair(connection, there.table, found[0], names, (there.was, back), "back", "b")


def list_lost(request: Dict[str, Any], own: Optional[Own] = None) -> Optional[Dict[str, Any]]:
    """Everything that a table lost: its rows that are gone. If the request has ``column``, the
    values of that column that are gone or overwritten. If it has ``to``, all of them are written to
    that CSV file; otherwise, the first ``limit`` and their ``total`` are returned."""
    connection = _own_or_ours(own, request.get("alias") or "default")
    try:
        attach(connection, old=request["old"], new=request["new"])
        table = request["table"]
        pair = readable(_pairs(connection, request["renames"], [table])[table])
        return lost.list_lost(pair, request)
    finally:
        connection.close()
