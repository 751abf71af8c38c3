"""Makes links in a copy to files that were not copied. The project reads these files as in the
original. If the system confines the project to its copy, nothing is written through the links."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from ..project import Project
from ..project.files import is_database

#: Where more was left out, there are none: a lab looks at all that its copy holds at each step.
MOST = 2_000


def has_links(project: Project) -> bool:
    """Whether a copy has links to what was left out."""
    return project.linked and 0 < len(project.left) <= MOST


def link(project: Project, to: Path) -> None:
    """Make links in the copy ``to`` to what was left out. Databases, and folders on the way to a
    database, are never linked, because miglab itself writes to its copies there."""
    if not has_links(project):
        return
    root = Path(os.path.realpath(project.root))
    kept_free = _databases(project)
    for path in project.left:
        target, real = to / path, Path(os.path.realpath(project.root / path))
        if PurePosixPath(path) in kept_free or os.path.lexists(target) or not real.exists():
            continue
        if real.is_file() and is_database(real):
            continue
        if real.is_relative_to(root) and os.path.lexists(to / real.relative_to(root)):
            real = to / real.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(real)


def _databases(project: Project) -> frozenset[PurePosixPath]:
    """The paths, in the copy, of databases, of their sidecars, and of the folders above them."""
    found: set[PurePosixPath] = set()
    for alias, place in project.databases.items():
        path = PurePosixPath(place)
        if path.parts[:1] == ("project",):
            below = path.relative_to("project")
            names = [below.name, *(below.name + e for e in project.engine(alias).sidecars)]
            found.update(below.with_name(name) for name in names)
            found.update(below.parents)
    return frozenset(found)
