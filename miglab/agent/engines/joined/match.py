"""Finds what each table and column of an old database has become: from the statements that ran, if
they were seen, and otherwise from what is stored in them."""

from __future__ import annotations

import contextlib
from typing import (
    Any,
    Collection,
    Dict,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Protocol,
    Sequence,
    Type,
    TypeVar,
    Union,
)

from ..engine import NOTHING_RENAMED, Renames
from ..following import by_folded, followed, followed_columns
from .pair import Pair

#: The subclass of ``Pair`` of one engine.
SomePair = TypeVar("SomePair", bound=Pair)


class Unread(NamedTuple):
    """A table of the old database that cannot be read, with the reason."""

    table: str
    now: Optional[str]
    error: Exception


def readable(found: Union[SomePair, Unread]) -> SomePair:
    """The table that was found, if it can be read.

    Raises:
        Error: it cannot be read; the exception is the driver's own.
    """
    if isinstance(found, Unread):
        raise found.error
    return found


class Both(Protocol):
    """Two databases that one connection reads. If ``is_new`` is true, a method is about the new
    one, otherwise about the old one."""

    error: Type[Exception]

    def fold(self, name: str) -> str:
        """A form of a name that is the same for all names that the engine treats as equal."""

    def tables(self, is_new: bool) -> List[str]:
        """The names of the tables in one of the databases."""

    def columns(self, is_new: bool, table: str) -> Sequence[str]:
        """The columns of a table that hold stored values, in order."""

    def key(self, is_new: bool, table: str) -> List[str]:
        """The columns of the primary key, in their order."""

    def pair(self, table: str, now: Optional[str], columns: Dict[str, Optional[str]]) -> Pair:
        """Pair an old table with what it has become. ``columns`` maps each old column to its name
        now."""


def pairs(
    both: Both, renames: Renames, only: Optional[Collection[str]] = None
) -> Iterator[Union[Pair, Unread]]:
    """Each old table, or each of ``only`` these, with the table that it has become."""
    before, after = both.tables(False), both.tables(True)
    guessing = renames is None
    if renames is None:
        renames = {**NOTHING_RENAMED, "tables": _guess_tables(both, before, after)}
    for table, now, columns, kept in followed(before, after, renames, both.fold):
        if only is not None and table not in only:
            continue
        try:
            yield _paired(both, table, now, columns, kept, guessing)
        except both.error as error:
            yield Unread(table, now, error)


def _paired(
    both: Both,
    table: str,
    now: Optional[str],
    known: Dict[str, Optional[str]],
    kept: bool,
    guessing: bool,
) -> Pair:
    columns: Dict[str, Optional[str]] = {}
    if now is not None:
        there = both.columns(True, now)
        columns = followed_columns(both.columns(False, table), there, known, kept, both.fold)
        if guessing:
            columns.update(_guess_columns(both, table, now))
    return both.pair(table, now, columns)


def _guess_tables(both: Both, before: List[str], after: List[str]) -> Dict[str, str]:
    """Guess renamed tables if nobody saw the statements: old name → new name, for a table that is
    gone and a new one that has the same contents."""
    found: Dict[str, str] = {}
    old_names, new_names = by_folded(before, both.fold), by_folded(after, both.fold)
    for old in (name for name in before if both.fold(name) not in new_names):
        for new in (name for name in after if both.fold(name) not in old_names):
            # One that cannot be read is guessed to be none.
            with contextlib.suppress(both.error):
                if new not in found.values() and _holds_the_same(both, old, new):
                    found[old] = new
                    break
    return found


def _holds_the_same(both: Both, old: str, new: str) -> bool:
    """Whether all values are the same, column by column in their order."""
    one, other = both.columns(False, old), both.columns(True, new)
    if not one or len(one) != len(other):
        return False
    pair = both.pair(old, new, dict(zip(one, other)))
    was, now = pair.counts()
    return bool(was) and was == now and not pair.surplus()


def _guess_columns(both: Both, table: str, now: str) -> Dict[str, Any]:
    """Guess renamed columns if nobody saw the statements: old name → new name, for a column that is
    gone and a new one that has the same values. Rows are matched by the primary key."""
    key, now_key = both.key(False, table), both.key(True, now)
    if not key or list(map(both.fold, key)) != list(map(both.fold, now_key)):
        return {}
    old, new = both.columns(False, table), both.columns(True, now)
    found: Dict[str, Any] = {}
    old_names, new_names = by_folded(old, both.fold), by_folded(new, both.fold)
    for gone in (name for name in old if both.fold(name) not in new_names):
        for come in (name for name in new if both.fold(name) not in old_names):
            if come in found.values():
                continue
            pair = both.pair(table, now, {**dict(zip(key, now_key)), gone: come})
            if not pair.key or gone not in pair.kept:
                return {}
            filled, differing = pair.numbers(
                "SELECT count(o.%s), coalesce(sum(%s), 0) %s WHERE NOT %s"
                % (pair.quote(gone), pair.differs(gone), pair.join, pair.gone)
            )
            if filled and not differing:
                found[gone] = come
                break
    return found
