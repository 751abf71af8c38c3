"""Starts agents: warm ones (a shared process that forks) if the system can fork, or else fresh
ones."""

from __future__ import annotations

import os

from ..errors import UnknownName
from .base import Runner, Setup, Stopped
from .fresh import Fresh
from .shared import Shared

__all__ = ["Fresh", "Runner", "Setup", "Stopped", "choose", "names"]

_ALL: dict[str, type[Runner]] = {"warm": Shared, "fresh": Fresh}


def names() -> list[str]:
    """The runners that this system offers, the best first."""
    return [name for name in _ALL if name != "warm" or hasattr(os, "fork")]


def choose(name: str | None, setup: Setup) -> Runner:
    """A runner of this kind (``name``), or of the best kind on this system.

    Raises:
        UnknownName: this system offers no such runner.
    """
    offered = names()
    if name is not None and name not in offered:
        raise UnknownName("runner", name, offered)
    return _ALL[name or offered[0]](setup)
