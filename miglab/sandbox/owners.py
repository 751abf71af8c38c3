"""Locks by which labs are known to be in use: each lab's process holds a lock as long as it lives.

If a lock is free, that process is dead, and the next lab removes what is left of its lab.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..home import home


def take_lock(labs: Path) -> tuple[Path, IO[bytes]]:
    """Take a lock for a new lab. Return its path and the open file that holds it."""
    while True:
        path = labs / f"{secrets.token_hex(8)}.lock"
        file = open(path, "wb")  # noqa: SIM115 (held open for the sandbox's life)
        # A sweep may come between opening and locking, and take the new file for a dead one.
        if _lock(file) and path.exists():
            return path, file
        file.close()


@contextlib.contextmanager
def throwaway() -> Iterator[Path]:
    """A folder among the labs that is removed at the end; if this process is killed, the next lab
    removes it.

    Raises:
        OSError: it cannot be made.
    """
    labs = home() / "labs"
    labs.mkdir(parents=True, exist_ok=True)
    lock, held = take_lock(labs)
    folder = lock.with_suffix("")
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        remove_tree(folder)
        held.close()
        if not os.path.lexists(folder):
            lock.unlink(missing_ok=True)


def forget_old(*folders: Path) -> None:
    """Remove everything in these folders that has not been written to for a month."""
    month = 30 * 24 * 60 * 60
    for folder in folders:
        with contextlib.suppress(FileNotFoundError):
            for each in os.scandir(folder):
                with contextlib.suppress(OSError):
                    if each.stat().st_mtime < time.time() - month:
                        if each.is_dir(follow_symlinks=False):
                            remove_tree(Path(each.path))
                        else:
                            os.unlink(each.path)


def sweep(labs: Path) -> None:
    """Remove the sandboxes whose owner is dead."""
    for path in labs.glob("*.lock"):
        try:
            file = open(path, "r+b")  # noqa: SIM115 (closed below, after what it guards)
        except OSError:
            continue
        try:
            if _lock(file) and path.exists():
                remove_tree(path.with_suffix(""))
                if not os.path.lexists(path.with_suffix("")):
                    with contextlib.suppress(OSError):
                        path.unlink()
        finally:
            file.close()


def lives(labs: Path, name: str) -> bool:
    """Whether the process that owns the sandbox with this name is alive."""
    try:
        file = open(labs / f"{name}.lock", "r+b")  # noqa: SIM115 (closed below)
    except OSError:
        return False
    with file:
        return not _lock(file)


def remove_tree(folder: Path) -> None:
    """Remove a folder with everything in it, even if its permissions forbid that. Whatever cannot
    be removed stays, without an error."""
    shutil.rmtree(folder, ignore_errors=True)
    if os.name == "posix" and os.path.lexists(folder):
        _unlock(str(folder))
        for inside, folders, _ in os.walk(folder):
            for name in folders:
                _unlock(os.path.join(inside, name))
        shutil.rmtree(folder, ignore_errors=True)


def _unlock(folder: str) -> None:
    with contextlib.suppress(OSError):
        if not os.path.islink(folder):
            os.chmod(folder, 0o700)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        """Lock a file without waiting; ``False`` if somebody else holds it."""
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        """Lock a file without waiting; ``False`` if somebody else holds it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
