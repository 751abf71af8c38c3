"""Digests of files, read again only if a file may have changed."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path


def digest_of(content: bytes) -> str:
    """The digest of a file's content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


class Digests:
    """Digests of files; a file is read again only if it may have changed.

    The time of a file's last change (``ctime``) is set by the system at every write. A file
    that changed shortly before it was read is read again: two writes may share one tick of the
    clock. Windows has no such time, so every file is read there.
    """

    #: Longer than a tick of any system's clock, in nanoseconds.
    TICK = 100_000_000

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[tuple[int, ...], str]] = {}

    def of(self, path: str, state: os.stat_result) -> str:
        """The digest of a file's content now."""
        mark = (state.st_ctime_ns, state.st_mtime_ns, state.st_size, state.st_ino)
        known = self._known.get(path)
        if known is not None and known[0] == mark and os.name != "nt":
            return known[1]
        now = time.time_ns()
        digest = digest_of((self._folder / path).read_bytes())
        if state.st_ctime_ns < now - self.TICK:
            self._known[path] = (mark, digest)
        return digest
