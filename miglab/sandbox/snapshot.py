"""What a copy of a project holds at one moment, and how that is told without reading it all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..databases.engine import Handle

#: Folders whose content is made from the rest.
NOT_COPIED = ("__pycache__", ".git", ".venv")  # also made in a lab's folder, by a terminal


@dataclass(frozen=True)
class Snapshot:
    """The project at one moment. ``files`` maps paths to the digests of their content, and
    ``databases`` aliases to copies, or to ``None`` where there was no database. ``store`` is the
    folder that holds them. ``empty`` are the folders with nothing in them; ``None`` stands for
    those that are there."""

    files: Mapping[str, str]
    databases: Mapping[str, Handle | None]
    store: Path
    empty: frozenset[str] | None = None

    @property
    def old(self) -> dict[str, Handle | None]:
        """The copies of the databases as the agent's requests name them."""
        return dict(self.databases)

    @property
    def mark(self) -> tuple[object, ...]:
        """Differs where anything differs."""
        return (self.digest, *self.databases.items())

    @property
    def digest(self) -> str:
        """One name for the state of all files."""
        told = "\n".join(f"{path} {digest}" for path, digest in sorted(self.files.items()))
        return digest_of(told.encode("utf-8", "surrogateescape"))


def project_files(
    folder: Path, left_out: Collection[str] = ()
) -> tuple[dict[str, os.stat_result], frozenset[str]]:
    """Every file of a project, by its path with ``/``, and its folders with nothing in them;
    ``left_out`` (what databases consist of, as paths), bytecode and links are not among the files:
    a link may lead anywhere."""
    found: dict[str, os.stat_result] = {}
    empty: set[str] = set()
    own = {*left_out}
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            entries = list(os.scandir(folder / inside))
        except (FileNotFoundError, NotADirectoryError):
            continue
        if inside and all(each.name in NOT_COPIED for each in entries):
            empty.add(inside.rstrip("/"))
        for each in entries:
            if each.is_dir(follow_symlinks=False):
                if each.name not in NOT_COPIED:
                    waiting.append(f"{inside}{each.name}/")
            elif (path := f"{inside}{each.name}") not in own and each.is_file(
                follow_symlinks=False
            ):
                with contextlib.suppress(FileNotFoundError):
                    found[path] = os.stat(each.path)
    return found, frozenset(empty)


def digest_of(content: bytes) -> str:
    """A name for a content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


class Digests:
    """Digests of files, read again only where a file may have changed.

    The time of a file's last change (``ctime``) is set by the system at every write. A file
    that changed shortly before it was read is read again: two writes may share one tick of the
    clock. Windows has no such time, so there every file is read.
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
