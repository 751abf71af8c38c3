"""A project and its database as a throwaway copy: made, looked at, put back, removed.

    home()/labs/
      3f2a….lock      locked by the process that owns the lab for as long as it lives
      3f2a…/project/  the project; ``lab.folder``
      3f2a…/store/    every version of a file and of the database that the lab may go back to

A lock that is free means that its owner is dead: the next lab sweeps what it left.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import platformdirs

from .databases import sqlite
from .errors import OutsideSandbox
from .project import Project

#: Folders whose content is made from the rest.
NOT_COPIED = ("__pycache__", ".git", ".venv")


def home() -> Path:
    """The folder under which all labs and templates live; ``MIGLAB_HOME`` names another."""
    return Path(os.environ.get("MIGLAB_HOME") or platformdirs.user_cache_dir("miglab", False))


@dataclass(frozen=True)
class Snapshot:
    """The project at one moment. ``files`` maps paths to the digests of their content;
    ``database`` is a copy in the store, or ``None`` where there was no database."""

    files: Mapping[str, str]
    database: Path | None

    @property
    def digest(self) -> str:
        """One name for the state of all files."""
        told = "\n".join(f"{path} {digest}" for path, digest in sorted(self.files.items()))
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def project_files(folder: Path, database: str) -> dict[str, bytes]:
    """The content of every file of a project, by its path with ``/``; the database, its sidecars
    and bytecode left out."""
    found: dict[str, bytes] = {}
    own = {database, *(database + ending for ending in (*sqlite.SIDECARS, ".new"))}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if each not in NOT_COPIED)
        for name in names:
            path = Path(place, name)
            relative = path.relative_to(folder).as_posix()
            if relative not in own:
                with contextlib.suppress(FileNotFoundError):
                    found[relative] = path.read_bytes()
    return found


def digest_of(content: bytes) -> str:
    """A name for a content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


class Sandbox:
    """A throwaway copy of a project under ``home()``, owned by this process."""

    def __init__(self, project: Project) -> None:
        labs = home() / "labs"
        labs.mkdir(parents=True, exist_ok=True)
        sweep(labs)
        self._lock_path, self._lock = _take_lock(labs)
        self.root = self._lock_path.with_suffix("")
        self.folder = self.root / "project"
        self.database = self.folder / project.database
        self.manage = self.folder / project.manage
        self.output = self.root / "output"
        self._store = self.root / "store"
        self._database_name = project.database
        self._copies = 0
        self._last: tuple[tuple[object, ...], Path | None] = ((), None)
        try:
            self._store.mkdir(parents=True)
            content = project_files(project.folder, project.database)
            self._write({path: digest_of(data) for path, data in content.items()}, content)
        except BaseException:
            self.remove()
            raise

    def _write(self, files: Mapping[str, str], content: Mapping[str, bytes] | None = None) -> None:
        for path, digest in files.items():
            target = self.folder / path
            data = content[path] if content else (self._store / digest).read_bytes()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def inside(self, path: str) -> Path:
        """The path of a file of the project.

        Raises:
            OutsideSandbox: the path leaves the project's folder.
        """
        folder = self.folder.resolve()
        target = (folder / path).resolve()
        if target == folder or not target.is_relative_to(folder):
            raise OutsideSandbox(path)
        return target

    def changed_database(self) -> bool:
        """Whether something was written to the database since the last snapshot."""
        return sqlite.fingerprint(self.database) != self._last[0]

    def files(self) -> dict[str, str]:
        """Paths and digests of the project's files as they are now."""
        content = project_files(self.folder, self._database_name)
        return {path: digest_of(data) for path, data in content.items()}

    def snapshot(self) -> Snapshot:
        """Keep the files and the database as they are now."""
        content = project_files(self.folder, self._database_name)
        files = {}
        for path, data in content.items():
            files[path] = digest_of(data)
            kept = self._store / files[path]
            if not kept.exists():
                kept.write_bytes(data)
        mark = sqlite.fingerprint(self.database)
        if mark != self._last[0]:
            self._last = (mark, self._copy_database() if mark else None)
        return Snapshot(files, self._last[1])

    def _copy_database(self) -> Path:
        self._copies += 1
        copy = self._store / f"{self._copies}.sqlite3"
        self.copy_database(copy)
        return copy

    def copy_database(self, to: Path) -> None:
        """Copy the database as it is now."""
        sqlite.copy(self.database, to)

    def restore(self, snapshot: Snapshot) -> None:
        """Make files and database what they were."""
        now = self.files()
        for path in now.keys() - snapshot.files.keys():
            (self.folder / path).unlink(missing_ok=True)
            self._remove_empty((self.folder / path).parent)
        self._write({p: d for p, d in snapshot.files.items() if now.get(p) != d})
        if self.changed_database() or self._last[1] != snapshot.database:
            sqlite.put_back(snapshot.database, self.database)
            self._last = (sqlite.fingerprint(self.database), snapshot.database)

    def _remove_empty(self, folder: Path) -> None:
        """Remove folders in which nothing but bytecode is left."""
        while folder != self.folder and folder.is_dir():
            if any(each.name != "__pycache__" for each in folder.iterdir()):
                return
            shutil.rmtree(folder)
            folder = folder.parent

    def fill_database(self, template: Path) -> None:
        """Begin with a copy of this database."""
        sqlite.put_back(template, self.database)

    def remove(self) -> None:
        """Remove all of it. What is gone already is no error."""
        shutil.rmtree(self.root, ignore_errors=True)
        with contextlib.suppress(OSError):
            self._lock_path.unlink()
        self._lock.close()


def _take_lock(labs: Path) -> tuple[Path, IO[bytes]]:
    while True:
        path = labs / f"{secrets.token_hex(8)}.lock"
        file = open(path, "wb")  # noqa: SIM115 (held open for the sandbox's life)
        # A sweep may come between opening and locking, and take the new file for a dead one.
        if _lock(file) and path.exists():
            return path, file
        file.close()


def sweep(labs: Path) -> None:
    """Remove the sandboxes whose owner is dead."""
    for path in labs.glob("*.lock"):
        try:
            file = open(path, "r+b")  # noqa: SIM115 (closed below, after what it guards)
        except OSError:
            continue
        try:
            if _lock(file) and path.exists():
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                with contextlib.suppress(OSError):
                    path.unlink()
        finally:
            file.close()


if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        """Lock a file without waiting; ``False`` where somebody else holds it."""
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        """Lock a file without waiting; ``False`` where somebody else holds it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
