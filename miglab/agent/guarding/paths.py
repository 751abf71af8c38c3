"""Finds the place that a path means: relative to a folder, through links, or as a number of an open
file."""

from __future__ import annotations

import os
import sys
from typing import Any, Optional

#: What Python's functions give for "no folder's descriptor".
HERE = (-1, None)
_GET_PATH = 50  # fcntl's F_GETPATH, on macOS


def plain(path: Any) -> str:
    """A path as an exact ``str``: no method of the project's classes is called for it.

    Raises:
        TypeError: it is not a path.
    """
    return str.__add__("", os.fsdecode(path))


def of_descriptor(number: int) -> Optional[str]:
    """The path of the open file or folder with this number. ``None`` for what lies in no folder (a
    pipe, a socket, a file that was removed), and if the system does not tell."""
    try:
        if sys.platform == "darwin":
            import fcntl

            found = fcntl.fcntl(number, _GET_PATH, b"\0" * 1024)
            return os.fsdecode(found.rstrip(b"\0")) or None
        path = os.readlink("/proc/self/fd/%d" % number)
    except OSError:
        return None
    return path if path.startswith("/") and not path.endswith(" (deleted)") else None


def absolute(path: Any, folder: Any = -1) -> str:
    """The absolute path for a path that may be relative to the folder with this descriptor.

    Raises:
        TypeError, ValueError: it is not a path, or it is not known what it is relative to.
    """
    text = plain(path)
    if folder in HERE or os.path.isabs(text):
        return os.path.abspath(text) if text else text
    base = of_descriptor(folder)
    if base is None:
        raise ValueError(
            "the descriptor %r does not belong to a folder that can be found" % (folder,)
        )
    return os.path.join(base, text)


def target(path: Any, folder: Any = -1) -> str:
    """The real path of what is read or written through ``path``."""
    # Not made absolute first: `a/..` is elsewhere where `a` is a link.
    text = plain(path)
    if folder in HERE or os.path.isabs(text):
        return os.path.realpath(text)
    return os.path.realpath(absolute(text, folder))


def name(path: Any, folder: Any = -1) -> str:
    """The real path of the name itself, even if it is a link: what is removed, renamed or made."""
    text = plain(path) if folder in HERE else absolute(path, folder)
    above, last = os.path.split(text.rstrip(os.sep))
    if last in ("", os.curdir, os.pardir):
        return os.path.realpath(text)
    return os.path.join(os.path.realpath(above or os.curdir), last)
