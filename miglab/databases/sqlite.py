"""A SQLite database as a file: copied by SQLite's own backup, told apart by its header."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

#: What SQLite leaves beside a database while it is in use.
SIDECARS = ("-journal", "-wal", "-shm")
#: The ending of what is about to take a database's place.
WAITING = ".new"


#: How much is copied before somebody is told how far it is, in pages.
_PAGES = 20_000

#: Seconds after which somebody hears that a lock is waited for, and after which nobody waits.
WORD, PATIENCE = 1.0, 30.0


def copy(source: Path, to: Path, tell: Callable[[str], None] | None = None) -> None:
    """Copy a database, also while somebody writes to it. The source is opened read-only.

    A file that is not a database, or a broken one, is copied as it is. ``tell`` is called with the
    progress.

    Raises:
        OSError: there is no room (``ENOSPC``), or somebody has it locked for too long, or changes
            it all the time (``EBUSY``).
    """
    try:
        _back_up(source, to, _Progress(source, tell))
    except sqlite3.DatabaseError as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(to)) from None
        if code not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise
        shutil.copyfile(source, to)


class _Progress:
    """Reports how far a copy has got and what it waits for, and gives up after a while."""

    def __init__(self, source: Path, tell: Callable[[str], None] | None) -> None:
        self.source, self.tell = source, tell
        self.begin()

    def begin(self) -> None:
        """Start counting again, for a copy that begins with the first page."""
        self._waiting_since: float | None = None
        self._before: int | None = None
        self._begun_again = 0

    def __call__(self, status: int, remaining: int, total: int) -> None:
        """Receive the progress from ``sqlite3.Connection.backup``, which by itself would wait for a
        lock forever."""
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            self._wait()
            return
        self._waiting_since = None
        # When another process writes, SQLite begins again.
        self._begun_again += self._before is not None and remaining >= self._before
        self._before = remaining
        if self._begun_again > _TRIES:
            raise _NeverStill
        if self.tell is not None and remaining:
            self.tell(f"copying {self.source.name}: {100 * (total - remaining) // total} %")

    def _wait(self) -> None:
        now = time.monotonic()
        if self._waiting_since is None:
            self._waiting_since = now
        waited = now - self._waiting_since
        if waited > PATIENCE:
            why = f"another process has had it locked for {PATIENCE:g} seconds"
            raise OSError(errno.EBUSY, why, str(self.source))
        if self.tell is not None and waited > WORD:
            self.tell(f"waiting for {self.source.name}: another process has it locked")


class _NeverStill(Exception):
    """Raised when another process keeps writing to the database that is copied."""


def _back_up(source: Path, to: Path, far: _Progress) -> None:
    source = source.resolve()
    for _ in range(_TRIES):
        before = _state(source)
        options = _without_a_trace(source)
        if options is not None:
            try:
                _copy_from(source, options, to, far)
            except sqlite3.OperationalError as error:
                if not _is_hot(source, error):
                    raise
                Path(to).unlink(missing_ok=True)
                options = None
                _copy_with(("-journal",), source, to, far)
        else:
            _copy_with(("-wal",), source, to, far)
        # Where SQLite's own locks are held, it is of one moment, whatever came after.
        if options in (_PLAIN, _LIVING) or _state(source) == before:
            return
        Path(to).unlink(missing_ok=True)
    raise OSError(errno.EBUSY, "it changed every time miglab tried to copy it", str(source))


def _is_hot(source: Path, error: sqlite3.OperationalError) -> bool:
    """Whether a crash left a journal. The next program that opens the database would apply it; but
    miglab must not write to it."""
    codes = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return error.sqlite_errorcode & 0xFF in codes and Path(f"{source}-journal").exists()


#: How often a database that nobody seemed to use is copied, if it changes meanwhile.
_TRIES = 5
_PLAIN, _STILL, _LIVING = "mode=ro", "mode=ro&immutable=1", "mode=ro&readonly_shm=1"


def _without_a_trace(source: Path) -> str | None:
    """The options with which SQLite opens a database and leaves no file beside it. In WAL mode, it
    would create a ``-wal`` and a ``-shm`` file, and the database's application could not write to
    them if another user had made them. ``None`` if there is a ``-wal`` file, but no ``-shm`` file:
    https://sqlite.org/wal.html#read_only_databases."""
    with open(source, "rb") as file:
        header = file.read(20)
    if header[18:20] != b"\2\2":
        return _PLAIN
    if not Path(f"{source}-wal").exists():
        return _STILL
    return _LIVING if Path(f"{source}-shm").exists() else None


def _state(source: Path) -> tuple[object, ...]:
    """A value that changes whenever anybody opens the database in WAL mode, or writes to it."""
    return (fingerprint(source), Path(f"{source}-wal").exists(), Path(f"{source}-shm").exists())


def _copy_with(endings: Sequence[str], source: Path, to: Path, far: _Progress) -> None:
    """Copy a database by way of a copy of its file and of the files with these ``endings`` beside
    it. SQLite applies them to that copy, so nothing is written to the source."""
    between = to.with_name(to.name + ".between")
    try:
        for ending in ("", *endings):
            shutil.copyfile(f"{source}{ending}", f"{between}{ending}")
        _copy_from(between, "mode=rw", to, far)
    finally:
        for ending in ("", *SIDECARS):
            Path(f"{between}{ending}").unlink(missing_ok=True)


def _copy_from(source: Path, options: str, to: Path, far: _Progress) -> None:
    original = sqlite3.connect(f"{source.as_uri()}?{options}", uri=True, timeout=0)
    try:
        duplicate = sqlite3.connect(to, isolation_level=None)
        try:
            duplicate.execute("PRAGMA synchronous = OFF")
            duplicate.execute("PRAGMA journal_mode = OFF")
            far.begin()
            try:
                original.backup(duplicate, pages=_PAGES, progress=far)
            except _NeverStill:
                # All at once: whoever writes waits meanwhile.
                far.begin()
                original.backup(duplicate, pages=-1, progress=far)
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
    """Make the database at ``to`` equal to ``copy``; without a copy, remove it."""
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
    """A value that changes whenever something is written. It consists of the file's size, time and
    number, the header's change counter (bytes 24 to 27,
    https://sqlite.org/fileformat.html#file_change_counter), and the size and time of the
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
