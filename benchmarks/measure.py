"""How a thing is timed beside what one would do by hand, and how the results are printed."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Act = Callable[[], object]


@dataclass(frozen=True)
class Result:
    """One line of the table. Times in milliseconds; ``limit`` and the measure it holds for."""

    what: str
    ours: float
    by_hand: float | None
    limit: float
    unit: str

    @property
    def measure(self) -> float:
        """What the limit is about: a ratio where there is something to compare with."""
        return self.ours / self.by_hand if self.by_hand and self.unit == "×" else self.ours


def timed(act: Act) -> float:
    """How many milliseconds it takes."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def in_turns(times: int, *acts: tuple[Act, Act]) -> list[float]:
    """Medians of several acts, each with its preparation, run in turns."""
    found: list[list[float]] = [[] for _ in acts]
    for turn in range(times + 1):
        for place, (prepare, act) in enumerate(acts):
            prepare()
            taken = timed(act)
            if turn:  # the first turn is a warm-up
                found[place].append(taken)
    return [statistics.median(each) for each in found]


def after_each_other(*acts: Act) -> Act:
    """All of them in this order, as one."""

    def act() -> None:
        for each in acts:
            each()

    return act


def beside_the_kernel() -> float:
    """What all processes that this one started take, by proportional set size, in MB (Linux)."""
    import psutil

    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(AttributeError, psutil.Error):
            total += process.memory_full_info().pss / 1e6
    return total


def nothing() -> None:
    """No preparation."""


def table(results: Sequence[Result]) -> str:
    """The results as aligned lines."""
    lines = [f"{'':44} {'lab':>9} {'by hand':>9} {'measure':>9} {'at most':>9}"]
    for each in results:
        unit = "MB" if each.unit == "MB" else "ms"
        hand = f"{each.by_hand:.0f} ms" if each.by_hand else ""
        digits = 2 if each.unit == "×" else 0
        measure = f"{each.measure:.{digits}f} {each.unit}"
        limit = f"{each.limit:g} {each.unit}"
        mark = "" if each.measure <= each.limit else "  ← over"
        lines.append(
            f"{each.what:44} {each.ours:6.0f} {unit} {hand:>9} {measure:>9} {limit:>9}{mark}"
        )
    return "\n".join(lines)


class Spent:
    """What a program and all that it starts take: seconds of CPU, as the system counts them for
    each process that its parent has waited for, and seconds on the clock. POSIX only."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        import resource

        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, cwd=folder, env={**env}, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.status, self.wall = done.returncode, time.perf_counter() - began
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
