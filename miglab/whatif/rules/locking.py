"""Rules about what other users of the database must wait for while the commands run."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.consequences import Severity
from ..measured import Measured
from .rule import Said, rule


@rule("locks", Severity.NOTE)
def locks(measured: Measured) -> Iterator[Said]:
    """A table with rows is locked for long."""
    back = measured.back.runs if measured.back is not None else ()
    for run in (*measured.runs, *back):
        where = ", on the way back" if run in back else ""
        for each in run.plan:
            for lock in each.locks:
                if lock.noticed:
                    anew = ", and all of its rows are rewritten" if lock.rewritten else ""
                    yield Said(
                        f"{lock}{anew}: {each.key} takes {_article(lock.mode)}{where}",
                        lock.table,
                        "run this migration when few people need that table, or split it into "
                        "steps that lock the table for less time; the time was measured on this "
                        "machine",
                        weight=int(lock.seconds * 1000),
                    )


def _article(mode: str) -> str:
    return f"an {mode}" if mode[:1] in "AEIO" else f"a {mode}"
