"""The kinds of questions: what can be chosen in a lab, and which choice is right after a run."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import BadInput
from ..facts.question import AnyQuestion, NumberQuestion, Question, SetQuestion
from ..facts.step import Step
from ..lab import Lab

Holds = Callable[[Lab], bool]
#: A right answer → the reason.
Because = Mapping[Any, str]

#: How to go on if the lab is not in the state that the lesson leads to.
_AGAIN = "run lab.restart(), and then run the cells again, beginning with the question"


#: Commands that only look.
_LOOKS = frozenset({"check", "help", "showmigrations", "sqlmigrate", "version"})
_PREVIEWS = frozenset({"--plan", "--dry-run", "--help", "--version"})


class Here:
    """Where a lab was when a question about it was asked, and whether anything has run since."""

    def __init__(self, lab: Lab) -> None:
        self.last, self.history = lab.last, lab.history()
        self._acted = False
        watch(lab, self._look)

    def _look(self, lab: Lab) -> None:
        step = lab.last
        self._acted = self._acted or (step is not self.last and step is not None and _acts(step))

    def quiet(self, lab: Lab) -> bool:
        """Whether nothing at all has run since the question was asked."""
        # The history has no command that changed nothing; ``last`` has no change from a terminal.
        return lab.last is self.last and lab.history() == self.history

    def acted(self, lab: Lab) -> bool:
        """Whether something that does more than look at the lab has run since the question."""
        return self._acted or lab.history() != self.history

    def behind(self, lab: Lab) -> int | None:
        """The number of steps from the question to the lab's current moment. Negative if the lab
        was rewound beyond the question; ``None`` if the steps before the question are now
        others."""
        now, first = lab.history(), self.history.position
        if [*now.lines[:first]] != [*self.history.lines[:first]]:
            return None
        return now.position - first

    def rewound(self, lab: Lab) -> bool:
        """Whether something changed, and the lab then went back to the question or further."""
        behind = self.behind(lab)
        return behind is None or behind < 0 or (behind == 0 and lab.history() != self.history)

    def since(self, lab: Lab) -> Step | None:
        """Everything that has changed since the question, as one step. ``None`` if nothing has run:
        previews and rewound steps do not count.

        Raises:
            BadInput: the lab went back to a moment before the question.
        """
        behind = self.behind(lab)
        if behind is None or behind < 0:
            raise BadInput(f"this lab went back to a moment before the question; {_AGAIN}")
        if not self.acted(lab) or self.rewound(lab):
            return None
        first = self.history.position
        return lab.between(first, first + behind)


def _acts(step: Step) -> bool:
    """Whether a step does more than look, even if it changed nothing."""
    words = step.line.split()
    looks = step.kind == "manage" and (
        not words or words[0] in _LOOKS or not _PREVIEWS.isdisjoint(words)
    )
    return not looks


def watch(lab: Lab, look: Callable[[Lab], None]) -> None:
    """Call a method with the lab after each step of the lab, as long as the method's object and the
    lab exist."""
    method, known = weakref.WeakMethod(look), weakref.ref(lab)

    def told() -> None:
        alive, watched = method(), known()
        if alive is not None and watched is not None:
            alive(watched)

    lab.watch(told)


class Kind(Protocol):
    """A question on the shelf."""

    def ask(self, lab: Lab) -> AnyQuestion:
        """The question, with what can be chosen in this lab."""

    def has_run(self, lab: Lab, here: Here) -> bool:
        """Whether the command that the question asks about has run."""

    def right(self, asked: Any, lab: Lab, here: Here) -> Any:
        """The right answer after the run, in the form that the question takes; ``None`` if nothing
        has run yet.

        Raises:
            BadInput: the lab is not in the state that the lesson leads to.
        """

    def reason(self, right: Any) -> str:
        """Why this is right; empty if there is no text for it."""


@dataclass(frozen=True)
class OneOf:
    """A question with a few options. Each has a test in ``holds`` that is true of the lab if the
    option is right.

    If ``looks`` is true, the question is about a command that only looks. Otherwise, such commands
    are ignored.
    """

    question: Question
    holds: tuple[Holds, ...]
    because: Because
    looks: bool = False

    def ask(self, lab: Lab) -> Question:
        """The question, which is the same in every lab."""
        return self.question

    def has_run(self, lab: Lab, here: Here) -> bool:
        """Whether anything has run since the question was asked."""
        return not here.quiet(lab) if self.looks else here.acted(lab)

    def right(self, asked: Question, lab: Lab, here: Here) -> int | None:
        """The place of the one option that holds."""
        if not self.has_run(lab, here):
            return None
        right = [place for place, holds in enumerate(self.holds) if holds(lab)]
        if len(right) != 1:
            raise BadInput(
                f"{len(right)} options of {asked.name!r} fit what happened in this lab; {_AGAIN}"
            )
        return right[0]

    def reason(self, right: int) -> str:
        """Why this option is right."""
        return self.because.get(right, "")


@dataclass(frozen=True)
class AnyOf:
    """A question for a set of names, of those that the lab offers. The right ones are computed from
    what changed."""

    name: str
    text: str
    word: str
    among: Callable[[Lab], Collection[str]]
    found: Callable[[Step], Collection[str]]
    because: Because

    def ask(self, lab: Lab) -> SetQuestion:
        """The question, with the names that this lab has now."""
        names = tuple(self.among(lab))
        if not names:
            raise BadInput(f"this lab offers nothing to choose from for {self.name!r}; {_AGAIN}")
        return SetQuestion(self.name, self.text, names, self.word)

    def has_run(self, lab: Lab, here: Here) -> bool:
        """Whether anything has run since the question was asked."""
        return here.acted(lab)

    def reason(self, right: tuple[str, ...]) -> str:
        """Why these names are right."""
        return self.because.get(right, "")

    def right(self, asked: SetQuestion, lab: Lab, here: Here) -> tuple[str, ...] | None:
        """The right names, from what has changed since the question."""
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
    """A question for a number that is computed from what changed."""

    question: NumberQuestion
    found: Callable[[Step], int]
    because: Because

    def ask(self, lab: Lab) -> NumberQuestion:
        """The question, which is the same in every lab."""
        return self.question

    def has_run(self, lab: Lab, here: Here) -> bool:
        """Whether anything has run since the question was asked."""
        return here.acted(lab)

    def reason(self, right: int) -> str:
        """Why this number is right."""
        return self.because.get(right, "")

    def right(self, asked: NumberQuestion, lab: Lab, here: Here) -> int | None:
        """The right number, from what has changed since the question."""
        since = here.since(lab)
        return None if since is None else self.found(since)


@dataclass(frozen=True)
class Measured:
    """A question for a number that is measured outside the lab. ``found`` returns the number, or
    ``None`` until it is known."""

    question: NumberQuestion
    found: Callable[[], int | None]
    because: Because

    def ask(self, lab: Lab) -> NumberQuestion:
        """The question, which is the same in every lab."""
        return self.question

    def has_run(self, lab: Lab, here: Here) -> bool:
        """Whether the number has been measured."""
        return self.found() is not None

    def right(self, asked: NumberQuestion, lab: Lab, here: Here) -> int | None:
        """The number that was measured."""
        return self.found()

    def reason(self, right: int) -> str:
        """Why this number is right."""
        return self.because.get(right, "")
