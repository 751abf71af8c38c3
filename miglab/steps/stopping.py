"""miglab's own errors for whatever stops a command before its end."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from ..agent.common.protocol import Message
from ..errors import (
    AgentDied,
    BadInput,
    DiskFull,
    Interrupted,
    MiglabError,
    NoServer,
    RefusalExpected,
    ServerStopped,
    TimeLimit,
    Unanswered,
)
from ..facts.step import Step
from ..runners import Stopped
from .reader import why

#: With less than this, in bytes, nothing can be written: not even one page of each file.
_NO_ROOM = 128 * 1024


def has_no_room(folder: Path) -> bool:
    """Whether the disk that a folder is on is full."""
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:
        return False


def explained(
    line: str, error: BaseException, limit: float, full: bool = False, gone: bool = False
) -> MiglabError | None:
    """miglab's own error for what stopped a command; ``None`` for errors of other kinds. ``limit``
    is the command's time limit in seconds. ``full`` is whether the disk was full when the command
    stopped, and ``gone`` whether a database's server could not be reached."""
    if isinstance(error, NoServer) and error.stopped:
        return ServerStopped(line, str(error))
    if isinstance(error, Stopped):
        if error.why == "cancelled":
            return Interrupted(line, "cancelled")
        reason = why(error, limit)
        if error.why == "limit":
            return TimeLimit(line, reason, lab_hint="To allow more: Lab(…, time_limit=…).")
        if full and error.why == "died":
            return _disk_full(line)
        if gone:
            return ServerStopped(line, "its database server stopped")
        return AgentDied(line, reason)
    if isinstance(error, KeyboardInterrupt):
        return Interrupted(line, "interrupted")
    if isinstance(error, OSError):
        if is_full(error):
            return _disk_full(line)
        return BadInput(f"{line}: {error.strerror or error}")
    return None


def check(line: str, answer: Message) -> None:
    """Raise an error if something stopped a command although its process finished."""
    error = answer.get("error")
    if error and error["full_disk"]:
        raise _disk_full(line)
    if error and error["class"] == "NoAnswer":
        question = " ".join(error["message"].split())
        raise Unanswered(
            line,
            f"it asked a question that nobody answered: {question}",
            lab_hint="Give the answers with %%manage, one on each line below it, or with "
            "answers=[…].",
        )


def check_refused(step: Step | None, error: str) -> None:
    """Raise an error if Django did not refuse a step, or refused it with another error.

    Raises:
        RefusalExpected: Django did not refuse it with this error, or there is no step.
    """
    if step is None:
        raise RefusalExpected(f"{error} was expected, but no command has run yet")
    if step.refusal is None:
        raise RefusalExpected(f"{error} was expected, but {step.line!r} was not refused")
    if step.refusal.error != error:
        raise RefusalExpected(
            f"{error} was expected, but {step.line!r} was refused with {step.refusal}"
        )


def is_full(error: OSError) -> bool:
    """Whether the error means that a disk is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _disk_full(line: str) -> DiskFull:
    return DiskFull(line, "no space is left on the disk", "Free some space, then try again.")
