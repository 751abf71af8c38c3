"""Asks what a command will do, and answers from what it did."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import BadInput
from ..facts.question import AnyAnswer, NumberQuestion, Question
from ..facts.step import Step
from ..lab import Lab
from .choosing import Choosing
from .kinds import AnyOf, Here, Holds, HowMany, Kind, Measured, OneOf, watch
from .remembered import comes_back, note, recall
from .shelf import Shelf, tidy
from .whereabouts import check_place

_QUESTIONS: Shelf[Kind] = Shelf("question")

_GONE = "the lab of this question is gone; run %resume in a new cell here, or run all cells again"


def question(
    name: str,
    text: str,
    options: Mapping[str, Holds],
    *,
    because: Mapping[str, str],
    looks: bool = False,
) -> None:
    """Put a question on the shelf.

    Args:
        options: each option, with a test of the lab that is true if the option is right. Exactly
            one option is right, whatever the run does.
        because: an option's letter → why it is right, if it is. The reader sees this text; an
            empty line separates paragraphs and lists.
        looks: whether the question is about a command that only looks, such as ``sqlmigrate``.
    """
    reasons = {"ABCDEFGH".index(letter): tidy(reason) for letter, reason in because.items()}
    asked = Question(name, text, tuple(options))
    _QUESTIONS.put(name, OneOf(asked, tuple(options.values()), reasons, looks))


def which(
    name: str,
    text: str,
    *,
    among: Callable[[Lab], Collection[str]],
    found: Callable[[Step], Collection[str]],
    word: str,
    because: Mapping[tuple[str, ...], str],
) -> None:
    """Put a question for a set of names on the shelf. ``among`` returns the names to choose from,
    in order. ``found`` returns the right ones, from what has changed since the question. ``word``
    says what happens to the right ones, as in ``"unapplied"``. ``because`` maps right names to the
    reason."""
    reasons = {names: tidy(reason) for names, reason in because.items()}
    _QUESTIONS.put(name, AnyOf(name, text, word, among, found, reasons))


def how_many(
    name: str, text: str, found: Callable[[Step], int], *, because: Mapping[int, str]
) -> None:
    """Put a question for a number on the shelf. ``found`` returns the number, from what has changed
    since the question. ``because`` maps numbers to the reason why they are right."""
    reasons = {number: tidy(reason) for number, reason in because.items()}
    _QUESTIONS.put(name, HowMany(NumberQuestion(name, text), found, reasons))


def measured(
    name: str, text: str, found: Callable[[], int | None], *, because: Mapping[int, str]
) -> None:
    """Put a question on the shelf for a number that is measured outside the lab. ``found`` returns
    the number, or ``None`` until it has been measured."""
    reasons = {number: tidy(reason) for number, reason in because.items()}
    _QUESTIONS.put(name, Measured(NumberQuestion(name, text), found, reasons))


@dataclass(eq=False)
class Prediction(Choosing):
    """A question about what a command will do. ``choose`` takes the answer: the place of an
    option, counted from 0, a list of names, or a number."""

    _lab: weakref.ReferenceType[Lab]
    _here: Here

    _frozen_because = "the command has run"

    def __post_init__(self) -> None:
        lab = self._lab()
        if lab is not None:
            watch(lab, self._look)

    def _look(self, lab: Lab) -> None:
        self.changed()

    @property
    def frozen(self) -> bool:
        """Whether the command has run, so that nothing can be chosen any more."""
        lab = self._lab()
        return lab is None or lab.closed or _QUESTIONS[self.question.name].has_run(lab, self._here)

    def start_again(self) -> bool:
        """Forget the answer, and bring the lab back to where the question was asked, or forward to
        it. Returns whether the lab had to move.

        Raises:
            BadInput: the lab is closed, or it cannot be brought there.
        """
        lab = self._lab()
        if lab is None or lab.closed:
            raise BadInput(_GONE)
        behind = self._here.behind(lab)
        if behind is not None and behind > 0:
            lab.rewind(behind)
        elif behind:
            lab.forward(-behind)
        check_place(self.question.name, lab)
        self._here = Here(lab)
        self._take(None)
        return bool(behind)

    def _note(self, chosen: Any) -> None:
        kept = None if chosen is None else self.question.kept(chosen)
        note("predicted", question=self.question.name, chosen=kept)

    def stands(self, lab: Lab) -> bool:
        """Whether this is still the question about this lab: the lab has not gone back to where
        the question was asked, or further."""
        return self._lab() is lab and not self._here.rewound(lab)

    def answer(self) -> AnyAnswer:
        """The right answer, computed from the lab as it is now, and the choice.

        Raises:
            BadInput: the lab is closed, or it is not in the state that the lesson leads to.
        """
        lab = self._lab()
        if lab is None:
            raise BadInput(_GONE)
        kind = _QUESTIONS[self.question.name]
        right = kind.right(self.question, lab, self._here)
        if right is None:
            return self.question.answer(None, self.chosen)
        return self.question.answer(right, self.chosen, kind.reason(right))


_OPEN: dict[str, Prediction] = {}


def predict(name: str) -> Prediction:
    """Ask a question about the lab that was opened last.

    A question that is asked again keeps its choice, even from an earlier notebook. The exception is
    a question that was missed and comes back today. Once the command has run, the question stays
    the same until the lab goes back to it.

    Raises:
        UnknownName: no lesson asks it.
        BadInput: there is no open lab, it is not where the lesson asks this, or it has nothing to
            choose from.
    """
    kind, lab = _QUESTIONS[name], Lab.latest()
    before = _OPEN.get(name)
    if before is not None and before.stands(lab):
        return before
    check_place(name, lab)
    asked = kind.ask(lab)
    chosen = asked.recalled(_kept(name, before))
    _OPEN[name] = Prediction(asked, chosen, weakref.ref(lab), Here(lab))
    return _OPEN[name]


def _kept(name: str, before: Prediction | None) -> Any:
    """The earlier choice, in the form in which it is stored; ``None`` if there is none."""
    if before is not None:
        return None if before.chosen is None else before.question.kept(before.chosen)
    if comes_back(name):
        return None
    event = recall("predicted", question=name)
    return event.data.get("chosen") if event else None


def reveal(name: str) -> AnyAnswer:
    """The answer to a question, computed from the run, with the prediction and the reason.

    Raises:
        UnknownName: no lesson asks it.
        BadInput: it has not been asked in this notebook yet.
    """
    if name not in _OPEN:
        _ = _QUESTIONS[name]  # If there is none, the error names those that exist.
        raise BadInput(f"{name!r} has not been asked yet; run the cell predict({name!r}) first")
    answer = _OPEN[name].answer()
    if answer.right is not None:
        kept = [None if each is None else answer.question.kept(each) for each in _both(answer)]
        note("revealed", question=name, right=kept[0], chosen=kept[1])
    return answer


def _both(answer: AnyAnswer) -> tuple[Any, Any]:
    return answer.right, answer.chosen
