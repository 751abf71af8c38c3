"""Keeps a server of miglab's own running for as long as this process lives: see ``keeper.py``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from typing import IO

from ...errors import MiglabError
from . import keeper
from .cluster import Cluster, keeper_for
from .places import as_server, clean_environment

if sys.platform != "win32":
    import fcntl

#: Seconds that a killed server, or a session of it, gets to end.
_PATIENCE = 30.0

_turn = threading.Lock()
#: The servers that this process holds, by the folder of their sockets.
_held: dict[str, tuple[Cluster, IO[bytes]]] = {}


def join(cluster: Cluster) -> None:
    """Keep this server running until this process ends.

    Raises:
        MiglabError: it cannot be started; the message says why.
        OSError: no space is left.
    """
    if sys.platform == "win32":
        raise MiglabError(
            f"on Windows, miglab starts no {cluster.name} server of its own; name one that is "
            "running"
        )
    with _turn:
        key = str(cluster.sockets)
        if key not in _held:
            lock = open(cluster.lock, "a+b")  # noqa: SIM115 (held for the life of this process)
            # Waits while a keeper stops the server.
            fcntl.flock(lock, fcntl.LOCK_SH)
            _held[key] = cluster, lock
        if not _runs(cluster):
            with open(cluster.starting, "a+b") as starting:
                fcntl.flock(starting, fcntl.LOCK_EX)
                if not _runs(cluster):
                    _start(cluster)


def join_again(sockets: str) -> bool:
    """Start a server again if this process joined it and it has stopped. Return whether that was
    so."""
    held = _held.get(sockets)
    if held is None or _runs(held[0]):
        return False
    join(held[0])
    return True


def _runs(cluster: Cluster) -> bool:
    """Whether the server takes connections."""
    return keeper.is_ready(cluster.pids, cluster.ready, str(cluster.socket))


def _start(cluster: Cluster) -> None:
    until = time.monotonic() + _PATIENCE
    made_anew = False
    while True:
        cluster.make()
        if _keep(cluster):
            return
        said = cluster.log.read_text(errors="replace")
        if "No space left on device" in said:
            raise OSError(28, os.strerror(28), str(cluster.folder))
        if cluster.still.search(said) and time.monotonic() < until:
            time.sleep(0.1)
        elif cluster.broken.search(said) and not made_anew:
            # What labs had in it is lost either way.
            shutil.rmtree(cluster.data)
            made_anew = True
        else:
            lines = said.strip().splitlines()
            raise MiglabError(f"no {cluster.name} server could be started: {' '.join(lines[-3:])}")


def _keep(cluster: Cluster) -> bool:
    """Start a keeper with its server; return whether the server takes connections."""
    told = {
        "lock": str(cluster.lock),
        "log": str(cluster.log),
        "pids": str(cluster.pids),
        "ready": cluster.ready,
        "socket": str(cluster.socket),
        "signals": cluster.signals,
        "hurried": cluster.hurried,
        "user": as_server().get("user"),
        "command": cluster.command,
    }
    process = subprocess.Popen(
        keeper_for(told),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=dict(clean_environment()),
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        ready = said.readline().decode().strip() == keeper.READY
    if not ready:
        process.wait()
    else:
        # It outlives this process, or ends with it: nobody waits for it.
        threading.Thread(target=process.wait, daemon=True).start()
    return ready
