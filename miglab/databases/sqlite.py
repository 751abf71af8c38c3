"""A SQLite database as a file: copied by SQLite's own backup, told apart by its header."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What SQLite leaves beside a database while it is in use.
SIDECARS = ("-journal", "-wal", "-shm")
#: The ending of what is about to take a database's place.
WAITING = ".new"


#: How much is copied before somebody is told how far it is, in pages.
_PAGES = 20_000


def copy(source: Path, to: Path, tell: Callable[[str], None] | None = None) -> None:
    """Copy a database, also while somebody writes to it. The source is opened read-only.

    A file that is no database is copied as it is. ``tell`` hears how far it is.

    Raises:
        OSError: there is no room (``ENOSPC``).
    """
    try:
        _back_up(source, to, tell)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(to)) from None
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        shutil.copyfile(source, to)


def _back_up(source: Path, to: Path, tell: Callable[[str], None] | None) -> None:
    def far(status: int, remaining: int, total: int) -> None:
        if tell is not None and remaining:
            tell(f"copying {source.name}: {100 * (total - remaining) // total} %")

    source = source.resolve()
    for _ in range(_TRIES):
        before = _state(source)
        options = _without_a_trace(source)
        if options is not None:
            _copy_from(source, options, to, far)
        else:
            _copy_with_log(source, to, far)
        # The log of a living database may grow: SQLite's own locks are held then.
        if options == _LIVING or _state(source) == before:
            return
        Path(to).unlink(missing_ok=True)
    raise OSError(errno.EBUSY, "it changed each time while it was copied", str(source))


#: How often a database that nobody seemed to use is copied, if it changes meanwhile.
_TRIES = 5
_PLAIN, _STILL, _LIVING = "mode=ro", "mode=ro&immutable=1", "mode=ro&readonly_shm=1"


def _without_a_trace(source: Path) -> str | None:
    """How SQLite opens it and leaves nothing beside it: in WAL mode it would make a ``-wal`` and a
    ``-shm``, which its application could not write if another user made them. ``None`` where there
    is a log alone: https://sqlite.org/wal.html#read_only_databases."""
    with open(source, "rb") as file:
        header = file.read(20)
    if header[18:20] != b"\2\2":
        return _PLAIN
    if not Path(f"{source}-wal").exists():
        return _STILL
    return _LIVING if Path(f"{source}-shm").exists() else None


def _state(source: Path) -> tuple[object, ...]:
    """Differs where anybody opened or wrote to it."""
    return (fingerprint(source), Path(f"{source}-wal").exists(), Path(f"{source}-shm").exists())


def _copy_with_log(source: Path, to: Path, far: Callable[[int, int, int], None]) -> None:
    """By way of a copy of both files, beside the target: SQLite works the log into that one."""
    between = to.with_name(to.name + ".with-log")
    try:
        shutil.copyfile(source, between)
        shutil.copyfile(f"{source}-wal", f"{between}-wal")
        _copy_from(between, "mode=rw", to, far)
    finally:
        for ending in ("", *SIDECARS):
            Path(f"{between}{ending}").unlink(missing_ok=True)


def _copy_from(source: Path, options: str, to: Path, far: Callable[[int, int, int], None]) -> None:
    original = sqlite3.connect(f"{source.as_uri()}?{options}", uri=True)
    try:
        duplicate = sqlite3.connect(to, isolation_level=None)
        try:
            duplicate.execute("PRAGMA synchronous = OFF")
            duplicate.execute("PRAGMA journal_mode = OFF")
            original.backup(duplicate, pages=_PAGES, progress=far)
        finally:
            duplicate.close()
    finally:
        original.close()


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query on a database that is only read."""
    connection = sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def restore(copy: Path | None, to: Path) -> None:
    """Make the database at ``to`` what ``copy`` is; without a copy there is to be none."""
    for ending in SIDECARS:
        Path(f"{to}{ending}").unlink(missing_ok=True)
    if copy is None:
        to.unlink(missing_ok=True)
        return
    waiting = to.with_name(to.name + WAITING)
    try:
        shutil.copyfile(copy, waiting)
    except OSError:
        # No room for two of them: the one in place goes first.
        waiting.unlink(missing_ok=True)
        to.unlink(missing_ok=True)
        shutil.copyfile(copy, waiting)
    os.replace(waiting, to)


def fingerprint(path: Path) -> tuple[object, ...]:
    """Differs whenever something was written: size, times and the header's change counter
    (bytes 24 to 27, https://sqlite.org/fileformat.html#file_change_counter), and the same of the
    write-ahead log."""
    try:
        with open(path, "rb") as file:
            header = file.read(28)
            state = os.fstat(file.fileno())
    except FileNotFoundError:
        return ()
    mark: tuple[object, ...] = (header[24:], state.st_size, state.st_mtime_ns, state.st_ino)
    try:
        log = os.stat(f"{path}-wal")
    except FileNotFoundError:
        return mark
    return (*mark, log.st_size, log.st_mtime_ns)
