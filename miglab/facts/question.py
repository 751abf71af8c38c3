"""The questions that a lesson asks before a command runs, and their answers."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, TypeGuard

from ..errors import BadInput


@dataclass(frozen=True)
class Question:
    """A question to ask before a command runs; one of the options is what will happen."""

    name: str
    text: str
    options: tuple[str, ...]

    def taken(self, choice: object) -> int:
        """The position of the chosen option; the first is 0.

        Raises:
            BadInput: there is no such option.
        """
        if not _whole(choice) or choice not in range(len(self.options)):
            raise BadInput(
                f"{choice!r} is not an option; give a number from 0 to {len(self.options) - 1}"
            )
        return choice

    def answer(self, right: int | None, chosen: int | None, reason: str = "") -> Answer:
        """The run's answer beside what was chosen."""
        return Answer(self, right, chosen, reason)

    def kept(self, chosen: int) -> str:
        """A choice as JSON that is still right if the order changes: the text of the option."""
        return self.options[chosen]

    def recalled(self, kept: object) -> int | None:
        """The choice that ``kept`` saved as JSON; ``None`` if the option no longer exists."""
        return self.options.index(kept) if isinstance(kept, str) and kept in self.options else None


@dataclass(frozen=True)
class SetQuestion:
    """A question whose answer is any number of names of migrations or tables, or none of them.

    ``word`` says what happens to the right ones, as in ``"unapplied"`` or ``"gone"``.
    """

    name: str
    text: str
    names: tuple[str, ...]
    word: str

    def taken(self, choice: object) -> tuple[str, ...]:
        """The chosen names, each once, in the order of the question.

        Raises:
            BadInput: the choice is not a list of names from the question.
        """
        chosen = list(choice) if isinstance(choice, list | tuple | Set) else [choice]
        wrong = [each for each in chosen if each not in self.names]
        if wrong or isinstance(choice, str):
            raise BadInput(
                f"{choice!r} is not a choice; give a list, empty or with any of: "
                f"{', '.join(self.names)}"
            )
        return tuple(name for name in self.names if name in chosen)

    def answer(
        self, right: tuple[str, ...] | None, chosen: tuple[str, ...] | None, reason: str = ""
    ) -> SetAnswer:
        """The run's answer beside what was chosen."""
        return SetAnswer(self, right, chosen, reason)

    def kept(self, chosen: tuple[str, ...]) -> list[str]:
        """A choice as JSON."""
        return list(chosen)

    def recalled(self, kept: object) -> tuple[str, ...] | None:
        """The choice that ``kept`` saved as JSON; ``None`` if one of its names no longer exists."""
        if not isinstance(kept, list) or any(each not in self.names for each in kept):
            return None
        return self.taken(kept)


@dataclass(frozen=True)
class NumberQuestion:
    """A question whose answer is a whole number, 0 or more."""

    name: str
    text: str

    def taken(self, choice: object) -> int:
        """The chosen number.

        Raises:
            BadInput: the choice is not a whole number, or is below 0.
        """
        if not _whole(choice) or choice < 0:
            raise BadInput(f"{choice!r} is not an answer; give a whole number, 0 or more")
        return choice

    def answer(self, right: int | None, chosen: int | None, reason: str = "") -> NumberAnswer:
        """The run's answer beside what was chosen."""
        return NumberAnswer(self, right, chosen, reason)

    def kept(self, chosen: int) -> int:
        """A choice as JSON."""
        return chosen

    def recalled(self, kept: object) -> int | None:
        """The choice that ``kept`` saved as JSON; ``None`` if it is not a valid answer."""
        return kept if _whole(kept) and kept >= 0 else None


@dataclass(frozen=True)
class Answer:
    """What the run showed: the position of the right option, and of the chosen one.

    ``right`` is ``None`` if nothing has run yet, and ``chosen`` is ``None`` if nothing was chosen.
    ``reason`` says why the right option is right; it is empty if nobody has written a reason for
    this outcome. The other kinds of answers have the same attributes.
    """

    question: Question
    right: int | None
    chosen: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class SetAnswer:
    """What the run showed: the right names and the chosen ones, in the order of the question."""

    question: SetQuestion
    right: tuple[str, ...] | None
    chosen: tuple[str, ...] | None = None
    reason: str = ""

    @property
    def hits(self) -> tuple[str, ...]:
        """Right names that were chosen."""
        return tuple(name for name in self.right or () if name in (self.chosen or ()))

    @property
    def missed(self) -> tuple[str, ...]:
        """Right names that were not chosen."""
        return tuple(name for name in self.right or () if name not in (self.chosen or ()))

    @property
    def extra(self) -> tuple[str, ...]:
        """Names that were chosen, but are not right."""
        return tuple(name for name in self.chosen or () if name not in (self.right or ()))


@dataclass(frozen=True)
class NumberAnswer:
    """What the run showed: the right number, and the chosen one."""

    question: NumberQuestion
    right: int | None
    chosen: int | None = None
    reason: str = ""


#: A question of any kind, and its answer.
AnyQuestion = Question | SetQuestion | NumberQuestion


AnyAnswer = Answer | SetAnswer | NumberAnswer


@dataclass(frozen=True)
class Asked:
    """A question, and what is chosen now.

    Attributes:
        chosen: the choice, as the question's ``taken`` returns it; ``None`` if nothing is chosen.
        frozen: whether its command has run, so that the choice can no longer change.
    """

    question: AnyQuestion
    chosen: Any = None
    frozen: bool = False


def _whole(choice: object) -> TypeGuard[int]:
    return isinstance(choice, int) and not isinstance(choice, bool)
