"""Compares the rows of two databases inside their server, and finds what is lost. Only counts and a
few rows come here."""

from __future__ import annotations

import contextlib
from typing import Any, Collection, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from ...common.measuring import Unmeasured, note
from ..engine import Renames
from ..entries import BOOKKEEPING, all_gone, all_new, asked_back, empty, says_something
from ..joined import lost
from ..joined.entry import entry_of, orphans
from ..joined.match import Unread, readable
from ..joined.match import pairs as matched
from . import drivers
from .catalogue import count_rows, why
from .opening import at_one_moment, database, exists, opened
from .pair import Pair
from .shape import Shape, parent_link


class Databases:
    """Two or three databases of one server, at one moment. As ``joined.match.Both``, it stands for
    the first and the second of them."""

    def __init__(self, connection: Any, *names: str) -> None:
        self.connection, self.names = connection, names
        self.error = drivers.error()
        self.shapes = [Shape(connection, each) for each in names]

    def fold(self, name: str) -> str:
        """The name, unchanged: different names are never treated as equal."""
        return name

    def tables(self, is_new: bool) -> List[str]:
        """The names of the tables in one of the databases."""
        return list(self.shapes[is_new].tables)

    def columns(self, is_new: bool, table: str) -> Sequence[str]:
        """The columns of a table that hold stored values."""
        return list(self.shapes[is_new].tables[table].columns)

    def key(self, is_new: bool, table: str) -> List[str]:
        """The columns of a table's primary key."""
        return self.shapes[is_new].tables[table].key

    def pair(self, table: str, now: Optional[str], columns: Dict[str, Optional[str]]) -> Pair:
        """Pair an old table with what it is now."""
        return Pair(self.connection, (self.shapes[0], self.shapes[1]), table, now, columns)

    def pairs(
        self, renames: Renames, only: Optional[Collection[str]] = None
    ) -> Dict[str, Union[Pair, Unread]]:
        """Each table, or each of ``only`` these, by its old name, with what it is now."""
        found: Dict[str, Union[Pair, Unread]] = {}
        for each in matched(self, renames, only):
            assert isinstance(each, (Pair, Unread))
            found[each.table] = each
        return found

    def again(self, table: str) -> Optional[Pair]:
        """An old table paired with the table of the same name in the third database; ``None`` if
        there is none."""
        found = self.shapes[2].tables.get(table)
        if found is None:
            return None
        names = {
            each: each if each in found.columns else None for each in self.columns(False, table)
        }
        return Pair(self.connection, (self.shapes[0], self.shapes[2]), table, table, names, "b")


@contextlib.contextmanager
def together(*handles: str) -> Iterator[Databases]:
    """A context with databases of one server, read by one connection of miglab's own.

    Raises:
        Unmeasured: the databases are on different servers.
    """
    places = {_server(each) for each in handles}
    if len(places) > 1:
        raise Unmeasured("databases on two servers cannot be compared: " + ", ".join(handles))
    with opened(handles[0], "") as connection, at_one_moment(connection):
        yield Databases(connection, *map(database, handles))


def _server(handle: str) -> Tuple[str, str, str]:
    known = drivers.parts(handle)
    return known.get("unix_socket", ""), known.get("host", ""), known.get("port", "")


def compare(old: str, new: str, renames: Renames) -> List[Dict[str, Any]]:
    """One entry for each table in which rows or values were lost, added or changed, or which cannot
    be read. ``renames`` is the result of ``Trace.renames``, or ``None`` if the statements were not
    seen."""
    if not exists(new):
        return _everything_gone(old)
    with together(old, new) as both:
        found = both.pairs(renames)
        entries = [_read_entry(each, found) for each in found.values()]
        entries += _new_tables(both, {each.now for each in found.values()})
    for each in entries:
        if each["unreadable"]:
            note("compare the rows of %s" % each["table"], each["unreadable"])
    return [each for each in entries if says_something(each)]


def _read_entry(pair: Union[Pair, Unread], found: Dict[str, Union[Pair, Unread]]) -> Dict[str, Any]:
    if isinstance(pair, Unread):
        return dict(empty(pair.table, pair.now, 0, 0), unreadable=why(pair.error))
    try:
        entry = entry_of(pair)
        if entry["lost"]:
            entry["orphans"] = _orphans(pair, found)
    except drivers.error() as error:
        return dict(empty(pair.table, pair.now, 0, 0), unreadable=why(error))
    return entry


def _orphans(pair: Pair, found: Dict[str, Union[Pair, Unread]]) -> Dict[str, int]:
    link = parent_link(pair.was)
    parent = found.get(link[1]) if link else None
    if link is None or not isinstance(parent, Pair) or link[2] not in parent.kept:
        return {}
    return orphans(pair, parent, link[0], parent.kept[link[2]])


def _everything_gone(old: str) -> List[Dict[str, Any]]:
    with opened(old) as connection, at_one_moment(connection):
        counts = count_rows(connection, database(old))
    return all_gone(counts)


def _new_tables(both: Databases, taken: Any) -> List[Dict[str, Any]]:
    names = [each for each in both.tables(True) if each not in taken and each not in BOOKKEEPING]
    counts = count_rows(both.connection, both.names[1], names) if names else {}
    return all_new(names, counts)


def not_back(request: Dict[str, Any]) -> List[Dict[str, Any]]:
    """How much of what was lost from ``old`` to ``new`` is missing in ``back`` too. ``tables``
    lists ``[alias, table, whether rows went, columns whose values went or changed]``, by old names.
    For each, an entry with the number of ``rows``, and ``columns``: column → number of values."""
    found: List[Dict[str, Any]] = []
    for alias, renames, entries in asked_back(request):
        with together(*(request[name][alias] for name in ("old", "new", "back"))) as databases:
            there = databases.pairs(renames, [table for table, _, _ in entries])
            for table, rows_went, wanted in entries:
                pair, again = readable(there[table]), databases.again(table)
                rows, columns = lost.not_back(pair, again, rows_went, wanted)
                entry = {"database": alias, "table": table, "rows": rows, "columns": columns}
                found.append(entry)
    return found


def list_lost(request: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """Everything that a table lost: its rows that are gone. If the request has ``column``, the
    values of that column that are gone or overwritten. If it has ``to``, all of them are written to
    that CSV file; otherwise, the first ``limit`` and their ``total`` are returned."""
    with together(request["old"], request["new"] or request["old"]) as both:
        if not request["new"]:
            return lost.list_lost(both.pair(request["table"], None, {}), request)
        table = request["table"]
        pair = readable(both.pairs(request["renames"], [table])[table])
        return lost.list_lost(pair, request)
