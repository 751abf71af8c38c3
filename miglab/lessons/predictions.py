"""Asks what a command will do, and answers from what it did."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import BadInput
from ..facts.lesson import AnyAnswer, AnyQuestion, NumberQuestion, Question
from ..facts.step import Step
from ..lab import Lab
from .kinds import AnyOf, Here, Holds, HowMany, Kind, OneOf
from .shelf import Shelf

_QUESTIONS: Shelf[Kind] = Shelf("question")


def question(name: str, text: str, options: Mapping[str, Holds]) -> None:
    """Put a question on the shelf: each option with what must be true of the lab for it to be the
    right one. Of all options exactly one is, whatever the run does."""
    _QUESTIONS.put(name, OneOf(Question(name, text, tuple(options)), tuple(options.values())))


def which(
    name: str,
    text: str,
    *,
    among: Callable[[Lab], Collection[str]],
    found: Callable[[Step], Collection[str]],
    word: str,
) -> None:
    """Put a question for a set of names on the shelf: ``among`` gives those there are when it is
    asked, in order, ``found`` the right ones, from all that moved since. ``word`` says what becomes
    of these, as in ``"unapplied"``."""
    _QUESTIONS.put(name, AnyOf(name, text, word, among, found))


def how_many(name: str, text: str, found: Callable[[Step], int]) -> None:
    """Put a question for a number on the shelf: ``found`` gives it, from all that moved since."""
    _QUESTIONS.put(name, HowMany(NumberQuestion(name, text), found))


@dataclass(eq=False)
class Prediction:
    """A question that waits for nobody. ``choose`` takes what it asks for: the place of an option,
    from 0, a list of names, or a number."""

    question: AnyQuestion
    _lab: weakref.ReferenceType[Lab]
    _here: Here
    #: As the question takes it.
    chosen: Any = None

    def choose(self, choice: object) -> None:
        """Say what will happen; ``None`` takes it back.

        Raises:
            BadInput: the question does not ask for such a thing. What was chosen stays.
        """
        self.chosen = None if choice is None else self.question.taken(choice)

    def answer(self) -> AnyAnswer:
        """What is right, computed from the lab as it is now, beside what was chosen.

        Raises:
            BadInput: the lab is closed, or it is not where the lesson takes it.
        """
        lab = self._lab()
        if lab is None:
            raise BadInput("the lab of this question is gone; run the notebook from its top")
        right = _QUESTIONS[self.question.name].right(self.question, lab, self._here)
        return self.question.answer(right, self.chosen)


_OPEN: dict[str, Prediction] = {}


def predict(name: str) -> Prediction:
    """Ask a question about the lab that was opened last. Asking again forgets the choice.

    Raises:
        UnknownName: no lesson asks it.
        BadInput: there is no open lab, or it has nothing to choose from.
    """
    lab = Lab.latest()
    _OPEN[name] = Prediction(_QUESTIONS[name].ask(lab), weakref.ref(lab), Here.of(lab))
    return _OPEN[name]


def reveal(name: str) -> AnyAnswer:
    """What the run answered to a question, beside what was predicted.

    Raises:
        UnknownName: no lesson asks it.
        BadInput: it was not asked in this notebook yet.
    """
    if name not in _OPEN:
        _ = _QUESTIONS[name]  # Where there is none, it says which there are.
        raise BadInput(f"{name!r} was not asked yet; run the cell predict({name!r}) first")
    return _OPEN[name].answer()
