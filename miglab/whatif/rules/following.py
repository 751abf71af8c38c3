"""Rules about what plain ``migrate`` does afterwards, because the next deployment will run it."""

from __future__ import annotations

from collections.abc import Iterator

from ...compare.agreement import counted
from ...facts.consequences import Severity
from ..measured import Measured, hindrances
from .advice import because
from .rule import Said, rule

_DO = "do not leave the project like this: the next deployment will run migrate"


@rule("next-fails", Severity.NEXT)
def next_fails(measured: Measured) -> Iterator[Said]:
    """The next plain ``migrate`` fails, and would not have failed in the same way before."""
    following = measured.following
    if following is not None and following.fails and not hindrances(following.run):
        run = following.run
        where = str(run.failed.key) if run.failed else "migrate"
        yield Said(f"the next plain migrate fails: {because(run)}", where, _DO)


@rule("next-destroys", Severity.NEXT)
def next_destroys(measured: Measured) -> Iterator[Said]:
    """The next plain ``migrate`` destroys or overwrites something that it would not have
    destroyed before."""
    for each in measured.following.destroys if measured.following else ():
        how = {"values-changed": "overwrites", "values-retyped": "changes"}.get(each.id, "destroys")
        number = counted(each.gone, *each.what)
        yield Said(f"the next plain migrate {how} {number} of {each.where}", each.where, _DO)


@rule("next-unknown", Severity.UNKNOWN)
def next_unknown(measured: Measured) -> Iterator[Said]:
    """One of miglab's limits stopped the next plain ``migrate``, or part of what it does is not
    known."""
    following = measured.following
    if following is not None:
        limited = bool(hindrances(following.run))
        what = "could not be rehearsed" if limited else "is not fully known"
        for each in following.unknown:
            yield Said(f"the next plain migrate {what}: {each.what}", each.where, each.do)


@rule("next-as-before", Severity.NOTE)
def next_as_before(measured: Measured) -> Iterator[Said]:
    """The next plain ``migrate`` does harm, but would have done the same harm before."""
    following = measured.following
    if following is None or following.before is None:
        return
    if following.run.step.refused and not following.fails:
        yield Said(
            f"plain migrate fails afterwards, as it would have failed before: "
            f"{because(following.run)}",
            "migrate",
        )
    elif following.destroys_as_before:
        yield Said(
            "plain migrate destroys or overwrites something afterwards, as it would have before",
            "migrate",
        )
