"""What a database holds, as a value, and what one lacks that another one has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from miglab.facts.migration import Key

Row = tuple[object, ...]
#: A table, its columns and a row of it.
Insert = tuple[str, tuple[str, ...], tuple[Any, ...]]


@dataclass(frozen=True)
class State:
    """The record; each table's columns, primary key, schema without their order, and rows."""

    record: tuple[Key, ...]
    columns: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, str]
    schema: Mapping[str, frozenset[object]]
    rows: Mapping[str, tuple[Row, ...]]

    def by_key(self, table: str) -> dict[object, dict[str, object]]:
        """The rows of a table, each by its column, by their primary key."""
        rows = (dict(zip(self.columns[table], row, strict=True)) for row in self.rows[table])
        return {row[self.keys[table]]: row for row in rows}


@dataclass(frozen=True)
class Shell:
    """What commands about a database need in a terminal: what it is called, and variables.
    ``client`` makes of a line what is typed: SQL goes to the engine's own client."""

    database: str
    environment: Mapping[str, str]
    client: Callable[[str], str] = str


def gone(
    before: State, after: State, renamed: Mapping[str, str] | None = None
) -> dict[str, set[Row]]:
    """What the second lacks: rows by table; (key, value) by table and column. ``renamed`` has the
    new names of columns, as in ``{"shop_item.sku": "code"}``."""
    found: dict[str, set[Row]] = {}
    for table, names in before.columns.items():
        if table not in after.rows:
            found[table] = {*before.rows[table]}
            continue
        was, now = before.by_key(table), after.by_key(table)
        found[table] = {tuple(row.values()) for key, row in was.items() if key not in now}
        for column in names:
            values: set[Row] = {(key, row[column]) for key, row in was.items()}
            its_name = (renamed or {}).get(f"{table}.{column}", column)
            if its_name in after.columns[table]:
                there = {(key, row[its_name]) for key, row in now.items()}
                lost = {each for each in values - there if each[0] in now}
            else:
                lost = {each for each in values if each[1] is not None}
            found[f"{table}.{column}"] = lost
    return {name: lost for name, lost in found.items() if lost}
