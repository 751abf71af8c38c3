"""All that lies in a folder, for comparing: kinds, modes, contents, and where links lead."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from pathlib import Path


def everything_in(folder: Path, but: Collection[str] = ()) -> dict[str, tuple[object, ...]]:
    """What there is, by its path; without bytecode and what is called as in ``but``."""
    found: dict[str, tuple[object, ...]] = {}
    for inside, folders, files in os.walk(folder):
        for each in [*folders, *files]:
            path = Path(inside, each)
            if "__pycache__" in path.parts or each in but:
                continue
            state = path.lstat()
            kind, mode = stat.S_IFMT(state.st_mode), stat.S_IMODE(state.st_mode)
            told: object = ""
            if stat.S_ISLNK(kind):
                mode, told = 0, os.readlink(path)
            elif stat.S_ISREG(kind):
                told = path.read_bytes()
            found[path.relative_to(folder).as_posix()] = (kind, mode, told)
    return found
