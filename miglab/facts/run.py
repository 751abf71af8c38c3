"""A command that was run in a copy, with its plan, and the way back that was run there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .locks import Lock
from .migration import Key
from .outcome import Return, Unknown
from .step import RowChange, Statement, Step

#: Up to this many parents are named; of more, only the last, with the number of the others.
_LINKS = 3


class Fate(Enum):
    """What happened to a planned migration."""

    DONE = "done"
    FAKED = "faked"
    FAILED = "failed"
    NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Planned:
    """One migration of a plan.

    Attributes:
        key: the migration.
        backwards: whether it is unapplied.
        fate: what happened to it.
        why: the chain of dependencies because of which it is in the plan, from a requested
            migration to this one; empty for migrations of the requested app.
        sql: the statements that it ran.
        seconds: how long it ran; ``None`` if it was not reached.
        irreversible: if it is unapplied, its operations that Django cannot undo, found before
            anything ran.
        unknown: operations that are not Django's, so only running them shows whether they can be
            undone.
        atomic: whether all of it is undone if it fails.
        locks: the locks that it took on tables, if the engine reports them.
        grew: by how many bytes its database grew; ``None`` if that is not known.
        kept: how many of its statements changed tables for good, even if it failed later: some
            databases cannot undo such a change.
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
        """``"a depends on b, which depends on c"``, from ``why``; empty if ``why`` is empty. In a
        long chain, the migrations between its ends are counted."""
        if not self.why:
            return ""
        child, *parents = reversed(self.why) if self.backwards else self.why
        if len(parents) > _LINKS:
            return f"{child} depends on {parents[-1]}, through {len(parents) - 1:,} others"
        return f"{child} depends on {', which depends on '.join(map(str, parents))}"


@dataclass(frozen=True)
class Run:
    """One command that was run in the copy. ``seconds`` is how long the whole command took."""

    step: Step
    plan: tuple[Planned, ...]
    seconds: float

    @property
    def failed(self) -> Planned | None:
        """The migration at which it stopped, or ``None``."""
        return next((each for each in self.plan if each.fate is Fate.FAILED), None)

    @property
    def finished(self) -> tuple[Planned, ...]:
        """The migrations that were done or faked, before the command ended or stopped."""
        return tuple(each for each in self.plan if each.fate in (Fate.DONE, Fate.FAKED))

    @property
    def all_done(self) -> bool:
        """Whether there was a plan, and every migration in it was done or faked."""
        return bool(self.plan) and len(self.finished) == len(self.plan)


@dataclass(frozen=True)
class WayBack:
    """The way back that was run in the copy.

    Attributes:
        commands: the commands of the way back.
        files_put_back: whether changed files were restored before these commands.
        runs: what each command did.
        level: how much the way back restores.
        schema: what is different in the tables, a line for each difference; the order of columns
            does not count.
        reordered: tables whose columns are in a different order.
        rows: what is different in the rows, compared with the beginning.
        lost: the losses that the commands caused, each with how much of it the way back did not
            restore; ``None`` if that is not known.
        unknown: what is not known, although the commands ran, and why.
    """

    commands: tuple[str, ...]
    files_put_back: bool
    runs: tuple[Run, ...]
    level: Return
    schema: tuple[str, ...] = ()
    reordered: tuple[str, ...] = ()
    rows: tuple[RowChange, ...] = ()
    lost: tuple[RowChange, ...] | None = None
    unknown: tuple[Unknown, ...] = ()
