"""Describes what keeps a project's code from doing something."""

from __future__ import annotations

from typing import NamedTuple


class Limit(NamedTuple):
    """A limit: its ``id``, ``what`` the project may not do (a verb and its object), and what to
    ``do``."""

    id: str
    what: str
    do: str
