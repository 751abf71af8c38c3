"""What a task asks for, and what a claim of a document is worth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One thing that a task asks for, and whether it is reached. If not: what is expected, and what
    was found."""

    text: str
    done: bool
    expected: str = ""
    found: str = ""


@dataclass(frozen=True)
class Checked:
    """How far a task is done; ``begun`` says whether anything has run in its lab yet, ``remark``
    is what to do about the wrong end that was reached, if it is a known one."""

    task: str
    points: tuple[Point, ...]
    begun: bool = True
    remark: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is missing."""
        return all(point.done for point in self.points)


@dataclass(frozen=True)
class Begun:
    """A task that has begun in a new lab.

    Attributes:
        task: its name.
        apps: the apps that the lab shows.
        standing: how their migrations stand, in one sentence.
        goals: what must be true when it is done.
    """

    task: str
    apps: tuple[str, ...]
    standing: str
    goals: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A sentence that people believe. ``documents`` are the names of those that say it, and
    ``lesson`` is the notebook that tries it."""

    number: str
    documents: tuple[str, ...]
    text: str
    lesson: str = ""


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

    ``advice`` says what to remember, or is ``""`` if nobody has written it yet. ``reason`` explains
    the verdict if the cases do not say enough. ``judged`` is the kind that the reader expected, or
    ``None`` if they did not say.
    """

    claim: Claim
    cases: tuple[Case, ...]
    advice: str = ""
    reason: str = ""
    judged: str | None = None

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


#: The kinds of verdicts.
KINDS = ("holds", "holds only if", "does not hold")


def kind(held: list[bool]) -> str:
    """The verdict that these cases make, one of ``KINDS``.

    >>> kind([True, False])
    'holds only if'
    """
    return "holds" if all(held) else "holds only if" if any(held) else "does not hold"
