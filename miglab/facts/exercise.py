"""What an exercise is, and how far somebody is with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .picture import Picture

#: The kinds of goals: what must be so now, after every step, among the steps, or as an answer.
KINDS = ("state", "never", "did", "answer")


@dataclass(frozen=True)
class Instruction:
    """One line of a start, a way or a journal, with the lines that belong to it.

    Attributes:
        line: as in ``"migrate store 0004"`` or ``"write notes.txt"``.
        body: what is written, replaced, run or answered.
        refused: whether Django is expected to refuse it.
    """

    line: str
    body: str = ""
    refused: bool = False

    @property
    def text(self) -> str:
        """The same as an exercise's file has it."""
        below = "".join(f"\n    {line}".rstrip(" ") for line in self.body.splitlines())
        return f"{'! ' if self.refused else ''}{self.line}{below}"

    @property
    def word(self) -> str:
        """What it begins with, as in ``"write"``."""
        return self.line.split(maxsplit=1)[0]


@dataclass(frozen=True)
class Goal:
    """What must be reached.

    ``conditions`` maps the name of a condition to what it asks for (``exercises/conditions.py``);
    ``kind`` is one of ``KINDS``; ``name`` is what an answer is given under, ``""`` for the others.
    """

    says: str
    kind: str
    conditions: Mapping[str, Any]
    name: str = ""


@dataclass(frozen=True)
class Hint:
    """Words for one state: ``says`` has a text for each tier, the last of which names a command;
    ``when`` are conditions; without any, it is for every other state."""

    says: tuple[str, ...]
    when: Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """A way to solve it."""

    name: str
    steps: tuple[Instruction, ...]


@dataclass(frozen=True)
class WrongEnd:
    """A way that looks right and is refused; ``when`` recognizes somebody who took it."""

    name: str
    steps: tuple[Instruction, ...]
    when: Mapping[str, Any]
    says: str
    tempting: bool = False


@dataclass(frozen=True)
class Exercise:
    """An exercise in one of its shapes.

    Attributes:
        name: of its file, without the ending.
        title, level: the level is 1 to 5.
        belief: what it breaks, in the words of somebody who believes it.
        story: what happened, and what is asked for, as Markdown.
        happened, why, cost: the words on success: what the repair did, why it works, what a wrong
            end would have cost.
        nothing: what is said to somebody who has done nothing.
        start: what happens before the learner gets it, including ``moment NAME``.
        at, apps: as ``Lab`` takes them.
        alphabet: steps that the search for shorter ways may take beside those of ways and wrong
            ends.
        shape: which one; ``shapes`` are all there are.
        digest: of all that decides how it can be solved, in this shape; words do not count.
        set: the folder of its set.
    """

    name: str
    title: str
    level: int
    belief: str
    story: str
    happened: str
    why: str
    cost: str
    nothing: str
    start: tuple[Instruction, ...]
    goals: tuple[Goal, ...]
    hints: tuple[Hint, ...]
    ways: tuple[Way, ...]
    wrong: tuple[WrongEnd, ...]
    at: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    alphabet: tuple[Instruction, ...] = ()
    shape: str = ""
    shapes: tuple[str, ...] = ()
    digest: str = ""
    set: Path = Path()


@dataclass(frozen=True)
class Finding:
    """Whether a condition holds, what is expected, and what is there now."""

    holds: bool
    expected: str
    found: str


@dataclass(frozen=True)
class Reached:
    """A goal, and whether it is reached. If not: what is expected, and what was found."""

    says: str
    kind: str
    done: bool
    expected: str = ""
    found: str = ""


@dataclass(frozen=True)
class Standing:
    """How far somebody is with an exercise.

    Attributes:
        title: of the exercise.
        goals: each of its goals.
        remark: what is said about the wrong end that was reached, or ``""``.
        success: three texts (what happened, why, what a wrong end would have cost) where all
            goals are reached.
        moves: how many commands changed something; ``None`` if they are not counted.
        shortest: the fewest with which it was ever solved, told on success.
    """

    title: str
    goals: tuple[Reached, ...]
    remark: str = ""
    success: tuple[str, str, str] | None = None
    moves: int | None = None
    shortest: int | None = None

    @property
    def done(self) -> bool:
        """Whether every goal is reached."""
        return all(goal.done for goal in self.goals)


@dataclass(frozen=True)
class Attempted:
    """How far somebody is, the lines that led there, and the graph now."""

    standing: Standing
    lines: tuple[str, ...]
    graph: Picture


@dataclass(frozen=True)
class Advice:
    """A hint: its tier, counted from 1, the number of tiers, and its words. After the hint itself,
    some tell what Django and the truths say now."""

    tier: int
    tiers: int
    says: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """An exercise's story, as somebody sees it who opens the exercise."""

    exercise: Exercise


@dataclass(frozen=True)
class Row:
    """An exercise on the page of all: its file's number, its notebook, whether it was solved."""

    name: str
    number: str
    title: str
    level: int
    file: str
    solved: bool


@dataclass(frozen=True)
class Overview:
    """All exercises, in order of their levels."""

    rows: tuple[Row, ...]
