"""Copies a project's files."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from ..project import Project


def copy_files(project: Project, to: Path) -> None:
    """Copy the files that the project lists."""
    for folder in project.folders:
        (to / folder).mkdir(parents=True, exist_ok=True)
    for path in project.files:
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_file(project.root / path, target)


def copy_file(source: Path, target: Path) -> None:
    """Copy the content of a file, and whether it is executable."""
    shutil.copyfile(source, target)
    if os.name == "posix" and source.stat().st_mode & stat.S_IXUSR:
        target.chmod(target.stat().st_mode | stat.S_IXUSR)
