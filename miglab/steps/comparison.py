"""Compares the rows of two moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from ..agent.common.protocol import Message
from ..compare.schema import renames_of
from ..errors import NotMeasured
from ..facts.step import Renames, RowChange
from ..runners import answers
from ..sandbox.snapshot import Snapshot
from .moments import Moments
from .reader import Reader


def compare_rows(
    reader: Reader, before: Snapshot, after: Snapshot, renames: Mapping[str, Renames]
) -> tuple[RowChange, ...]:
    """How the rows of two moments differ, compared by the agent. ``renames`` maps the databases'
    aliases to what was renamed in between.

    Raises:
        NotMeasured: they cannot be compared.
    """
    if before.databases == after.databases:
        return ()
    return answers.row_changes(ask_to_compare(reader, before, after, renames)["rows"])


def ask_to_compare(
    reader: Reader,
    before: Snapshot,
    after: Snapshot,
    renames: Mapping[str, Renames],
    lost: Message | None = None,
) -> Message:
    """Ask the agent to compare the rows of two moments, and return its answer. ``lost`` is as in
    ``protocol.REQUESTS``.

    Raises:
        NotMeasured: they cannot be compared.
    """
    request = {
        "do": "compare",
        "old": before.old,
        "new": after.old,
        "renames": {alias: asdict(each) for alias, each in renames.items()},
        "lost": lost,
    }
    return reader.ask("", request)


def compare_moments(
    reader: Reader, moments: Moments, first: int, second: int
) -> tuple[tuple[RowChange, ...], Mapping[str, Renames]]:
    """How the rows of two moments of the history differ, and what was renamed in between. ``first``
    is the place of the earlier one.

    Raises:
        NotMeasured: they cannot be compared.
    """
    before, after = moments.at(first), moments.at(second)
    renames = renames_of(moments.steps(first, second))
    return compare_rows(reader, before.snapshot, after.snapshot, renames), renames


def rows_passed(reader: Reader, moments: Moments, first: int, second: int) -> tuple[RowChange, ...]:
    """How the rows of two moments of the history differ; empty if they cannot be compared."""
    try:
        return compare_moments(reader, moments, first, second)[0]
    except NotMeasured:
        return ()
