"""Makes the outcome from what was measured, and from both the verdict, which is one line."""

from __future__ import annotations

from ..compare.losses import listed
from ..facts.outcome import Agreeing, Cost, Happened, Next, Outcome, Return, not_rehearsed
from ..facts.run import Run
from .measured import Measured, hindrances


def conclude(measured: Measured) -> Outcome:
    """The outcome of a rehearsal."""
    if measured.obstacles:
        return not_rehearsed()
    return Outcome(
        _happened(measured),
        _cost(measured),
        measured.back.level if measured.back else Return.NOT_NEEDED,
        _agreeing(measured),
        _next(measured),
    )


def _happened(measured: Measured) -> Happened:
    last = measured.runs[-1]
    if not last.step.refused:
        return Happened.RAN
    if last.failed is None and last.all_done:
        return Happened.FAILED_AFTER
    if last.failed is not None or measured.moved:
        return Happened.STOPPED
    return Happened.REFUSED


def _cost(measured: Measured) -> Cost:
    if measured.lost_for_good:
        return Cost.SOME
    not_back = measured.back is not None and measured.back.level is Return.UNKNOWN
    return Cost.UNKNOWN if measured.unknown or not_back else Cost.NOTHING


def _agreeing(measured: Measured) -> Agreeing:
    return measured.worse.agreeing if measured.moved else Agreeing.NO_WORSE


def _next(measured: Measured) -> Next:
    following = measured.following
    if following is None:
        return Next.NOT_TRIED
    if hindrances(following.run):
        return Next.UNKNOWN
    if following.fails:
        return Next.FAILS
    if following.destroys:
        return Next.DESTROYS
    return Next.UNKNOWN if following.unknown else Next.FINE


def verdict(measured: Measured, outcome: Outcome) -> str:
    """The verdict: one line in plain words, which claims no more than the outcome."""
    if outcome.happened is Happened.NOT_REHEARSED:
        return f"could not be rehearsed: {measured.obstacles[0].what}"
    parts = [_how_it_ended(run) for run in measured.runs if run.step.refused]
    if outcome.back is Return.NOT_NEEDED:
        if outcome.cost is Cost.UNKNOWN:
            return " · ".join([*parts, outcome.cost.value])
        if parts:
            return " · ".join([*parts, outcome.cost.value])
        ran = any(run.step.ran for run in measured.runs)
        return "nothing lost · it ends where it began" if ran else "nothing changes"
    lost = measured.lost_for_good
    costs = f"loses {listed(lost)}" if lost else outcome.cost.value
    but = _but(measured, outcome)
    if but and outcome.cost is Cost.NOTHING:
        costs = f"{costs}, but {but[0]}"
        but = but[1:]
    parts.append(costs)
    reordered = measured.back is not None and measured.back.reordered
    order = ", except the order of columns" if reordered else ""
    parts.append(outcome.back.words + (order if outcome.back is Return.VALUES else ""))
    return " · ".join([*parts, *but])


def _how_it_ended(run: Run) -> str:
    error = run.step.refusal.error if run.step.refusal else ""
    if run.failed:
        return f"stops at {run.failed.key} ({error})"
    return (
        f"fails after every migration is done ({error})"
        if run.all_done
        else f"is refused ({error})"
    )


def _but(measured: Measured, outcome: Outcome) -> list[str]:
    """Reasons against running the commands, other than what is lost and the way back."""
    worse, following = measured.worse, measured.following
    found = []
    if outcome.agreeing is Agreeing.WORSE:
        pairs = [
            pair
            for there, pair in (
                (worse.drift, ("the record", "the tables")),
                (worse.ghosts, ("the files", "the record")),
                (worse.unmigrated, ("the models", "the files")),
            )
            if there
        ]
        order = ("the models", "the files", "the record", "the tables")
        apart = [each for each in order if any(each in pair for pair in pairs)]
        found.append(f"{', '.join(apart[:-1])} and {apart[-1]} no longer agree")
    elif outcome.agreeing is Agreeing.CANNOT_TELL:
        found.append(outcome.agreeing.value)
    if outcome.next is Next.DESTROYS and following is not None:
        found.append(f"the next migrate destroys {following.destroys[0]}")
    elif outcome.next in (Next.FAILS, Next.UNKNOWN):
        found.append(outcome.next.value)
    return found
