"""Pulls all rows of a MariaDB database, for ``brute`` to compare."""

from __future__ import annotations

from typing import Any

from miglab.agent.engines.mariadb import drivers, opening

from . import brute


def contents(connection: Any) -> dict[str, brute.Stored]:
    """All tables, pulled whole: each value as its driver gives it."""
    found = {}
    for (table,) in drivers.rows(connection, "SHOW TABLES"):
        if table in brute.BOOKKEEPING:
            continue
        quoted = opening.quote(table)
        types, keys = {}, {}
        for name, kind, _, _, _, extra in drivers.rows(connection, f"SHOW COLUMNS FROM {quoted}"):
            if "GENERATED" not in extra:
                types[name] = kind
        for row in drivers.rows(connection, f"SHOW INDEX FROM {quoted}"):
            if row[2] == "PRIMARY":
                keys[row[3]] = row[4]
        named = ", ".join(map(opening.quote, types)) or "1"
        rows = [
            {name: (type(each).__name__, each) for name, each in zip(types, row, strict=False)}
            for row in drivers.rows(connection, f"SELECT {named} FROM {quoted}")
        ]
        key = tuple(name for _, name in sorted(keys.items()))
        found[table] = brute.Stored(types, key, tuple(rows))
    return found
