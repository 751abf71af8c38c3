"""Tries, inside a jail, what it is to prevent: the outcome is what is enforced, nothing else."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import tempfile
from typing import Any, Callable, Dict, List

ENFORCED, WATCHED, OPEN = "enforced", "watched", "open"


class Targets:
    """Made outside: files to be harmed, a process to be killed, and sockets to be reached. They
    are miglab's own, in its home; ``remove`` takes them away."""

    def __init__(self, folder: str) -> None:
        os.makedirs(folder, exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix="probe-", dir=folder)
        for name in ("written", "cut", "removed", "renamed", "linked", "changed"):
            with open(os.path.join(self.folder, name), "w") as file:
                file.write("x")
        self.pid_namespace = os.readlink("/proc/self/ns/pid")
        self.tcp = self.bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self.udp = self.bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self.named = self.bound(socket.AF_UNIX, socket.SOCK_STREAM, self.at("socket"))
        hidden = "\0miglab-%d" % os.getpid()
        self.abstract = self.bound(socket.AF_UNIX, socket.SOCK_STREAM, hidden)
        self.victim = os.fork()
        if not self.victim:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            while True:
                signal.pause()

    def at(self, name: str) -> str:
        return os.path.join(self.folder, name)

    @staticmethod
    def bound(family: int, kind: int, address: Any) -> socket.socket:
        made = socket.socket(family, kind)
        made.setblocking(False)
        made.bind(address)
        if kind == socket.SOCK_STREAM:
            made.listen(1)
        return made

    def was_signalled(self) -> bool:
        return os.waitpid(self.victim, os.WNOHANG)[0] != 0

    def remove(self) -> None:
        for each in (self.tcp, self.udp, self.named, self.abstract):
            each.close()
        with contextlib.suppress(OSError):
            os.kill(self.victim, signal.SIGKILL)
            os.waitpid(self.victim, 0)
        shutil.rmtree(self.folder, ignore_errors=True)


def attempt(targets: Targets, writable: List[str]) -> Dict[str, bool]:
    """Inside the jail: which kinds of act went through. ``own`` is whether the folders that must
    be writable are."""
    at = targets.at
    state = os.stat(at("changed"))

    def open_for_writing() -> None:
        os.close(os.open(at("written"), os.O_WRONLY))

    def add() -> None:
        os.close(os.open(at("new"), os.O_WRONLY | os.O_CREAT))

    def move_in() -> None:
        # Through a second name in the copy, the original would be written.
        name = os.path.join(writable[0], os.path.basename(targets.folder))
        os.link(at("linked"), name)
        os.remove(name)

    def connect(family: int, kind: int, address: Any) -> Callable[[], None]:
        def act() -> None:
            with socket.socket(family, kind) as reaching:
                reaching.settimeout(1)
                reaching.connect(address)
                if kind == socket.SOCK_DGRAM:
                    reaching.send(b"x")

        return act

    def any_of(*acts: Callable[[], Any]) -> bool:
        return any(_went_through(act) for act in acts)

    def kill() -> None:
        if targets.victim != os.getpid():
            os.kill(targets.victim, signal.SIGTERM)

    def make_and_remove() -> None:
        own = os.path.join(writable[0], os.path.basename(targets.folder) + "-own")
        os.mkdir(own)
        os.rmdir(own)

    _went_through(kill)
    return {
        "contents": any_of(
            open_for_writing,
            add,
            move_in,
            lambda: os.truncate(at("cut"), 0),
            lambda: os.remove(at("removed")),
            lambda: os.rename(at("renamed"), at("elsewhere")),
            lambda: os.mkdir(at("folder")),
            lambda: os.mkfifo(at("fifo")),
        ),
        "metadata": any_of(
            lambda: os.chmod(at("changed"), state.st_mode),
            lambda: os.chown(at("changed"), state.st_uid, state.st_gid),
            lambda: os.utime(at("changed"), (1, 1)),
            lambda: os.setxattr(at("changed"), "user.miglab", b"x"),
        ),
        "tcp": any_of(connect(socket.AF_INET, socket.SOCK_STREAM, targets.tcp.getsockname())),
        "other_sockets": any_of(
            connect(socket.AF_INET, socket.SOCK_DGRAM, targets.udp.getsockname()),
            connect(socket.AF_UNIX, socket.SOCK_STREAM, targets.named.getsockname()),
            connect(socket.AF_UNIX, socket.SOCK_STREAM, targets.abstract.getsockname()),
        ),
        "linger": os.readlink("/proc/self/ns/pid") == targets.pid_namespace,
        "own": _went_through(make_and_remove),
    }


def _went_through(act: Callable[[], Any]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True


def verdict(found: Dict[str, bool], signalled: bool) -> Dict[str, str]:
    """What holds: what went through is left to the audit hook, which sees no signals."""
    held = {
        name: WATCHED if found[name] else ENFORCED
        for name in ("contents", "metadata", "tcp", "other_sockets")
    }
    held["processes"] = OPEN if signalled or found["linger"] else ENFORCED
    return held
