"""Keeps the questions, tasks and claims of the lessons, each under its name."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Generic, TypeVar

from ..errors import UnknownName

_Thing = TypeVar("_Thing")


class Shelf(Mapping[str, _Thing], Generic[_Thing]):
    """Things by name. The modules in ``taught/``, one for each lesson, and in ``recovery/`` put
    them here."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._things: dict[str, _Thing] = {}

    def put(self, name: str, thing: _Thing) -> None:
        """Put a thing on the shelf.

        Raises:
            ValueError: another thing has this name.
        """
        if name in self._things:
            raise ValueError(f"two {self._what}s have the name {name!r}")
        self._things[name] = thing

    def __getitem__(self, name: str) -> _Thing:
        stock()
        if name not in [*self._things]:
            raise UnknownName(self._what, name, sorted(self._things))
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        stock()
        return iter(self._things)

    def __len__(self) -> int:
        stock()
        return len(self._things)


def tidy(text: str) -> str:
    """Join the lines of a text: each paragraph and each item of a list becomes one line. An empty
    line ends either."""
    lines: list[str] = []
    for line in map(str.strip, text.strip().splitlines()):
        if lines and lines[-1] and line and not re.match(r"- |\d+\. ", line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


@cache
def stock() -> None:
    """Import the modules of the lessons, and those about wrong ends."""
    from . import recovery, taught

    for room in (taught, recovery):
        for module in pkgutil.iter_modules(room.__path__):
            importlib.import_module(f"{room.__name__}.{module.name}")
