"""The measured lock that a migration held on a table."""

from __future__ import annotations

from dataclasses import dataclass

#: Nobody notices a lock that is shorter than this, in seconds.
NOTICED = 0.1


@dataclass(frozen=True)
class Lock:
    """What others could not do with one table while a migration ran.

    Attributes:
        table: its name when the migration began.
        mode: the strongest lock, in the words of the engine.
        read, write: for how many seconds nobody else could read it, or write to it.
        at_least: whether miglab looked at the lock only from time to time, so that it may have been
            longer.
        rewritten: whether all rows of the table were rewritten.
        rows: how many rows the table had before the command; ``None`` if that is not known.
    """

    table: str
    mode: str
    read: float
    write: float
    at_least: bool = False
    rewritten: bool = False
    rows: int | None = None

    @property
    def seconds(self) -> float:
        """For how long others could not read the table, or could not write to it."""
        return max(self.read, self.write)

    @property
    def noticed(self) -> bool:
        """Whether anybody would notice: the table has rows, and the lock is long enough."""
        return bool(self.rows) and self.seconds >= NOTICED

    def __str__(self) -> str:
        told = self.table
        if self.rows is not None:
            told += f" ({self.rows:,} {'row' if self.rows == 1 else 'rows'})"
        cannot = "read" if self.read else "written to"
        taken = self.read or self.write
        least = "at least " if self.at_least else ""
        return f"{told} can't be {cannot} for {least}{duration(taken)}"


def duration(seconds: float) -> str:
    """A duration for readers: ``"2.9 s"``, ``"12 ms"``, ``"less than 1 ms"``, with no-break spaces,
    which ``show/masks.py`` does not mask."""
    if seconds >= 1:
        said = f"{seconds:.1f} s"
    elif seconds >= 0.001:
        said = f"{seconds * 1000:.0f} ms"
    else:
        said = "less than 1 ms"
    return said.replace(" ", "\N{NO-BREAK SPACE}")
