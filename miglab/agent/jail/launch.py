"""Puts the strongest jail that this machine offers around a command, says what holds in it, and
executes the command.

``python …/miglab/agent/jail/__main__.py STRONGEST NETWORK REQUIRE PROBES COUNT WRITABLE… PROGRAM
ARGUMENT…``: ``STRONGEST`` is the strongest jail to try (one of ``NAMES``). ``NETWORK`` is ``yes``
if the network may be used, ``sockets`` if only sockets that have a path may be used, otherwise
``no``. If ``REQUIRE`` is ``yes``, nothing is executed unless contents are enforced. ``PROBES`` is a
folder of miglab's own for the probe. ``COUNT`` folders may be written: ``WRITABLE…``. The first
line on standard output is ``{"event": "jailed", …}``; the rest is the command's own output.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal itself imports much
import os
import resource
import sys

from . import kernel, landlock, namespaces, probe, sockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, List, NoReturn, Optional

    Found = Optional[Dict[str, bool]]

NAMES = ("namespaces", "landlock", "hook")

#: Devices that can be written without harm. With Landlock alone, /dev is not private.
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
_GENEROUS = 8 << 30


class _Spec:
    """What the launcher's command line asks for."""

    def __init__(self, words: List[str]) -> None:
        self.strongest, network, require, self.probes, count = words[:5]
        self.network, self.require = network == "yes", require == "yes"
        self.paths = network == "sockets"
        rest = words[5:]
        self.writable = [os.path.realpath(each) for each in rest[: int(count)]]
        self.command = rest[int(count) :]


def main() -> None:
    """Read the command line and launch."""
    spec = _Spec(sys.argv[1:])
    _limit(spec.writable[0])
    offered = NAMES[NAMES.index(spec.strongest) :]
    if "namespaces" in offered or "landlock" in offered:
        probe.prepare(spec.probes)
    if "namespaces" in offered:
        _in_namespaces(spec)
    if "landlock" in offered:
        found = _tried(lambda: _landlock(spec), spec, probe.processes())
        if found is not None:
            # Each copy has its own; this is for what runs before there is one.
            os.environ["TMPDIR"] = spec.writable[-1]
            _landlock(spec)
            _announce(spec, "landlock", probe.verdict(found))
            _execute(spec, "landlock")
    nothing = dict.fromkeys(probe.KINDS, False)
    _announce(spec, "hook", probe.verdict(nothing))
    _execute(spec, "hook")


def _announce(spec: _Spec, by: str, held: Dict[str, str]) -> None:
    said = "".join(', "%s": "%s"' % each for each in held.items())
    os.write(1, ('{"event": "jailed", "by": "%s"%s}\n' % (by, said)).encode())
    if spec.require and held["contents"] != probe.ENFORCED:
        os._exit(0)


def _execute(spec: _Spec, by: str) -> NoReturn:
    os.environ["MIGLAB_JAILED"] = by
    os.execv(spec.command[0], spec.command)


def _landlock(spec: _Spec) -> None:
    landlock.confine([*spec.writable, *_DEVICES], spec.network)
    _refuse_sockets(spec, tcp=landlock.abi() < landlock.TCP)


def _refuse_sockets(spec: _Spec, tcp: bool) -> None:
    if not spec.network:
        try:  # noqa: SIM105 (contextlib imports much)
            sockets.refuse(tcp, not spec.paths)
        except OSError:
            # The probe says so.
            pass


def _tried(confine: Callable[[], None], spec: _Spec, outside: str) -> Found:
    """What is refused in a child that calls ``confine``. ``None`` if the child cannot be confined,
    or could not write to the copy itself."""
    incoming, outgoing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            confine()
            found = probe.attempt(spec.probes, spec.writable, outside)
            os.write(outgoing, probe.encoded(found))
        finally:
            os._exit(0)
    os.close(outgoing)
    text = os.read(incoming, 100)
    os.close(incoming)
    os.waitpid(pid, 0)
    return probe.decoded(text) if text else None


def _in_namespaces(spec: _Spec) -> None:
    """Launch the command in namespaces, and end when it ends. Returns if this machine does not
    offer namespaces."""
    go_in, go_out = os.pipe()
    told_in, told_out = os.pipe()
    outside = probe.processes()
    try:
        pid = namespaces.fork(spec.network)
    except OSError:
        return
    if not pid:
        try:
            os.close(go_out)
            os.close(told_in)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, _signal.SIGKILL)
            if os.read(go_in, 1):
                _first_inside(spec, outside, go_in, told_out)
        finally:
            os._exit(1)
    os.close(go_in)
    os.close(told_out)
    try:
        namespaces.map_users(pid)
        os.write(go_out, b"1")
        text = os.read(told_in, 100)
    except OSError:
        text = b""
    if not text:
        os.close(go_out)
        os.waitpid(pid, 0)
        return
    _announce(spec, "namespaces", probe.verdict(probe.decoded(text)))
    os.write(go_out, b"2")
    os.close(go_out)
    _stand_back()
    _, status = os.waitpid(pid, 0)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _first_inside(spec: _Spec, outside: str, go: int, told: int) -> NoReturn:
    """Be the first process in the namespaces: start the command, and end everything inside when it
    has ended."""
    namespaces.set_up(spec.writable)
    # The folder that it stands in lies below what was there before.
    os.chdir(os.getcwd())

    def confine() -> None:
        namespaces.give_up_privileges()
        _refuse_sockets(spec, tcp=False)

    found = _tried(confine, spec, outside)
    if found is None:
        os._exit(1)
    os.write(told, probe.encoded(found))
    os.close(told)
    if not os.read(go, 1):
        os._exit(1)
    pid = os.fork()
    if not pid:
        os.environ["TMPDIR"] = "/dev/shm"
        confine()
        _execute(spec, "namespaces")
    _stand_back()
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _stand_back() -> None:
    """Hold neither end of the wire, and leave interrupts to others."""
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _limit(copy: str) -> None:
    """Set limits that no sound command meets: on memory, on the size of a file, and on open files.
    The number of processes is not limited, because all of the user's processes would count."""
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
