"""Checks what a project does to files: for each of Python's audit events about them, it finds the
limit that applies.

What would fail in the original too is left to the system: making a folder that exists, removing a
file that does not.
"""

from __future__ import annotations

import errno
import os
from typing import Any, Callable, Dict, Optional

from ..engines import registry
from . import lacks, paths
from .bounds import allowed, allowed_database, allowed_name, other_database, outside
from .limit import Limit

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Requests of ioctl that change a file which was opened to be read: its flags and attributes.
_CHANGES_FILE = frozenset({0x40086602, 0x40046602, 0x401C5820, 0x40087602, 0x40047602})

Check = Callable[..., Optional[Limit]]


def opening(path: Any, mode: Any, flags: Any) -> Optional[Limit]:
    """The limit that applies to opening a file, by a mode or by flags."""
    makes = set("wax") & set(mode) if isinstance(mode, str) else flags and flags & os.O_CREAT
    if not makes:
        lacks.note(path)
    writes = set("wax+") & set(mode) if isinstance(mode, str) else flags and flags & _WRITES
    if not writes or isinstance(path, int) or allowed(path):
        return None
    if paths.target(path) == os.devnull:
        return None
    exists = os.path.exists(path)
    only_new = "x" in mode if isinstance(mode, str) else flags & os.O_EXCL and makes
    if (only_new and exists) or (not makes and not exists):
        return None
    return outside("write to", path)


def making(verb: str) -> Check:
    """A check for making something with a name. The check takes a path, and the folder to which it
    is relative."""

    def check(path: Any, folder: Any = -1) -> Optional[Limit]:
        if allowed_name(path, folder) or _is_there(path, folder):
            return None
        return outside(verb, path, folder)

    return check


def _is_there(path: Any, folder: Any = -1) -> bool:
    if isinstance(path, int):
        return True
    try:
        return os.path.lexists(paths.absolute(path, folder))
    except (TypeError, ValueError):
        return True


def _changes(verb: str, folder_at: Optional[int] = None) -> Check:
    """A check for events that change what exists at a path, their first argument. No event says
    whether a link is followed, so neither the link nor what it leads to may lie outside.
    ``folder_at`` is the place of the descriptor among the arguments after the path."""

    def check(path: Any, *rest: Any) -> Optional[Limit]:
        folder = -1 if folder_at is None or len(rest) <= folder_at else rest[folder_at]
        if allowed(path, folder) and (isinstance(path, int) or allowed_name(path, folder)):
            return None
        return outside(verb, path, folder) if _is_there(path, folder) else None

    return check


def _removes(verb: str) -> Check:
    """A check for events that remove a name. If nothing has this name, ``FileNotFoundError`` is
    raised, as in the original: a jail's read-only file system would report something else."""

    def check(path: Any, folder: Any = -1, *rest: Any) -> Optional[Limit]:
        if allowed_name(path, folder):
            return None
        if not _is_there(path, folder):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return outside(verb, path, folder)

    return check


def _make_folder(path: Any, mode: Any = 0, folder: Any = -1) -> Optional[Limit]:
    return making("create the folder")(path, folder)


def _rename(source: Any, target: Any, from_: Any = -1, to: Any = -1) -> Optional[Limit]:
    lacks.note(source)
    both = ((source, from_), (target, to))
    out = next((each for each in both if not allowed_name(*each)), None)
    if out is None:
        return None
    if not _is_there(source, from_):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source, None, target)
    return outside("rename", *out)


def _link(source: Any, target: Any, from_: Any = -1, to: Any = -1) -> Optional[Limit]:
    if not allowed_name(target, to):
        return None if _is_there(target, to) else outside("create a link at", target, to)
    # A second name in the copy, through which the original would be written.
    if allowed_name(source, from_) and allowed(source, from_):
        return None
    return outside("create a hard link to", source, from_) if _is_there(source, from_) else None


def _symbolic_link(source: Any, target: Any, folder: Any = -1) -> Optional[Limit]:
    # One that leads out of the copy is harmless: what is written through it is looked up.
    return making("create a link at")(target, folder)


def _database(name: Any) -> Optional[Limit]:
    if allowed_database(name):
        if not registry.is_address(str(name)):
            lacks.note(name)
        return None
    return other_database("open the database", name)


def _symbol(_library: Any, name: Any) -> Optional[Limit]:
    if all(each.may_look_up(name) for each in registry.ENGINES.values()):
        return None
    return Limit(
        "database-outside-stopped",
        "connect to a database from C code, through %s" % name,
        "connect through the driver that Django uses, so that miglab can see where that leads",
    )


def _control(descriptor: Any, request: Any, *rest: Any) -> Optional[Limit]:
    if request & 0xFFFFFFFF not in _CHANGES_FILE or allowed(descriptor):
        return None
    return outside("change", descriptor)


def _looks_at(path: Any = None, *rest: Any) -> None:
    lacks.note(path)


def _lists(folder: Any = None, *rest: Any) -> None:
    lacks.note(folder)
    lacks.note_listed(folder)


#: Audit event → what is in the way, given the event's arguments, or ``None``.
CHECKS: Dict[str, Check] = {
    "open": opening,
    "ctypes.dlopen": _looks_at,
    "ctypes.dlsym": _symbol,
    "fcntl.ioctl": _control,
    "os.chdir": _looks_at,
    "os.chflags": _changes("change"),
    "os.chmod": _changes("change the mode of", 1),
    "os.chown": _changes("change the owner of", 2),
    "os.lchflags": _changes("change"),
    "os.link": _link,
    "os.listdir": _lists,
    "os.mkdir": _make_folder,
    "os.remove": _removes("remove"),
    "os.removexattr": _changes("change"),
    "os.rename": _rename,
    "os.rmdir": _removes("remove the folder"),
    "os.scandir": _lists,
    "os.setxattr": _changes("change"),
    "os.symlink": _symbolic_link,
    "os.truncate": _changes("truncate"),
    "os.utime": _changes("change the time of", 2),
    **dict.fromkeys(registry.EVENTS, _database),
}
