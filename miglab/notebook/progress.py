"""A line below the cell that says what is being done, while something long runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle

from ..lab import Lab
from ..runners.base import Tell
from ..show.masks import masked

#: What ends sooner than this shows no message, in seconds.
AFTER = 2.0
#: The shortest time between two messages, in seconds.
EVERY = 0.2


def allow_progress(shell: InteractiveShell) -> None:
    """Let ``Lab`` say below the cell what it is doing."""
    Lab.progress = staticmethod(shown)


#: Receives the messages of a worker's thread; ``None`` in the thread of a cell.
_LISTENER: ContextVar[Tell | None] = ContextVar("listener", default=None)


@contextmanager
def told_to(listener: Tell) -> Iterator[None]:
    """Within it, the messages of this thread go to ``listener``, and not below a cell."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def in_a_cell() -> bool:
    """Whether this is a cell's own thread, and not a worker's."""
    return _LISTENER.get() is None


class Paced:
    """Passes messages on: none before ``after`` seconds, and at most one every ``EVERY``. An early
    message waits for its time, unless a newer one replaces it.
    """

    def __init__(self, hand_on: Tell, after: float = 0.0) -> None:
        self._hand_on = hand_on
        self._next = time.monotonic() + after
        self._lock = threading.Lock()
        self._said: str | None = None
        self._timer: threading.Timer | None = None
        # The cell that speaks, for a thread that speaks in its place.
        self._context = copy_context()

    def __call__(self, what: str) -> None:
        with self._lock:
            self._said = what
            if self._timer is None:
                self._speak_when_due()

    def close(self) -> None:
        """Say nothing more."""
        with self._lock:
            self._said = None
            if self._timer is not None:
                self._timer.cancel()

    def _later(self) -> None:
        with self._lock:
            self._timer = None
            self._context.run(self._speak_when_due)

    def _speak_when_due(self) -> None:
        wait = self._next - time.monotonic()
        if self._said is None:
            return
        if wait > 0:
            self._timer = threading.Timer(wait, self._later)
            self._timer.daemon = True
            self._timer.start()
            return
        said, self._said = self._said, None
        self._next = time.monotonic() + EVERY
        self._hand_on(said)


@contextmanager
def shown() -> Iterator[Tell]:
    """Within it, show messages in a line below the cell. At its end, the line is empty."""
    listener = _LISTENER.get()
    if listener is not None:
        yield lambda what: listener(masked(what))
        return
    handle: DisplayHandle | None = None

    def show(what: str) -> None:
        nonlocal handle
        line = {"text/plain": f"{masked(what)} …"}
        if handle is None:
            handle = DisplayHandle()  # type: ignore[no-untyped-call]
            # It begins and ends as nothing: no output differs by whether it was slow.
            handle.display({}, raw=True)  # type: ignore[no-untyped-call]
        handle.update(line, raw=True)  # type: ignore[no-untyped-call]

    tell = Paced(show, AFTER)
    try:
        yield tell
    finally:
        tell.close()
        if handle is not None:
            handle.update({}, raw=True)  # type: ignore[no-untyped-call]
