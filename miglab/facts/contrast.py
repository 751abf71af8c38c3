"""The same commands on several database engines, and what they did on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """What the commands did on one engine.

    Attributes:
        engine: its usual name.
        said: the last line that Django printed, or Django's error.
        fails: whether Django refused the last command.
        lost: what is gone, in words; empty if nothing is.
        differs: why the record and the tables do not agree; empty if they do.
        seen: what was looked at in the end: name → value.
    """

    engine: str
    said: str
    fails: bool
    lost: str = ""
    differs: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What happened, in a few words; record and tables are mentioned only if they differ.

        >>> Outcome("one", "", fails=False, lost="6 rows of store_tag").label
        'succeeds · data is lost'
        """
        told = ["fails" if self.fails else "succeeds"]
        told += ["data is lost" if self.lost else "nothing is lost"]
        told += ["record and tables differ"] if self.differs else []
        return " · ".join(told)


@dataclass(frozen=True)
class Contrast:
    """Commands that were tried on every engine that is available here.

    Attributes:
        name: its name; may be empty.
        lines: the commands, as they were typed.
        outcomes: one for each engine, in the order in which the engines were given.
    """

    name: str
    lines: tuple[str, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def sentence(self) -> str:
        """Whether the outcome is the same on all engines.

        >>> Contrast("", (), (Outcome("one", "", False), Outcome("two", "", False))).sentence
        'The outcome is the same on one and two.'
        """
        names = [each.engine for each in self.outcomes]
        if len(names) < 2:
            return f"Only {names[0]} is here: there is nothing to compare it with."
        told = f"{', '.join(names[:-1])} and {names[-1]}"
        same = len({each.label for each in self.outcomes}) == 1
        return f"The outcome is {'the same' if same else 'not the same'} on {told}."


@dataclass(frozen=True)
class Presence:
    """The engines on which labs were opened, and those that are not available here: each with the
    reason, and how to get it."""

    here: tuple[str, ...]
    missing: Mapping[str, str]


@dataclass(frozen=True)
class Summary:
    """The labels of several contrasts: the names of the engines, and a row for each contrast, with
    its name and a label for each engine."""

    engines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
