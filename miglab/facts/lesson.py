"""What a task asks for, and whether the claims of documents are true."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One goal of a task, and whether it is reached; if it is not, what was expected and what was
    found."""

    text: str
    done: bool
    expected: str = ""
    found: str = ""


@dataclass(frozen=True)
class Checked:
    """How far a task is done. ``begun`` is whether anything has run in its lab yet; ``remark`` is
    what to do about the wrong end that was reached, if it is a known one."""

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
        standing: which of their migrations are applied, in one sentence.
        goals: what must be true when it is done.
    """

    task: str
    apps: tuple[str, ...]
    standing: str
    goals: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A sentence that people believe. ``documents`` has the names of the documents that say so;
    ``lesson`` is the notebook that tests it."""

    number: str
    documents: tuple[str, ...]
    text: str
    lesson: str = ""


@dataclass(frozen=True)
class Case:
    """One test of a claim.

    Attributes:
        when: completes the sentence "the claim holds if …".
        commands: what was done, as it is typed.
        found: what the run showed, in one sentence.
        held: whether the claim was true in this case.
    """

    when: str
    commands: tuple[str, ...]
    found: str
    held: bool


@dataclass(frozen=True)
class Verdict:
    """A claim and all its cases, from which its verdict is computed.

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
        """The kind, with the conditions if there are any."""
        if self.kind != "holds only if":
            return self.kind
        return f"{self.kind} {', or if '.join(case.when for case in self.cases if case.held)}"


@dataclass(frozen=True)
class Verdicts:
    """All claims that were tested, in the order of their numbers."""

    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Spine:
    """Which command changes which truth: the names of the columns, and a row for each command, with
    a cell for each column. All cells were measured."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


#: The kinds of verdicts.
KINDS = ("holds", "holds only if", "does not hold")


def kind(held: list[bool]) -> str:
    """The verdict that follows from these cases, one of ``KINDS``.

    >>> kind([True, False])
    'holds only if'
    """
    return "holds" if all(held) else "holds only if" if any(held) else "does not hold"
