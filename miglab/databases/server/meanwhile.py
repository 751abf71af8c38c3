"""Does work on servers in the background: in threads, while no lab runs a command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds for which no lab is at work before something begins.
_QUIET = 0.01
#: How much of what has to be done at some time may wait.
MANY = 8

_changed = threading.Condition()
_working = 0
#: What has to be done, by what it is about.
_waiting: dict[str, Meanwhile] = {}


@contextmanager
def at_work() -> Iterator[None]:
    """A context in which no background work begins, because somebody waits for a lab."""
    global _working
    with _changed:
        _working += 1
    try:
        yield
    finally:
        with _changed:
            _working -= 1
            _changed.notify_all()


class Meanwhile(threading.Thread):
    """One piece of background work. It is done as soon as no lab is at work, unless it is called
    off before. It may wait only for work that was created earlier, so that all of it ends."""

    def __init__(self, act: Callable[[], object], about: str = "") -> None:
        super().__init__(daemon=True)
        self._act, self._about = act, about
        self._begun = self._off = self._hurried = False
        if about:
            _waiting[about] = self
        self.start()

    def run(self) -> None:
        """Wait until no lab is at work, and do the work."""
        with _changed:
            while not self._off and not self._hurried:
                if _working:
                    _changed.wait()
                elif not _changed.wait(_QUIET):
                    break
            self._begun = not self._off
        try:
            if self._begun:
                self._act()
        finally:
            with _changed:
                if _waiting.get(self._about) is self:
                    del _waiting[self._about]

    def call_off(self) -> bool:
        """Call the work off if it has not begun, and return whether that is so. Otherwise, wait
        until it is done."""
        with _changed:
            self._off = not self._begun
            _changed.notify_all()
        self.join()
        return self._off

    def hurry(self) -> None:
        """Begin the work now, even if a lab is at work."""
        with _changed:
            self._hurried = True
            _changed.notify_all()

    def finish(self) -> None:
        """Begin the work now, and wait until it is done."""
        self.hurry()
        self.join()


def do(about: str, act: Callable[[], object]) -> None:
    """Do something in the background, unless work ``about`` the same is waiting already. If much is
    waiting, what has waited longest begins now."""
    for each in [*_waiting.values()][: max(0, len(_waiting) - MANY + 1)]:
        each.hurry()
    if about not in _waiting:
        Meanwhile(act, about)


def waits(about: str) -> bool:
    """Whether background work about this is waiting or running."""
    return about in _waiting


def finish(*those: str) -> bool:
    """Do the background work about these now, or all of it if none is named, and wait for it.
    Return whether there was any. The caller must not be part of this work, nor have a connection
    that it may need."""
    found = [_waiting.get(each) for each in those or [*_waiting]]
    threads = [each for each in found if each is not None]
    for each in threads:
        each.finish()
    return bool(threads)


def call_off(owner: str) -> None:
    """Call off the background work about databases whose names contain ``owner``. Wait for work
    that has begun."""
    for each in [each for about, each in [*_waiting.items()] if owner in about]:
        each.call_off()
