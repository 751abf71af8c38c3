"""Times things, compares them with the same by hand, and prints the results."""

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
    """One line of the table. ``ours`` and ``by_hand`` are in milliseconds, or in MB if ``unit`` is
    ``MB``. ``limit`` is the largest ``measure`` that is allowed."""

    what: str
    ours: float
    by_hand: float | None
    limit: float
    unit: str

    @property
    def measure(self) -> float:
        """The value that the limit is for: the ratio to ``by_hand`` if the unit is ``×``."""
        return self.ours / self.by_hand if self.by_hand and self.unit == "×" else self.ours


def timed(act: Act) -> float:
    """How many milliseconds an act takes."""
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
    """One act that does all of these acts in this order."""

    def act() -> None:
        for each in acts:
            each()

    return act


def beside_the_kernel() -> float:
    """The memory of all processes that this one started, in MB: their proportional set size (Linux
    only)."""
    import psutil

    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(AttributeError, psutil.Error):
            total += process.memory_full_info().pss / 1e6
    return total


def nothing() -> None:
    """Do nothing: for acts that need no preparation."""


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
    """The time that a program and everything that it starts take: ``cpu`` is seconds of CPU, which
    the system counts for processes whose parent has waited for them; ``wall`` is seconds on the
    clock. POSIX only."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        import resource

        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, cwd=folder, env={**env}, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.status, self.wall = done.returncode, time.perf_counter() - began
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
