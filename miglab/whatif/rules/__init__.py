"""Finds what you should know before running commands for real: a rule with an id for each finding.

A new finding is one function with ``@rule`` in the module that its subject belongs to, and a test
of its id in ``tests/whatif/rules/``.
"""

from ...facts.consequences import Finding, Severity
from ..measured import Measured

# Each module registers its rules; the order is that of the findings within one severity.
from . import disagreeing, following, locking, losing, noting, returning, stopping  # noqa: F401
from .rule import RULES

__all__ = ["RULES", "findings"]


def findings(measured: Measured) -> tuple[Finding, ...]:
    """All findings of the rules, the most serious ones first."""
    order = list(Severity)
    found = [each for rule in RULES.values() for each in rule(measured)]
    found.sort(key=lambda each: (order.index(each[1].severity), -each[0]))
    return tuple(each for _, each in found)
