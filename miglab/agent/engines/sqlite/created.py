"""Reads from a CREATE TABLE, CREATE INDEX or CREATE VIRTUAL TABLE what no PRAGMA tells: collations,
expressions, checks, and which foreign keys are deferred."""

from __future__ import annotations

from functools import lru_cache
from typing import Dict, List, NamedTuple, Optional, Tuple

from .sql import Token, after, fold, inside, is_sign, outside, parts, tokens, written

#: What a constraint of a whole table begins with.
_OF_TABLE = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")

#: A virtual table's module → the endings of the names of the tables in which it keeps its rows.
SHADOWS = {
    "fts3": ("content", "segments", "segdir", "docsize", "stat"),
    "fts4": ("content", "segments", "segdir", "docsize", "stat"),
    "fts5": ("data", "idx", "content", "docsize", "config"),
    "rtree": ("node", "rowid", "parent"),
    "rtree_i32": ("node", "rowid", "parent"),
    "geopoly": ("node", "rowid", "parent"),
}


class Column(NamedTuple):
    """What a column's definition says. ``expression`` computes a generated column; it is ``None``
    for all others."""

    name: str
    collation: str
    counts_up: bool
    expression: Optional[str]


class Created(NamedTuple):
    """What a CREATE TABLE says. ``deferred`` are the columns of foreign keys that are checked at
    the end of a transaction; their names are folded."""

    columns: Tuple[Column, ...]
    key: Tuple[str, ...]
    checks: Tuple[str, ...]
    deferred: Tuple[Tuple[str, ...], ...]


@lru_cache(maxsize=4096)
def table(sql: str) -> Created:
    """What a CREATE TABLE says."""
    found = tokens(sql)
    opening = next((place for place, each in enumerate(found) if is_sign(each, "(")), None)
    columns: List[Column] = []
    key: List[str] = []
    checks: List[str] = []
    deferred: List[Tuple[str, ...]] = []
    for part in parts(inside(found, opening)) if opening is not None else []:
        of_table = part[0].word in _OF_TABLE
        name = part[0].name
        checks += _checks(sql, part)
        keyed = after(part, "PRIMARY", "KEY")
        if keyed is not None:
            key += _names(part, keyed) if of_table else [name]
        if _is_deferred(part):
            foreign = after(part, "FOREIGN", "KEY")
            names = _names(part, foreign) if foreign is not None else [name]
            deferred.append(tuple(map(fold, names)))
        if not of_table:
            columns.append(_column(sql, part))
    return Created(tuple(columns), tuple(key), tuple(sorted(checks)), tuple(sorted(deferred)))


def _column(sql: str, part: List[Token]) -> Column:
    collated = after(part, "COLLATE")
    made = after(part, "AS")
    return Column(
        part[0].name,
        part[collated].name if collated is not None and collated < len(part) else "",
        after(part, "AUTOINCREMENT") is not None,
        written(sql, inside(part, made)) if made is not None else None,
    )


def _checks(sql: str, part: List[Token]) -> List[str]:
    found = []
    for place, each in outside(part):
        if each.word == "CHECK" and place + 1 < len(part) and is_sign(part[place + 1], "("):
            found.append("(%s)" % written(sql, inside(part, place + 1)))
    return found


def _is_deferred(part: List[Token]) -> bool:
    place = after(part, "DEFERRABLE", "INITIALLY", "DEFERRED")
    return place is not None and part[place - 4].word != "NOT"


def _names(part: List[Token], opening: int) -> List[str]:
    """The names in the brackets at this place."""
    if opening >= len(part):
        return []
    return [each[0].name for each in parts(inside(part, opening))]


def index(sql: str) -> Tuple[List[str], Optional[str]]:
    """The parts of a CREATE INDEX as they are written, and its condition."""
    found = tokens(sql)
    opening = next((place for place, each in enumerate(found) if is_sign(each, "(")), None)
    if opening is None:
        return [], None
    where = after(found, "WHERE")
    condition = None if where is None else written(sql, found[where:])
    return [written(sql, part) for part in parts(inside(found, opening))], condition


def virtual(sql: str) -> Optional[Tuple[str, List[List[Token]]]]:
    """The module of a CREATE VIRTUAL TABLE, folded, and its arguments; ``None`` for any other."""
    if "VIRTUAL" not in sql.upper():
        return None
    found = tokens(sql)
    if [each.word for each in found[:3]] != ["CREATE", "VIRTUAL", "TABLE"]:
        return None
    using = after(found, "USING")
    if using is None or using >= len(found):
        return "", []
    arguments = inside(found, using + 1) if using + 1 < len(found) else []
    return fold(found[using].name), parts(arguments)


def is_derived(sql: str) -> bool:
    """Whether a virtual table only finds what is stored elsewhere: a full-text index of another
    table's rows, or one that keeps no text."""
    made = virtual(sql)
    if made is None or not made[0].startswith("fts"):
        return False
    return any(
        len(each) > 1 and fold(each[0].name) == "content" and is_sign(each[1], "=")
        for each in made[1]
    )


def shadows(made: Dict[str, str]) -> Dict[str, str]:
    """The tables in which virtual tables keep their rows, each with the name of its virtual table.
    ``made`` maps the name of each table to its SQL."""
    by_name = {fold(name): name for name in made}
    found: Dict[str, str] = {}
    for name, sql in made.items():
        module = virtual(sql)
        for ending in SHADOWS.get(module[0], ()) if module is not None else ():
            shadow = by_name.get(fold("%s_%s" % (name, ending)))
            if shadow is not None:
                found[shadow] = name
    return found
