"""Rehearses a pack there and back, beside plain Django, and finds out which cases differ."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from miglab import Lab
from miglab.facts.consequences import Consequences, Severity

from ...plain.project import plainly
from ..law.brute import Names, contents
from ..law.check import check
from ..law.measure import Beside, begin, beside, insert, plain_process
from .dimensions import DIRECTIONS
from .operations import Case
from .packs import BACK, THERE, Pack

SIEVE = Path(__file__).with_name("sieve.py")

COMMANDS = {"there": THERE, "back": BACK}
DJANGO = ("django.contrib.contenttypes",)


@dataclass
class Tally:
    """What came out: cells that were tried, by case and direction, and what differed."""

    tried: Counter[tuple[Case, str]] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    unknown: dict[tuple[Case, str], str] = field(default_factory=dict)
    differ: dict[tuple[Case, str], str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Take in what another one has."""
        self.tried += other.tried
        self.stopped += other.stopped
        self.unknown |= other.unknown
        self.differ |= other.differ

    def __str__(self) -> str:
        kinds = Counter(self.unknown.values())
        lines = [
            f"{self.tried.total()} cells, {len(self.differ)} differ, {self.stopped.total()} stop, "
            f"{len(self.unknown)} unknown",
            *(f"  stops {number:5} × {why}" for why, number in sorted(self.stopped.items())),
            *(f"  unknown {number:5} × {why}" for why, number in sorted(kinds.items())),
            *(
                f"  differs: {direction} {case}\n{why}"
                for (case, direction), why in self.differ.items()
            ),
        ]
        return "\n".join(lines)


#: Cases that are tried together, and in which directions.
Work = tuple[tuple[Case, ...], tuple[str, ...]]


def tried(lab: Lab, cases: Iterable[Case], directions: Iterable[str] = DIRECTIONS) -> Tally:
    """Try these cases together; where they differ, stop or are unknown, apart."""
    tally = Tally()
    work: list[Work] = [(tuple(cases), tuple(directions))]
    while work:
        work += _together(lab, *work.pop(), tally)
    return tally


def _together(
    lab: Lab, cases: tuple[Case, ...], directions: tuple[str, ...], tally: Tally
) -> list[Work]:
    """One project, there and back; gives what has to be tried apart."""
    pack, apart = Pack(cases), []
    begin(lab, pack.files, [*DJANGO, *pack.labels], law=False)
    step = lab.manage(THERE)
    assert not step.refused, (cases, step.output[-2000:])
    applied = len(lab.steps())
    for direction in directions:
        if len(lab.steps()) > applied:
            lab.rewind(len(lab.steps()) - applied)
        if direction == "there":
            step = lab.manage(BACK)
            assert not step.refused, (cases, step.output[-2000:])
        insert(lab, pack.rows(direction))
        apart += [(each, (direction,)) for each in _one_way(lab, pack, direction, tally)]
    return apart


def _one_way(lab: Lab, pack: Pack, direction: str, tally: Tally) -> list[tuple[Case, ...]]:
    """One direction of a pack; gives what has to be tried apart."""
    with tempfile.TemporaryDirectory() as folder:
        run = lab.what_if(COMMANDS[direction])
        plain = beside(lab, run, Path(folder))()
        if len(pack.cases) > 1 and plain.error:
            return _sieved(pack, direction, plain, Path(folder) / "project")
        differs = ""
        try:
            held(run, pack.names(direction), plain)
        except AssertionError as error:
            differs = f"{run.verdict}\n{error}"[:3000]
    if len(pack.cases) > 1 and (differs or run.stops or run.outcome.status == 13):
        half = len(pack.cases) // 2
        return [pack.cases[:half], pack.cases[half:]]
    tally.tried.update((case, direction) for case in pack.cases)
    case = pack.cases[0]
    refusal = run.runs[-1].step.refusal
    if differs:
        tally.differ[case, direction] = differs
    if refusal is not None:
        tally.stopped[f"{refusal.error} in {case.operation}"] += 1
    if run.outcome.status == 13:
        reasons = [each.what for each in run.findings if each.severity is Severity.UNKNOWN]
        tally.unknown[case, direction] = "; ".join(reasons)
    return []


def held(
    run: Consequences, names: Names, plain: Beside, formal: Collection[tuple[str, str]] = ()
) -> None:
    """What was told is what plain Django did; ``formal`` as ``check`` takes it."""
    assert run.outcome.status != 1, run.verdict
    refusal = run.runs[-1].step.refusal
    if refusal is not None:
        assert plainly(plain.error) == plainly(str(refusal).strip())
        assert run.full is not None
        now = run.full.there.after.databases["default"]
        assert contents(Path(str(now))) == contents(plain.after)
        return
    check(run, names, plain, formal)
    back = run.back.runs[-1].step.refusal if run.back and run.back.runs else None
    assert plainly(plain.error) == (plainly(str(back).strip()) if back else "")


def _sieved(pack: Pack, direction: str, plain: Beside, project: Path) -> list[tuple[Case, ...]]:
    """Those that plain Django cannot move, each alone, and all others together. ``project`` is
    what plain Django has been run in."""
    shutil.copyfile(plain.before, project / "db.sqlite3")
    asked = {"there": direction == "there", "labels": [each.label for each in pack.cases]}
    stopping = {*plain_process(SIEVE, project, "storefront.settings", asked)().split()}
    assert stopping, plain.error
    alone = [(each,) for each in pack.cases if each.label in stopping]
    others = tuple(each for each in pack.cases if each.label not in stopping)
    return [*alone, *([others] if others else [])]


def as_json(tally: Tally) -> dict[str, list[object]]:
    """A tally for another process."""
    return {
        "tried": [[astuple(case), direction] for case, direction in tally.tried],
        "stopped": [*tally.stopped.items()],
        "unknown": [[astuple(c), d, why] for (c, d), why in tally.unknown.items()],
        "differ": [[astuple(c), d, why] for (c, d), why in tally.differ.items()],
    }


def from_json(told: dict[str, list[Any]]) -> Tally:
    """What another process put out."""
    return Tally(
        Counter((Case(*case), direction) for case, direction in told["tried"]),
        Counter(dict(told["stopped"])),
        {(Case(*case), direction): why for case, direction, why in told["unknown"]},
        {(Case(*case), direction): why for case, direction, why in told["differ"]},
    )
