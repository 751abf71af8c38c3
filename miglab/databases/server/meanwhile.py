"""What is done on servers while nobody waits: in threads, between the commands of labs."""

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
    """Within it, nothing begins: somebody waits for a lab."""
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
    """Something that is done as soon as no lab is at work, unless it is called off before. It may
    wait for what began to wait earlier, and for nothing else: so all of it comes to an end."""

    def __init__(self, act: Callable[[], object], about: str = "") -> None:
        super().__init__(daemon=True)
        self._act, self._about = act, about
        self._begun = self._off = self._hurried = False
        if about:
            _waiting[about] = self
        self.start()

    def run(self) -> None:
        """Wait, and do it."""
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
        """Whether it had not begun, and is not done; else wait until it is."""
        with _changed:
            self._off = not self._begun
            _changed.notify_all()
        self.join()
        return self._off

    def hurry(self) -> None:
        """Do not wait any longer."""
        with _changed:
            self._hurried = True
            _changed.notify_all()

    def finish(self) -> None:
        """Do it now, and wait until it is done."""
        self.hurry()
        self.join()


def do(about: str, act: Callable[[], object]) -> None:
    """Have something done meanwhile, unless it has to be done already; where much is waiting, what
    waits longest begins now."""
    for each in [*_waiting.values()][: max(0, len(_waiting) - MANY + 1)]:
        each.hurry()
    if about not in _waiting:
        Meanwhile(act, about)


def waits(about: str) -> bool:
    """Whether it has to be done, and is perhaps not done yet."""
    return about in _waiting


def finish(*those: str) -> bool:
    """Have this done now, or all of it; whether there was anything to do. The caller is not part of
    this work, and has no connection that it may need."""
    found = [_waiting.get(each) for each in those or [*_waiting]]
    threads = [each for each in found if each is not None]
    for each in threads:
        each.finish()
    return bool(threads)


def call_off(owner: str) -> None:
    """Have no more of this done for databases whose names begin so; what has begun is waited
    for."""
    for each in [each for about, each in [*_waiting.items()] if owner in about]:
        each.call_off()
