"""Everything that a rehearsal found out, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from ..compare.agreement import ghosts
from ..compare.losses import Loss, losses, lost_coming_back
from ..compare.worse import Worse
from ..facts.consequences import LeftBehind
from ..facts.migration import Key
from ..facts.outcome import Return, Unknown
from ..facts.run import Run, WayBack
from ..facts.step import Obstacle, RowChange
from ..facts.truths import Agreements


@dataclass(frozen=True)
class Following:
    """What plain ``migrate`` does after the commands, compared with what it does from the
    beginning.

    Attributes:
        run: plain ``migrate``, run after the commands.
        rows: what it costs after the commands.
        before: plain ``migrate``, run from the beginning; ``None`` if it does no harm after the
            commands, so that nothing had to be compared.
        rows_before: what it costs from the beginning.
        together: what the commands and plain ``migrate`` cost together, because ``migrate`` may
            only remove what the commands made. ``None`` if that could not be compared; ``rows``
            counts instead.
        there: what the commands alone lose.
    """

    run: Run
    rows: tuple[RowChange, ...] = ()
    before: Run | None = None
    rows_before: tuple[RowChange, ...] = ()
    together: tuple[RowChange, ...] | None = None
    there: tuple[RowChange, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether plain ``migrate`` is refused or fails after the commands, and does not stop at
        the same place with the same error from the beginning."""
        if not self.run.step.refused:
            return False
        return self.before is None or _where_it_stops(self.before) != _where_it_stops(self.run)

    @cached_property
    def destroys(self) -> tuple[Loss, ...]:
        """What plain ``migrate`` destroys after the commands, and would not have destroyed from the
        beginning."""
        known = {(each.id, each.where): each.gone for each in losses(self.rows_before)}
        return tuple(e for e in self._takes if e.gone > known.get((e.id, e.where), 0))

    @property
    def destroys_as_before(self) -> bool:
        """Whether plain ``migrate`` destroys something after the commands, but only what it would
        also have destroyed from the beginning."""
        return bool(self._takes) and not self.destroys

    @cached_property
    def _takes(self) -> tuple[Loss, ...]:
        """What plain ``migrate`` destroys that was there at the beginning and that the commands
        have not already lost."""
        lost = {each.where: each.lost for each in losses(self.there)}
        found = losses(self.rows if self.together is None else self.together)
        return tuple(each for each in found if each.gone > lost.get(each.where, 0))

    @cached_property
    def unknown(self) -> tuple[Unknown, ...]:
        """What is not known about plain ``migrate`` after the commands. One of miglab's limits
        stopped it, prevented a part of it, or kept a part from being measured."""
        stood = [Unknown(each.id, each.what, "migrate", each.do) for each in hindrances(self.run)]
        return tuple(dict.fromkeys([*stood, *_unknown_of(self.run)]))


def _where_it_stops(run: Run) -> tuple[str, str]:
    refusal = run.step.refusal
    return (str(run.failed.key) if run.failed else "", refusal.error if refusal else "")


@dataclass(frozen=True)
class Measured:
    """Everything that a rehearsal found out.

    Attributes:
        runs: what each command did, until one was refused.
        rows: what happened to the rows; what migrations did and what handlers did are separate.
        lost: what migrations and handlers cost together, with how much of it does not come back.
        moved: whether anything has changed.
        agreements_before, agreements_after: whether the truths agree.
        worse: what agreed before the commands and disagrees after them.
        back: the way back, as it was run; ``None`` if nothing changed, or if one of miglab's limits
            stopped a command.
        following: plain ``migrate`` afterwards; ``None`` if it was not tried.
        left_behind: what Django leaves in its own tables.
        not_measured: what else miglab could not find out.
        orphaned: the tables that at the beginning had rows which refer to rows that do not exist,
            if a command stopped at such a row.
    """

    runs: tuple[Run, ...]
    rows: tuple[RowChange, ...]
    lost: tuple[RowChange, ...]
    moved: bool
    agreements_before: Agreements
    agreements_after: Agreements
    worse: Worse = field(default_factory=Worse)
    back: WayBack | None = None
    following: Following | None = None
    left_behind: LeftBehind = field(default_factory=LeftBehind)
    not_measured: tuple[Unknown, ...] = ()
    orphaned: tuple[str, ...] = ()

    @cached_property
    def old_ghosts(self) -> tuple[Key, ...]:
        """Recorded migrations whose files were gone before anything was run."""
        first = self.runs[0].step.before
        return tuple(ghosts(first.known_files, first.known_record))

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """miglab's limits that changed what a command did."""
        return tuple(each for run in self.runs for each in hindrances(run))

    @cached_property
    def lost_there(self) -> tuple[Loss, ...]:
        """What the commands lose, the largest loss first. If the way back restores every value,
        nothing is lost, even if what came back could not be counted table by table."""
        found = losses(self.lost)
        if self.back is not None and self.back.level in (Return.VALUES, Return.MORE):
            found = [replace(each, lost=0) for each in found]
        return tuple(found)

    @cached_property
    def rows_coming_back(self) -> tuple[RowChange, ...]:
        """The tables from which the way back itself loses something."""
        if self.back is None or not self.back.level.measured:
            return ()
        return lost_coming_back(self.lost, self.back.rows)

    @cached_property
    def lost_coming_back(self) -> tuple[Loss, ...]:
        """What only the way back loses."""
        return tuple(losses(self.rows_coming_back, coming_back=True))

    @property
    def lost_for_good(self) -> tuple[Loss, ...]:
        """What the commands and the way back lose for good, the largest loss first."""
        found = [each for each in (*self.lost_there, *self.lost_coming_back) if each.lost]
        return tuple(sorted(found, key=lambda each: -each.lost))

    @cached_property
    def unknown(self) -> tuple[Unknown, ...]:
        """What is important about the commands and the way back, but is not known."""
        found = [*self.not_measured, *(each for run in self.runs for each in _unknown_of(run))]
        back = self.back.rows if self.back is not None else ()
        found += [_unreadable(each) for each in (*self.rows, *back) if each.unreadable]
        if self.back is not None:
            found += self.back.unknown
            found += [
                Unknown(each.id, f"on the way back: {each.what}", each.where, each.do)
                for run in self.back.runs
                for each in _unknown_of(run)
            ]
        return tuple(dict.fromkeys(found))


def _unreadable(change: RowChange) -> Unknown:
    return Unknown(
        "table-unreadable",
        f"the rows of {change.place} could not be compared: {change.unreadable}",
        change.place,
        "compare that table by hand, before and after",
    )


#: Obstacles that say that something could not be measured, and nothing about why a command failed.
_MEASURING = ("measuring-failed", "connection-lacks")


def hindrances(run: Run) -> tuple[Obstacle, ...]:
    """miglab's limits that made a command fail; empty if it did not fail, or if the project's own
    code refused it."""
    if not run.step.refused:
        return ()
    return tuple(each for each in run.step.obstacles if each.id not in _MEASURING)


def _unknown_of(run: Run) -> list[Unknown]:
    """What is not known about a command, whether it succeeded or not."""
    found = [
        Unknown(
            each.id or "stopped-reach",
            f"{each.during} tried to {each.what}, but miglab did not allow this, so the "
            "effects are not part of this rehearsal",
            str(each.during),
            each.do,
        )
        for each in run.step.kept_in
        if each.during is not None
    ]
    return found + [
        Unknown(each.id, each.what, run.step.line, each.do)
        for each in run.step.obstacles
        if each not in hindrances(run)
    ]
