"""Claims on trial: each is tried in fresh labs, and the verdict is computed from what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ..compare.agreement import counted
from ..facts.lesson import KINDS, Case, Claim, Verdict, Verdicts, kind
from ..facts.question import Question
from ..facts.step import Step
from ..lab import Lab
from .choosing import Choosing
from .claims import CLAIMS
from .kept import keep, kept
from .remembered import note, recall
from .shelf import Shelf, tidy

Experiment = Callable[[], Iterable[Case]]


@dataclass(frozen=True)
class _Trial:
    claim: Claim
    experiment: Experiment
    advice: Mapping[str, str]
    because: Mapping[str, str]


_TRIALS: Shelf[_Trial] = Shelf("claim on trial")


def experiment(
    number: str, advice: Mapping[str, str], because: Mapping[str, str] | None = None
) -> Callable[[Experiment], Experiment]:
    """Put the experiment for a claim on the shelf.

    Args:
        number: as in ``"C10"``.
        advice: the kind of a verdict → the advice for it.
        because: the kind of a verdict → its reason, if there is more to say.
    """

    reasons = {kind: tidy(reason) for kind, reason in (because or {}).items()}

    def put(function: Experiment) -> Experiment:
        _TRIALS.put(number, _Trial(CLAIMS[number], function, advice, reasons))
        return function

    return put


def case(when: str, steps: Iterable[Step | str], found: str, *, held: bool) -> Case:
    """A claim tried once; the steps are listed as they were typed."""
    lines = (each if isinstance(each, str) else _typed(each) for each in steps)
    return Case(when, tuple(lines), found, held)


def _typed(step: Step) -> str:
    if step.kind == "manage":
        return f"python manage.py {step.line}"
    return f"SQL: {step.line}" if step.kind == "sql" else step.line


#: Labs that wait for the next case, by where they begin; opening one takes longer than a case.
_WAITING: dict[tuple[str, ...], Lab] = {}
#: The largest number of labs that wait.
_MOST = 3


@contextmanager
def fresh(*at: str) -> Iterator[Lab]:
    """A context with a lab for one case. Either everything is applied, or the lab is at these
    migrations. No command has run in it."""
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


@dataclass(eq=False)
class Judgement(Choosing):
    """Asks whether a claim holds, before it is tried; the answer is the place of a kind of verdict
    among ``KINDS``."""

    _known: bool = False

    _frozen_because = "the claim was tried"

    @property
    def frozen(self) -> bool:
        """Whether the claim was tried, so that nothing can be chosen any more."""
        return self._known

    def start_again(self) -> bool:
        """Forget the answer; there is no lab to bring back."""
        self._known = False
        self._take(None)
        return False

    def freeze(self) -> None:
        """Freeze the choice: the verdict is known."""
        self._known = True
        self.changed()

    def _note(self, chosen: int | None) -> None:
        note("judged", claim=self.question.name, chosen=None if chosen is None else KINDS[chosen])


_OPTIONS = (
    "It holds: it is always true.",
    "It holds only under a condition: it is sometimes true.",
    "It does not hold: it is never true.",
)
_JUDGED: dict[str, Judgement] = {}


def judge(number: str) -> Judgement:
    """Ask the reader for a verdict on a claim. A claim that is asked again keeps its choice.

    Raises:
        UnknownName: no lesson tries it.
    """
    claim = _TRIALS[number].claim
    if number not in _JUDGED:
        asked = Question(number, f"“{claim.text}” Does that hold?", _OPTIONS)
        event = recall("judged", claim=number)
        kept = event.data.get("chosen") if event else None
        chosen = KINDS.index(kept) if kept in KINDS else None
        _JUDGED[number] = Judgement(asked, chosen)
    return _JUDGED[number]


def try_claim(number: str) -> Verdict:
    """Try a claim in fresh labs, and keep the verdict. The returned one has the reader's own, too.

    Raises:
        UnknownName: no lesson tries it.
    """
    verdict = _try(number)
    judgement = _JUDGED.get(number)
    if judgement is None:
        return verdict
    judgement.freeze()
    judged = None if judgement.chosen is None else KINDS[judgement.chosen]
    note("tried", claim=number, verdict=verdict.kind, chosen=judged)
    return replace(verdict, judged=judged)


def _try(number: str) -> Verdict:
    trial = _TRIALS[number]
    cases = tuple(_one_by_one(trial))
    found = kind([each.held for each in cases])
    advice, reason = trial.advice.get(found, ""), trial.because.get(found, "")
    verdict = Verdict(trial.claim, cases, advice, reason)
    keep(verdict)
    return verdict


def _one_by_one(trial: _Trial) -> Iterator[Case]:
    """The cases of a trial; whoever waits sees how many were tried."""
    claim = trial.claim
    with Lab.progress() as tell:
        tell(f"trying claim {claim.number}: {claim.text}")
        for number, each in enumerate(trial.experiment(), 1):
            tell(f"trying claim {claim.number}: {counted(number, 'case', 'cases')} done")
            yield each


def verdicts() -> Verdicts:
    """The verdict on each claim, kept from a lesson or tried now."""
    found = Verdicts(tuple(_each_verdict()))
    _known.append(found)
    return found


#: The results of ``verdicts`` in this process; the last one counts.
_known: list[Verdicts] = []


def claims_that_hold() -> int | None:
    """How many claims hold in every case; ``None`` until the verdicts were asked for."""
    if not _known:
        return None
    return sum(each.kind == "holds" for each in _known[-1].verdicts)


def _each_verdict() -> Iterator[Verdict]:
    with Lab.progress() as tell:
        for number, claim in CLAIMS.items():
            verdict = kept(claim)
            if verdict is None:
                tell(f"trying claim {number}")
                verdict = _try(number)
            yield verdict
