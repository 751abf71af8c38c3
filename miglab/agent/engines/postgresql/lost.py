"""Counts how much of what was lost between two databases is missing in a third one too, and lists
what was lost."""

from __future__ import annotations

import csv
import itertools
from operator import ne
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, Union

from ..entries import asked_back, plain
from .blocks import side_by_side
from .entry import changed_value
from .match import Unread, pairs
from .multisets import lost_groups, lost_values, surplus
from .opening import stream
from .pair import Pair, Side, merged
from .rows import sides
from .scan import Scan, scanned
from .values import NULL, column, labelled, whole


def not_back(request: Dict[str, Any]) -> List[Dict[str, Any]]:
    """How much of what was lost from ``old`` to ``new`` is missing in ``back`` too. ``tables``
    lists ``[alias, table, whether rows went, columns whose values went or changed]``, by old names.
    For each, an entry with the number of ``rows``, and ``columns``: column → number of values."""
    found: List[Dict[str, Any]] = []
    for alias, renames, entries in asked_back(request):
        with sides(*(request[name][alias] for name in ("old", "new", "back"))) as (old, new, back):
            tables = [table for table, _, _ in entries]
            there = {each.table.name: each for each in pairs(old, new, renames, tables)}
            for table, rows_went, wanted in entries:
                rows, columns = _not_back(_read(there[table]), back, rows_went, wanted)
                entry = {"database": alias, "table": table, "rows": rows, "columns": columns}
                found.append(entry)
    return found


def _read(found: Union[Pair, Unread]) -> Pair:
    """The table that was found, if it can be read.

    Raises:
        Error: it cannot be read.
    """
    if isinstance(found, Unread):
        raise found.error
    return found


def _not_back(
    there: Pair, back: Side, rows_went: bool, wanted: List[str]
) -> Tuple[int, Dict[str, int]]:
    found = back.shape.tables.get(there.table.name)
    stored = _stored(there, wanted)
    if found is None:
        return stored.before, stored.stored
    names = {name: name if name in found.columns else None for name in there.table.columns}
    again = Pair(there.old, back, there.table, found, names)
    if not again.key or (there.key and there.key != again.key):
        number = surplus(again) if again.kept else stored.before
        return number, {name: min(number, stored.stored[name]) for name in wanted}
    counted = _Counted(there, again, rows_went, wanted)
    if rows_went and there.now is not None and not there.key:
        counted.rows = min(surplus(there) if there.kept else stored.before, surplus(again))
    return counted.rows, counted.columns


def _stored(pair: Pair, names: List[str]) -> Scan:
    """How many rows the old table had, and how many values other than NULL each of these columns
    had."""
    alone = Pair(pair.old, pair.new, pair.table, None, {})
    alone.dropped = list(names)
    return scanned([alone])[0]


class _Counted:
    """Walks along the old rows, the rows that they became, and the rows that are back; counts what
    is not back."""

    def __init__(self, there: Pair, again: Pair, rows_went: bool, wanted: List[str]) -> None:
        self.rows = 0
        self.columns = dict.fromkeys(wanted, 0)
        answering = there.now is not None and bool(there.key)
        if answering:
            _sort_alike(there, again)
        looked_at = [name for name in wanted if name in again.kept]
        stays = [name for name in wanted if name in there.kept and answering]

        # In a table that stays, a row that comes back with another value is back: its value isn't.
        whole_rows = rows_went and there.now is None

        def row_of(is_new: bool) -> str:
            return whole(again.kept.values(), "t", is_new) if whole_rows else "0"

        sides_ = [
            again.blocks(
                False,
                [
                    row_of(False),
                    *(again.kept[name].digest("t", False) for name in looked_at),
                    *(there.kept[name].digest("t", False) for name in stays),
                    *(again.is_stored(name) for name in wanted),
                ],
            ),
            again.blocks(
                True,
                [row_of(True), *(again.kept[name].digest("t", True) for name in looked_at)],
            ),
        ]
        if answering:
            sides_.append(there.blocks(True, [there.kept[n].digest("t", True) for n in stays]))
        places = {name: place for place, name in enumerate(looked_at, 1)}
        width = 1 + len(looked_at)
        for keys, row in side_by_side(*sides_):
            old, end = row[0], row[1]
            middle = row[2] if answering else None
            if old is None:
                continue
            hashes, rest = old[:width], old[width:]
            was, has = rest[: len(stays)], rest[len(stays) :]
            gone = middle is None
            if rows_went and gone:
                # Where whole rows do not count, both have 0.
                self.rows += len(keys) if end is None else sum(map(ne, hashes[0], end[0]))
            for name, stored in zip(wanted, has):
                # Of each row whether it had a value, whether that went, and whether it is not back.
                flags: List[Iterable[bool]] = [map("true".__eq__, stored)]
                if name in stays:
                    place = stays.index(name)
                    flags.append([] if middle is None else map(ne, was[place], middle[place]))
                elif answering and gone:
                    # A value of a row that is gone is gone with its row.
                    continue
                at = places.get(name)
                if end is not None and at is not None:
                    flags.append(map(ne, hashes[at], end[at]))
                self.columns[name] += sum(map(all, zip(*flags)))


def _sort_alike(there: Pair, again: Pair) -> None:
    """Make both pairs sort by the same kind of key, because their three sides are merged. If a
    column of the key has different types in the two new tables, both pairs use texts."""
    for name in there.key:
        one, other = there.kept[name], again.kept[name]
        if one.is_number != other.is_number or one.new.base != other.new.base:
            # Both as texts, as they are written.
            again.as_text = there.as_text = True


def list_lost(request: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """Everything that a table lost: its rows that are gone. If the request has ``column``, the
    values of that column that are gone or overwritten. If it has ``to``, all of them are written to
    that CSV file; otherwise, the first ``limit`` and their ``total`` are returned."""
    with sides(request["old"], request["new"] or request["old"]) as (old, new):
        table, renames = request["table"], request["renames"]
        if not request["new"]:
            pair = Pair(old, new, old.shape.tables[table], None, {})
        else:
            (one,) = pairs(old, new, renames, [table])
            pair = _read(one)
        labels, found = _listed(pair, request.get("column"))
        if "to" not in request:
            first = [[plain(v) for v in row] for row in itertools.islice(found, request["limit"])]
            total = len(first) + sum(1 for _ in found)
            return {"columns": labels, "rows": first, "total": total}
        with open(request["to"], "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(labels)
            writer.writerows([plain(value) for value in row] for row in found)
        return None


def _listed(pair: Pair, name: Optional[str]) -> Tuple[List[str], Iterator[Sequence[Any]]]:
    """What a table lost: column labels, and rows. ``name`` is the old name of a column; if it is
    ``None``, whole rows are listed."""
    if name is None:
        return _lost_rows(pair)
    if name in pair.kept:
        return _changed_values(pair, name)
    if pair.now is not None and pair.key:
        names = [*(each for each in pair.table.key if each != name), name]
        wanted = [pair.shown_old(each) for each in names]
        return names, (
            old
            for _, (old, new) in merged(
                pair.stream(False, wanted, pair.is_stored(name)), pair.stream(True, [])
            )
            if old is not None and new is not None
        )
    (scan,) = scanned([pair])
    return lost_values(pair, name, _stored(pair, [name])._replace(after=scan.after))


def _changed_values(pair: Pair, name: str) -> Tuple[List[str], Iterator[Sequence[Any]]]:
    labels, shown_old, shown_new = changed_value(pair, name)
    hashed = [[pair.kept[name].digest("t", is_new)] for is_new in (False, True)]
    return labels, (
        [*old[1:], *new[1:]]
        for _, (old, new) in merged(
            pair.stream(False, hashed[0] + shown_old), pair.stream(True, hashed[1] + shown_new)
        )
        if old is not None and new is not None and old[0] not in (new[0], NULL)
    )


def _lost_rows(pair: Pair) -> Tuple[List[str], Iterator[Sequence[Any]]]:
    names = list(pair.table.columns)
    if pair.now is None:
        sql = "SELECT %s FROM %s t" % (
            labelled("t", pair.table.columns.values()) or "NULL",
            pair.table.source,
        )
        if pair.table.key:
            sql += " ORDER BY " + ", ".join(column("t", each) for each in pair.table.key)
        return names, stream(pair.old.connection, sql)
    if not pair.key:
        return lost_groups(pair)
    wanted = [pair.shown_old(each) for each in names]
    return names, (
        old
        for _, (old, new) in merged(pair.stream(False, wanted), pair.stream(True, []))
        if old is not None and new is None
    )
