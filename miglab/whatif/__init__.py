"""Tries commands in a copy, goes back again, and says what it would cost."""

from .ladder import what_if_all
from .mend import mends
from .rehearse import what_if
from .since import added_since, commands_since

__all__ = ["added_since", "commands_since", "mends", "what_if", "what_if_all"]
