"""Lets one thread at a time use a stage; others can watch its steps and stop it."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..databases.server.meanwhile import at_work
from ..errors import BadInput, LabClosed
from ..interrupts import Uninterrupted
from ..runners.base import Stopped, Tell
from .stage import Stage
from .stopping import explained


class Turns:
    """Gives one thread at a time its turn on a stage. The stage is closed when this object is
    closed or no longer in use.

    ``busy`` is true while something runs that can be cancelled.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._turn, self._taken = threading.RLock(), False
        self._watchers: list[Callable[[], None]] = []
        self._owner = os.getpid()
        self._end = weakref.finalize(self, _close, stage, self._owner)
        self.busy = False

    @property
    def closed(self) -> bool:
        """Whether the stage has ended."""
        return not self._end.alive

    def close(self) -> None:
        """End the stage, also while another thread has its turn."""
        with Uninterrupted():
            if self._end.alive:
                self._end()
                self._tell_watchers()

    def check_open(self) -> None:
        """Raise an error if the stage has ended, or belongs to another process."""
        if self.closed:
            raise LabClosed
        if os.getpid() != self._owner:
            raise BadInput("this lab belongs to another process; open another one with Lab()")

    @contextmanager
    def one(self, line: str = "looking at the lab") -> Iterator[Stage]:
        """The stage, for one thread at a time. Watchers are told about a step before the next turn
        begins.

        Raises:
            Interrupted: something stopped the work, which the error calls ``line``.
        """
        with self._turn, at_work():
            self.check_open()
            before, first = self._mark(), not self._taken
            try:
                self._taken = True
                with self._in_our_words(line):
                    yield self._stage
                    if first and self._mark() != before:
                        # The result of the command was looked at just now.
                        with self._stage.unwatched():
                            self._tell_watchers()
            finally:
                if first:
                    self._taken = False

    @contextmanager
    def _in_our_words(self, line: str) -> Iterator[None]:
        try:
            yield
        except (Stopped, OSError) as error:
            if self.closed:
                raise LabClosed from None
            ours = explained(line, error, self._stage.reader.time_limit)
            if ours is None:
                raise
            raise ours from None

    @contextmanager
    def long(self, line: str, tell: Tell) -> Iterator[None]:
        """A part of a turn that may take long: its progress is reported, and others may cancel it.

        Raises:
            Interrupted: the work, which the error calls ``line``, was cancelled.
        """
        reader = self._stage.reader
        reader.tell, self.busy = tell, True
        try:
            with self._in_our_words(line):
                yield
        finally:
            reader.tell, self.busy = None, False
            reader.stop.clear()

    def cancel(self) -> None:
        """Stop whatever is running. If nothing is running, nothing happens."""
        if self.busy:
            self._stage.reader.stop.ask()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` after each step, and when the stage has ended."""
        self._watchers.append(watcher)

    def _tell_watchers(self) -> None:
        for watcher in list(self._watchers):
            watcher()

    def _mark(self) -> tuple[int, int]:
        """A value that changes whenever a step is taken."""
        return id(self._stage.moments.now), id(self._stage.last)


def _close(stage: Stage, owner: int) -> None:
    """End a stage, except in a fork of the process that opened it."""
    if os.getpid() == owner:
        stage.close()
