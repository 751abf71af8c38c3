"""Confines one copy's processes: the agent's jail lets it write to every copy, a keeper only to its
own; and ends what a request left running."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any, Dict, List

#: Set by the launcher, to the kind of jail around this process.
VARIABLE = "MIGLAB_JAILED"
#: Whether the operating system keeps this process in, and how.
by = os.environ.get(VARIABLE, "hook")
jailed = by in ("namespaces", "landlock")

if jailed:
    # Once, before copies are forked from here.
    from ..jail import kernel, landlock


def stay_in(config: Dict[str, Any]) -> None:
    """From now on, this process and its forks write below this copy only, and what they leave
    running becomes this process's child. Without a jail nothing happens."""
    if not jailed:
        return
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    if not landlock.abi():
        return
    allow = config["own"]["allow"]
    folders: List[str] = [config["root"], config["code"]]
    folders += [os.path.expanduser(each) for each in allow["folders"]]
    # Inside namespaces /dev is private; elsewhere only what harms nobody may be written.
    devices = ["/dev"] if by == "namespaces" else ["/dev/null", "/dev/zero", "/dev/full"]
    landlock.confine([*folders, *devices], bool(allow["addresses"]))


def end_what_is_left() -> None:
    """Kill this process's children, and theirs, until there is none."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        for pid in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _children() -> List[int]:
    own, found = str(os.getpid()).encode(), []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open("/proc/%s/stat" % name, "rb") as file:
                # The name of the program, in brackets, may hold anything.
                if file.read().rpartition(b")")[2].split()[1] == own:
                    found.append(int(name))
    return found
