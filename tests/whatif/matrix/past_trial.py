"""Tries a command after a history, beside plain Django, and says how they differ."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from miglab import Lab
from miglab.facts.consequences import Severity

from ..law.brute import Names
from ..law.measure import begin, beside
from .histories import APP, DATA, HISTORIES, TARGETS, Act, Past, formal
from .trial import DJANGO, held


@dataclass
class Pasts:
    """What came out of the cells that were tried."""

    tried: list[Past] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    unknown: dict[Past, str] = field(default_factory=dict)
    differ: dict[Past, str] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [
            f"{len(self.tried)} cells after a history, {len(self.differ)} differ, "
            f"{len(self.unknown)} unknown; exit statuses {dict(sorted(self.statuses.items()))}",
            *(f"  unknown {n:5} × {why}" for why, n in Counter(self.unknown.values()).items()),
            *(f"  differs: {past}\n{why}" for past, why in self.differ.items()),
        ]
        return "\n".join(lines)

    def table(self) -> str:
        """History × data and history × target: how many cells were tried, of how many."""
        return "\n".join(
            [
                *self._counted("data", [*DATA], len(TARGETS)),
                "",
                *self._counted("target", [*TARGETS], len(DATA)),
            ]
        )

    def _counted(self, part: str, among: list[str], all_of_them: int) -> list[str]:
        done = Counter((each.history, getattr(each, part)) for each in self.tried)
        width = max(map(len, among)) + 2
        found = [f"{'history × ' + part:<26}" + "".join(f"{each:>{width}}" for each in among)]
        for history in HISTORIES:
            row = [f"{done[history, each]}/{all_of_them}" for each in among]
            found.append(f"{history:<26}" + "".join(f"{each:>{width}}" for each in row))
        return found


def tried(lab: Lab, pasts: Iterable[Past]) -> Pasts:
    """Try each of these, alone in a project."""
    found = Pasts()
    for past in pasts:
        _one(lab, past, found)
    return found


def _one(lab: Lab, past: Past, found: Pasts) -> None:
    files = {f"{APP}/__init__.py": "", f"{APP}/models.py": "", f"{APP}/migrations/__init__.py": ""}
    begin(lab, files, [*DJANGO, APP], law=False)
    for act in past.acts:
        _do(lab, act)
    with tempfile.TemporaryDirectory() as folder:
        run = lab.what_if(past.line)
        plain = beside(lab, run, Path(folder))()
        try:
            held(run, Names(), plain, formal(past))
        except AssertionError as error:
            found.differ[past] = f"{run.verdict}\n{error}"[:3000]
    found.tried.append(past)
    found.statuses[run.outcome.status] += 1
    if run.outcome.status == 13:
        reasons = [each.id for each in run.findings if each.severity is Severity.UNKNOWN]
        found.unknown[past] = "; ".join(reasons)


def _do(lab: Lab, act: Act) -> None:
    path = lab.folder / act.what
    if act.kind == "manage":
        step = lab.manage(act.what)
        assert not step.refused, (act, step.output[-2000:])
    elif act.kind == "sql":
        connection = sqlite3.connect(lab.folder / "db.sqlite3")
        with connection:
            connection.execute(act.what)
        connection.close()
    elif act.kind == "write":
        path.write_text(act.text, encoding="utf-8")
    else:
        path.unlink()
