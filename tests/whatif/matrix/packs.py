"""Puts the apps of several cases together in one project, in which two commands move them all.

a_hub   0001, on which every 0002 depends: ``migrate a_hub zero`` takes all of them back
c17 …   0001 ← 0002, an app for each case
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from ..law.brute import Names
from ..law.layout import Layout
from ..law.projects import renamed
from .operations import MIGRATION, App, Case, Insert, app_of

THERE, BACK = "migrate", "migrate a_hub zero"

HUB = {
    "a_hub/__init__.py": "",
    "a_hub/models.py": "",
    "a_hub/migrations/__init__.py": "",
    "a_hub/migrations/0001_initial.py": MIGRATION.format(
        # Renamed models rename their content types, also where they are taken back.
        dependencies=[("contenttypes", "0002_remove_content_type_name")],
        operations="",
    ),
}


class Pack:
    """A project of these cases."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.cases = tuple(cases)

    @cached_property
    def apps(self) -> list[App]:
        """An app for each."""
        return [app_of(each) for each in self.cases]

    @property
    def labels(self) -> list[str]:
        """What is installed."""
        return ["a_hub", *(each.label for each in self.cases)]

    @property
    def files(self) -> dict[str, str]:
        """All that is written."""
        found = dict(HUB)
        for each in self.apps:
            found.update(each.files)
        return found

    def rows(self, direction: str) -> list[Insert]:
        """What lies in the tables before the command of this direction."""
        there = direction == "there"
        return [row for e in self.apps for row in e.rows(e.base if there else e.top, 1)]

    def names(self, direction: str) -> Names:
        """What the command of this direction renames."""
        base, top = (
            self._layout([(e, getattr(e, which)) for e in self.apps]) for which in ("base", "top")
        )
        return renamed(base, top) if direction == "there" else renamed(top, base)

    def _layout(self, each: Sequence[tuple[App, list]]) -> Layout:
        return Layout(tuple(stored for app, tables in each for stored in app.layout(tables).tables))
