"""Says which part of a command runs: setting up, the command, its checks, a migration, handlers."""

from __future__ import annotations

import contextlib
from typing import Iterator, List, NamedTuple, Optional, Tuple


class Phase(NamedTuple):
    """``name`` and, for a migration, its ``key``: app label and name."""

    name: str
    key: Optional[Tuple[str, str]] = None


SETUP = Phase("setup")
COMMAND = Phase("command")
CHECKS = Phase("checks")
HANDLERS = Phase("handlers")

#: What the project tried earlier in one of these may be why it fails later in the same one.
_ONE_PIECE = ("checks", "handlers", "migration")

_now = SETUP
_left: List[Tuple[BaseException, Phase]] = []


def now() -> Phase:
    """The part that runs at this moment."""
    return _now


def begin(part: Phase) -> None:
    """Set the part that runs from here on."""
    global _now
    _now = part


@contextlib.contextmanager
def during(part: Phase) -> Iterator[None]:
    """A context in which this part runs. An error that leaves it is remembered."""
    before = _now
    begin(part)
    try:
        yield
    except BaseException as error:
        _left.append((error, part))
        raise
    finally:
        begin(before)


def left_by(errors: List[BaseException]) -> Optional[Phase]:
    """The innermost part that one of these errors left, if it is one piece of work; else
    ``None``."""
    for error, part in _left:
        if part.name in _ONE_PIECE and any(error is each for each in errors):
            return part
    return None
