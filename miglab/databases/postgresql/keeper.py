"""Keeps one server for as long as anybody needs it. A program of its own, in the standard library
alone: ``python keeper.py LOCK LOG DATA USER POSTGRES OPTION…``, where ``USER`` is the number of the
user that the server runs as, or ``-``.

Each client holds a shared lock on the file ``LOCK``. The keeper starts the server and then waits
for the exclusive lock: the kernel grants it when the last client is gone, however it went. It holds
the lock while it stops the server, so a client that comes meanwhile waits, and starts a new one.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

#: What the first line on standard output is.
READY, FAILED = "ready", "failed"
#: Seconds in which a server has to be there; it may have a crash to recover from.
_START, _STOP = 120.0, 10.0
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Start, wait, stop."""
    lock, log, data, user, *command = sys.argv[1:]
    with open(lock, "rb") as clients, open(log, "wb") as output:
        number = None if user == "-" else int(user)
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=number,
            group=number,
            extra_groups=None if number is None else [],
            preexec_fn=_end_with_the_keeper,
        )
        ready = _wait_until_ready(server, Path(data))
        print(READY if ready else FAILED, flush=True)
        sys.stdout.close()
        if ready:
            # A dead server that nobody waits for keeps the next one from starting.
            threading.Thread(target=_end_with_the_server, args=(server,), daemon=True).start()
            fcntl.flock(clients, fcntl.LOCK_EX)
        _stop(server)


def _end_with_the_server(server: subprocess.Popen[bytes]) -> None:
    server.wait()
    os._exit(1)


def _end_with_the_keeper() -> None:
    """Only Linux knows this."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _wait_until_ready(server: subprocess.Popen[bytes], data: Path) -> bool:
    until = time.monotonic() + _START
    while server.poll() is None and time.monotonic() < until:
        if is_ready(data, server.pid):
            return True
        time.sleep(0.002)
    return False


def is_ready(data: Path, pid: int | None = None) -> bool:
    """Whether the server, or the one with this process id, has written that it takes connections:
    https://www.postgresql.org/docs/current/storage-file-layout.html."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    written = len(lines) >= 8 and lines[7].startswith("ready")
    return written and (pid is None or lines[0] == str(pid))


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, and if that takes long, without a last checkpoint."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(_STOP)


if __name__ == "__main__":
    main()
