"""Keeps one server running for as long as anybody needs it. This is a separate program that needs
only the standard library: ``python keeper.py TOLD``. ``TOLD`` is JSON that describes a server, from
``serving.py``. If it has no ``lock``, this process only becomes the command (``exec``).

Each client holds a shared lock on the file ``lock``. The keeper starts the server and then waits
for the exclusive lock: the kernel grants it when the last client is gone, even if that client was
killed. The keeper holds the lock while it stops the server. A client that comes in the meantime
waits, and then starts a new server.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

if sys.platform != "win32":
    import fcntl

#: What the first line on standard output is.
READY, FAILED = "ready", "failed"
#: Seconds in which a server has to be there; it may have a crash to recover from.
_START, _STOP = 120.0, 10.0
#: Seconds that what a killed server has started may take to end, and a server to answer.
_ORPHANS, _ANSWER = 2.0, 10.0
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
#: What ``fsync`` and ``fdatasync`` are in each architecture: its number and theirs.
_SYNCING = {"x86_64": (0xC000003E, 74, 75), "aarch64": (0xC00000B7, 82, 83)}


def main() -> None:
    """Start the server, wait until nobody needs it, and stop it."""
    told = json.loads(sys.argv[1])
    if "lock" not in told:
        _become(told)
    signals = [getattr(signal, each) for each in told["signals"]]

    def prepare() -> None:
        _end_with_the_keeper(signals[0])
        if told["hurried"]:
            leave_the_disk_alone()

    with open(told["lock"], "rb") as clients, open(told["log"], "wb") as output:
        number = told["user"]
        server = subprocess.Popen(
            told["command"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=number,
            group=number,
            extra_groups=None if number is None else [],
            preexec_fn=prepare,
        )
        ready = _wait_until_ready(server, told)
        print(READY if ready else FAILED, flush=True)
        sys.stdout.close()
        if ready:
            # A dead server that nobody waits for keeps the next one from starting.
            threading.Thread(target=_end_with_the_server, args=(server,), daemon=True).start()
            fcntl.flock(clients, fcntl.LOCK_EX)
        _stop(server, signals)


def _become(told: dict[str, Any]) -> NoReturn:
    if told["user"] is not None:
        os.setgroups([])
        os.setgid(told["user"])
        os.setuid(told["user"])
    if told["hurried"]:
        leave_the_disk_alone()
    os.execv(told["command"][0], told["command"])


def _end_with_the_server(server: subprocess.Popen[bytes]) -> None:
    server.wait()
    os._exit(1)


def _end_with_the_keeper(number: int) -> None:
    """Have this process get a signal when the keeper ends. Only Linux can do that; elsewhere,
    nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def leave_the_disk_alone() -> None:
    """Make ``fsync`` and ``fdatasync`` do nothing in this process and in those that it starts, so
    that nobody waits for the disk: https://docs.kernel.org/userspace-api/seccomp_filter.html. Data
    can be lost only if the machine goes down. This works only on Linux; elsewhere, nothing
    happens."""
    if sys.platform != "linux" or platform.machine() not in _SYNCING:
        return
    architecture, *calls = _SYNCING[platform.machine()]
    load, equal, answer = 0x20, 0x15, 0x06
    allow, done = 0x7FFF0000, 0x00050000
    steps = [(load, 0, 0, 4), (equal, 0, len(calls) + 1, architecture), (load, 0, 0, 0)]
    steps += [(equal, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(answer, 0, 0, allow), (answer, 0, 0, done)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    program = Program(len(steps), ctypes.addressof(code))
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    library.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(program), 0, 0)


def _wait_until_ready(server: subprocess.Popen[bytes], told: dict[str, Any]) -> bool:
    until = time.monotonic() + _START
    while server.poll() is None and time.monotonic() < until:
        if is_ready(Path(told["pids"]), told["ready"], told["socket"], server.pid):
            return True
        time.sleep(0.002)
    return False


def is_ready(pids: Path, word: str, address: str, pid: int | None = None) -> bool:
    """Whether a server takes connections: its process id is in the file ``pids``, and the socket at
    ``address`` answers. If ``pid`` is given, it must be that process. If ``word`` is not ``""``,
    the file must also have a line that begins with ``word``
    (https://www.postgresql.org/docs/current/storage-file-layout.html)."""
    try:
        lines = pids.read_text().splitlines()
    except OSError:
        return False
    if word and not any(line.startswith(word) for line in lines):
        return False
    if pid is not None and lines[:1] != [str(pid)]:
        return False
    if not lines or not lines[0].isdigit() or _lives(int(lines[0])):
        return _answers(address)
    # What a killed server has started listens in its place until it ends as well. A server in
    # another container has a number that says nothing here, and goes on listening.
    until = time.monotonic() + _ORPHANS
    while _answers(address):
        if time.monotonic() > until:
            return True
        time.sleep(0.05)
    return False


def _answers(address: str) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
        # Where nobody accepts connections any more, one waits as soon as some are waiting.
        client.settimeout(_ANSWER)
        try:
            client.connect(address)
        except OSError:
            return False
    return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _stop(server: subprocess.Popen[bytes], signals: list[int]) -> None:
    """Send the server these signals one after the other, each if the one before took too long."""
    for number in signals:
        if server.poll() is None:
            server.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(_STOP)


if __name__ == "__main__":
    main()
