"""Claims on trial: each is tried in fresh labs, and the verdict is computed from what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ..facts.lesson import Case, Claim, Verdict, Verdicts, kind
from ..facts.step import Step
from ..lab import Lab
from .claims import CLAIMS
from .kept import keep, kept
from .shelf import Shelf

Experiment = Callable[[], Iterable[Case]]


@dataclass(frozen=True)
class _Trial:
    claim: Claim
    experiment: Experiment
    advice: Mapping[str, str]


_TRIALS: Shelf[_Trial] = Shelf("claim on trial")


def experiment(number: str, advice: Mapping[str, str]) -> Callable[[Experiment], Experiment]:
    """Put the experiment for a claim on the shelf.

    Args:
        number: as in ``"C10"``.
        advice: the kind of a verdict → what to follow when the run gives it.
    """

    def put(function: Experiment) -> Experiment:
        _TRIALS.put(number, _Trial(CLAIMS[number], function, advice))
        return function

    return put


def case(when: str, steps: Iterable[Step | str], found: str, *, held: bool) -> Case:
    """A claim tried once; the steps are told by the lines that were typed."""
    lines = (each if isinstance(each, str) else _typed(each) for each in steps)
    return Case(when, tuple(lines), found, held)


def _typed(step: Step) -> str:
    if step.kind == "manage":
        return f"python manage.py {step.line}"
    return f"SQL: {step.line}" if step.kind == "sql" else step.line


#: Labs that wait for the next case, by where they begin; opening one takes longer than a case.
_WAITING: dict[tuple[str, ...], Lab] = {}
#: More labs do not wait.
_MOST = 3


@contextmanager
def fresh(*at: str) -> Iterator[Lab]:
    """A lab for one case: everything applied, or at these migrations, and nothing done in it."""
    lab = _WAITING.pop(at, None) or Lab("storefront", at=at or None)
    lab.step_aside()
    try:
        yield lab
        lab.restart()
        lab.begin_here()
    except BaseException:
        lab.close()
        raise
    _WAITING[at] = lab
    while len(_WAITING) > _MOST:
        _WAITING.pop(next(iter(_WAITING))).close()


def try_claim(number: str) -> Verdict:
    """Try a claim in fresh labs, and keep the verdict.

    Raises:
        UnknownName: no lesson tries it.
    """
    trial = _TRIALS[number]
    cases = tuple(trial.experiment())
    found = kind([each.held for each in cases])
    verdict = Verdict(trial.claim, cases, trial.advice.get(found, ""))
    keep(verdict)
    return verdict


def verdicts() -> Verdicts:
    """The verdict on each claim: as a lesson kept it, or tried now."""
    return Verdicts(tuple(_each_verdict()))


def _each_verdict() -> Iterator[Verdict]:
    with Lab.progress() as tell:
        for number, claim in CLAIMS.items():
            verdict = kept(claim)
            if verdict is None:
                tell(f"trying claim {number}")
                verdict = try_claim(number)
            yield verdict
