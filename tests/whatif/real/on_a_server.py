"""The same where a project's database is on a server, with all steps back of an app at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from miglab import Lab
from miglab.facts.consequences import Consequences
from miglab.facts.ladder import Rung

from ..law.measure import Beside, pulled_beside
from .walk import SETTINGS, Held, Walk


class WalkOnAServer(Walk):
    """What a single what-if says is held against plain Django, and what ``--all`` says against
    that."""

    def __init__(self, site: Path, python: str) -> None:
        super().__init__(site, python)
        self._rungs = cache(rungs)
        self._rung: Rung | None = None

    def _one(self, lab: Lab, copy: Path, label: str, target: str) -> Held:
        self._rung = self._rungs(lab, label).get(target)
        return super()._one(lab, copy, label, target)

    def _plainly(self, lab: Lab, run: Consequences, copy: Path, to: Path) -> Beside:
        return pulled_beside(lab, run, self.site, to, SETTINGS, self.python)()

    def _compare(self, run: Consequences, plain: Beside) -> None:
        super()._compare(run, plain)
        assert self._rung is not None
        assert (self._rung.outcome, self._rung.verdict) == (run.outcome, run.verdict)
        assert self._rung.rows == run.rows


def rungs(lab: Lab, label: str) -> dict[str, Rung]:
    """All steps back in an app, by their targets."""
    return {each.target.name if each.target else "zero": each for each in lab.what_if_all(label)}
