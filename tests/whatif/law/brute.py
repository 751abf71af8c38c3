"""Compares two databases the slow way: all rows in memory, value by value.

Nothing of miglab is used here. What was renamed comes from whoever made the migrations.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Django's own bookkeeping, which is told as the record.
BOOKKEEPING = ("django_migrations", "sqlite_sequence")

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.I)

#: A value with its type: 1, 1.0 and '1' are three.
Value = tuple[str, Any]
Row = dict[str, Value]


@dataclass(frozen=True)
class Names:
    """What was renamed: tables {old: new or ``None``}, columns {old table: {old: new or ``None``}}.
    ``links`` are the two foreign keys of each automatic many-to-many table, by its old name and by
    its new one."""

    tables: Mapping[str, str | None] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    old_links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    new_links: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stored:
    """One table: its columns that are stored, with their declared types; its key; its rows."""

    types: Mapping[str, str]
    key: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass
class Change:
    """What became of one table. ``gone``, ``changed`` and ``dropped`` name rows by their old keys,
    or by their place where they have none; with ``multisets`` no key lasts, and ``gone`` holds
    rows. ``changed`` has columns by their new names, ``dropped`` by their old ones, as miglab."""

    now: str | None
    before: int = 0
    after: int = 0
    gone: set[Any] = field(default_factory=set)
    lost: int = 0
    gained: int = 0
    multisets: bool = False
    changed: dict[str, set[Any]] = field(default_factory=dict)
    dropped: dict[str, set[Any]] = field(default_factory=dict)
    #: Of the rows that changed in a column, those in which it was NULL: nothing was stored there.
    filled: dict[str, set[Any]] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.lost or self.gained or self.changed or self.dropped)

    @property
    def costs(self) -> bool:
        """Whether something that was stored is gone."""
        return bool(self.lost or self.changed or self.dropped)

    def told(self) -> dict[str, Any]:
        """As numbers."""
        return {
            "now": self.now,
            "before": self.before,
            "after": self.after,
            "lost": self.lost,
            "gained": self.gained,
            "changed": len(set().union(*self.changed.values())),
            "changed_columns": {name: len(keys) for name, keys in self.changed.items()},
            "filled": {name: len(keys) for name, keys in self.filled.items()},
            "lost_values": {name: len(keys) for name, keys in self.dropped.items()},
        }


@dataclass(frozen=True)
class Moment:
    """What a database that is no file held: as ``contents``, ``record`` and ``catalogue`` say."""

    contents: dict[str, Stored]
    record: set[tuple[str, str]]
    catalogue: dict[str, Any]


#: Where a database as it was at a moment is, or what it held.
Place = Path | Moment


def contents(place: Place) -> dict[str, Stored]:
    """All tables of a database but the bookkeeping, and but those in which SQLite itself says that
    a virtual table keeps its rows: these are read through the virtual table
    (https://www.sqlite.org/pragma.html#pragma_table_list)."""
    if isinstance(place, Moment):
        return place.contents
    connection = sqlite3.connect(place)
    try:
        listed = connection.execute("PRAGMA main.table_list").fetchall()
        own = {name for _, name, kind, *_ in listed if kind != "shadow"}
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: _stored(connection, name)
            for (name,) in names
            if name in own and name not in BOOKKEEPING
        }
    finally:
        connection.close()


def _stored(connection: sqlite3.Connection, table: str) -> Stored:
    info = connection.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
    types = {row[1]: row[2].lower() for row in info if row[6] == 0}
    key = tuple(name for _, name in sorted((row[5], row[1]) for row in info if row[5]))
    names = ", ".join(f'"{name}"' for name in types)
    rows = connection.execute(f'SELECT {names} FROM "{table}"').fetchall()
    return Stored(
        types,
        key,
        tuple(
            {name: (type(value).__name__, value) for name, value in zip(types, row, strict=True)}
            for row in rows
        ),
    )


def catalogue(place: Place) -> dict[str, Any]:
    """Each table's columns, whatever their order, and its indexes: what each is made of and of
    which columns, an expression as ``None``, and whether it is unique or partial."""
    if isinstance(place, Moment):
        return place.catalogue
    connection = sqlite3.connect(place)
    found = {}
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        columns = connection.execute(f'PRAGMA table_xinfo("{name}")').fetchall()
        indexes = [
            str((row[2:], [part[2:5] for part in _of_index(connection, row[1]) if part[5]]))
            for row in connection.execute(f'PRAGMA index_list("{name}")').fetchall()
        ]
        found[name] = (sorted(row[1:] for row in columns), sorted(indexes))
    connection.close()
    return found


def record(place: Place) -> set[tuple[str, str]]:
    """The migrations that are recorded as applied, each with its app."""
    if isinstance(place, Moment):
        return place.record
    connection = sqlite3.connect(place)
    try:
        return {*connection.execute("SELECT app, name FROM django_migrations").fetchall()}
    finally:
        connection.close()


def _of_index(connection: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    return connection.execute(f'PRAGMA index_xinfo("{name}")').fetchall()


def compare(
    old: Mapping[str, Stored], new: Mapping[str, Stored], names: Names
) -> dict[tuple[str, str | None], Change]:
    """What became of each table, by its old name and its name now; a new one has one name."""
    found: dict[tuple[str, str | None], Change] = {}
    taken = {now for table in old if (now := names.tables.get(table, table)) in new}
    for table, stored in old.items():
        now = names.tables.get(table, table)
        if now is None and table in new and table not in taken:
            now = table  # made anew: compared by what is in it
        taken.add(now)
        change = _of_table(table, stored, now, new.get(now or ""), names)
        found[table, change.now] = change
    for table, stored in new.items():
        if table not in taken:
            found[table, table] = Change(table, 0, len(stored.rows), gained=len(stored.rows))
    return {pair: change for pair, change in found.items() if not change.nothing}


def _of_table(table: str, old: Stored, now: str | None, new: Stored | None, names: Names) -> Change:
    if new is None:
        keys = set(_keyed(old, _key(table, old, names.old_links)))
        return Change(None, len(old.rows), gone=keys, lost=len(old.rows))
    assert now is not None
    columns = _columns(old, new, names.columns.get(table, {}))
    key = _key(table, old, names.old_links)
    new_key = _key(now, new, names.new_links)
    change = Change(now, len(old.rows), len(new.rows))
    lasts = key and {columns.get(name) for name in key} == {*new_key}
    lasts = lasts and not any(row[name][1] is None for row in old.rows for name in key)
    if lasts:
        ignored = old.key if table in names.old_links else ()
        _by_key(change, old, new, key, columns, ignored)
    else:
        _as_multisets(change, old, new, columns)
    for name in old.types:
        if name not in columns:
            keys = _dropped(change, old, new, key, columns, name)
            if keys:
                change.dropped[name] = keys
    return change


def _dropped(
    change: Change,
    old: Stored,
    new: Stored,
    key: tuple[str, ...],
    columns: Mapping[str, str],
    name: str,
) -> set[Any]:
    """The rows that are still there without their value of a column. Of equal rows without a key
    as many are still there as there are now."""
    keyed = {each: row for each, row in _keyed(old, key).items() if row[name][1] is not None}
    if not change.multisets:
        return keyed.keys() - change.gone
    left = Counter(tuple(row[each] for each in columns.values()) for row in new.rows)
    there = set()
    for each, row in keyed.items():
        values = tuple(row[column] for column in columns)
        if left[values]:
            left[values] -= 1
            there.add(each)
    return there


def _columns(old: Stored, new: Stored, known: Mapping[str, str | None]) -> dict[str, str]:
    """Each old column that is still there, with its name now; one that was dropped and made anew
    is still there, unless another one has its name."""
    found = {}
    for name in old.types:
        now = known.get(name, name)
        if now is not None and now in new.types:
            found[name] = now
    for name in old.types:
        if name not in found and name in new.types and name not in found.values():
            found[name] = name
    return found


def _key(table: str, stored: Stored, links: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    return links.get(table, stored.key)


def _keyed(stored: Stored, key: tuple[str, ...], loose: Collection[str] = ()) -> dict[Any, Row]:
    """The rows by their key; by their place where there is none, or where it has NULL in it."""
    found: dict[Any, Row] = {}
    for place, row in enumerate(stored.rows):
        name: Any = tuple(_loosely(row[each]) if each in loose else row[each] for each in key)
        if not key or any(row[each][1] is None for each in key):
            name = place
        found[name] = row
    return found


def _loosely(value: Value) -> Any:
    """A value of a column whose type became another one: '007' and 7 name the same row."""
    if isinstance(value[1], str) and _NUMBER.fullmatch(value[1]):
        return float(value[1])
    return float(value[1]) if value[0] in ("int", "float") else value


def _by_key(
    change: Change,
    old: Stored,
    new: Stored,
    key: Iterable[str],
    columns: Mapping[str, str],
    ignored: Collection[str],
) -> None:
    key = tuple(key)
    retyped = [name for name in key if old.types[name] != new.types[columns[name]]]
    was = _keyed(old, key, retyped)
    now = _keyed(new, tuple(columns[name] for name in key), [columns[name] for name in retyped])
    plain = dict(zip(was, _keyed(old, key), strict=True))
    change.gone = {plain[name] for name in was.keys() - now.keys()}
    change.lost, change.gained = len(change.gone), len(now.keys() - was.keys())
    for name in was.keys() & now.keys():
        for column, there in columns.items():
            if column not in ignored and was[name][column] != now[name][there]:
                change.changed.setdefault(there, set()).add(plain[name])
                if was[name][column][1] is None:
                    change.filled.setdefault(there, set()).add(plain[name])


def _as_multisets(change: Change, old: Stored, new: Stored, columns: Mapping[str, str]) -> None:
    change.multisets = True
    was = Counter(tuple(row[name] for name in columns) for row in old.rows)
    now = Counter(tuple(row[name] for name in columns.values()) for row in new.rows)
    change.lost, change.gained = (was - now).total(), (now - was).total()
    change.gone = set((was - now).elements())


def not_there(end: Change | None, column: str) -> set[Any]:
    """The rows that have not the value in a column, by its old name, that they had."""
    if end is None:
        return set()
    return end.gone | end.changed.get(column, set()) | end.dropped.get(column, set())


def not_back(change: Change, end: Change | None, old_name: Mapping[str, str]) -> dict[str, int]:
    """How much of what went in one table is not back at the end: rows as ``""``, values by the
    column's name as miglab calls it. ``end`` is what brute force finds between the beginning and
    the end of the way back; ``old_name`` gives new names of columns their old ones."""
    found = {}
    if change.lost:
        others = set().union(*end.changed.values()) if end and change.now is None else set()
        found[""] = len(change.gone & (not_there(end, "") | others))
    for column, keys in change.dropped.items():
        found[column] = len(keys & not_there(end, column))
    for column, keys in change.changed.items():
        stored = keys - change.filled.get(column, set())
        if stored:
            found[column] = len(stored & not_there(end, old_name.get(column, column)))
    return found


def loses(old: Mapping[str, Stored], changes: Mapping[tuple[str, str | None], Change]) -> bool:
    """Whether something that was stored is not there any more, between two moments whose columns
    have the same names. What was NULL was not stored."""
    for (table, _), change in changes.items():
        if change.lost or change.dropped:
            return True
        if change.changed:
            was = {**_keyed(old[table], old[table].key)}
            for column, keys in change.changed.items():
                if any(key not in was or was[key][column][1] is not None for key in keys):
                    return True
    return False


def others_too(change: Change, end: Change | None, old_name: Mapping[str, str]) -> bool:
    """Whether at the end other rows, or values in other rows, are missing than those that went."""
    if end and change.lost and end.gone - change.gone:
        return True
    went = [(column, keys) for column, keys in change.dropped.items()]
    went += [(old_name.get(column, column), keys) for column, keys in change.changed.items()]
    return any(not_there(end, column) - keys for column, keys in went)
