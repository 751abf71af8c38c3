"""Puts the strongest jail that this machine offers around a command, says what holds in it, and
executes the command.

``python …/miglab/agent/jail SPEC PROGRAM ARGUMENT…``, where SPEC is JSON: ``writable`` (folders),
``network`` (whether it may be used), ``probes`` (a folder outside of those), ``strongest`` (one of
``NAMES``) and ``require`` (whether nothing is executed where contents are not enforced). The first
line on standard output is ``{"event": "jailed", …}``; then the command has it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from typing import Any, Callable, Dict, List, NoReturn, Optional

from . import kernel, landlock, namespaces, probe

NAMES = ("namespaces", "landlock", "hook")

#: What writing to harms nobody. Under Landlock alone, /dev is everybody's.
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
_GENEROUS = 8 << 30

Found = Optional[Dict[str, bool]]


def main() -> None:
    """Read the command line and launch."""
    spec, command = json.loads(sys.argv[1]), sys.argv[2:]
    spec["writable"] = [os.path.realpath(each) for each in spec["writable"]]
    _limit(spec["writable"][0])
    targets = probe.Targets(spec["probes"])
    try:
        offered = NAMES[NAMES.index(spec["strongest"]) :]
        if "namespaces" in offered:
            _in_namespaces(spec, command, targets)
        found: Found = None
        if "landlock" in offered:
            found = _tried(lambda: _landlock(spec), spec, targets)
        by = "hook" if found is None else "landlock"
        if found is None:
            found = _tried(lambda: None, spec, targets)
        signalled = targets.was_signalled()
    finally:
        targets.remove()
    if found is None:
        raise SystemExit("the probe of the jail did not end")
    if by == "landlock":
        _landlock(spec)
    _announce(spec, by, found, signalled)
    _execute(command, by)


def _announce(spec: Dict[str, Any], by: str, found: Dict[str, bool], signalled: bool) -> None:
    held = probe.verdict(found, signalled)
    message = {"event": "jailed", "by": by, **held}
    os.write(1, (json.dumps(message) + "\n").encode())
    if spec["require"] and held["contents"] != probe.ENFORCED:
        os._exit(0)


def _execute(command: List[str], by: str) -> NoReturn:
    os.environ["MIGLAB_JAILED"] = by
    os.execv(command[0], command)


def _landlock(spec: Dict[str, Any]) -> None:
    landlock.confine([*spec["writable"], *_DEVICES], spec["network"])


def _tried(confine: Callable[[], None], spec: Dict[str, Any], targets: probe.Targets) -> Found:
    """What went through in a child that is confined so; ``None`` where it cannot be, or where the
    copy itself could not be written."""
    incoming, outgoing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            confine()
            os.write(outgoing, json.dumps(probe.attempt(targets, spec["writable"])).encode())
        finally:
            os._exit(0)
    os.close(outgoing)
    with open(incoming, "rb") as file:
        text = file.read()
    os.waitpid(pid, 0)
    found: Dict[str, bool] = json.loads(text) if text else {}
    return found if found.pop("own", False) else None


def _in_namespaces(spec: Dict[str, Any], command: List[str], targets: probe.Targets) -> None:
    """Launch there, and end with it; returns where this machine does not offer them."""
    go_in, go_out = os.pipe()
    told_in, told_out = os.pipe()
    try:
        pid = namespaces.fork(spec["network"])
    except OSError:
        return
    if not pid:
        try:
            os.close(go_out)
            os.close(told_in)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.read(go_in, 1):
                _first_inside(spec, command, targets, go_in, told_out)
        finally:
            os._exit(1)
    os.close(go_in)
    os.close(told_out)
    try:
        namespaces.map_users(pid)
        os.write(go_out, b"1")
        text = os.read(told_in, 1 << 16)
    except OSError:
        text = b""
    found: Found = json.loads(text) if text else None
    if found is None or not found.pop("own"):
        os.close(go_out)
        os.waitpid(pid, 0)
        return
    signalled = targets.was_signalled()
    targets.remove()
    _announce(spec, "namespaces", found, signalled)
    os.write(go_out, b"2")
    os.close(go_out)
    _stand_back()
    _, status = os.waitpid(pid, 0)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _first_inside(
    spec: Dict[str, Any], command: List[str], targets: probe.Targets, go: int, told: int
) -> NoReturn:
    """The first process: it starts the command, and all ends when the command has ended."""
    namespaces.set_up(spec["writable"])
    # The folder that it stands in lies below what was there before.
    os.chdir(os.getcwd())
    found = _tried(namespaces.give_up_privileges, spec, targets)
    if found is None:
        os._exit(1)
    os.write(told, json.dumps({**found, "own": True}).encode())
    os.close(told)
    if not os.read(go, 1):
        os._exit(1)
    pid = os.fork()
    if not pid:
        os.environ["TMPDIR"] = "/dev/shm"
        namespaces.give_up_privileges()
        _execute(command, "namespaces")
    _stand_back()
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _stand_back() -> None:
    """Hold neither end of the wire, and leave interrupts to others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _limit(copy: str) -> None:
    """Limits that no sound command meets: more memory than there is, a file larger than the disk.
    Not how many processes: that counts all of the user's."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    disk = os.statvfs(copy)
    for which, most in (
        (resource.RLIMIT_AS, max(memory, _GENEROUS)),
        (resource.RLIMIT_FSIZE, disk.f_frsize * disk.f_blocks),
        (resource.RLIMIT_NOFILE, 1 << 16),
    ):
        soft, hard = resource.getrlimit(which)
        if hard == resource.RLIM_INFINITY or hard > most:
            soft = most if soft == resource.RLIM_INFINITY or soft > most else soft
            resource.setrlimit(which, (soft, most))
