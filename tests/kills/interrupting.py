"""Run as a program: makes labs, and sends itself Ctrl-C in one line after the other of what makes
them; prints as JSON how many lines there were, how many it was sent in, and in words what was left.

    python -m tests.kills.interrupting WAY EVERY     WAY is one of ``WAYS``; in each EVERYth line
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from miglab import Lab

#: How a lab is made, beside one that is open.
WAYS: dict[str, Callable[[Lab], Lab]] = {
    "open": lambda lab: Lab(time_limit=30),
    "copy": lambda lab: lab.copy(),
    "own": lambda lab: Lab.of(lab.folder, python=sys.executable, time_limit=30),
}

#: The files whose lines count: what hands a new lab's folder and processes on.
_FILES = ("lab.py", "interrupts.py", "steps/opening.py", "steps/copies.py", "sandbox/sandbox.py")
_PATHS = tuple(os.path.join("miglab", *each.split("/")) for each in _FILES)


class Interrupt:
    """Counts lines, and is Ctrl-C in the one with this number; with 0 in none."""

    def __init__(self, number: int) -> None:
        self.number, self.count = number, 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.endswith(_PATHS):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.number:
                os.kill(os.getpid(), signal.SIGINT)
        return self


def attempt(lab: Lab, way: str, number: int) -> tuple[int, bool]:
    """Make one with Ctrl-C in this line; how many lines there were, and whether it was made."""
    interrupt = Interrupt(number)
    made = None
    try:
        sys.settrace(interrupt)
        try:
            made = WAYS[way](lab)
        finally:
            sys.settrace(None)
    except KeyboardInterrupt:
        pass
    if made is not None:
        made.close()
    return interrupt.count, made is not None


def there(home: Path) -> list[str]:
    """The folders of labs, and the processes of this one."""
    processes = [f"process {each.pid}" for each in psutil.Process().children()]
    return sorted([each.name for each in (home / "labs").iterdir()] + processes)


def main(way: str, every: int) -> None:
    """Do it, and print what was found."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    home = Path(os.environ["MIGLAB_HOME"])
    with Lab(time_limit=30) as lab:
        truths = lab.truths().truths
        lines, _ = attempt(lab, way, 0)
        before, sent, left = there(home), 0, []
        for number in range(1, lines + 1, every):
            _, made = attempt(lab, way, number)
            # Who is told of an interrupt late forgets a lab that nobody was given.
            gc.collect()
            sent += not made
            if there(home) != before:
                left.append(f"line {number}: {there(home)} instead of {before}")
            if lab.truths().truths != truths:
                left.append(f"line {number}: other truths")
    print(json.dumps({"lines": lines, "sent": sent, "left": left}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
