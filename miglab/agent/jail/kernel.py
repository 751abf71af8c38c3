"""Calls of the Linux kernel that Python has no function for; each raises ``OSError``."""

from __future__ import annotations

import ctypes
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_libc: Any = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

#: The same on every architecture that Python runs on.
CLONE3, MOUNT_SETATTR = 435, 442
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38


def syscall(number: int, *arguments: Any) -> int:
    """A call by its number."""
    whole = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *whole))


def prctl(option: int, value: int = 0, pointer: Any = None) -> int:
    """``prctl`` with one value, or with one and a pointer."""
    zero = ctypes.c_ulong(0)
    third = zero if pointer is None else pointer
    return _checked(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), third, zero, zero))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """``mount``."""
    _checked(
        _libc.mount(
            os.fsencode(source),
            os.fsencode(target),
            os.fsencode(kind) or None,
            ctypes.c_ulong(flags),
            os.fsencode(data) or None,
        )
    )


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
