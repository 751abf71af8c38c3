"""Puts a notebook where a terminal would be: in a lab's folder, with the same Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import BadInput
from ..lab import Lab

#: Keeps output plain, and Python from storing bytecode: a file may change twice in one second.
_PLAIN = {"NO_COLOR": "1", "DJANGO_COLORS": "nocolor", "PYTHONDONTWRITEBYTECODE": "1"}


def open_terminal(*, at: str | Sequence[str] | None = None, apps: Sequence[str] = ()) -> Lab:
    """Open a lab and enter it: from now on, ``!python manage.py …`` runs in its folder.

    Raises:
        UnknownName: there is no such app or migration.
        BadInput: this Python has no ``python`` beside it.
    """
    lab = Lab("storefront", at=at, apps=apps)
    enter(lab)
    return lab


def enter(lab: Lab) -> None:
    """Go to a lab's folder, and make ``python`` the interpreter that runs this notebook.

    Raises:
        BadInput: this Python has no ``python`` beside it.
    """
    programs = Path(sys.executable).parent
    if not any((programs / name).exists() for name in ("python", "python.exe")):
        raise BadInput(
            f"there is no program called python in {programs}; "
            "start Jupyter in a virtual environment, as the README says"
        )
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if path[0] != str(programs):
        os.environ["PATH"] = os.pathsep.join([str(programs), *path])
    os.environ.update(_PLAIN)
    os.chdir(lab.folder)
