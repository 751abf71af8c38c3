"""Run as a program: does one thing with a lab, again and again, and shoots at one of its processes
while it does; prints what came of it. Its arguments are one JSON object, as ``Plan`` has them.

What may come of it: the thing is done, or it is not and an error of miglab's says so. What is on
disk right after, what the lab tells, and its history must be those of before or of after.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from miglab import Lab
from miglab.errors import MiglabError
from tests.everything import everything_in
from tests.plain import engines

#: A variable by which all processes of one run are found.
MARK = "MIGLAB_KILLS"

#: Writes rows and files in several places, locks a folder, and leaves a session of its own behind.
BUSY = """
import os, subprocess, sys, time
from django.db import connection
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
os.makedirs("left/empty")
os.symlink("nowhere", "left/link")
for number in range(40):
    open("left/%d" % number, "w").write("x" * 1000)
    Product.objects.update(discount=number)
os.chmod("left", 0o500)
os.remove("blog/models.py") if os.path.exists("blog/models.py") else None
time.sleep(0.2)
"""

#: How many rows of a kilobyte a large database has.
ROWS = 60_000


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is done, who is shot at, how often it must be hit at the least, and at most tried."""

    operation: str
    victim: str
    hits: int
    tries: int
    seed: int = 0


@dataclasses.dataclass
class Found:
    """What came of it: how many shots hit, and in words what must never be."""

    shots: int = 0
    hits: int = 0
    signals: dict[str, int] = dataclasses.field(default_factory=dict)
    halves: list[str] = dataclasses.field(default_factory=list)
    wrong: list[str] = dataclasses.field(default_factory=list)
    leaked: list[str] = dataclasses.field(default_factory=list)
    folders: list[str] = dataclasses.field(default_factory=list)


# -- what is done, from a lab that stands at its one moment; how one comes back


def _prepare(lab: Lab, operation: str) -> None:
    if "large" in operation:
        for each in engines.of(lab).large(ROWS):
            assert not lab.sql(each).refused
    if operation.startswith(("rewind", "forward", "restart")):
        lab.begin_here()
        lab.shell(BUSY)
        lab.manage("migrate store 0003 --skip-checks")
        if operation.startswith("forward"):
            lab.restart()


def _open_and_close(lab: Lab) -> None:
    with Lab(time_limit=30) as other:
        other.truths()


def _copy(lab: Lab) -> None:
    with lab.copy() as other:
        other.truths()


OPERATIONS: dict[str, Callable[[Lab], object]] = {
    "migrate": lambda lab: lab.manage("migrate store 0003"),
    "command": lambda lab: lab.shell(BUSY),
    "write": lambda lab: lab.write("store/models.py", lab.read("store/models.py") + "\nX = 1\n"),
    "rewind": lambda lab: lab.rewind(2),
    "rewind (large)": lambda lab: lab.rewind(2),
    "forward": lambda lab: lab.forward(2),
    "restart": lambda lab: lab.restart(),
    "restart (large)": lambda lab: lab.restart(),
    "what-if": lambda lab: lab.what_if("migrate store 0003"),
    "all steps back": lambda lab: lab.what_if_all("store"),
    "copy": _copy,
    "open and close": _open_and_close,
}

#: From the kernel down: each is started by the one before it.
_DOWN = ("agent", "keeper", "job", "what a job starts")

#: Who does not survive it: each shot has a kernel of its own.
ENDING = ("kernel", "kernel and agent")

VICTIMS = (*ENDING, "kernel's Ctrl-C", *_DOWN)


# -- how a lab is


def on_disk(lab: Lab) -> object:
    """All that the project consists of, without asking miglab."""
    files = everything_in(lab.folder, ("db.sqlite3", "db.sqlite3-journal", "db.sqlite3-wal"))
    return files, engines.of(lab).raw(engines.handle_of(lab), ("large",))


def told(lab: Lab) -> object:
    """What the lab tells of itself."""
    view = lab.truths()
    history = lab.history()
    return view.truths, view.agreements, history.position, history.lines


# -- who is shot at

_BEFORE = {os.getpid(), *(each.pid for each in psutil.Process().parents())}


def _children(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{pid}/task/{thread}/children").read_text()
                found += [int(each) for each in text.split()]
    return found


def victims(victim: str) -> list[int]:
    """Who there is to be shot at now."""
    found = [os.getpid()]
    if victim == "kernel and agent":
        # The kernel last, for it is the one that shoots.
        return [*_children(os.getpid()), *found]
    if victim in _DOWN:
        for _ in range(_DOWN.index(victim) + 1):
            found = [child for each in found for child in _children(each)]
    return found


def marked() -> list[int]:
    """All other processes of this run, but those that wait for this one."""
    wanted = f"{MARK}={os.environ[MARK]}".encode()
    found = []
    for each in os.listdir("/proc"):
        if each.isdigit() and int(each) not in _BEFORE:
            with contextlib.suppress(OSError):
                if wanted in Path(f"/proc/{each}/environ").read_bytes().split(b"\0"):
                    found.append(int(each))
    return found


class Shooter(threading.Thread):
    """Shoots after a while, where what is done is not over by then."""

    def __init__(self, plan: Plan, dice: random.Random, longest: float) -> None:
        super().__init__(daemon=True)
        self.victim, self.dice = plan.victim, dice
        self.delay = dice.random() * longest
        self.over, self.hit, self.number = threading.Event(), False, signal.SIGKILL
        if plan.victim == "kernel":
            self.number = dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
        elif plan.victim == "kernel and agent":
            # As the out-of-memory killer does.
            self.number = signal.SIGKILL
        elif plan.victim == "kernel's Ctrl-C":
            self.number = signal.SIGINT
        elif plan.victim == "job":
            self.number = dice.choice(
                [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
            )
        else:
            self.number = dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
        self.times = dice.randint(1, 3) if self.number == signal.SIGINT else 1

    def run(self) -> None:
        time.sleep(self.delay)
        until = time.monotonic() + 1
        while not self.over.is_set() and time.monotonic() < until:
            there = victims(self.victim)
            if there:
                break
            time.sleep(0.002)
        else:
            return
        pids = there if self.victim == "kernel and agent" else [self.dice.choice(there)]
        for _ in range(self.times):
            if self.over.is_set():
                return
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, self.number)
                    self.hit = True
            time.sleep(self.dice.random() * 0.02)


def _attempt(lab: Lab, plan: Plan, shooter: Shooter | None) -> str:
    """Do it once; empty where it was done, else the error."""
    try:
        try:
            if shooter is not None:
                shooter.start()
            OPERATIONS[plan.operation](lab)
        finally:
            if shooter is not None:
                shooter.over.set()
        for _ in range(1000):
            pass  # What was sent before it was over arrives here.
        return ""
    except (MiglabError, KeyboardInterrupt) as error:
        return type(error).__name__
    except BaseException as error:
        return f"foreign {error!r}"


def _go_back(lab: Lab, plan: Plan) -> None:
    """To where it begins, with nothing ahead but what the operation needs."""
    place = lab.history().position
    if plan.operation.startswith("forward"):
        lab.rewind(place) if place else None
    elif plan.operation.startswith(("rewind", "restart")):
        lab.forward(2 - place) if place < 2 else None
    else:
        lab.restart() if place else None
        lab.begin_here()


def survive(plan: Plan) -> Found:
    """Shots that the kernel survives: one lab takes them all."""
    found, dice = Found(), random.Random(plan.seed)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    lab = Lab(time_limit=30)
    _prepare(lab, plan.operation)
    before = on_disk(lab), told(lab)
    longest = 0.0
    for _ in range(2):
        started = time.monotonic()
        error = _attempt(lab, plan, None)
        longest = time.monotonic() - started
        assert not error, error
        after = on_disk(lab), told(lab)
        _go_back(lab, plan)
        assert (on_disk(lab), told(lab)) == before
    while found.hits < plan.hits and found.shots < plan.tries:
        shooter = Shooter(plan, dice, longest)
        error = _attempt(lab, plan, shooter)
        shooter.join()
        found.shots += 1
        if shooter.hit:
            found.hits += 1
            name = f"{shooter.number.name} ×{shooter.times}"
            found.signals[name] = found.signals.get(name, 0) + 1
        where = f"{shooter.number.name} ×{shooter.times} after {shooter.delay:.3f} s: {error}"
        if error.startswith("foreign"):
            found.wrong.append(where)
        disk = on_disk(lab)
        here = told(lab)
        if disk not in (before[0], after[0]) or on_disk(lab) != disk:
            found.halves.append(where)
        elif (disk, here) not in (before, after):
            found.wrong.append(where)
        elif not error and (disk, here) != after:
            found.wrong.append(f"{where} told as done")
        _go_back(lab, plan)
        if (on_disk(lab), told(lab)) != before:
            found.wrong.append(f"{where} (not back)")
            break
    lab.close()
    found.leaked += _leaks(f"after {found.shots} shots")
    return found


def _leaks(when: str) -> list[str]:
    until = time.monotonic() + 2
    while left := marked():
        if time.monotonic() > until:
            names = []
            for pid in left:
                with contextlib.suppress(OSError):
                    names.append(
                        Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:60]
                    )
                    os.kill(pid, signal.SIGKILL)
            return [f"{when}: {', '.join(names)}"]
        time.sleep(0.05)
    return []


@contextlib.contextmanager
def _forked() -> Iterator[int]:
    """A kernel that may be killed: 0 in it, and its number in whoever waits for it."""
    pid = os.fork()
    try:
        yield pid
    finally:
        if not pid:
            os._exit(1)


def end(plan: Plan) -> Found:
    """Shots that the kernel does not survive: each has one of its own."""
    found, dice = Found(), random.Random(plan.seed)
    labs = Path(os.environ["MIGLAB_HOME"]) / "labs"
    tools = engines.named(os.environ["MIGLAB_DATABASE"])
    kept: set[str] = set()
    longest = 0.0
    while found.hits < plan.hits and found.shots < plan.tries:
        ears, mouth = os.pipe()
        seed = dice.random()
        with _forked() as pid:
            if not pid:
                os.close(ears)
                lab = Lab(time_limit=30)
                _prepare(lab, plan.operation)
                lab.truths()
                twin = lab._stage.twin
                own = [lab.folder.parent.name, *([twin.sandbox.root.name] if twin else [])]
                left = [e.name for e in labs.iterdir() if e.is_dir() and e.name not in own]
                os.write(mouth, f"folders {' '.join(left)}\n".encode())
                started = time.monotonic()
                shooter = None
                if longest:
                    shooter = Shooter(plan, random.Random(seed), longest)
                    os.write(mouth, f"shoots {shooter.number.name}\n".encode())
                error = _attempt(lab, plan, shooter)
                os.write(mouth, f"took {time.monotonic() - started} {error}\n".encode())
                if shooter is not None:
                    # Not to be shot at anything else.
                    shooter.join()
                lab.close()
                os._exit(0)
        os.close(mouth)
        with open(ears) as file:
            words = dict(line.strip().partition(" ")[::2] for line in file)
        _, status = os.waitpid(pid, 0)
        if words.get("folders"):
            found.folders.append(f"before shot {found.shots + 1}: {words['folders']}")
        if not longest:
            longest = float(words["took"].split()[0])
            kept = tools.databases(labs.parent)
            continue
        found.shots += 1
        if os.WIFSIGNALED(status) and "took" not in words:
            found.hits += 1
            found.signals[words["shoots"]] = found.signals.get(words["shoots"], 0) + 1
        found.leaked += _leaks(f"{words.get('shoots')} at shot {found.shots}")
    # A database that a dead lab had begun to make is there only when the server is done with it.
    until = time.monotonic() + 10
    while not tools.settled(labs.parent) and time.monotonic() < until:
        time.sleep(0.05)
    Lab().close()
    left = [*(each.name for each in labs.iterdir()), *(tools.databases(labs.parent) - kept)]
    found.folders += [f"at the end: {' '.join(left)}"] if left else []
    return found


def main() -> None:
    """Read the plan, follow it, and print what was found."""
    plan = Plan(**json.loads(sys.argv[1]))
    found = end(plan) if plan.victim in ENDING else survive(plan)
    print(json.dumps(dataclasses.asdict(found)))


if __name__ == "__main__":
    main()
