"""Landlock (https://docs.kernel.org/userspace-api/landlock.html): without privileges, a process
gives up writing outside of some folders, for itself and all its children."""

from __future__ import annotations

import ctypes
import os
import stat

from . import kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable

_WRITE_FILE = 1 << 1
#: Removing and making of every kind, in folders.
_CHANGE_FOLDER = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _WRITE_FILE | _TRUNCATE | _IOCTL_DEVICE
_CONNECT_TCP = 1 << 1
#: The first version that can refuse TCP connections.
TCP = 4
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2
#: The oldest version that is of use: before it, no file could be moved between two folders, not
#: even inside the copy.
_OLDEST = 2


class _Ruleset(ctypes.Structure):
    _fields_ = [
        ("files", ctypes.c_uint64),
        ("net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def abi() -> int:
    """The version of Landlock that this kernel offers; 0 if it offers none that is of use."""
    try:
        found = kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, 0, 0, 1)
    except OSError:
        return 0
    return found if found >= _OLDEST else 0


def confine(writable: Iterable[str], network: bool) -> None:
    """From now on, this process and its children write below these files and folders only, and
    signal nobody outside; without ``network`` they reach no TCP port and no abstract socket.

    Raises:
        OSError: the kernel offers no Landlock, or refuses.
    """
    version = abi()
    if not version:
        raise OSError("this kernel does not offer a usable Landlock")
    files = _WRITE_FILE | _CHANGE_FOLDER | _REFER
    files |= _TRUNCATE if version >= 3 else 0
    # A server that the project starts harms nobody; nobody reaches it but the project.
    net = _CONNECT_TCP if version >= TCP and not network else 0
    scoped = 0
    if version >= 6:
        scoped = _SIGNALS if network else _SIGNALS | _ABSTRACT_SOCKETS
    wanted = _Ruleset(files, net, scoped)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, ctypes.byref(wanted), size, 0)
    try:
        for path in writable:
            _allow(ruleset, path, files)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.syscall(kernel.LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = _Beneath(rights, place)
        kernel.syscall(kernel.LANDLOCK_ADD_RULE, ruleset, 1, ctypes.byref(rule), 0)
    finally:
        os.close(place)
