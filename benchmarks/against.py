"""Measures two checkouts in turn: is anything slower than it was at a commit?

Both run the measurements of this checkout, with the same interpreter and packages, one after the
other and each first in every second turn. What differs from turn to turn is the machine; what
differs between the two in every turn is the code.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: A measurement counts as slower only if it is slower by more than this part.
TOLERANCE = 0.03

Turn = Mapping[str, float]


@dataclass(frozen=True)
class Compared:
    """One measurement in both checkouts. ``ratios`` are ``now`` divided by
    ``then``, one for each turn."""

    what: str
    then: float
    now: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the turns."""
        return statistics.median(self.ratios)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles of the turns: how much the ratio varies by
        chance."""
        if len(self.ratios) < 2:
            return 0.0
        first, _, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return (third - first) / 2

    @property
    def slower(self) -> bool:
        """Whether it is slower by more than both the tolerance and the spread."""
        return self.ratio - 1 > max(TOLERANCE, self.spread)


def compare(then: Sequence[Turn], now: Sequence[Turn]) -> list[Compared]:
    """Each measurement that both have, over all turns."""
    names = [name for name in now[0] if all(name in each for each in (*then, *now))]
    return [
        Compared(
            name,
            statistics.median(each[name] for each in then),
            statistics.median(each[name] for each in now),
            tuple(b[name] / a[name] for a, b in zip(then, now, strict=True) if a[name]),
        )
        for name in names
    ]


def measure(ref: str, turns: int, only: str | None) -> list[Compared]:
    """Measure a commit and this checkout in turn.

    Raises:
        SystemExit: git does not know the commit, or a measurement fails.
    """
    with checkout(ref) as other, tempfile.TemporaryDirectory() as place:
        # The measurements are those of this checkout, for both.
        (Path(place) / "benchmarks").symlink_to(ROOT / "benchmarks", target_is_directory=True)
        found: dict[Path, list[Turn]] = {other: [], ROOT: []}
        for turn in range(turns):
            order = (other, ROOT) if turn % 2 == 0 else (ROOT, other)
            for each in order:
                found[each].append(_one_turn(Path(place), each, only))
            print(f"turn {turn + 1} of {turns}", file=sys.stderr, flush=True)
    return compare(found[other], found[ROOT])


@contextmanager
def checkout(ref: str) -> Iterator[Path]:
    """A context with a folder that has the files of a commit. It is removed at the end."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "checkout"
        add = ["git", "worktree", "add", "--quiet", "--detach", str(folder), ref]
        done = subprocess.run(add, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"no commit {ref!r} to compare with: {done.stderr.strip()}")
        try:
            yield folder
        finally:
            remove = ["git", "worktree", "remove", "--force", str(folder)]
            subprocess.run(remove, cwd=ROOT, check=True, capture_output=True)


def _one_turn(place: Path, folder: Path, only: str | None) -> Turn:
    command = [sys.executable, "-P", "-m", "benchmarks", "-n", "1", "--json"]
    command += ["--only", only] if only else []
    paths = os.pathsep.join([str(place), str(folder)])
    done = subprocess.run(
        command,
        cwd=place,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    try:
        told: Turn = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        raise SystemExit(f"{' '.join(command)} failed in {folder}:\n{done.stderr}") from None
    return told


def table(found: Sequence[Compared]) -> str:
    """The result as lines: median then and now, their ratio, the spread, and what is slower."""
    lines = [f"{'':44}{'then':>10}{'now':>10}{'ratio':>8}{'spread':>9}"]
    for each in found:
        mark = "  SLOWER" if each.slower else ""
        lines.append(
            f"{each.what:44}{each.then:10.3f}{each.now:10.3f}{each.ratio:8.3f}"
            f"{each.spread:9.3f}{mark}"
        )
    return "\n".join(lines)
