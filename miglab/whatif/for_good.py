"""Counts how much of what a step destroyed is gone for good, by going back in a copy."""

from __future__ import annotations

from dataclasses import replace

from ..errors import Interrupted, MiglabError
from ..facts.outcome import Return
from ..facts.run import Run
from ..facts.step import RowChange, Step
from ..steps.copies import twin_of
from ..steps.moments import Moment
from ..steps.stage import Stage
from .losses import Losses
from .way_back import go_back


def count_for_good(stage: Stage, step: Step, before: Moment, after: Moment) -> Step:
    """Return the step with its losses counted as a what-if counts them: ``rows_not_back`` and
    ``values_not_back`` say how much the way back does not restore. Both stay ``None`` if that could
    not be measured. The lab's own copy does not change.

    Args:
        before, after: the moments before and after the step.
    """
    costly = tuple(each for each in step.rows if each.costs)
    if not costly or before.truths is None:
        return step
    try:
        counted = _count(stage, step, (before, after), costly)
    except Interrupted:
        raise
    except MiglabError:
        # What the step did is known; what comes back of it is not.
        return step
    return replace(step, rows=tuple(counted.get(_place(each), each) for each in step.rows))


def count_between(stage: Stage, step: Step, first: int, second: int) -> Step:
    """Return a step with its losses counted as in ``count_for_good``, for everything that changed
    between two moments of the history. Any number of steps may lie between them."""
    taken = stage.moments.steps(first, second)
    ran = tuple(each for one in taken for each in one.ran)
    around = stage.moments.at(first), stage.moments.at(second)
    counted = count_for_good(stage, replace(step, ran=ran), *around)
    return replace(step, rows=counted.rows)


def _count(
    stage: Stage,
    step: Step,
    moments: tuple[Moment, Moment],
    costly: tuple[RowChange, ...],
) -> dict[tuple[str, str, str | None, bool], RowChange]:
    before, after = moments
    if not step.ran and not step.files and step.before.record == step.after.record:
        # No command leads back from what no migration did.
        return {_place(each): _all_of(each) for each in costly}
    assert before.truths is not None
    if not step.ran and step.before.record != step.after.record:
        # Who changed the record, and how, nobody has seen.
        return {}
    twin = twin_of(stage, at=after)
    losses = Losses(costly, step.renames, after.snapshot)
    back = go_back(twin, before, before.truths, [Run(step, (), 0.0)], losses)
    if back.level is Return.NOT_AT_ALL:
        return {_place(each): _all_of(each) for each in costly}
    if back.level in (Return.VALUES, Return.MORE):
        return {_place(each): _none_of(each) for each in costly}
    return {_place(each): each for each in back.lost or ()}


def _place(change: RowChange) -> tuple[str, str, str | None, bool]:
    return change.database, change.table, change.now, change.by_handlers


def _all_of(change: RowChange) -> RowChange:
    return replace(
        change,
        rows_not_back=change.lost,
        values_not_back={**change.lost_values, **change.overwritten},
    )


def _none_of(change: RowChange) -> RowChange:
    return replace(
        change,
        rows_not_back=0,
        values_not_back=dict.fromkeys([*change.lost_values, *change.overwritten], 0),
    )
