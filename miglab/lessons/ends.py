"""Wrong ends that any task can come to, and how they are recognized."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..facts.truths import Unreadable
from ..lab import Lab


def _no_models(lab: Lab) -> bool:
    return isinstance(lab.truths().truths.models, Unreadable)


def _bad_files(lab: Lab) -> bool:
    return bool(lab.truths().truths.known_files.bad)


def _no_record(lab: Lab) -> bool:
    truths = lab.truths().truths
    return isinstance(truths.record, Unreadable) or not truths.known_record.exists


def _ghosts(lab: Lab) -> bool:
    truths = lab.truths().truths
    return any(key not in truths.known_files.migrations for key in truths.known_record.keys)


def rewound(lab: Lab) -> bool:
    """Whether the lab went back along its own history, and not to its beginning."""
    history = lab.history()
    return 0 < history.position < len(history.lines)


#: Remark → whether it applies. If Django cannot work at all, no other remark counts.
BROKEN: Mapping[str, Callable[[Lab], bool]] = {
    "Django cannot start, because Python cannot import the models. Correct the file that the "
    "error names, or undo the last step with `lab.rewind()`.": _no_models,
    "Python cannot import one of the migration files. Correct it, or undo the last step with "
    "`lab.rewind()`.": _bad_files,
    "The database has no record of migrations any more. `lab.rewind()` undoes the last step, "
    "and `lab.restart()` undoes all steps.": _no_record,
}

#: Remark → whether it applies. These count only if no remark of the task itself applies.
OTHERWISE: Mapping[str, Callable[[Lab], bool]] = {
    "The record has a ghost: a migration is applied, but its file is gone. Bring the file back: "
    "`lab.rewind()` undoes the last step.": _ghosts,
}
