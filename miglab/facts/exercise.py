"""What an exercise is, and how far somebody is with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .picture import Picture

#: The kinds of goals: true now, true after every step, done in one of the steps, or an answer.
KINDS = ("state", "never", "did", "answer")


@dataclass(frozen=True)
class Instruction:
    """One step of a start, a way or a journal, with the indented lines below it.

    Attributes:
        line: its first line, as in ``"migrate store 0004"`` or ``"write notes.txt"``.
        body: the text to write, replace or run, or the answers to give.
        refused: whether Django should refuse it.
    """

    line: str
    body: str = ""
    refused: bool = False

    @property
    def text(self) -> str:
        """The step as it is written in the file of an exercise."""
        below = "".join(f"\n    {line}".rstrip(" ") for line in self.body.splitlines())
        return f"{'! ' if self.refused else ''}{self.line}{below}"

    @property
    def word(self) -> str:
        """The first word of the line, as in ``"write"``."""
        return self.line.split(maxsplit=1)[0]


@dataclass(frozen=True)
class Goal:
    """What must be reached.

    ``conditions`` maps the name of a condition to what it asks for (``exercises/conditions.py``);
    ``kind`` is one of ``KINDS``; ``name`` is the name of the answer, or ``""`` for other kinds.
    """

    says: str
    kind: str
    conditions: Mapping[str, Any]
    name: str = ""


@dataclass(frozen=True)
class Hint:
    """A hint for one state: ``says`` has a text for each tier, and the last text names a command;
    ``when`` has conditions. A hint without conditions is for every other state."""

    says: tuple[str, ...]
    when: Mapping[str, Any]


@dataclass(frozen=True)
class Way:
    """A way to solve the exercise."""

    name: str
    steps: tuple[Instruction, ...]


@dataclass(frozen=True)
class WrongEnd:
    """A way that looks right, but does not solve the exercise; ``when`` has the conditions that
    recognize it."""

    name: str
    steps: tuple[Instruction, ...]
    when: Mapping[str, Any]
    says: str
    tempting: bool = False


@dataclass(frozen=True)
class Exercise:
    """An exercise in one of its shapes.

    Attributes:
        name: its file's name, without the number in front and without ``.toml``.
        title, level: its title, and its level, from 1 to 5.
        belief: the wrong belief that it corrects, in the words of somebody who has it.
        story: what happened, and what is asked for, as Markdown.
        happened, why, cost: the texts on success: what the repair did, why it works, and what a
            wrong end would have cost.
        nothing: the text for somebody who has done nothing.
        start: the steps that are done before the learner begins, including ``moment NAME``.
        at, apps: the same as for ``Lab``.
        alphabet: steps that the search for shorter ways may take, besides those of the ways and
            wrong ends.
        shape: the name of this shape; ``shapes`` has the names of all.
        digest: a hash of everything that decides how this shape can be solved; texts are left out.
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
    """Whether a condition holds, what it expects, and what was found."""

    holds: bool
    expected: str
    found: str


@dataclass(frozen=True)
class Reached:
    """A goal, and whether it is reached; if it is not, what it expects and what was found."""

    says: str
    kind: str
    done: bool
    expected: str = ""
    found: str = ""


@dataclass(frozen=True)
class Standing:
    """How far a learner is with an exercise.

    Attributes:
        title: the title of the exercise.
        goals: its goals.
        remark: the text about the wrong end that was reached, or ``""``.
        success: if all goals are reached, three texts: what happened, why, and what a wrong end
            would have cost.
        moves: how many commands changed something; ``None`` if they are not counted.
        shortest: the smallest known number of such commands; given on success.
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
    """How far a learner is, the lines that led there, and the graph now."""

    standing: Standing
    lines: tuple[str, ...]
    graph: Picture


@dataclass(frozen=True)
class Advice:
    """A hint: its tier (the first is 1), the number of tiers, and its texts. The first text is the
    hint itself; others may say what Django and the truths say now."""

    tier: int
    tiers: int
    says: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """The story of an exercise, as it is shown when the exercise is opened."""

    exercise: Exercise


@dataclass(frozen=True)
class Row:
    """An exercise in the list of all: its number, its notebook, and whether it was solved."""

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
