"""What went wrong, as data, and as a terminal would have shown it."""

from __future__ import annotations

import errno
import sys
import traceback
from typing import Any, Dict, Iterator, List, Optional

from .. import FOLDER

#: What engines say if there is no room left.
_FULL = ("database or disk is full", "No space left on device")


def describe(error: Optional[BaseException]) -> Optional[Dict[str, Any]]:
    """The error as ``class``, ``message``, ``cause``, ``traceback``, ``full_disk``; ``None`` if
    there is none.

    A ``CommandError`` reaches the top as the ``SystemExit`` that Django makes of it
    (``BaseCommand.run_from_argv``): the ``CommandError`` is the context of that ``SystemExit``.
    """
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return None
    lines = "".join(_ours_left_out(error))
    if isinstance(error, SystemExit):
        cause = error.__context__
        if cause is None or not hasattr(cause, "returncode"):
            return exited(error.code if isinstance(error.code, str) else "")
        error = cause
        lines = ""
    return {
        "class": type(error).__name__,
        "message": _message(error),
        "cause": _first_cause(error),
        "traceback": lines,
        "full_disk": any(_is_full_disk(each) for each in with_causes(error)),
    }


def exited(message: str) -> Dict[str, Any]:
    """The error of a command that ended by ``sys.exit``."""
    found: Dict[str, Any] = dict.fromkeys(("cause", "traceback"), "")
    return {**found, "class": "SystemExit", "message": message, "full_disk": False}


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def _first_cause(error: BaseException) -> str:
    """The first of several errors that were raised from one another; ``""`` if it says nothing else
    than the last. Django raises its own database errors from the driver's, which have the same
    words, and the same names or narrower ones."""
    first, seen = error, {id(error)}
    while first.__cause__ is not None and id(first.__cause__) not in seen:
        first = first.__cause__
        seen.add(id(first))
    if type(first).__name__ == type(error).__name__ or _message(first) == _message(error):
        return ""
    return "%s: %s" % (type(first).__name__, _message(first))


def show(error: BaseException) -> None:
    """Print the traceback as the interpreter does for an error that nobody caught."""
    sys.stdout.flush()
    sys.stderr.write("".join(_ours_left_out(error)))
    sys.stderr.flush()


def _ours_left_out(error: BaseException) -> Iterator[str]:
    shown = traceback.TracebackException(type(error), error, error.__traceback__)
    _leave_out(shown, set())
    return iter(list(shown.format()))


def _leave_out(shown: Any, seen: Any) -> None:
    """Drop the agent's own frames, here and in the causes."""
    if shown is None or id(shown) in seen:
        return
    seen.add(id(shown))
    shown.stack[:] = [frame for frame in shown.stack if not frame.filename.startswith(FOLDER)]
    _leave_out(shown.__cause__, seen)
    _leave_out(shown.__context__, seen)
    for each in getattr(shown, "exceptions", None) or ():
        _leave_out(each, seen)


def with_causes(error: BaseException) -> Iterator[BaseException]:
    """The error, its causes and what was being handled when it was raised: all of them, even if
    ``raise … from None`` hides them, and those in a group."""
    waiting: List[Optional[BaseException]] = [error]
    seen = set()
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        group = getattr(each, "exceptions", None)
        if isinstance(group, tuple):
            waiting += [one for one in group if isinstance(one, BaseException)]


def _is_full_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(each in _message(error) for each in _FULL)
