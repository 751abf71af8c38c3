"""Compares the rows of two databases. Only counts, hashes and a few rows come here."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any, Dict, Iterator, List, Tuple, Union

from ...common.measuring import note
from ..engine import Renames
from ..entries import BOOKKEEPING, all_gone, all_new, empty, says_something
from . import drivers
from .blocks import side_by_side
from .catalogue import count_rows, why
from .entry import entry_of, is_same
from .match import Unread, pairs
from .opening import at_once, at_one_moment, attempt, found_out, opened, opened_if_there
from .pair import Pair, Side
from .scan import Scan, scanned
from .shape import Shape, parent_link
from .values import Match

#: Tables that are looked at in one query.
_TOGETHER = 100


@contextlib.contextmanager
def sides(*handles: str) -> Iterator[List[Side]]:
    """A context with a ``Side`` for each database: a connection of miglab's own that sees the
    database at one moment."""
    with contextlib.ExitStack() as stack:
        yield at_once(*(partial(stack.enter_context, _side(each)) for each in handles))


@contextlib.contextmanager
def _side(handle: str) -> Iterator[Side]:
    with opened(handle) as connection, at_one_moment(connection):
        yield Side(connection, found_out("shape", handle, lambda: Shape(connection)))


def compare(old: str, new: str, renames: Renames) -> List[Dict[str, Any]]:
    """One entry for each table in which rows or values were lost, added or changed, or which cannot
    be read. ``renames`` is the result of ``Trace.renames``, or ``None`` if the statements were not
    seen."""
    with opened_if_there(new) as there:
        if there is None:
            return _everything_gone(old)
    with sides(old, new) as (before, after):
        found = list(pairs(before, after, renames))
        entries = [_read_entry(pair, scan, found) for pair, scan in _looked_at(found)]
        entries += _new_tables(after, {each.now_name for each in found})
    for each in entries:
        if each["unreadable"]:
            note("compare the rows of %s" % each["table"], each["unreadable"])
    return [each for each in entries if says_something(each)]


def _looked_at(
    found: List[Union[Pair, Unread]],
) -> Iterator[Tuple[Union[Pair, Unread], Scan]]:
    """Each pair with a first look at it; unreadable ones are found one by one."""
    nothing = Scan(0, 0, True, {})
    for start in range(0, len(found), _TOGETHER):
        some = [each for each in found[start : start + _TOGETHER] if isinstance(each, Pair)]
        yield from (
            (each, nothing) for each in found[start : start + _TOGETHER] if isinstance(each, Unread)
        )
        if not some:
            continue
        connections = (some[0].old.connection, some[0].new.connection)
        try:
            with attempt(*connections):
                scans = scanned(some)
        except drivers.error():
            for each in some:
                try:
                    with attempt(*connections):
                        (scan,) = scanned([each])
                except drivers.error() as error:
                    yield Unread(each.table, each.now, error), nothing
                else:
                    yield each, scan
        else:
            yield from zip(some, scans)


def _read_entry(
    pair: Union[Pair, Unread], scan: Scan, found: List[Union[Pair, Unread]]
) -> Dict[str, Any]:
    if isinstance(pair, Unread):
        return dict(empty(pair.table.name, pair.now_name, 0, 0), unreadable=why(pair.error))
    if is_same(pair, scan):
        return entry_of(pair, scan)
    try:
        with attempt(pair.old.connection, pair.new.connection):
            entry = entry_of(pair, scan)
            if entry["lost"]:
                entry["orphans"] = _orphans(pair, found)
    except drivers.error() as error:
        return dict(empty(pair.table.name, pair.now_name, 0, 0), unreadable=why(error))
    return entry


def _orphans(pair: Pair, found: List[Union[Pair, Unread]]) -> Dict[str, int]:
    """How many rows of the parent model's table are still there without the rows of this table that
    extended them, by the parent table's present name."""
    link = parent_link(pair.old.shape, pair.table)
    if link is None:
        return {}
    own, parent_table, column = link
    parent = next((e for e in found if e.table is parent_table and isinstance(e, Pair)), None)
    if parent is None or parent.now is None or column not in parent.kept:
        return {}
    if pair.now is not None and not pair.key:
        return {}
    # A stand-in for the join of this table's rows with the parent's as they are now.
    joined = Pair(pair.old, pair.new, pair.table, None, {})
    joined.now, joined.key = parent.now, [own]
    joined.kept = {own: Match(pair.table.columns[own], parent.kept[column].new)}
    sides_ = [joined.blocks(False, []), joined.blocks(True, [])]
    if pair.now is not None:
        if pair.kept[own].is_number != joined.kept[own].is_number:
            return {}
        sides_.append(pair.blocks(True, []))
    number = 0
    for keys, there in side_by_side(*sides_):
        if there[0] is not None and there[1] is not None and (len(there) < 3 or there[2] is None):
            number += len(keys)
    return {parent.now.name: number} if number else {}


def _everything_gone(old: str) -> List[Dict[str, Any]]:
    with opened(old) as connection, at_one_moment(connection):
        counts = count_rows(connection)
    return all_gone(counts)


def _new_tables(after: Side, taken: Any) -> List[Dict[str, Any]]:
    names = [each for each in after.shape.tables if each not in taken and each not in BOOKKEEPING]
    counts = count_rows(after.connection, names) if names else {}
    return all_new(names, counts)
