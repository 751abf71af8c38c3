"""Runs steps in a copy of a stage, to see where they would lead."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import MiglabError
from ..facts.step import Step
from ..lab import Lab
from ..steps.stage import Stage
from . import instructions
from .look import Known, Look, Query


def copied(stage: Stage) -> Lab:
    """A lab that is a copy of a stage as it is now. ``Lab.latest`` skips it, and what its steps
    cost is not measured."""
    lab = Lab._copied(stage, (), stage.reader.runner.name)
    lab.step_aside()
    lab._counts = False
    return lab


def take_all(lab: Lab, steps: str) -> tuple[list[Step], str]:
    """Run the steps in a text. Returns those that ran, and why one was refused or could not be run;
    an empty text if all went well.

    Raises:
        Interrupted: somebody stopped it.
    """
    taken: list[Step] = []
    for each in instructions.read(steps):
        try:
            step = instructions.take(lab, each)
        except MiglabError as error:
            if error.by_hand:
                raise
            return taken, str(error)
        if step is not None:
            taken.append(step)
            if step.refusal is not None and not each.refused:
                return taken, str(step.refusal)
    return taken, ""


def after(look: Look, steps: str, queries: Iterable[Query]) -> tuple[str, Look]:
    """Run steps in a copy. Returns why one failed, or an empty text, and a look at the copy."""
    key = (steps, tuple(queries))
    if key not in look.copies:
        look.copies[key] = _tried(look.stage, steps, look.known, key[1])
    return look.copies[key]


def _tried(stage: Stage, steps: str, known: Known, queries: Iterable[Query]) -> tuple[str, Look]:
    """Run steps in a new copy, and close it. Returns why one failed, and a look at the copy."""
    with copied(stage) as lab:
        _, refused = take_all(lab, steps)
        with lab._turns.one() as other:
            other.now()
            look = Look(other, known, queries)
            if not refused:
                for query in queries:
                    look.query(query)
                other.truths()
                _ = look.agreements
    return refused, look
