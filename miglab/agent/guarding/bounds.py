"""Says what of the world around it a copy may touch: a check for each of Python's audit events.

What would fail in the original too is left to the system: making a folder that exists, removing a
file that does not.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple
from urllib.parse import parse_qs, unquote, urlsplit

from ..engines import registry
from . import lacks, permits

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Limit(NamedTuple):
    """What is in the way: its ``id``, ``what`` the project may not do (a verb and its object), and
    what to ``do``."""

    id: str
    what: str
    do: str


_roots: Tuple[str, ...] = ()
_read = ""
_original = ""
_allowed = permits.Permits()


def draw(place: Dict[str, Any], code: str) -> None:
    """From now on, this copy of a user's project (``protocol.PLACE``), the folder ``code`` and
    what the user allows may be touched. Databases of other copies may be opened to be read: to
    compare with."""
    global _roots, _read, _original, _allowed
    own, root = place["own"], place["root"]
    allow = own["allow"]
    folders: List[str] = [root, code, *allow["folders"]]
    _roots = tuple(os.path.join(os.path.realpath(each), "") for each in folders)
    _read = os.path.join(os.path.realpath(os.path.dirname(root)), "")
    _original = os.path.join(os.path.realpath(own["original"]), "")
    _allowed = permits.Permits(allow["programs"], allow["addresses"])
    lacks.compare(own["original"], own["project"])


def inside(path: str) -> bool:
    """Whether the path of a file that runs lies in the copy."""
    return path.startswith(_roots)


def allowed(path: Any) -> bool:
    """Whether a path lies in the copy."""
    if isinstance(path, int):
        return True
    try:
        real = os.path.realpath(os.fsdecode(path))
    except (TypeError, ValueError):
        return False
    return real == os.devnull or os.path.join(real, "").startswith(_roots)


def allowed_database(name: Any) -> bool:
    """Whether a database's name, or its ``file:`` URI, lies in the copy or in memory."""
    text = os.fsdecode(name) if isinstance(name, (str, bytes, os.PathLike)) else ""
    if text in ("", ":memory:"):
        return True
    if text.startswith("file:"):
        parts = urlsplit(text)
        mode = parse_qs(parts.query).get("mode")
        if parts.path in ("", ":memory:") or mode == ["memory"]:
            return True
        text = unquote(parts.path)
        if mode == ["ro"] and os.path.realpath(text).startswith(_read):
            return True
    return allowed(text)


def _outside(verb: str, path: Any) -> Limit:
    """Writing is in the way, at this path."""
    name = _name(path)
    real = os.path.realpath(os.fsdecode(name))
    if os.path.join(real, "").startswith(_original):
        do = "lead to it from the project's own files (BASE_DIR): then it lies in the copy"
    else:
        do = "allow it with `--allow-folder %s`" % _folder(real)
    return Limit("write-outside-stopped", "%s %s" % (verb, name), do)


def _folder(path: str) -> str:
    """The folder to allow: the nearest one that exists."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def _open(path: Any, mode: Any, flags: Any) -> Optional[Limit]:
    makes = set("wax") & set(mode) if isinstance(mode, str) else flags and flags & os.O_CREAT
    if not makes:
        lacks.note(path)
    writes = set("wax+") & set(mode) if isinstance(mode, str) else flags and flags & _WRITES
    if not writes or allowed(path):
        return None
    exists = os.path.exists(path)
    only_new = "x" in mode if isinstance(mode, str) else flags & os.O_EXCL and makes
    if (only_new and exists) or (not makes and not exists):
        return None
    return _outside("write to", path)


def _name(path: Any) -> str:
    return repr(path) if isinstance(path, int) else os.fsdecode(path)


def _changes(verb: str) -> Callable[..., Optional[Limit]]:
    """A check for events whose first argument is a path that is changed: one that is there."""

    def check(path: Any, *rest: Any) -> Optional[Limit]:
        return None if allowed(path) or not os.path.lexists(path) else _outside(verb, path)

    return check


def _removes(verb: str) -> Callable[..., Optional[Limit]]:
    """The same for what is removed. What is not there is not there: a read-only file system would
    say something else, which the original would not."""
    changes = _changes(verb)

    def check(path: Any, folder: Any = -1, *rest: Any) -> Optional[Limit]:
        if folder == -1 and not allowed(path) and not os.path.lexists(path):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return changes(path)

    return check


def _make_folder(path: Any, *rest: Any) -> Optional[Limit]:
    return None if allowed(path) or os.path.lexists(path) else _outside("make the folder", path)


def _rename(source: Any, target: Any, *rest: Any) -> Optional[Limit]:
    lacks.note(source)
    if not os.path.lexists(source):
        if not (allowed(source) and allowed(target)) and set(rest) <= {-1}:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source, None, target)
        return None
    return next((_outside("rename", e) for e in (source, target) if not allowed(e)), None)


def _link(source: Any, target: Any, *rest: Any) -> Optional[Limit]:
    # A link that leads out of the copy is harmless: what is written through it is looked up.
    if allowed(target) or os.path.lexists(target):
        return None
    return _outside("make a link at", target)


def _connect(_socket: Any, address: Any) -> Optional[Limit]:
    shown = _address(address)
    host, port = permits.split_address(shown)
    if isinstance(address, tuple):
        host, port = str(address[0]), str(address[1]) if len(address) > 1 else None
    if _allowed.address(host, port):
        return None
    return Limit(
        "address-stopped", "connect to %s" % shown, "allow it with `--allow-address %s`" % shown
    )


def _address(address: Any) -> str:
    if isinstance(address, tuple):
        host = str(address[0])
        host = "[%s]" % host if ":" in host else host
        return ":".join([host, *(str(each) for each in address[1:2])])
    return os.fsdecode(address) if isinstance(address, (str, bytes)) else str(address)


def _look_up(host: Any, *rest: Any) -> Optional[Limit]:
    if host in (None, "", b"", "localhost", b"localhost"):
        return None
    name = os.fsdecode(host) if isinstance(host, (str, bytes)) else str(host)
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(name)
        return None
    if _allowed.host(name):
        return None
    return Limit(
        "address-stopped",
        "look up the address of %s" % name,
        "allow it with `--allow-address %s`" % name,
    )


def _program(executable: Any, arguments: Any, *rest: Any) -> Optional[Limit]:
    words = permits.words_of(executable, arguments)
    if _allowed.program(words) or permits.only_looks(words, _is_ours):
        return None
    name = os.path.basename(words[0]) if words else ""
    shown = " ".join(words)
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    return Limit(
        "program-stopped",
        "start the program %s" % shown,
        "allow it with `--allow-program %s`" % name,
    )


def _is_ours(path: Any) -> bool:
    """Whether a path lies in the copy or in the original."""
    return allowed(path) or os.path.realpath(os.fsdecode(path)).startswith(_original)


def _database(name: Any) -> Optional[Limit]:
    if allowed_database(name):
        lacks.note(name)
        return None
    return other_database("open the database", name)


def other_database(verb: str, name: Any) -> Limit:
    shown = _name(name)
    if os.path.realpath(shown).startswith(_original):
        do = "lead to it from the project's own files (BASE_DIR): then it lies in the copy"
    else:
        do = "allow it with `--allow-folder %s`" % _folder(os.path.realpath(shown))
    return Limit("database-outside-stopped", "%s %s" % (verb, shown), do)


def _looks_at(path: Any = None, *rest: Any) -> None:
    lacks.note(path)


def _lists(folder: Any = None, *rest: Any) -> None:
    lacks.note(folder)
    lacks.note_listed(folder)


#: Audit event → what is in the way, given the event's arguments, or ``None``.
CHECKS: Dict[str, Callable[..., Optional[Limit]]] = {
    "open": _open,
    "ctypes.dlopen": _looks_at,
    "os.chdir": _looks_at,
    "os.chmod": _changes("change the mode of"),
    "os.chown": _changes("change the owner of"),
    "os.link": _link,
    "os.listdir": _lists,
    "os.mkdir": _make_folder,
    "os.remove": _removes("remove"),
    "os.rename": _rename,
    "os.rmdir": _removes("remove the folder"),
    "os.scandir": _lists,
    "os.setxattr": _changes("change"),
    "os.symlink": _link,
    "os.truncate": _changes("cut"),
    "os.utime": _changes("change the time of"),
    "os.exec": _program,
    "os.posix_spawn": _program,
    "os.spawn": lambda mode, path, arguments, *rest: _program(path, arguments),
    "os.system": lambda command: _program("", ["sh", "-c", os.fsdecode(command)]),
    "pty.spawn": lambda argv: _program("", argv),
    "subprocess.Popen": _program,
    "socket.connect": _connect,
    "socket.sendto": _connect,
    "socket.sendmsg": lambda _socket, address: None if address is None else _connect(None, address),
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    **dict.fromkeys(registry.EVENTS, _database),
}
