"""Reads everything in the folders of a copy, and restores it, whatever kind of file it is.

If one file has two names (hard links), they become two files. Times, owners and extended attributes
are not kept.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from .digests import Digests
from .owners import remove_tree

#: Folders whose content is made from the rest, or a terminal's own.
NOT_COPIED = ("__pycache__", ".git", ".venv")

#: Stands for the copy's own folder where a link leads into it; no path holds it.
_HERE = "\0"

FILE, FOLDER, LINK, NODE, DATABASE = "file", "folder", "link", "node", "database"


class Entry(NamedTuple):
    """One name in a folder. ``content`` is the digest of a file, the target of a link, or the kind
    of a pipe, socket or device. It is empty for a database, whose engine keeps its content."""

    kind: str
    mode: int
    content: str = ""


class Entries:
    """Reads and restores everything below ``root``, by paths with ``/``. Names directly in ``root``
    that begin with one of ``reserved`` do not belong to the project."""

    def __init__(self, root: Path, reserved: tuple[str, ...]) -> None:
        self.root, self._reserved = root, reserved
        self._digests = Digests(root)

    def look(self, databases: Collection[str], sidecars: Collection[str]) -> dict[str, Entry]:
        """All entries below ``root``, by their paths. ``databases`` are not read, and ``sidecars``
        are left out."""
        found: dict[str, Entry] = {}
        with _Opened(self.root) as opened:
            waiting = [""]
            while waiting:
                inside = waiting.pop()
                for each in opened.entries(inside):
                    path = f"{inside}{each.name}"
                    if each.name in NOT_COPIED or path in sidecars:
                        continue
                    if not inside and each.name.startswith(self._reserved):
                        continue
                    with contextlib.suppress(FileNotFoundError):
                        found[path] = self._entry(path, each, opened, databases)
                        if found[path].kind == FOLDER:
                            waiting.append(f"{path}/")
        return found

    def _entry(
        self, path: str, each: os.DirEntry[str], opened: _Opened, databases: Collection[str]
    ) -> Entry:
        state = each.stat(follow_symlinks=False)
        mode = stat.S_IMODE(state.st_mode) if os.name == "posix" else 0
        if stat.S_ISLNK(state.st_mode):
            return Entry(LINK, 0, self._from_here(os.readlink(each.path)))
        if stat.S_ISDIR(state.st_mode):
            return Entry(FOLDER, mode)
        if path in databases:
            return Entry(DATABASE, mode)
        if stat.S_ISREG(state.st_mode):
            if os.name == "nt":
                state = os.stat(each.path)
            if state.st_mode & stat.S_IRUSR:
                return Entry(FILE, mode, self._digests.of(path, state))
            with opened.readable(path, state):
                return Entry(FILE, mode, self._digests.of(path, state))
        return Entry(NODE, mode, f"{stat.S_IFMT(state.st_mode)} {state.st_rdev}")

    def _from_here(self, target: str) -> str:
        """The target of a link. If it is in this copy, it is written so that, in another copy, the
        link leads to the same place in that copy."""
        inside = target == str(self.root) or target.startswith(f"{self.root}{os.sep}")
        return f"{_HERE}{target[len(str(self.root)) :]}" if inside else target

    def keep(self, path: str, to: Path) -> None:
        """Copy the content of a file, even if its permissions do not allow reading it."""
        with _Opened(self.root) as opened:
            opened.way_to(path)
            with opened.readable(path, os.lstat(self.root / path)):
                shutil.copyfile(self.root / path, to)

    def restore(
        self, now: Mapping[str, Entry], wanted: Mapping[str, Entry], contents: Path
    ) -> None:
        """Change the entries that exist now (``now``) into the ``wanted`` ones. The folder
        ``contents`` has the contents of files, by their digests. If this is interrupted, it can be
        done again."""
        left = {path: entry for path, entry in now.items() if entry.kind != DATABASE}
        with _Opened(self.root) as opened:
            for path in sorted(left, reverse=True):
                there, entry = left[path], wanted.get(path)
                if entry is None or entry.kind != there.kind or entry.content != there.content:
                    opened.way_to(path, writable=True)
                    _remove(self.root / path, there)
                    del left[path]
            for path in sorted(wanted):
                entry = wanted[path]
                if path not in left and entry.kind != DATABASE:
                    opened.way_to(path, writable=True)
                    self._make(self.root / path, entry, contents)
            # A folder that nobody may write comes to be so when all is in it.
            for path in sorted(wanted, reverse=True):
                entry = wanted[path]
                changed = left.get(path) != entry or opened.has(path)
                if changed and entry.kind != DATABASE:
                    opened.way_to(path)
                    self.set_mode(path, entry)
            opened.stay()

    def set_mode(self, path: str, entry: Entry) -> None:
        """Give the file at ``path`` the permissions of ``entry``, if it can have any."""
        if os.name == "posix" and entry.kind != LINK:
            with contextlib.suppress(FileNotFoundError):
                if stat.S_IMODE(os.lstat(self.root / path).st_mode) != entry.mode:
                    os.chmod(self.root / path, entry.mode)

    def _make(self, place: Path, entry: Entry, contents: Path) -> None:
        # A database's sidecar, or what is watched by nobody, may be in the way.
        if entry.kind == FOLDER:
            if place.is_symlink() or not place.is_dir():
                place.unlink(missing_ok=True)
                place.mkdir()
            return
        if place.is_dir() and not place.is_symlink():
            remove_tree(place)
        place.unlink(missing_ok=True)
        if entry.kind == FILE:
            shutil.copyfile(contents / entry.content, place)
        elif entry.kind == LINK:
            place.symlink_to(entry.content.replace(_HERE, str(self.root), 1))
        elif hasattr(os, "mknod"):
            kind, device = map(int, entry.content.split())
            os.mknod(place, kind | 0o600, device)


class _Opened:
    """A context in which files and folders can be used even if their modes lock out their owner.
    At its end, the modes are as before."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._modes: dict[Path, int] = {}

    def __enter__(self) -> _Opened:
        return self

    def __exit__(self, *error: object) -> None:
        for path, mode in reversed(self._modes.items()):
            with contextlib.suppress(OSError):
                path.chmod(mode)

    def has(self, path: str) -> bool:
        """Whether this context has changed the mode of the folder at ``path``."""
        return bool(self._modes) and self.root / path in self._modes

    def stay(self) -> None:
        """Keep all modes as they are now: the end of the context does not change them back."""
        self._modes.clear()

    def entries(self, inside: str) -> list[os.DirEntry[str]]:
        """The entries of a folder, which is opened if its mode locks it."""
        # A path as text: this is done for each folder at each look.
        folder = f"{self.root}{os.sep}{inside}"
        try:
            try:
                found = list(os.scandir(folder))
                for each in found[:1]:
                    each.stat(follow_symlinks=False)
                return found
            except PermissionError:
                self._open(self.root / inside, 0o500)
                return list(os.scandir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []

    @contextmanager
    def readable(self, path: str, state: os.stat_result) -> Iterator[None]:
        """A context in which a file can be read, even if its mode does not allow that."""
        place = self.root / path
        if os.name != "posix" or state.st_mode & stat.S_IRUSR or os.access(place, os.R_OK):
            yield
            return
        mode = stat.S_IMODE(state.st_mode)
        place.chmod(mode | stat.S_IRUSR)
        try:
            yield
        finally:
            place.chmod(mode)

    def way_to(self, path: str, writable: bool = False) -> None:
        """Open the folders on the way to a path. If ``writable`` is true, entries of the last one
        can be changed, too."""
        if os.name != "posix":
            return
        folders = [*Path(path).parents][:-1]
        for each in reversed(folders):
            self._open(self.root / each, 0o300 if writable and each == folders[0] else 0o100)

    def _open(self, folder: Path, bits: int) -> None:
        with contextlib.suppress(FileNotFoundError):
            mode = stat.S_IMODE(os.lstat(folder).st_mode)
            if mode & bits != bits:
                self._modes.setdefault(folder, mode)
                folder.chmod(mode | bits)


def _remove(place: Path, entry: Entry) -> None:
    if entry.kind == FOLDER:
        remove_tree(place)
    else:
        place.unlink(missing_ok=True)
