"""Holds Ctrl-C and similar signals back during work that must not be left half done, and reports
that a command was interrupted."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType, TracebackType
from typing import Any

#: What a person, a terminal or a service manager ends a program with.
_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)

#: A context in which interrupts arrive, for whoever holds them back.
LetIn = Callable[[], AbstractContextManager[None]]


class Uninterrupted:
    """A context in which Ctrl-C and similar signals wait; they arrive at its end. Signals without a
    Python handler, which end the process at once, are not held back.

    Python runs handlers only in the main thread, so in another thread nothing is held back.

    Args:
        wanted: whether a Ctrl-C that came meanwhile still counts at the end. Set it to ``False``
            while another Ctrl-C is already being handled.
    """

    def __init__(self, wanted: bool = True) -> None:
        self._wanted = wanted
        self._before: dict[int, Any] = {}
        self._waiting: list[int] = []

    def __enter__(self) -> Uninterrupted:
        self._hold()
        return self

    def _hold(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for each in _SIGNALS:
                if callable(handler := signal.getsignal(each)):
                    self._before[each] = handler
                    signal.signal(each, self._note)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._let_go()

    def _let_go(self) -> None:
        before, self._before = self._before, {}
        waiting, self._waiting = self._waiting, []
        for each, handler in before.items():
            signal.signal(each, handler)
        for each in dict.fromkeys(waiting):
            if self._wanted or each != signal.SIGINT:
                before[each](each, None)

    @contextmanager
    def let_in(self) -> Iterator[None]:
        """A context, inside this one, in which signals arrive at once, including those that have
        waited. It is for long work that cleans up after itself."""
        self._let_go()
        try:
            yield
        finally:
            self._hold()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._waiting.append(number)


def say_interrupted() -> int:
    """Print in one line that the command was interrupted. Returns the exit status that shells use
    for this."""
    print("miglab: interrupted; nothing is left behind", file=sys.stderr)
    return 130
