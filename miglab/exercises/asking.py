"""Collects the queries that conditions will need, so that all of them run together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .look import Query, record_query


def queries(conditions: Mapping[str, Any]) -> Iterator[Query]:
    """The queries that these conditions will ask."""
    alias = str(conditions.get("database", "default"))
    for name, wanted in conditions.items():
        if name == "sql":
            yield alias, str(wanted)
        elif name == "same":
            yield from ((alias, sql) for sql in several(wanted))
        elif name == "live":
            live = str(wanted.get("database", "live"))
            yield from (record_query(label, live) for label in wanted if label != "database")
        elif name in ("any", "not"):
            for each in tables(wanted):
                yield from queries(each)


def moments(conditions: Mapping[str, Any]) -> Iterator[tuple[str, Query]]:
    """The queries to compare with a moment of the start, each after the name of that moment."""
    if "same" in conditions:
        alias = str(conditions.get("database", "default"))
        since = str(conditions.get("since", "start"))
        yield from ((since, (alias, sql)) for sql in several(conditions["same"]))
    for name in ("any", "not", "tried"):
        for each in tables(conditions.get(name, [])):
            yield from moments(each)


def several(value: Any) -> list[str]:
    """The texts in a value that is one text or a list of texts."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def tables(value: Any) -> list[Mapping[str, Any]]:
    """The tables of conditions in a value that is one table or a list of tables."""
    return list(value) if isinstance(value, list) else [value]
