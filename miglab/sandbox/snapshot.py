"""What is in a copy of a project at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..databases.engine import Handle
from .digests import digest_of
from .entries import DATABASE, FILE, FOLDER, LINK, Entry

#: The folder of a copy that holds the project.
PROJECT = "project"


@dataclass(frozen=True)
class Snapshot:
    """A project's copy at one moment. ``entries`` are all files and folders in it. ``databases``
    maps aliases to copies of the databases, or to ``None`` if there was no database. ``store`` is
    the folder that has the contents of both."""

    entries: Mapping[str, Entry]
    databases: Mapping[str, Handle | None]
    store: Path

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The project's files: maps their paths in the project to the digests of their content."""
        return files_of(self.entries)

    @property
    def old(self) -> dict[str, Handle | None]:
        """The copies of the databases as the agent's requests name them."""
        return dict(self.databases)

    @property
    def mark(self) -> tuple[object, ...]:
        """A value that differs between two snapshots if anything in them differs."""
        return (self.digest, *self.databases.items())

    @cached_property
    def digest(self) -> str:
        """A digest of everything that is not a database."""
        return digest_of_files(self.entries)

    def with_files_of(self, other: Snapshot) -> Snapshot:
        """This moment, but with the files of another one, as git would restore them. A folder is
        removed with its last file; empty folders, pipes and the like, which git does not know,
        stay."""
        files = {path: e for path, e in other.entries.items() if e.kind in (FILE, LINK)}
        gone = {path for path, e in self.entries.items() if e.kind in (FILE, LINK)} - {*files}
        needed = {*_folders({*files}), *(p for p, e in other.entries.items() if e.kind == FOLDER)}
        rest = {
            path: entry
            for path, entry in self.entries.items()
            if entry.kind not in (FILE, LINK) and path not in files
        }
        needed |= _folders({path for path, entry in rest.items() if entry.kind != FOLDER})
        emptied = _folders(gone) - needed
        kept = {
            path: entry
            for path, entry in rest.items()
            if path not in emptied and not _folders({path}) & {*files}
        }
        made = {path: other.entries[path] for path in _folders({*files}) - {*kept}}
        return Snapshot({**kept, **made, **files}, self.databases, other.store)


def digest_of_files(entries: Mapping[str, Entry]) -> str:
    """A digest of all entries that are not databases."""
    told = "\n".join(
        f"{path} {entry.kind} {entry.mode:o} {entry.content}"
        for path, entry in sorted(entries.items())
        if entry.kind != DATABASE
    )
    return digest_of(told.encode("utf-8", "surrogateescape"))


def files_of(entries: Mapping[str, Entry]) -> dict[str, str]:
    """The project's files among these entries: maps their paths in the project to the digests of
    their content."""
    return {
        path.removeprefix(f"{PROJECT}/"): entry.content
        for path, entry in entries.items()
        if entry.kind == FILE and path.startswith(f"{PROJECT}/")
    }


def _folders(paths: set[str]) -> set[str]:
    """The folders on the way to these paths."""
    return {path[:place] for path in paths for place, each in enumerate(path) if each == "/"}
