"""Finds which table a statement fills from another one, and each column's source."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from .sql import Token, after, fold, inside, is_sign, parts, tokens
from .states import Fill, Table, columns_of

#: What may follow the tables of a SELECT.
_BEHIND = ("WHERE", "GROUP", "ORDER", "LIMIT")


def filled(sql: str, tables: Dict[str, Table]) -> Optional[Tuple[str, Fill]]:
    """The folded name of the table from which a statement fills another, and which of its columns
    goes into which. Recognized are INSERT INTO … SELECT … FROM one table, and CREATE TABLE … AS
    SELECT; ``None`` for all others."""
    found = tokens(sql)
    select = after(found, "SELECT")
    if select is None:
        return None
    end = _place(found, select, "FROM")
    if end is None:
        return None
    table, behind = _named(found, end + 1)
    if table is None or table not in tables or _joins(found[behind:]):
        return None
    place = after(found, "INTO") or after(found, "TABLE", "IF", "NOT", "EXISTS")
    place = place or after(found, "TABLE")
    if place is None or place >= select:
        return None
    into, behind = _named(found, place)
    if into is None or into not in tables or into == table:
        return None
    names = columns_of(tables[into])
    if behind < len(found) and is_sign(found[behind], "("):
        names = [fold(each[0].name) for each in parts(inside(found, behind))]
    sources = columns_of(tables[table])
    chosen: List[Optional[str]] = []
    for item in parts(found[select:end]):
        if is_sign(item[-1], "*"):
            chosen += sources
        else:
            chosen.append(_source(item, sources, names[len(chosen) : len(chosen) + 1]))
    columns: Dict[str, str] = {}
    for source, target in zip(chosen, names):
        if source is not None:
            columns.setdefault(source, target)
    return table, Fill(into, columns)


def _place(found: List[Token], start: int, word: str) -> Optional[int]:
    place = after(found[start:], word)
    return None if place is None else start + place - 1


def _named(found: List[Token], place: int) -> Tuple[Optional[str], int]:
    """The table that is named here, folded, without its schema; and the place behind it."""
    if place >= len(found) or not found[place].names:
        return None, place
    name = found[place]
    if place + 2 < len(found) and is_sign(found[place + 1], ".") and found[place + 2].names:
        place, name = place + 2, found[place + 2]
    return fold(name.name), place + 1


def _joins(rest: List[Token]) -> bool:
    """Whether more than one table is read."""
    ends = [end for end in (_place(rest, 0, word) for word in _BEHIND) if end is not None]
    first = rest[: min(ends, default=len(rest))]
    return any(is_sign(each, ",") for each in first) or after(rest, "JOIN") is not None


def _source(item: List[Token], sources: List[str], target: List[str]) -> Optional[str]:
    """The column that a value comes from. Of the columns that the expression names, this is the one
    that is called like its target, or else the first. ``None`` if it names none."""
    called = after(item, "AS")
    item = item if called is None else item[: called - 1]
    named = [
        fold(each.name)
        for place, each in enumerate(item)
        if each.kind in ("name", "word")
        and fold(each.name) in sources
        and not (place + 1 < len(item) and is_sign(item[place + 1], "("))
    ]
    if not named:
        return None
    return target[0] if target and target[0] in named else named[0]
