"""Guards the functions of Python's library that write or start something without an audit event
that says where."""

from __future__ import annotations

import functools
import os
import signal
import sys
from typing import Any, Callable, Optional

from ..common import watching
from . import paths, reach
from .bounds import allowed, outside
from .files import making, opening
from .limit import Limit

#: Runs a check, and raises ``Refused`` if a limit applies.
Ask = Callable[..., None]
#: Calls a function without asking about it again.
Quietly = Callable[..., Any]


def stand_before(ask: Ask, quietly: Quietly) -> None:
    """From now on, ask before each of these functions does something."""
    _open(ask, quietly)
    for name, verb in (("mkfifo", "create the pipe"), ("mknod", "create the node")):
        if hasattr(os, name):
            _make(name, making(verb), ask, quietly)
    if hasattr(signal, "pidfd_send_signal"):
        _signal(ask)
    for name in ("_dbm", "_gdbm"):
        watching.when_imported(name, functools.partial(_database, name, ask))
    watching.when_imported("_posixsubprocess", functools.partial(_start, ask))


def _put(name: str, function: Any, original: Any) -> None:
    """Replace a function in ``os``, and in the module from which ``os`` has it."""
    import importlib

    for module in (os, importlib.import_module(os.name)):
        setattr(module, name, function)
    for group in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if original in group:
            group.add(function)


def _open(ask: Ask, quietly: Quietly) -> None:
    original = os.open

    @functools.wraps(original)
    def open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: Any = None) -> int:
        if dir_fd is None:
            return original(path, flags, mode)
        # The event leaves out what the path is relative to.
        text = os.fspath(path)
        ask(_opening_in, text, flags, dir_fd)
        number: int = quietly(original, text, flags, mode, dir_fd=dir_fd)
        return number

    _put("open", open, original)


def _opening_in(path: Any, flags: int, folder: int) -> Optional[Limit]:
    try:
        return opening(paths.absolute(path, folder), None, flags)
    except ValueError:
        return outside("write to", path) if flags & (os.O_WRONLY | os.O_RDWR) else None


def _make(name: str, check: Any, ask: Ask, quietly: Quietly) -> None:
    original = getattr(os, name)

    @functools.wraps(original)
    def make(path: Any, *args: Any, dir_fd: Any = None, **kwargs: Any) -> None:
        text = os.fspath(path)
        ask(check, text, dir_fd)
        quietly(original, text, *args, dir_fd=dir_fd, **kwargs)

    _put(name, make, original)


def _signal(ask: Ask) -> None:
    original = signal.pidfd_send_signal

    @functools.wraps(original)
    def send(pidfd: int, *rest: Any) -> None:
        with open("/proc/self/fdinfo/%d" % pidfd) as file:
            found = [line.split()[1] for line in file if line.startswith("Pid:")]
        ask(reach.signalling, int(found[0]) if found else -1, *rest[:1])
        original(pidfd, *rest)

    for module in (signal, sys.modules["_signal"]):
        module.pidfd_send_signal = send  # type: ignore[attr-defined]


def _database(name: str, ask: Ask) -> None:
    """Guard a module for databases of keys and values, which a library in C opens."""
    import importlib

    module: Any = importlib.import_module(name)
    original = module.open

    def check(path: Any, flag: str) -> Optional[Limit]:
        return None if flag[:1] == "r" or allowed(path) else outside("write to", path)

    @functools.wraps(original)
    def open(filename: Any, flags: str = "r", mode: int = 0o666) -> Any:
        text = os.fspath(filename)
        ask(check, text, flags)
        return original(text, flags, mode)

    module.open = open


def _start(ask: Ask) -> None:
    """Guard the function with which multiprocessing starts its interpreters; subprocess raises an
    event of its own."""
    import _posixsubprocess
    import subprocess  # noqa: F401 (it has taken the function by now)

    original = _posixsubprocess.fork_exec

    @functools.wraps(original)
    def fork_exec(arguments: Any, executables: Any, *rest: Any) -> int:
        environment = rest[3] if len(rest) > 3 else None
        ask(reach.of_multiprocessing, next(iter(executables)), list(arguments), environment)
        return original(arguments, executables, *rest)

    _posixsubprocess.fork_exec = fork_exec
