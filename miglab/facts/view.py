"""What ``lab.truths()``, ``lab.rows()`` and ``lab.history()`` return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .truths import Agreements, Truths


@dataclass(frozen=True)
class View:
    """The truths at one moment and whether they agree. ``apps`` are the labels to show; empty
    means all."""

    truths: Truths
    agreements: Agreements
    apps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows as they are stored. ``total`` is the number of all rows, including those not shown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    total: int

    def __len__(self) -> int:
        return self.total

    def __iter__(self) -> Iterator[dict[str, object]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(frozen=True)
class History:
    """The commands that changed something, in order; ``position`` is how many are in effect now."""

    lines: Sequence[str]
    position: int
