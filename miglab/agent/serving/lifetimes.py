"""Ends processes together: nothing that was started for a project outlives the process that needed
it, however that ends.

The kernel of Linux tells a process that its parent is gone. It gives processes that lost their
parent, even those in sessions of their own, to the nearest ancestor that asked for them. On other
systems, a job checks from time to time whether its parent is still alive. There, processes in
another process group are missed, and may live on.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
import time
from typing import Any, Collection, Iterator, List, NoReturn

#: Seconds between two times that a job asks who its parent is, on systems that do not tell it.
PERIOD = 0.5

LINUX = sys.platform.startswith("linux")


def adopt() -> None:
    """From now on, processes that this process's descendants leave behind become its own children
    (on Linux)."""
    if LINUX:
        from ..jail import kernel

        with contextlib.suppress(OSError):
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def end_with(parent: int, number: int = signal.SIGKILL) -> None:
    """In a fork: get the signal ``number`` when the parent, whose id was ``parent``, is gone, even
    if it was gone before this call. Does nothing on other systems than Linux."""
    if not LINUX:
        return
    from ..jail import kernel

    with contextlib.suppress(OSError):
        kernel.prctl(kernel.PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def ask_for(parent: int) -> None:
    """In a job: end when the parent is gone, on systems that do not tell it."""
    if LINUX:
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PERIOD)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def everyone_out() -> NoReturn:
    """End this process and everything that it started."""
    end_children()
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


@contextlib.contextmanager
def ending_with(descriptor: int) -> Iterator[None]:
    """A context in which everything ends as soon as nobody can write to this descriptor any more.
    Use it for long work that does not read from it. Nothing may be forked in it, because it uses a
    thread. Does nothing on systems without ``poll``."""
    if not hasattr(select, "poll"):
        yield
        return
    over, end = os.pipe()

    def listen() -> None:
        poll = select.poll()
        # A hang-up is always told; what there is to read is none of this.
        poll.register(descriptor, 0)
        poll.register(over, select.POLLIN)
        if over not in dict(poll.poll()):
            everyone_out()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        os.close(end)
        thread.join()
        os.close(over)


def end_when_told() -> Any:
    """From now on SIGTERM ends this process and everything that it started; returns the handler
    that was there."""
    return signal.signal(signal.SIGTERM, lambda number, frame: everyone_out())


def end_children(but: Collection[int] = ()) -> None:
    """Kill this process's children, except those in ``but``, and what they leave behind, until
    there is none. Does nothing on other systems than Linux."""
    if not LINUX:
        return
    while True:
        found = [each for each in _children() if each not in but]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in found:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> List[int]:
    """The ids of this process's children. They come from the kernel's own list, or else from the
    parent of each process."""
    try:
        with open("/proc/self/task/%d/children" % threading.get_native_id()) as file:
            own = [int(each) for each in file.read().split()]
        if len(os.listdir("/proc/self/task")) == 1:
            return own
    except OSError:
        pass
    parent, found = str(os.getpid()).encode(), []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open("/proc/%s/stat" % name, "rb") as file:
                # The name of the program, in brackets, may hold anything.
                if file.read().rpartition(b")")[2].split()[1] == parent:
                    found.append(int(name))
    return found
