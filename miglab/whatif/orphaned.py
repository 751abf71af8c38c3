"""Finds tables with rows that refer to rows that do not exist. A database may accept such rows
until Django checks all rows at the end of a migration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..facts.run import Run
from ..facts.schema import Schema, fold
from ..facts.truths import Truths
from ..sandbox.snapshot import Snapshot
from ..steps.stage import Stage

#: How databases say that a row refers to one that is not there.
REFUSED = re.compile(
    r"invalid foreign key|foreign key constraint fail|violates foreign key", re.IGNORECASE
)


def orphaned(stage: Stage, runs: Sequence[Run], first: Snapshot, truths: Truths) -> tuple[str, ...]:
    """The tables that at the beginning had rows which refer to rows that do not exist, if a command
    stopped at such a row. Empty if it did not, or if that cannot be found out."""
    refusal = runs[-1].step.refusal
    if refusal is None or not REFUSED.search(refusal.because):
        return ()
    alias = stage.reader.alias
    engine, handle = stage.sandbox.engines[alias], first.databases[alias]
    try:
        found = [
            name
            for name, sql in _queries(truths.known_tables, engine.quoted)
            if handle is not None and engine.rows(handle, sql)
        ]
    except Exception:
        # Each driver has errors of its own; to compare may need what only the project knows.
        return ()
    return tuple(dict.fromkeys(found))


def _queries(schema: Schema, quoted: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """For each foreign key, the name of its table, and a query that finds a row that refers to a
    row that does not exist."""
    there = {fold(name): name for name in schema.tables}
    for name, table in schema.tables.items():
        for key in table.foreign_keys:
            refers = [f"here.{quoted(each)} IS NOT NULL" for each in key.columns]
            parent = there.get(fold(key.to_table))
            if parent is not None:
                pairs = zip(key.to_columns, key.columns, strict=True)
                same = [f"there.{quoted(to)} = here.{quoted(each)}" for to, each in pairs]
                found = f"SELECT 1 FROM {quoted(parent)} AS there WHERE {' AND '.join(same)}"
                refers.append(f"NOT EXISTS ({found})")
            yield name, f"SELECT 1 FROM {quoted(name)} AS here WHERE {' AND '.join(refers)} LIMIT 1"
