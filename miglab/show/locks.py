"""Describes the locks for which others wait while commands run: as cells of a table, as lines, as
words on cards."""

from __future__ import annotations

from collections.abc import Sequence

from ..facts.consequences import Consequences
from ..facts.locks import Lock, duration
from ..facts.run import Planned

COLUMNS = ("#", "migration", "table", "rows", "lock", "others can't", "for", "rewritten")


def there(consequences: Consequences) -> tuple[Planned, ...]:
    """The migrations of the commands, in order."""
    return consequences.plan


def back(consequences: Consequences) -> tuple[Planned, ...]:
    """The migrations of the way back, in order."""
    runs = consequences.back.runs if consequences.back is not None else ()
    return tuple(each for run in runs for each in run.plan)


def lock_rows(plan: Sequence[Planned]) -> list[tuple[str, ...]]:
    """The cells of the table of locks, a row for each table that a migration locks."""
    return [
        (
            str(number),
            str(each.key),
            lock.table,
            "–" if lock.rows is None else f"{lock.rows:,}",
            lock.mode,
            _cannot(lock),
            ("at least " if lock.at_least else "") + duration(lock.seconds),
            "yes" if lock.rewritten else "no",
        )
        for number, each in enumerate(plan, 1)
        for lock in each.locks
        if lock.seconds
    ]


def lock_lines(plan: Sequence[Planned]) -> list[str]:
    """The locks in words, a line for each table that a migration locks."""
    return [
        f"{number} {each.key}: {lock}{', and it is rewritten' if lock.rewritten else ''} "
        f"({lock.mode})"
        for number, each in enumerate(plan, 1)
        for lock in each.locks
        if lock.seconds
    ]


def _cannot(lock: Lock) -> str:
    if not lock.read:
        return "write to it"
    both = "read it or write to it"
    return both if lock.write <= lock.read else "write to it, nor read it for part of that time"


def on_cards(plan: Sequence[Planned]) -> dict[str, dict[str, str]]:
    """Migration → what its card says about its locks on tables with rows: ``stops`` is ``"reads"``
    or ``"writes"``, and ``said`` names the locks in words."""
    found = {}
    for each in plan:
        locks = [lock for lock in each.locks if lock.rows and lock.seconds]
        if locks:
            stops = "reads" if any(lock.read for lock in locks) else "writes"
            found[str(each.key)] = {"stops": stops, "said": "; ".join(map(str, locks))}
    return found
