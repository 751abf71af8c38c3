"""Asks what a command will do, and answers from what it did."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import BadInput
from ..facts.lesson import Answer, Question
from ..facts.step import Step
from ..facts.view import History
from ..lab import Lab
from .shelf import Shelf

Holds = Callable[[Lab], bool]


@dataclass(frozen=True)
class _Asked:
    question: Question
    holds: tuple[Holds, ...]


_QUESTIONS: Shelf[_Asked] = Shelf("question")


def question(name: str, text: str, options: Mapping[str, Holds]) -> None:
    """Put a question on the shelf: each option with what must be true of the lab for it to be the
    right one. Of all options exactly one is, whatever the run does."""
    asked = Question(name, text, tuple(options))
    _QUESTIONS.put(name, _Asked(asked, tuple(options.values())))


@dataclass(eq=False)
class Prediction:
    """A question that waits for nobody. ``choose`` takes the place of an option, from 0."""

    question: Question
    _lab: weakref.ReferenceType[Lab]
    _before: tuple[Step | None, History]
    chosen: int | None = field(default=None)

    def choose(self, place: int | None) -> None:
        """Take an option, or none.

        Raises:
            BadInput: there is no such option.
        """
        if place is not None and place not in range(len(self.question.options)):
            raise BadInput(
                f"{place!r} is no option; they are counted from 0 to "
                f"{len(self.question.options) - 1}"
            )
        self.chosen = place

    def answer(self) -> Answer:
        """The right option, computed from the lab as it is now.

        Raises:
            BadInput: the lab is closed, or not one option fits what happened there.
        """
        lab = self._lab()
        if lab is None:
            raise BadInput("the lab of this question is gone; run the notebook from its top")
        step, history = self._before
        # A command that moves nothing stands in no history; what a terminal did is no step of ours.
        if lab.last is step and lab.history() == history:
            return Answer(self.question, None, self.chosen)
        right = [
            place for place, holds in enumerate(_QUESTIONS[self.question.name].holds) if holds(lab)
        ]
        if len(right) != 1:
            raise BadInput(
                f"{len(right)} options of {self.question.name!r} fit what happened in this lab; "
                "run lab.restart(), and then the cells from the question on"
            )
        return Answer(self.question, right[0], self.chosen)


_OPEN: dict[str, Prediction] = {}


def predict(name: str) -> Prediction:
    """Ask a question about the lab that was opened last. Asking again forgets the choice.

    Raises:
        UnknownName: no lesson asks it.
        BadInput: there is no open lab.
    """
    lab = Lab.latest()
    _OPEN[name] = Prediction(_QUESTIONS[name].question, weakref.ref(lab), (lab.last, lab.history()))
    return _OPEN[name]


def reveal(name: str) -> Answer:
    """What the run answered to a question, beside what was predicted.

    Raises:
        UnknownName: no lesson asks it.
        BadInput: it was not asked in this notebook yet.
    """
    if name not in _OPEN:
        known = _QUESTIONS[name].question.name
        raise BadInput(f"{known!r} was not asked yet; run the cell predict({known!r}) first")
    return _OPEN[name].answer()
