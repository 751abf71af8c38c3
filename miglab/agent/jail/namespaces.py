"""User, mount, PID, IPC and network namespaces: everything is read-only but some folders, /dev is
private, and what is started inside ends with the first process inside."""

from __future__ import annotations

import ctypes
import os

from . import kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

#: Taken by its number: the module signal imports much more.
_SIGCHLD = 17

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 1 << 17, 1 << 27, 1 << 28, 1 << 29, 1 << 30
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _BIND, _MOVE = 1, 2, 4, 8, 1 << 12, 1 << 13
_REC, _PRIVATE = 1 << 14, 1 << 18
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY = 1

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
#: The capabilities that root keeps inside: to read and own what belongs to others, if it may be
#: written at all.
_KEPT = (0, 1, 2, 3, 4, 6, 7)


class _Clone(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_uint64)
        for name in ("flags", "pidfd", "child", "parent", "exit", "stack", "size", "tls")
    ]


class _Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "namespace")]


def fork(network: bool) -> int:
    """Fork into new namespaces; like ``os.fork``. Wait for ``map_users`` before doing anything."""
    flags = _NEWUSER | _NEWNS | _NEWPID | _NEWIPC | (0 if network else _NEWNET)
    wanted = _Clone(flags=flags, exit=_SIGCHLD)
    return kernel.syscall(kernel.CLONE3, ctypes.byref(wanted), ctypes.sizeof(wanted))


def map_users(pid: int) -> None:
    """Make the users in a child's namespaces the same as outside: all of them if this process runs
    as root, otherwise only its own user."""
    uid, gid = os.geteuid(), os.getegid()
    folder = "/proc/%d/" % pid
    if uid == 0:
        # What there is here may be less than all, in a container.
        for name in ("uid_map", "gid_map"):
            with open("/proc/self/" + name) as file:
                lines = [line.split() for line in file]
            _write(folder + name, "".join("%s %s %s\n" % (a, a, n) for a, _, n in lines))
        return
    _write(folder + "setgroups", "deny")
    _write(folder + "uid_map", "%d %d 1\n" % (uid, uid))
    _write(folder + "gid_map", "%d %d 1\n" % (gid, gid))


def _write(path: str, text: str) -> None:
    # One write: the kernel takes a map whole.
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def set_up(writable: List[str]) -> None:
    """Inside, once users are mapped: make everything read-only but these folders.

    Raises:
        OSError: this system does not allow it.
    """
    kernel.mount("", "/", "", _REC | _PRIVATE)
    for path in writable:
        kernel.mount(path, path, "", _BIND | _REC)
    _change("/", set=_ATTR_RDONLY)
    for path in writable:
        _change(path, clear=_ATTR_RDONLY)
    _devices()
    # Read-only: root could change the whole machine's settings through /proc/sys.
    kernel.mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC | _RDONLY)


def _change(path: str, set: int = 0, clear: int = 0) -> None:
    wanted = _Attributes(set=set, clear=clear)
    kernel.syscall(
        kernel.MOUNT_SETATTR,
        _AT_FDCWD,
        ctypes.c_char_p(os.fsencode(path)),
        _AT_RECURSIVE,
        ctypes.byref(wanted),
        ctypes.sizeof(wanted),
    )


def _devices() -> None:
    """Make a private /dev: shared memory and terminals that nobody else has, and no disks. It is
    put together on /proc, which is replaced anyway, because /dev still has to be read."""
    new = "/proc"
    kernel.mount("tmpfs", new, "tmpfs", _NOSUID, "mode=755")
    for name in _DEVICES:
        if os.path.exists("/dev/" + name):
            os.close(os.open(new + "/" + name, os.O_WRONLY | os.O_CREAT, 0o666))
            kernel.mount("/dev/" + name, new + "/" + name, "", _BIND)
    for name in ("pts", "shm"):
        os.mkdir(new + "/" + name)
    kernel.mount("devpts", new + "/pts", "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666")
    kernel.mount("tmpfs", new + "/shm", "tmpfs", _NOSUID | _NODEV, "mode=1777")
    os.symlink("pts/ptmx", new + "/ptmx")
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink("/proc/self/fd" + target, new + "/" + name)
    kernel.mount(new, "/dev", "", _MOVE)


def give_up_privileges() -> None:
    """Give up privileges, so that what is executed from now on cannot undo any of the jail."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    for capability in range(64):
        if capability in _KEPT:
            continue
        try:
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
        except OSError:
            break
