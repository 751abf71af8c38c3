"""The kinds of questions: what one can say in a lab, and what its run makes right."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import BadInput
from ..facts.lesson import AnyQuestion, NumberQuestion, Question, SetQuestion
from ..facts.step import Step
from ..facts.view import History
from ..lab import Lab

Holds = Callable[[Lab], bool]

#: What helps where the lab is not where the lesson takes it.
_AGAIN = "run lab.restart(), and then the cells from the question on"


@dataclass(frozen=True)
class Here:
    """Where a lab stood when it was asked about."""

    last: Step | None
    history: History

    @classmethod
    def of(cls, lab: Lab) -> Here:
        """Where it stands now."""
        return cls(lab.last, lab.history())

    def quiet(self, lab: Lab) -> bool:
        """Whether nothing has run since."""
        # A command that moves nothing stands in no history; what a terminal did is no step of ours.
        return lab.last is self.last and lab.history() == self.history

    def since(self, lab: Lab) -> Step | None:
        """All that has moved since, as one step; ``None`` where nothing did, and nothing was
        refused either: a preview is no run.

        Raises:
            BadInput: the lab went back to before it was asked about.
        """
        first, now = self.history.position, lab.history()
        if now.position < first or [*now.lines[:first]] != [*self.history.lines[:first]]:
            raise BadInput(f"this lab went back to before the question; {_AGAIN}")
        refused = lab.last is not self.last and lab.last is not None and lab.last.refused
        return lab.between(first, now.position) if now.position > first or refused else None


class Kind(Protocol):
    """A question on the shelf."""

    def ask(self, lab: Lab) -> AnyQuestion:
        """The question, with what can be chosen in this lab."""

    def right(self, asked: Any, lab: Lab, here: Here) -> Any:
        """What is right after the run, of the type that the question takes; ``None`` where
        nothing has run yet.

        Raises:
            BadInput: the lab is not where the lesson takes it.
        """


@dataclass(frozen=True)
class OneOf:
    """One of a few options, each with what must be true of the lab for it to be the right one."""

    question: Question
    holds: tuple[Holds, ...]

    def ask(self, lab: Lab) -> Question:
        """The same in every lab."""
        return self.question

    def right(self, asked: Question, lab: Lab, here: Here) -> int | None:
        """The place of the one option that holds."""
        if here.quiet(lab):
            return None
        right = [place for place, holds in enumerate(self.holds) if holds(lab)]
        if len(right) != 1:
            raise BadInput(
                f"{len(right)} options of {asked.name!r} fit what happened in this lab; {_AGAIN}"
            )
        return right[0]


@dataclass(frozen=True)
class AnyOf:
    """Any of the names that the lab has for it; the right ones are computed from what moved."""

    name: str
    text: str
    word: str
    among: Callable[[Lab], Collection[str]]
    found: Callable[[Step], Collection[str]]

    def ask(self, lab: Lab) -> SetQuestion:
        """With the names that this lab has now."""
        names = tuple(self.among(lab))
        if not names:
            raise BadInput(f"this lab has nothing to choose from for {self.name!r}; {_AGAIN}")
        return SetQuestion(self.name, self.text, names, self.word)

    def right(self, asked: SetQuestion, lab: Lab, here: Here) -> tuple[str, ...] | None:
        """The names that what moved since makes right."""
        since = here.since(lab)
        if since is None:
            return None
        right = self.found(since)
        if other := [name for name in right if name not in asked.names]:
            raise BadInput(
                f"more happened in this lab than {asked.name!r} asks about: "
                f"{', '.join(other)}; {_AGAIN}"
            )
        return tuple(name for name in asked.names if name in right)


@dataclass(frozen=True)
class HowMany:
    """A number that is computed from what moved."""

    question: NumberQuestion
    found: Callable[[Step], int]

    def ask(self, lab: Lab) -> NumberQuestion:
        """The same in every lab."""
        return self.question

    def right(self, asked: NumberQuestion, lab: Lab, here: Here) -> int | None:
        """The number that what moved since makes right."""
        since = here.since(lab)
        return None if since is None else self.found(since)
