"""What is in the way of something that a project's code does."""

from __future__ import annotations

from typing import NamedTuple


class Limit(NamedTuple):
    """What is in the way: its ``id``, ``what`` the project may not do (a verb and its object), and
    what to ``do``."""

    id: str
    what: str
    do: str
