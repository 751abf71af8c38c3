"""Notes what a project looks for in its copy that only the original has."""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import Any, Dict, List, Optional, Pattern, Sequence, Tuple

from ..common import phase
from ..engines.registry import SIDECARS

#: How many paths are noted. If a project looks for the same path in a loop, it is noted once.
KEPT = 50

#: ``path`` (below the project's folder, with ``/``), ``phase`` and ``files``: the project's own
#: files that were being run.
noted: List[Dict[str, Any]] = []

#: The copy's folder by each of its names: a link may be on the way to it.
_copies: Tuple[str, ...] = ()
_original = ""
#: Matches the names of what the original's databases have and their copies do not.
_names: Optional[Pattern[str]] = None


def compare(original: str, copy: str, gone: Sequence[str]) -> None:
    """From now on, note what the folder ``original`` has and its ``copy`` lacks. ``gone`` are the
    names of what is in the original's databases and not in their copies."""
    global _copies, _original, _names
    either = "|".join(re.escape(each) for each in sorted(gone, key=len, reverse=True))
    _names = re.compile(r"(?<!\w)(?:%s)(?!\w)" % either) if gone else None
    names = {os.path.realpath(copy), os.path.abspath(copy)}
    _copies = tuple(os.path.join(each, "") for each in sorted(names))
    _original = os.path.join(os.path.realpath(original), "")


def named(said: str) -> str:
    """The name of something that a server's message mentions, and that the copy of the database
    lacks; otherwise ``""``."""
    found = _names.search(said) if _names is not None else None
    return found.group() if found else ""


def _below(path: str) -> Optional[str]:
    """The path as seen from the copy's folder; ``None`` for one outside."""
    return next((path[len(each) :] for each in _copies if path.startswith(each)), None)


def missing(path: Any) -> Optional[str]:
    """The path below the project's folder, if the original has something there and the copy does
    not; otherwise ``None``."""
    if not _copies or not isinstance(path, (str, bytes, os.PathLike)):
        return None
    try:
        found = os.path.abspath(os.fsdecode(path))
    except (TypeError, ValueError):
        return None
    below = _below(found)
    if below is None or os.path.lexists(found):
        return None
    return below.replace(os.sep, "/") if os.path.exists(_original + below) else None


def linked(path: str) -> Optional[str]:
    """The path below the project's folder, if the copy has a link there and the original has
    something there; otherwise ``None``."""
    below = _below(os.path.abspath(path)) if _copies else None
    if below is None or not os.path.islink(path):
        return None
    return below.replace(os.sep, "/") if os.path.lexists(_original + below) else None


def in_original(path: str) -> Optional[str]:
    """The path in the original for this path in the copy; ``None`` for one outside."""
    below = _below(os.path.abspath(path))
    return None if below is None else _original + below


def in_copy(path: str) -> str:
    """The path in the copy for this path in the original."""
    return _copies[0] + path[len(_original) :]


def note(path: Any) -> None:
    """Note that the project looks for this path."""
    below = missing(path)
    if below is not None:
        keep(below)


def note_listed(folder: Any) -> None:
    """Note what a migration or a handler does not see when it lists this folder, because the copy
    lacks it. Python's own look-ups of modules do not count."""
    if phase.now().name not in ("migration", "handlers") or isinstance(folder, int):
        return
    caller = sys._getframe(3).f_code.co_filename
    if "importlib" in caller or caller.endswith("pkgutil.py"):
        return
    found = os.path.join(os.path.abspath(os.fsdecode(folder) if folder else os.curdir), "")
    below = _below(found)
    if below is None:
        return
    try:
        hidden = sorted({*os.listdir(_original + below)} - {*os.listdir(found)})
    except OSError:
        return
    for name in hidden:
        if not name.startswith(".") and name != "__pycache__" and not name.endswith(SIDECARS):
            keep((below + name).replace(os.sep, "/"))


def keep(below: str) -> None:
    """Note a path below the project's folder."""
    entry = {"path": below, "phase": phase.now(), "files": own_files(traceback.extract_stack())}
    if entry not in noted and len(noted) < KEPT:
        noted.append(entry)


def own_files(frames: Any) -> Tuple[str, ...]:
    """The files of the copy among these frames, but for manage.py, which is always there."""
    names = {frame.filename for frame in frames}
    return tuple(
        sorted(
            name
            for name in names
            if _below(name) is not None and os.path.basename(name) != "manage.py"
        )
    )
