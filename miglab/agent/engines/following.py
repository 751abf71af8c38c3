"""Finds what each table and column of an old database is called now, from what ``Trace.renames``
says; ``fold`` gives the same text for names that an engine treats as equal."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from .entries import BOOKKEEPING

Fold = Callable[[str], str]
#: A table's old name; its name now, or ``None`` if it is gone; what is known of its columns, by
#: their folded old names; and whether all other columns have kept their names.
Followed = Tuple[str, Optional[str], Dict[str, Optional[str]], bool]


def by_folded(names: Iterable[str], fold: Fold) -> Dict[str, str]:
    return {fold(name): name for name in names}


def followed(
    before: List[str], after: List[str], renames: Dict[str, Any], fold: Fold
) -> Iterator[Followed]:
    """Each old table as ``Followed``, except ``django_migrations``."""
    there = by_folded(after, fold)
    known = by_folded(renames["tables"], fold)
    tables = {name: renames["tables"][known[fold(name)]] for name in before if fold(name) in known}
    taken = {fold(tables.get(table, table) or "") for table in before}
    for table in before:
        if fold(table) in BOOKKEEPING:
            continue
        called = tables.get(table, table)
        # Dropped and made anew: compared by what is in it.
        anew = called is None and fold(table) not in taken
        now = there.get(fold(table if anew or called is None else called))
        if called is None and not anew:
            now = None
        columns = {} if anew else _of_table(renames["columns"], table, fold)
        kept = anew or fold(table) not in map(fold, renames["rebuilt"])
        yield table, now, columns, kept


def _of_table(columns: Dict[str, Any], table: str, fold: Fold) -> Dict[str, Optional[str]]:
    name = by_folded(columns, fold).get(fold(table))
    return {fold(old): now for old, now in columns[name].items()} if name is not None else {}


def followed_columns(
    old: Iterable[str],
    new: Iterable[str],
    known: Dict[str, Optional[str]],
    kept: bool,
    fold: Fold,
) -> Dict[str, Optional[str]]:
    """Each column of a table with its name now, or ``None``; ``known`` and ``kept`` are those of
    ``Followed``."""
    columns: Dict[str, Optional[str]] = {}
    there = by_folded(new, fold)
    for name in old:
        called = known.get(fold(name), name if kept else None)
        columns[name] = None if called is None else there.get(fold(called))
    # A column that was dropped and made anew is compared by what is in it.
    anew = set(there.values()) - set(columns.values())
    for name, called in columns.items():
        same = there.get(fold(name))
        columns[name] = same if called is None and same in anew else called
    return columns
