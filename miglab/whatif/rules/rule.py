"""Defines what a rule is: the id of a finding, its severity, and a function that makes findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...facts.consequences import Finding, Severity
from ..measured import Measured


class Said(NamedTuple):
    """One thing that a rule has found: a sentence about it, where it is, and what to do about
    it."""

    what: str
    where: str = ""
    do: str = ""
    #: How much is at stake, where one finding of a severity weighs more than another.
    weight: int = 0
    #: How grave this one is, where that is less than the rule's own severity.
    severity: Severity | None = None


#: What a rule is made from.
Look = Callable[[Measured], Iterator[Said]]


@dataclass(frozen=True)
class Rule:
    """Makes the findings of one id."""

    id: str
    severity: Severity
    look: Look

    def __call__(self, measured: Measured) -> Iterator[tuple[int, Finding]]:
        """The findings of this rule, each with its weight."""
        for each in self.look(measured):
            severity = each.severity or self.severity
            yield each.weight, Finding(self.id, severity, each.what, each.where, each.do)


#: Every rule by its id, in the order in which its findings are listed within one severity.
RULES: dict[str, Rule] = {}


def rule(id: str, severity: Severity) -> Callable[[Look], Look]:
    """Register a function as the rule with this id.

    Raises:
        ValueError: there is already a rule with this id.
    """

    def register(look: Look) -> Look:
        if id in RULES:
            raise ValueError(f"two rules are called {id!r}")
        RULES[id] = Rule(id, severity, look)
        return look

    return register


def first(lines: Sequence[str], shown: int = 3) -> str:
    """The first few of several things in one line; ``…`` stands for the others."""
    return f"{'; '.join(lines[:shown])}{' …' if len(lines) > shown else ''}"
