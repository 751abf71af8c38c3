"""A filter of system calls (https://docs.kernel.org/userspace-api/seccomp_filter.html) for what
neither Landlock nor a network namespace refuses: sockets of other kinds than TCP.

Pairs of sockets are allowed: asyncio and multiprocessing talk to their own processes through them.
When a socket is made, nobody can see yet whether it will lead to another program by a path. So
sockets that have a path are refused, too, unless ``refuse`` is told otherwise.
"""

from __future__ import annotations

import ctypes
import errno
import os

from . import kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Tuple

    Instruction = Tuple[int, int, int, int]

#: Machine → its name in a filter, and the numbers of socket, sendto, sendmsg and sendmmsg.
_MACHINES = {
    "x86_64": (0xC000003E, 41, 44, 46, 307),
    "aarch64": (0xC00000B7, 198, 206, 211, 269),
}
_IO_URING_SETUP = 425
#: Calls of x86-64 with other numbers, which would get past the filter.
_OTHER_NUMBERS = 0x40000000
#: A flag of ``sendto`` and others, which connects while it sends, without asking Landlock.
_FAST_OPEN = 0x20000000

_AF_UNIX, _AF_INET, _AF_INET6, _STREAM, _KIND, _TCP = 1, 2, 10, 1, 0xF, 6
_LOAD, _EQUAL, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_MODE_FILTER = 2
#: Where the filter finds the call's number, its machine and its arguments.
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16


class _Instruction(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint16),
        ("true", ctypes.c_uint8),
        ("false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    ]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction))]


def refuse(tcp: bool, paths: bool = True) -> None:
    """From now on, this process and its children can only make sockets for TCP. If ``tcp`` is true,
    these are refused, too. If ``paths`` is false, streams that have a path are allowed as well:
    when a stream is made, nobody can see which path it will get.

    Raises:
        OSError: this machine offers no such filter.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise OSError(errno.ENOSYS, "no filter for %s" % os.uname().machine)
    whole = [_Instruction(*each) for each in _filter(machine, tcp, paths)]
    array = (_Instruction * len(whole))(*whole)
    program = _Program(len(whole), array)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))


def _filter(machine: Tuple[int, int, int, int, int], tcp: bool, paths: bool) -> List[Instruction]:
    name, socket, sendto, sendmsg, sendmmsg = machine
    refused: Instruction = (_RETURN, 0, 0, _ERROR | errno.EACCES)
    allowed: Instruction = (_RETURN, 0, 0, _ALLOW)

    def argument(number: int) -> Instruction:
        return (_LOAD, 0, 0, _ARGUMENTS + 8 * number)

    def on(call: int, *then: Instruction) -> List[Instruction]:
        """Instructions that run ``then``, which ends in a verdict, if this is the call."""
        return [(_EQUAL, 0, len(then), call), *then]

    def fast_open(call: int, flags: int) -> List[Instruction]:
        return on(call, argument(flags), (_ANY_BIT, 0, 1, _FAST_OPEN), refused, allowed)

    paths_open: List[Instruction] = [
        argument(0),
        (_EQUAL, 0, 4, _AF_UNIX),
        argument(1),
        (_AND, 0, 0, _KIND),
        (_EQUAL, 0, 1, _STREAM),
        allowed,
    ]
    streams: List[Instruction] = [
        argument(0),
        (_EQUAL, 2, 0, _AF_INET),
        (_EQUAL, 1, 0, _AF_INET6),
        refused,
        argument(1),
        (_AND, 0, 0, _KIND),
        (_EQUAL, 1, 0, _STREAM),
        refused,
        argument(2),
        (_EQUAL, 2, 0, 0),
        (_EQUAL, 1, 0, _TCP),
        refused,
        allowed,
    ]
    return [
        (_LOAD, 0, 0, _MACHINE),
        # A program for another machine, which would have other numbers.
        (_EQUAL, 1, 0, name),
        refused,
        (_LOAD, 0, 0, _NUMBER),
        (_ANY_BIT, 0, 1, _OTHER_NUMBERS),
        refused,
        *on(socket, *([] if paths else paths_open), *([refused] if tcp else streams)),
        # It makes sockets past this filter; who wants it does without where it is missing.
        *on(_IO_URING_SETUP, (_RETURN, 0, 0, _ERROR | errno.ENOSYS)),
        *fast_open(sendto, 3),
        *fast_open(sendmsg, 2),
        *fast_open(sendmmsg, 3),
        allowed,
    ]
