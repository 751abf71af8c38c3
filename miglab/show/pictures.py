"""The graphs before and after a step, with what moved marked."""

from __future__ import annotations

from dataclasses import replace

from ..compare.picture import picture
from ..compare.sentence import sentence
from ..compare.truths import Moves
from ..facts.migration import Key
from ..facts.picture import Picture
from ..facts.step import Step
from ..facts.truths import Truths


def around(step: Step, moves: Moves) -> list[Picture]:
    """Before and after, where the graph moved; else nothing."""
    changed = {*moves.applied, *moves.unapplied, *_changed_files(step.before, step.after)}
    if not changed:
        return []
    apps = step.apps
    pictures = (
        picture(step.before, apps, title="before", also=changed),
        picture(step.after, apps, title="after", changed=changed, sentence=sentence(step, moves)),
    )
    # What other apps hold is no news of this step.
    return [replace(each, hidden=0) for each in pictures]


def _changed_files(before: Truths, after: Truths) -> set[Key]:
    old, new = (each.known_files.migrations for each in (before, after))
    if old is new:
        return set()
    return {
        key
        for key in old.keys() | new.keys()
        if key not in old or key not in new or old[key].digest != new[key].digest
    }
