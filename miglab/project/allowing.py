"""Checks what a user allows a copy of a project to do outside of it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ..errors import BadInput, shown
from . import Allowed, Project


def with_allowed(project: Project, allowed: Allowed) -> Project:
    """The project with what the user allows, once that is checked; folders become absolute paths.

    Raises:
        BadInput: something of it cannot be allowed.
    """
    for option, given in (
        ("allow-program", allowed.programs),
        ("allow-address", allowed.addresses),
        ("allow-folder", allowed.folders),
    ):
        if not all(isinstance(each, str) and each.strip() for each in given):
            raise BadInput(f"--{option} must not be given an empty value: {shown(list(given))}")
    for address in allowed.addresses:
        port = address.rpartition(":")[2] if address.count(":") == 1 else ""
        if port and not port.isdecimal():
            raise BadInput(
                f"{shown(address)} is not an address; give HOST or HOST:PORT, such as "
                "localhost:6379"
            )
    folders = []
    for each in allowed.folders:
        folder = Path(os.path.realpath(os.path.expanduser(each)))
        if not folder.is_dir():
            raise BadInput(
                f"{shown(each)} is not a folder; give --allow-folder a folder that exists"
            )
        if folder.is_relative_to(project.root) or project.root.is_relative_to(folder):
            raise BadInput(
                f"{folder} and the project at {project.root} overlap, and miglab never writes to "
                "the project itself; allow a folder outside of it"
            )
        folders.append(str(folder))
    return replace(project, allowed=replace(allowed, folders=tuple(folders)))
