"""A project and its database as a throwaway copy: made, looked at, put back, removed.

    home()/labs/
      3f2a….lock      locked by the process that owns the lab for as long as it lives
      3f2a…/project/  the project; ``lab.folder``
      3f2a…/store/    every version of a file and of the database that the lab may go back to
    home()/templates/, home()/code/
      databases that labs start with, and compiled code: kept between labs, for a month

A lock that is free means that its owner is dead: the next lab sweeps what it left.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import platformdirs

from .databases import sqlite
from .errors import BadInput, OutsideSandbox, UnknownName
from .project import Project

#: Folders whose content is made from the rest.
NOT_COPIED = ("__pycache__", ".git", ".venv")


def home() -> Path:
    """The folder under which all labs and templates live; ``MIGLAB_HOME`` names another."""
    named = os.environ.get("MIGLAB_HOME") or platformdirs.user_cache_dir("miglab", False)
    return Path(named).absolute()


@dataclass(frozen=True)
class Snapshot:
    """The project at one moment. ``files`` maps paths to the digests of their content;
    ``database`` is a copy in the store, or ``None`` where there was no database."""

    files: Mapping[str, str]
    database: Path | None

    @property
    def old(self) -> str | None:
        """The copy of the database as the agent's requests name it, to compare rows with."""
        return str(self.database) if self.database else None

    @property
    def digest(self) -> str:
        """One name for the state of all files."""
        told = "\n".join(f"{path} {digest}" for path, digest in sorted(self.files.items()))
        return hashlib.blake2b(told.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def project_files(folder: Path, database: str) -> dict[str, os.stat_result]:
    """Every file of a project, by its path with ``/``; the database, its sidecars, bytecode and
    links left out: a link may lead anywhere."""
    found: dict[str, os.stat_result] = {}
    own = {database, *(database + ending for ending in (*sqlite.SIDECARS, ".new"))}
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            entries = list(os.scandir(folder / inside))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for each in entries:
            if each.is_dir(follow_symlinks=False):
                if each.name not in NOT_COPIED:
                    waiting.append(f"{inside}{each.name}/")
            elif (path := f"{inside}{each.name}") not in own and each.is_file(
                follow_symlinks=False
            ):
                with contextlib.suppress(FileNotFoundError):
                    found[path] = os.stat(each.path)
    return found


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


class Sandbox:
    """A throwaway copy of a project under ``home()``, owned by this process."""

    def __init__(self, project: Project) -> None:
        labs = home() / "labs"
        labs.mkdir(parents=True, exist_ok=True)
        sweep(labs)
        forget_old(home() / "templates", home() / "code")
        self._lock_path, self._lock = _take_lock(labs)
        self.root = self._lock_path.with_suffix("")
        self.folder = self.root / "project"
        self.database = self.folder / project.database
        self.manage = self.folder / project.manage
        self.output = self.root / "output"
        self._store = self.root / "store"
        self._database_name = project.database
        self._copies = 0
        self._kept: set[str] = set()
        self._last: tuple[tuple[object, ...], Path | None] = ((), None)
        try:
            self._store.mkdir(parents=True)
            self._digests = Digests(self.folder)
            for path in project_files(project.folder, project.database):
                target = self.folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(project.folder / path, target)
        except BaseException:
            self.remove()
            raise

    def inside(self, path: str) -> Path:
        """The path of a file of the project.

        Raises:
            OutsideSandbox: the path leaves the project's folder.
            BadInput: it is no path.
        """
        if not isinstance(path, str) or "\0" in path:
            raise BadInput(f"{path!r} is no path; give one such as store/models.py")
        folder = self.folder.resolve()
        target = (folder / path).resolve()
        if target == folder or not target.is_relative_to(folder):
            raise OutsideSandbox(path)
        return target

    def find(self, path: str) -> list[Path]:
        """The file of the project that is meant, or all files that a pattern fits.

        Raises:
            OutsideSandbox, UnknownName: there is none.
        """
        self.inside(path)
        names = sorted(self.files())
        inside = {each.relative_to(self.folder).as_posix() for each in self.folder.glob(path)}
        found = [name for name in names if name == path] or sorted(inside & {*names})
        if not found:
            folder = path.rpartition("/")[0]
            near = [each for each in names if each.rpartition("/")[0] == folder] or names
            raise UnknownName("file", path, near)
        return [self.inside(name) for name in found]

    def changed_database(self) -> bool:
        """Whether something was written to the database since the last snapshot."""
        return sqlite.fingerprint(self.database) != self._last[0]

    def files(self) -> dict[str, str]:
        """Paths and digests of the project's files as they are now."""
        found = {}
        for path, state in project_files(self.folder, self._database_name).items():
            with contextlib.suppress(FileNotFoundError):
                found[path] = self._digests.of(path, state)
        return found

    def snapshot(self) -> Snapshot:
        """Keep the files and the database as they are now."""
        # An agent needs a folder to stand in, even if somebody removed it.
        self.folder.mkdir(exist_ok=True)
        files = self.files()
        for path, digest in files.items():
            if digest not in self._kept:
                shutil.copyfile(self.folder / path, self._store / digest)
                self._kept.add(digest)
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
        for path, digest in snapshot.files.items():
            if now.get(path) != digest:
                self._make_room(path)
                shutil.copyfile(self._store / digest, self.folder / path)
        if self.changed_database() or self._last[1] != snapshot.database:
            sqlite.put_back(snapshot.database, self.database)
            self._last = (sqlite.fingerprint(self.database), snapshot.database)

    def _make_room(self, path: str) -> None:
        """Have a folder for a file, and nothing else in its place: no link is written through."""
        target = self.folder / path
        self.folder.mkdir(exist_ok=True)
        for each in reversed([target, *target.relative_to(self.folder).parents]):
            place = self.folder / each
            if place.is_symlink() or (place != target and place.is_file()):
                place.unlink()
            elif place == target and place.is_dir():
                shutil.rmtree(place)
        target.parent.mkdir(parents=True, exist_ok=True)

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


def forget_old(*folders: Path) -> None:
    """Remove what was kept between labs and has not been written for a month."""
    month = 30 * 24 * 60 * 60
    for folder in folders:
        with contextlib.suppress(FileNotFoundError):
            for each in os.scandir(folder):
                with contextlib.suppress(OSError):
                    if each.stat().st_mtime < time.time() - month:
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
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                with contextlib.suppress(OSError):
                    path.unlink()
        finally:
            file.close()


if sys.platform == "win32":
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
