"""Links in a copy to what was not copied: read as in the original, and nothing is written through
them where the system keeps the project in its copy."""

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
    """Make them in the copy ``to``. Databases, and folders on the way to one, are never linked:
    miglab itself writes to its copy there."""
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
    """Paths in the copy of databases and of what lies beside them, and the folders above."""
    found: set[PurePosixPath] = set()
    for alias, place in project.databases.items():
        path = PurePosixPath(place)
        if path.parts[:1] == ("project",):
            below = path.relative_to("project")
            names = [below.name, *(below.name + e for e in project.engine(alias).sidecars)]
            found.update(below.with_name(name) for name in names)
            found.update(below.parents)
    return frozenset(found)
