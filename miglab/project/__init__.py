"""Finding a project: its folder, its manage.py, its interpreter, its database."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from ..errors import MiglabError, UnknownName

#: The projects that come with miglab, by the name that ``Lab`` takes.
BUNDLED = ("storefront",)


@dataclass(frozen=True)
class Project:
    """A Django project on disk. ``database`` is its SQLite file, relative to ``folder``."""

    name: str
    folder: Path
    python: str = sys.executable
    manage: str = "manage.py"
    database: str = "db.sqlite3"


def bundled(name: str) -> Project:
    """A project that comes with miglab: in the installed package, or beside it in a checkout.

    Raises:
        UnknownName: there is no such project.
    """
    if name not in BUNDLED:
        raise UnknownName("project", name, BUNDLED)
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_data" / "sandbox_project", package.parent / "sandbox_project"):
        if (place / "manage.py").exists():
            return Project(name, place)
    raise MiglabError(f"the project {name!r} is not in this installation; install miglab again")
