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

    original = sqlite3.connect(source.resolve().as_uri() + "?mode=ro", uri=True)
    try:
        duplicate = sqlite3.connect(to, isolation_level=None)
        try:
            duplicate.execute("PRAGMA synchronous = OFF")
            duplicate.execute("PRAGMA journal_mode = OFF")
            original.backup(duplicate, pages=_PAGES if tell else -1, progress=far)
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


def put_back(copy: Path | None, to: Path) -> None:
    """Make the database at ``to`` what ``copy`` is; without a copy there is to be none."""
    for ending in SIDECARS:
        Path(f"{to}{ending}").unlink(missing_ok=True)
    if copy is None:
        to.unlink(missing_ok=True)
        return
    waiting = to.with_name(to.name + ".new")
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
