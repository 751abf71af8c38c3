"""Finds what each table and column of an old database has become: from the statements that ran, if
they were seen, and otherwise from the server's own numbers and from what is stored in them."""

from __future__ import annotations

import contextlib
from typing import Any, Collection, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from ..engine import Renames
from ..following import followed, followed_columns
from . import drivers
from .opening import attempt, quote, rows
from .pair import Pair, Side
from .shape import Table
from .values import Match, whole


class Unread(NamedTuple):
    """A table of the old database that cannot be read, with the reason."""

    table: Table
    now: Optional[Table]
    error: Exception

    @property
    def now_name(self) -> Optional[str]:
        """What the table is called now."""
        return self.now.name if self.now is not None else None


def _itself(name: str) -> str:
    return name


def pairs(
    old: Side, new: Side, renames: Renames, only: Optional[Collection[str]] = None
) -> Sequence[Union[Pair, Unread]]:
    """Each old table, or each of ``only`` these, with the table that it is now."""
    if renames is None:
        renames = _guessed(old, new)
    before, after = old.shape.tables, new.shape.tables
    found: List[Tuple[Table, Optional[Table], Dict[str, Optional[str]]]] = []
    for name, called, known, kept in followed([*before], [*after], renames, _itself):
        if only is not None and name not in only:
            continue
        table, now = before[name], after[called] if called is not None else None
        columns: Dict[str, Optional[str]] = {}
        if now is not None:
            columns = followed_columns(table.columns, now.columns, known, kept, _itself)
        found.append((table, now, columns))
    with contextlib.suppress(drivers.error()), attempt(old.connection, new.connection):
        return [Pair(old, new, *each) for each in found]
    return [_pair(old, new, *each) for each in found]


def _pair(
    old: Side, new: Side, table: Table, now: Optional[Table], columns: Dict[str, Optional[str]]
) -> Union[Pair, Unread]:
    try:
        with attempt(old.connection, new.connection):
            return Pair(old, new, table, now, columns)
    except drivers.error() as error:
        return Unread(table, now, error)


def _guessed(old: Side, new: Side) -> Dict[str, Any]:
    """Guess the renames if nobody saw the statements. A copy on the same server has the numbers of
    its original, by which tables and columns are found. Otherwise, a table that is gone is matched
    with a new one that has the same contents."""
    before, after = old.shape.tables, new.shape.tables
    tables: Dict[str, str] = {}
    columns: Dict[str, Dict[str, str]] = {}
    for name, table in before.items():
        now = new.shape.by_oid.get(table.oid)
        if now is not None and now.name != name and _is_alike(table, now):
            tables[name] = now.name
    came = [each for name, each in after.items() if name not in before]
    for name, table in before.items():
        if name not in after and name not in tables:
            for each in came:
                if each.name not in tables.values() and _holds_the_same(old, new, table, each):
                    tables[name] = each.name
                    break
    for name, table in before.items():
        now = after.get(tables.get(name, name))
        if now is not None:
            found = _columns(old, new, table, now)
            if found:
                columns[name] = found
    return {"tables": tables, "columns": columns, "rebuilt": []}


def _is_alike(one: Table, other: Table) -> bool:
    """Whether two tables with the same number are the same table: at least one column has the same
    number and type in both."""
    numbers = {each.number: each.kind for each in other.columns.values()}
    return any(numbers.get(each.number) == each.kind for each in one.columns.values())


def _holds_the_same(old: Side, new: Side, one: Table, other: Table) -> bool:
    if not one.columns or len(one.columns) != len(other.columns):
        return False
    matches = [Match(o, n) for o, n in zip(one.columns.values(), other.columns.values())]
    return _sum_up_alike(matches, (old, one, "*"), (new, other, "*"))


def _columns(old: Side, new: Side, table: Table, now: Table) -> Dict[str, str]:
    """Old name → new name of each renamed column, found by its number or else by its values."""
    gone = [each for name, each in table.columns.items() if name not in now.columns]
    came = [each for name, each in now.columns.items() if name not in table.columns]
    found: Dict[str, str] = {}
    if table.oid == now.oid and _is_alike(table, now):
        numbers = {each.number: each.name for each in came}
        return {each.name: numbers[each.number] for each in gone if each.number in numbers}
    if not gone or not came or table.key != now.key or not table.key:
        return {}
    for one in gone:
        for other in came:
            if other.name not in found.values() and _same_values(old, new, table, now, one, other):
                found[one.name] = other.name
                break
    return found


def _same_values(old: Side, new: Side, table: Table, now: Table, one: Any, other: Any) -> bool:
    """Whether two columns hold the same values in rows with the same keys."""
    matches = [Match(table.columns[each], now.columns[each]) for each in table.key]
    matches.append(Match(one, other))
    places = ((old, table, "t." + quote(one.name)), (new, now, "t." + quote(other.name)))
    return _sum_up_alike(matches, *places)


def _sum_up_alike(matches: List[Match], *places: Tuple[Side, Table, str]) -> bool:
    """Whether the matched columns have the same values in the old and the new table, and the number
    of what is counted there is not 0."""
    found = []
    for (side, table, counted), is_new in zip(places, (False, True)):
        hashed = whole(matches, "t", is_new)
        sql = "SELECT count(%s), sum(%s::numeric)::text FROM %s t" % (counted, hashed, table.source)
        try:
            with attempt(side.connection):
                found.append(rows(side.connection, sql)[0])
        except drivers.error():
            return False
    return bool(found[0][0]) and found[0] == found[1]
