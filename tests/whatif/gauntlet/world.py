"""A project with hostile migrations, what lies around it, and what became of that."""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from miglab import Lab
from miglab.facts.protection import Protection
from miglab.home import home

from ..own import manage, shop
from . import compiled
from .attacks import HEAD, Attack

#: Runs each attack in a process of its own, some at a time, and goes on after whatever becomes of
#: it.
RUN = """
import os, signal, sys, time

def run_all(attacks, heads):
    waiting, running = list(zip(heads, attacks))[::-1], {}
    while waiting or running:
        while waiting and len(running) < 4:
            running[begin(*waiting.pop())] = time.monotonic() + 60
        time.sleep(0.005)
        for pid, end in list(running.items()):
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
            if os.waitpid(pid, os.WNOHANG)[0]:
                del running[pid]

def begin(given, code):
    pid = os.fork()
    if pid:
        return pid
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    try:
        names = {"__name__": "attack", "__file__": __file__, "given": given}
        exec(given, names)
        exec(HEAD + code, names)
    except BaseException:
        pass
    os._exit(0)
"""

WORKER = "def run(code):\n    exec(code, {'__name__': 'attack', '__file__': __file__})\n"

Print = dict[str, tuple[object, ...]]


def fingerprint(folder: Path) -> Print:
    """Everything below: content, mode, owner, inode, times, names and attributes."""
    found: Print = {}
    for path in sorted([folder, *folder.rglob("*")]):
        now = path.lstat()
        content: object = os.readlink(path) if path.is_symlink() else b""
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
        times = (now.st_mtime_ns, now.st_ctime_ns)
        more = (now.st_mode, now.st_uid, now.st_gid, now.st_ino, now.st_nlink)
        found[str(path.relative_to(folder))] = (*more, times, content)
    return found


@dataclass
class Target:
    """What one attack is to harm: a folder, sockets that would hear of it, and a process."""

    place: Path
    name: str
    sockets: dict[str, socket.socket] = field(default_factory=dict)
    before: Print = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def lay_out(self, act: str) -> None:
        """Have all that there is."""
        for folder in ("folder/inner", "empty"):
            (self.place / folder).mkdir(parents=True)
        for path in ("victim", "folder/file"):
            (self.place / path).write_text("keep me")
        (self.place / "null").symlink_to(os.devnull)
        if act == "sqlite":
            for name, mode in (("db", "delete"), ("wal", "wal")):
                connection = sqlite3.connect(self.place / f"{name}.sqlite3")
                connection.execute(f"PRAGMA journal_mode = {mode}")
                connection.execute("CREATE TABLE rows (x)")
                connection.commit()
                connection.close()
        if act in ("tcp", "other sockets"):
            self._listen("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
            self._listen("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
            self._listen("path", socket.AF_UNIX, socket.SOCK_STREAM, str(self.place / "socket"))
            hidden = "\0" + self.name
            self._listen("abstract", socket.AF_UNIX, socket.SOCK_STREAM, hidden)
        if act == "signals":
            words = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]
            self.process = subprocess.Popen(words, start_new_session=True)
        self.before = fingerprint(self.place)

    def _listen(self, name: str, family: int, kind: int, address: object) -> None:
        made = self.sockets[name] = socket.socket(family, kind)
        made.setblocking(False)
        made.bind(address)  # type: ignore[arg-type]
        if kind == socket.SOCK_STREAM:
            made.listen(5)

    @property
    def mark(self) -> Path:
        """What is written here went on after its lab was closed."""
        return home() / "code" / self.name

    def given(self, copy: Path, over: Path, compiled: Path) -> str:
        """The names that an attack's code has."""
        ports = (
            {name: self.sockets[name].getsockname()[1] for name in ("tcp", "udp")}
            if self.sockets
            else {"tcp": 1, "udp": 1}
        )
        values = {
            "place": str(self.place),
            "copy": str(copy),
            "abstract": "\0" + self.name,
            "pid": self.process.pid if self.process else 1,
            "mark": str(self.mark),
            "over": str(over),
            "compiled": str(compiled),
            **ports,
        }
        lines = ["import os, time"]
        lines += [f"{name} = {value!r}" for name, value in values.items()]
        return "\n".join([*lines, "os.makedirs(copy, exist_ok=True)", ""])

    def harmed(self) -> str:
        """What became of it, in words; empty where that is nothing."""
        after = fingerprint(self.place)
        changed = sorted(n for n in {*self.before, *after} if self.before.get(n) != after.get(n))
        found = [f"changed: {', '.join(changed)}"] if changed else []
        found += [f"reached: {name}" for name, each in self.sockets.items() if _heard(each)]
        if self.process is not None and self.process.poll() is not None:
            found.append("killed")
        if self.mark.exists():
            found.append("went on")
        return "; ".join(found)

    def remove(self) -> None:
        """End what was started."""
        for each in self.sockets.values():
            each.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def _heard(listening: socket.socket) -> bool:
    try:
        if listening.type == socket.SOCK_DGRAM:
            listening.recv(10)
        else:
            listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True)
class Outcome:
    """What held, and what each attack harmed: attack → words, where there was anything.
    ``elsewhere`` is what changed in the project and around it that no attack was given."""

    protection: Protection
    harmed: dict[str, str]
    elsewhere: list[str]


def run(attacks: Sequence[Attack], folder: Path, *, plainly: bool = False) -> Outcome:
    """Rehearse one project whose migration does all of it, or run it ``plainly``: half of the
    targets lie in the project itself, half beside it."""
    site, around = folder / "site", folder / "around"
    around.mkdir(parents=True)
    over, targets = folder / "over", []
    extension = compiled.build(folder / "compiled")
    for number in range(len(attacks)):
        above = around if number % 2 else site / "data"
        target = Target(above / f"target{number}", f"miglab-{secrets.token_hex(8)}")
        targets.append(target)
    head = """
from shop import hostile

def harm(apps, schema_editor):
    hostile.harm()
"""
    more = "migrations.RunPython(migrations.RunPython.noop, harm),"
    files = {"shop/worker.py": WORKER, "shop/hostile.py": "def harm(): pass"}
    shop(site, head=head, more=more, files=files)
    copies = [f"attacked/{number}" for number in range(len(targets))]

    try:
        for target, each in zip(targets, attacks, strict=True):
            target.lay_out(each.act)
        heads = [
            target.given(Path("COPY") / copy, over, extension)
            for target, copy in zip(targets, copies, strict=True)
        ]
        heads = [each.replace("'COPY", "os.getcwd() + '") for each in heads]
        heads = [each.replace("os.getcwd() + 'COPY", "os.getcwd() + '") for each in heads]
        text = f"HEAD = {HEAD!r}\nHEADS = {heads!r}\nCODES = {[each.code for each in attacks]!r}\n"
        text += RUN + "\ndef harm():\n    run_all(CODES, HEADS)\n"
        (site / "shop" / "hostile.py").write_text(text)
        rest = {**_rest(site, targets), **_rest(around, targets)}
        if plainly:
            manage(site, "migrate", "shop", "0001")
            held = Protection()
        else:
            with Lab.of(site, python=sys.executable, time_limit=600) as lab:
                lab.manage("migrate shop 0001")
                held = lab.protection
        over.touch()
        if any(each.act == "lingering" for each in attacks):
            time.sleep(1)
        told = {str(each): target.harmed() for each, target in zip(attacks, targets, strict=True)}
        harmed = {name: words for name, words in told.items() if words}
        now = {**_rest(site, targets), **_rest(around, targets)}
        elsewhere = sorted(n for n in {*rest, *now} if rest.get(n) != now.get(n))
    finally:
        for target in targets:
            target.remove()
    return Outcome(held, harmed, elsewhere)


def _rest(folder: Path, targets: Sequence[Target]) -> Print:
    """What no attack was given."""
    own = [each.place for each in targets]
    return {
        str(folder / name): entry
        for name, entry in fingerprint(folder).items()
        if not any((folder / name).is_relative_to(place) for place in own)
    }
