"""A command that was run in a copy, with its plan; and the way back, as it was run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .locks import Lock
from .migration import Key
from .outcome import Return, Unknown
from .step import RowChange, Statement, Step

#: So many parents are named; of more the last, with how many are between.
_LINKS = 3


class Fate(Enum):
    """How far a planned migration came."""

    DONE = "done"
    FAKED = "faked"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Planned:
    """One migration of a plan.

    Attributes:
        key: which migration.
        backwards: whether it is unapplied.
        fate: how far it came.
        why: how it is pulled in, from a migration that was asked for to this one, each depending
            on the other; empty for those of the app that was asked for.
        sql: the statements that it ran.
        seconds: for how long it ran; ``None`` if it was not reached.
        irreversible: its operations that Django cannot undo, found before anything ran; only
            those of a migration that is unapplied.
        unknown: operations of classes that are not Django's: nobody can say beforehand.
        atomic: whether it is undone as a whole where it fails.
        locks: those that it took on tables, where the engine tells.
        grew: by how many bytes its database grew; ``None`` if that is not known.
        kept: how many of its statements changed tables for good, also if it failed later: there
            are databases that undo no such change.
    """

    key: Key
    backwards: bool
    fate: Fate
    why: tuple[Key, ...] = ()
    sql: tuple[Statement, ...] = ()
    seconds: float | None = None
    irreversible: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    atomic: bool = True
    locks: tuple[Lock, ...] = ()
    grew: int | None = None
    kept: int = 0

    @property
    def because(self) -> str:
        """``"a depends on b, which depends on c"``, from ``why``; empty if that is. What is between
        the ends of a longer chain is counted."""
        if not self.why:
            return ""
        child, *parents = reversed(self.why) if self.backwards else self.why
        if len(parents) > _LINKS:
            return f"{child} depends on {parents[-1]}, through {len(parents) - 1:,} others"
        return f"{child} depends on {', which depends on '.join(map(str, parents))}"


@dataclass(frozen=True)
class Run:
    """One command that was run in the copy. ``seconds`` is how long all of it took."""

    step: Step
    plan: tuple[Planned, ...]
    seconds: float

    @property
    def failed(self) -> Planned | None:
        """The migration at which it stopped, or ``None``."""
        return next((each for each in self.plan if each.fate is Fate.FAILED), None)

    @property
    def finished(self) -> tuple[Planned, ...]:
        """The migrations that were done before the end, or before it stopped."""
        return tuple(each for each in self.plan if each.fate in (Fate.DONE, Fate.FAKED))

    @property
    def all_done(self) -> bool:
        """Whether there was a plan, and all of it was done."""
        return bool(self.plan) and len(self.finished) == len(self.plan)


@dataclass(frozen=True)
class WayBack:
    """The way back, as it was run.

    Attributes:
        commands: what was typed; before it the files are put back, where they were changed.
        files_put_back: whether they had to be.
        runs: what each command did.
        level: how far one comes back.
        schema: what is not the same, a line for each thing; the order of columns is not among it.
        reordered: tables whose columns are in another order.
        rows: what is not the same in the rows, compared with the beginning.
        unknown: why the level is unknown, where the commands ran and could not be measured.
    """

    commands: tuple[str, ...]
    files_put_back: bool
    runs: tuple[Run, ...]
    level: Return
    schema: tuple[str, ...] = ()
    reordered: tuple[str, ...] = ()
    rows: tuple[RowChange, ...] = ()
    unknown: tuple[Unknown, ...] = ()
