"""Tries commands in a copy, goes back again, and says what it would cost."""

from .ladder import what_if_all
from .rehearse import what_if

__all__ = ["what_if", "what_if_all"]
