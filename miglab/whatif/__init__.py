"""Tries commands in a copy, goes back again, and says what it would cost."""

from .for_good import count_between, count_for_good
from .ladder import what_if_all
from .mend import mends
from .rehearse import what_if
from .since import added_since, commands_since

__all__ = [
    "added_since",
    "commands_since",
    "count_between",
    "count_for_good",
    "mends",
    "what_if",
    "what_if_all",
]
