"""What a lesson asks, what a run answered, and what a claim of a document is worth."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import TypeGuard

from ..errors import BadInput


@dataclass(frozen=True)
class Question:
    """What a learner is asked before a command runs; one of the options is what will happen."""

    name: str
    text: str
    options: tuple[str, ...]

    def taken(self, choice: object) -> int:
        """The place of an option, from 0.

        Raises:
            BadInput: there is no such option.
        """
        if not _whole(choice) or choice not in range(len(self.options)):
            raise BadInput(
                f"{choice!r} is no option; they are counted from 0 to {len(self.options) - 1}"
            )
        return choice

    def answer(self, right: int | None, chosen: int | None) -> Answer:
        """The run's answer beside what was chosen."""
        return Answer(self, right, chosen)


@dataclass(frozen=True)
class SetQuestion:
    """A question for any number of names, of migrations or of tables; it may be none of them.

    ``word`` says what becomes of the right ones, as in ``"unapplied"`` or ``"gone"``.
    """

    name: str
    text: str
    names: tuple[str, ...]
    word: str

    def taken(self, choice: object) -> tuple[str, ...]:
        """The chosen names, each once, in the order of the question.

        Raises:
            BadInput: they are no names of the question.
        """
        chosen = list(choice) if isinstance(choice, list | tuple | Set) else [choice]
        wrong = [each for each in chosen if each not in self.names]
        if wrong or isinstance(choice, str):
            raise BadInput(
                f"{choice!r} is no choice; give a list, empty or with some of: "
                f"{', '.join(self.names)}"
            )
        return tuple(name for name in self.names if name in chosen)

    def answer(self, right: tuple[str, ...] | None, chosen: tuple[str, ...] | None) -> SetAnswer:
        """The run's answer beside what was chosen."""
        return SetAnswer(self, right, chosen)


@dataclass(frozen=True)
class NumberQuestion:
    """A question for a whole number, 0 or more."""

    name: str
    text: str

    def taken(self, choice: object) -> int:
        """The chosen number.

        Raises:
            BadInput: it is no whole number, or below 0.
        """
        if not _whole(choice) or choice < 0:
            raise BadInput(f"{choice!r} is no answer; give a whole number, 0 or more")
        return choice

    def answer(self, right: int | None, chosen: int | None) -> NumberAnswer:
        """The run's answer beside what was chosen."""
        return NumberAnswer(self, right, chosen)


@dataclass(frozen=True)
class Answer:
    """What the run showed: the place of the right option, and of the one that was chosen.

    ``right`` is ``None`` where nothing has run yet, ``chosen`` where nothing was chosen; so it is
    in the answers of the other kinds too.
    """

    question: Question
    right: int | None
    chosen: int | None = None


@dataclass(frozen=True)
class SetAnswer:
    """What the run showed: the right names, and those that were chosen, in the question's order."""

    question: SetQuestion
    right: tuple[str, ...] | None
    chosen: tuple[str, ...] | None = None

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
        """Names that were chosen, and are not right."""
        return tuple(name for name in self.chosen or () if name not in (self.right or ()))


@dataclass(frozen=True)
class NumberAnswer:
    """What the run showed: the right number, and the one that was chosen."""

    question: NumberQuestion
    right: int | None
    chosen: int | None = None


#: A question of any kind, and its answer.
AnyQuestion = Question | SetQuestion | NumberQuestion
AnyAnswer = Answer | SetAnswer | NumberAnswer


def _whole(choice: object) -> TypeGuard[int]:
    return isinstance(choice, int) and not isinstance(choice, bool)


@dataclass(frozen=True)
class Point:
    """One thing that a task asks for, and whether it is so."""

    text: str
    done: bool


@dataclass(frozen=True)
class Checked:
    """How far a task is done."""

    task: str
    points: tuple[Point, ...]

    @property
    def done(self) -> bool:
        """Whether nothing is missing."""
        return all(point.done for point in self.points)


@dataclass(frozen=True)
class Claim:
    """A sentence that people believe. ``documents`` are the numbers of those that say it."""

    number: str
    documents: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Case:
    """A claim tried once.

    Attributes:
        when: completes the sentence "the claim holds if …".
        commands: what was done, as it is typed.
        found: what the run showed, in one sentence.
        held: whether that is what the claim says.
    """

    when: str
    commands: tuple[str, ...]
    found: str
    held: bool


@dataclass(frozen=True)
class Verdict:
    """A claim and all its cases; the word is computed from them.

    ``advice`` says what to follow, or ``""`` where nobody has thought about this verdict yet.
    """

    claim: Claim
    cases: tuple[Case, ...]
    advice: str = ""

    @property
    def kind(self) -> str:
        """``"holds"``, ``"holds only if"`` or ``"does not hold"``."""
        return kind([case.held for case in self.cases])

    @property
    def word(self) -> str:
        """The kind, with the conditions where there are some."""
        if self.kind != "holds only if":
            return self.kind
        return f"{self.kind} {', or if '.join(case.when for case in self.cases if case.held)}"


@dataclass(frozen=True)
class Verdicts:
    """All claims that were tried, by number."""

    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Spine:
    """Which command moves which truth: the names of the columns, and for each command a cell a
    column, all measured."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def kind(held: list[bool]) -> str:
    """The verdict that these cases make.

    >>> kind([True, False])
    'holds only if'
    """
    return "holds" if all(held) else "holds only if" if any(held) else "does not hold"
