"""Checks what a project reaches out to: programs, addresses and other processes. For each of the
audit events about them, it finds the limit that applies."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from typing import Any, Callable, Dict, Optional

from ..engines import registry
from . import bounds, children, permits
from .files import making
from .limit import Limit

# -- programs


def _program(
    executable: Any, arguments: Any, _folder: Any = None, environment: Any = None
) -> Optional[Limit]:
    words = permits.words_of(executable, arguments)
    if permits.only_looks(words, _is_ours):
        return None
    if bounds.permitted.program(words):
        return children.unguarded(words, environment)
    name = os.path.basename(words[0]) if words else ""
    return Limit(
        "program-stopped",
        "start the program %s" % permits.shown(words),
        "allow it with `--allow-program %s`" % name,
    )


def _spawn(path: Any, arguments: Any, environment: Any = None) -> Optional[Limit]:
    return _program(path, arguments, None, environment)


def of_multiprocessing(executable: Any, arguments: Any, environment: Any) -> Optional[Limit]:
    """The limit that applies to a process that Python starts without its usual functions. It is
    allowed for multiprocessing with the project's Python, if it will be guarded."""
    words = permits.words_of(executable, [*arguments])
    if children.is_own_worker(words):
        return children.unguarded(words, environment)
    return _program(executable, [*arguments], None, environment)


def _created(executable: Any, line: Any, _folder: Any = None) -> Optional[Limit]:
    """The limit that applies to making a process on Windows. If subprocess makes it, its own event
    was checked before."""
    return of_multiprocessing(executable, permits.split(os.fsdecode(line or "")), None)


def _is_ours(path: Any) -> bool:
    """Whether a path lies in the copy or in the original."""
    return bounds.allowed(path) or bounds.in_original(os.path.realpath(os.fsdecode(path)))


# -- addresses


def _connect(_socket: Any, address: Any) -> Optional[Limit]:
    if registry.connecting():
        return None
    shown = _address(address)
    if _is_path(address) and bounds.allowed(address):
        return None
    host, port = permits.split_address(shown)
    if isinstance(address, tuple):
        host, port = str(address[0]), str(address[1]) if len(address) > 1 else None
    if bounds.permitted.address(host, port):
        return None
    return Limit(
        "address-stopped", "connect to %s" % shown, "allow it with `--allow-address %s`" % shown
    )


def _is_path(address: Any) -> bool:
    """Whether an address is the path of a socket in a folder."""
    return isinstance(address, (str, bytes)) and os.fsencode(address)[:1] not in (b"", b"\0")


def _bind(_socket: Any, address: Any) -> Optional[Limit]:
    return making("create a socket at")(address) if _is_path(address) else None


def _address(address: Any) -> str:
    if isinstance(address, tuple):
        host = str(address[0])
        host = "[%s]" % host if ":" in host else host
        return ":".join([host, *(str(each) for each in address[1:2])])
    return os.fsdecode(address) if isinstance(address, (str, bytes)) else str(address)


def _look_up(host: Any, *rest: Any) -> Optional[Limit]:
    if registry.connecting() or host in (None, "", b"", "localhost", b"localhost"):
        return None
    name = os.fsdecode(host) if isinstance(host, (str, bytes)) else str(host)
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(name)
        return None
    if bounds.permitted.host(name):
        return None
    return Limit(
        "address-stopped",
        "look up the address of %s" % name,
        "allow it with `--allow-address %s`" % name,
    )


def _log(*rest: Any) -> Optional[Limit]:
    return _connect(None, "/dev/log")


# -- other processes


def signalling(pid: Any, number: Any = 0) -> Optional[Limit]:
    """The limit that applies to sending a signal to a process or, if ``pid`` is negative, to a
    group of processes."""
    if number == 0 or _is_own(pid):
        return None
    return Limit(
        "signal-stopped",
        "send a signal to process %s" % pid,
        "check whether the command also works without it",
    )


def _is_own(pid: int) -> bool:
    """Whether a process, or a group, belongs to what this copy has started: it is in this session,
    or comes from this process."""
    if pid in (0, os.getpid()):
        return True
    try:
        if pid == -1:
            return False
        if os.getsid(abs(pid)) == os.getsid(0):
            return True
    except OSError:
        # It is not there.
        return True
    while pid > 1:
        pid = _parent(pid)
        if pid == os.getpid():
            return True
    return False


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError), open("/proc/%d/stat" % abs(pid), "rb") as file:
        return int(file.read().rpartition(b")")[2].split()[1])
    return 0


#: Audit event → what is in the way, given the event's arguments, or ``None``.
CHECKS: Dict[str, Callable[..., Optional[Limit]]] = {
    "os.exec": _spawn,
    "os.kill": signalling,
    "os.killpg": lambda group, number=0: signalling(-group if group > 1 else group, number),
    "os.posix_spawn": _spawn,
    "os.spawn": lambda mode, path, arguments, environment=None: _spawn(
        path, arguments, environment
    ),
    "os.startfile": lambda path, *rest: _program(path, []),
    "os.system": lambda command: _program("", ["sh", "-c", os.fsdecode(command)]),
    "pty.spawn": lambda argv: _program("", argv),
    "subprocess.Popen": _program,
    "socket.bind": _bind,
    "socket.connect": _connect,
    "socket.sendto": _connect,
    "socket.sendmsg": lambda _socket, address: None if address is None else _connect(None, address),
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "syslog.syslog": _log,
    "_winapi.CreateProcess": _created,
}
