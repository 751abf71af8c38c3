"""The engines that tests run on, each that miglab knows, and whether it is here: the one list.

An engine that is not here is a skip that says why; with ``CI`` set it is a failure.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import pytest

from miglab import Lab
from miglab.databases.registry import ENGINES

from . import mariadb, postgresql, sqlite
from .state import Insert, Shell, State


class Plain(Protocol):
    """A module of this room: what tests do on one engine without miglab. A handle is the one that
    miglab's engine understands."""

    #: Django's word for the engine.
    VENDOR: str
    #: What ``database=`` of a lab and ``MIGLAB_DATABASE`` are given.
    DATABASE: str

    def absent(self) -> str:
        """Why the engine is not here; nothing where it is."""

    def read(self, handle: str) -> State:
        """All that a database holds, but for when migrations were applied."""

    def run(self, handle: str, sql: str) -> None:
        """Run one statement, and commit."""

    def insert(self, handle: str, rows: Iterable[Insert]) -> None:
        """Put rows in, and commit; those whose key is taken are left out."""

    def beside(self, folder: Path) -> str:
        """The handle of a database that belongs to a copy of a lab's folder."""

    def copy(self, handle: str, to: str) -> None:
        """Make ``to`` as this database is."""

    def setting(self, handle: str) -> Mapping[str, Any]:
        """The entry of ``DATABASES`` that leads to it."""

    def empty(self, handle: str) -> None:
        """Remove all that is in it."""

    def terminal(self, handle: str) -> Shell:
        """How commands about it are typed."""

    def writing(self, handle: str, sql: str) -> AbstractContextManager[None]:
        """Within it somebody has run a statement, and has not committed it yet."""

    def drop(self, handle: str) -> None:
        """Remove it."""

    def raw(self, handle: str, left_out: Collection[str]) -> object:
        """All that a database holds, the record with its times; of tables that are left out, only
        that they are there. ``None`` where there is no database."""

    def beyond(self, handle: str) -> object:
        """Functions, rights and the like: what is in it beside tables and rows."""

    def databases(self, home: Path) -> set[str]:
        """The databases that are there of all labs of a home, where they are no files."""

    def settled(self, home: Path) -> bool:
        """Whether no server of a home does anything for somebody who is gone."""

    def large(self, rows: int) -> tuple[str, ...]:
        """The statements that make a table ``large`` with so many rows of a kilobyte."""

    def joined(self, *parts: str) -> str:
        """The expression that joins texts and numbers to one text."""


#: The engine that labs have without being asked comes first.
PLAIN: dict[str, Plain] = {each.VENDOR: each for each in (sqlite, postgresql, mariadb)}


def names() -> list[str]:
    """The vendors of all engines, the default one first."""
    return [each.vendor for each in ENGINES]


def of(lab: Lab) -> Plain:
    """The tools for the engine that a lab's database is on."""
    return PLAIN[lab._stage.project.engine("default").vendor]


def named(database: str) -> Plain:
    """The tools for what ``MIGLAB_DATABASE`` is."""
    return next(each for each in PLAIN.values() if database == each.DATABASE)


def handle_of(lab: Lab) -> str:
    """A lab's database."""
    return str(lab._stage.sandbox.databases["default"])


def need(vendor: str) -> Plain:
    """The tools for an engine; the test is skipped where it is not here, and fails with ``CI``."""
    why = PLAIN[vendor].absent()
    if why and os.environ.get("CI"):
        pytest.fail(f"{vendor}: {why}")
    if why:
        pytest.skip(f"{vendor}: {why}")
    return PLAIN[vendor]
