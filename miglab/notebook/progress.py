"""A line below the cell that says what is being done, while something long runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle

from ..lab import Lab
from ..runners.base import Tell
from ..show.masks import masked

#: Nobody needs to be told of what is over at once; in seconds.
AFTER = 2.0
#: The shortest time between two messages, in seconds.
EVERY = 0.2


def allow_progress(shell: InteractiveShell) -> None:
    """Let ``Lab`` say below the cell what it is doing."""
    Lab.progress = staticmethod(shown)


#: Who hears what is being done, where that is no cell.
_LISTENER: ContextVar[Tell | None] = ContextVar("listener", default=None)


@contextmanager
def told_to(listener: Tell) -> Iterator[None]:
    """In this thread, let somebody else hear what is being done."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def in_a_cell() -> bool:
    """Whether it is a cell that runs here, and no worker."""
    return _LISTENER.get() is None


@contextmanager
def shown() -> Iterator[Tell]:
    """Shows what it is told; when all is done the line is empty."""
    listener = _LISTENER.get()
    if listener is not None:
        yield lambda what: listener(masked(what))
        return
    started = last = time.monotonic()
    handle: DisplayHandle | None = None

    def tell(what: str) -> None:
        nonlocal handle, last
        now = time.monotonic()
        if now - started < AFTER or now - last < EVERY:
            return
        last = now
        line = {"text/plain": f"{masked(what)} …"}
        if handle is None:
            handle = DisplayHandle()  # type: ignore[no-untyped-call]
            # It begins and ends as nothing: no output differs by whether it was slow.
            handle.display({}, raw=True)  # type: ignore[no-untyped-call]
        handle.update(line, raw=True)  # type: ignore[no-untyped-call]

    try:
        yield tell
    finally:
        if handle is not None:
            handle.update({}, raw=True)  # type: ignore[no-untyped-call]
