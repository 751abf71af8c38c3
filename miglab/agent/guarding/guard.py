"""A seat belt around a user's project while it is rehearsed: not a jail.

An audit hook (https://docs.python.org/3/library/audit_events.html) refuses what would reach out of
the copy: SQLite files elsewhere, writing elsewhere, connecting, starting programs. What C code
does past Python's own functions it does not see; drivers of other databases are stopped where
Django opens a connection.
"""

from __future__ import annotations

import ipaddress
import os
import sqlite3
import sys
import threading
import traceback
from typing import Any, Callable, Dict, List, Optional, Tuple
from urllib.parse import parse_qs, unquote, urlsplit

from .. import FOLDER
from ..common.steady import put

#: A project that tries the same thing in a loop is told of once; no more than this are kept.
KEPT = 50

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(PermissionError):
    """The project tried to reach out of its copy."""


#: What was refused in this process: ``what`` and ``where``.
refused: List[Dict[str, str]] = []

_roots: Tuple[str, ...] = ()
_read = ""
_inside_hook = threading.local()


def stand_around(roots: List[str], read: str) -> None:
    """From now on, and in every fork, refuse what reaches out of these folders. Databases in the
    folder ``read`` may be opened to be read: other copies, to compare with."""
    global _roots, _read
    first = not _roots
    _roots = tuple(os.path.join(os.path.realpath(each), "") for each in roots)
    _read = os.path.join(os.path.realpath(read), "")
    if first:
        sys.addaudithook(_hook)


def _hook(event: str, arguments: Tuple[Any, ...]) -> None:
    check = _WATCHED.get(event)
    if check is None or getattr(_inside_hook, "busy", False):
        return
    _inside_hook.busy = True
    try:
        what = check(*arguments)
        if what is not None:
            refuse(what)
    finally:
        _inside_hook.busy = False


def refuse(what: str) -> None:
    """Note it, and raise ``Refused``."""
    frames = [each for each in traceback.extract_stack() if not each.filename.startswith(FOLDER)]
    telling = [each for each in frames if each.filename.startswith(_roots)] or frames[-1:]
    where = "%s, line %s" % (_shown(telling[-1].filename), telling[-1].lineno) if telling else ""
    entry = {"what": what, "where": where}
    if entry not in refused and len(refused) < KEPT:
        refused.append(entry)
    raise Refused("miglab does not let a rehearsed project %s" % what)


def _shown(path: str) -> str:
    shown = os.path.relpath(path).replace(os.sep, "/")
    return os.path.basename(path) if shown.startswith(os.pardir) else shown


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
    """Whether a SQLite name, or its ``file:`` URI, lies in the copy or in memory."""
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


def _open(path: Any, mode: Any, flags: Any) -> Optional[str]:
    writes = set("wax+") & set(mode) if isinstance(mode, str) else flags and flags & _WRITES
    return None if not writes or allowed(path) else "write to %s" % _name(path)


def _name(path: Any) -> str:
    return repr(path) if isinstance(path, int) else os.fsdecode(path)


def _changes(verb: str, places: int = 1) -> Callable[..., Optional[str]]:
    """A check for events whose first arguments are paths that are changed."""

    def check(*arguments: Any) -> Optional[str]:
        for path in arguments[:places]:
            if not allowed(path):
                return "%s %s" % (verb, _name(path))
        return None

    return check


def _link(source: Any, target: Any, *rest: Any) -> Optional[str]:
    # A link that leads out of the copy is harmless: what is written through it is looked up.
    return None if allowed(target) else "make a link at %s" % _name(target)


def _connect(_socket: Any, address: Any) -> str:
    return "connect to %s" % _address(address)


def _address(address: Any) -> str:
    if isinstance(address, tuple):
        return ":".join(str(each) for each in address[:2])
    return os.fsdecode(address) if isinstance(address, (str, bytes)) else str(address)


def _look_up(host: Any, *rest: Any) -> Optional[str]:
    if host in (None, "", b"", "localhost", b"localhost"):
        return None
    try:
        ipaddress.ip_address(_address(host))
    except ValueError:
        return "look up the address of %s" % _address(host)
    return None


def _program(*arguments: Any) -> str:
    words = arguments[1] if len(arguments) > 1 and arguments[1] else arguments[0]
    if isinstance(words, (list, tuple)):
        words = " ".join(os.fsdecode(each) for each in words)
    return "start the program %s" % os.fsdecode(words)[:80]


def _database(name: Any) -> Optional[str]:
    return None if allowed_database(name) else "open the database %s" % _name(name)


def authorize(action: int, first: Any, *rest: Any) -> int:
    """SQLite's own question before each statement: an ATTACH may not lead out of the copy. Of one
    whose name is a parameter SQLite cannot say where it leads."""
    if action == 24 and (first is None or not allowed_database(first)):  # SQLITE_ATTACH
        _inside_hook.busy = True
        try:
            refuse("attach the database %s" % (first or "that a parameter names"))
        except Refused:
            return sqlite3.SQLITE_DENY
        finally:
            _inside_hook.busy = False
    return sqlite3.SQLITE_OK


_WATCHED: Dict[str, Callable[..., Optional[str]]] = {
    "open": _open,
    "os.chmod": _changes("change the mode of"),
    "os.chown": _changes("change the owner of"),
    "os.link": _link,
    "os.mkdir": _changes("make the folder"),
    "os.remove": _changes("remove"),
    "os.rename": _changes("rename", 2),
    "os.rmdir": _changes("remove the folder"),
    "os.setxattr": _changes("change"),
    "os.symlink": _link,
    "os.truncate": _changes("cut"),
    "os.utime": _changes("change the time of"),
    "os.exec": _program,
    "os.posix_spawn": _program,
    "os.spawn": lambda mode, path, *rest: _program(path),
    "os.system": lambda command: _program(command),
    "pty.spawn": lambda argv: _program(argv, argv),
    "subprocess.Popen": _program,
    "socket.connect": _connect,
    "socket.sendto": _connect,
    "socket.sendmsg": lambda _socket, address: None if address is None else _connect(None, address),
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "sqlite3.connect": _database,
}


def hold_connections() -> None:
    """Let Django open SQLite files of the copy and nothing else (a driver in C opens its
    connection without asking Python), and ask before each ATTACH."""
    opened = sqlite3.connect

    def connect_and_ask(*args: Any, **kwargs: Any) -> Any:
        connection = opened(*args, **kwargs)
        connection.set_authorizer(authorize)
        return connection

    for module in (sqlite3, sqlite3.dbapi2):
        put(module, "connect", connect_and_ask)
    from django.db.backends.base.base import BaseDatabaseWrapper

    original = BaseDatabaseWrapper.connect

    def connect(self: Any) -> None:
        if self.vendor != "sqlite":
            refuse("connect to the %s database %r" % (self.vendor, self.alias))
        original(self)

    put(BaseDatabaseWrapper, "connect", connect)
