"""SQLite as an engine: a handle is the path of a file, and ``sqlite.py`` does what is asked."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import BadInput
from . import sqlite
from .engine import ByHand, Handle, Lacks, State, Tell
from .naming import in_quotes

_ENDING = ".sqlite3"


@dataclass(frozen=True)
class SQLite:
    """See ``engine.Engine``."""

    vendor = "sqlite"
    called = ("sqlite",)
    name = "SQLite"
    where = "in a SQLite file"
    server = reaches = ""
    extra = ""
    sure = True
    reads = ("SELECT", "PRAGMA", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN")
    runs_sql = ()
    #: https://sqlite.org/fileformat.html#magic_header_string
    magic = b"SQLite format 3\0"
    sidecars = sqlite.SIDECARS

    def runs(self, engine: str) -> bool:
        """Whether a backend keeps its rows in a SQLite file."""
        return "sqlite" in engine.lower() or "spatialite" in engine.lower()

    def on(self, server: str) -> SQLite:
        """This engine itself: databases that are files have no server."""
        return self

    def place(self, name: str) -> str:
        """The path of a file in a folder beside the project."""
        return f"databases/{name}{_ENDING}"

    def handle(self, folder: Path, place: str) -> Handle:
        """The path of the file."""
        return Handle(str(folder / place))

    def original(self, name: str, password: str) -> Handle:
        """The path of the file."""
        return Handle(name)

    def home_for(self, source: Handle, on: str) -> str:
        """Always ``""``: databases that are files have no server."""
        return ""

    def servers(self) -> tuple[bool, str, str]:
        """Databases can always be created: SQLite needs no server."""
        return True, "", ""

    def lacks(self, source: Handle) -> Lacks:
        """A copy lacks nothing: the file contains the whole database."""
        return Lacks()

    def given(self, address: str, called: str, originals: Sequence[Handle]) -> Handle:
        """Refuse with ``BadInput``: for a database in a file, settings can name the copy."""
        raise BadInput(
            "copy_is (--copy-is) works only for a database on a server; for a database in a file, "
            "give settings that name the copy: settings='…' (on the command line: --settings)"
        )

    def kept(self, folder: Path, name: str) -> Handle:
        """The path of the copy's file in the folder."""
        return Handle(str(folder / f"{name}{_ENDING}"))

    def all_kept(self, folder: Path) -> Iterable[Handle]:
        """The paths of all files in the folder that end in ``.sqlite3``."""
        return [Handle(str(path)) for path in folder.glob(f"*{_ENDING}")]

    def files(self, handle: Handle) -> tuple[Path, ...]:
        """The file, its sidecars, and the one that waits to take its place."""
        endings = ("", *sqlite.SIDECARS, sqlite.WAITING)
        return tuple(Path(f"{handle}{ending}") for ending in endings)

    def setting(self, handle: Handle) -> dict[str, Any]:
        """An entry of ``DATABASES`` that opens the file with Django's own backend."""
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(handle)}

    def quoted(self, name: str) -> str:
        """A name in double quotes."""
        return in_quotes(name)

    def exists(self, handle: Handle) -> bool:
        """Whether the file is there."""
        return os.path.exists(handle)

    def answers(self) -> bool:
        """Always true: files can be used at any time."""
        return True

    def state(self, handle: Handle) -> State | None:
        """When the file was last written to, and its size."""
        try:
            found = os.stat(handle)
        except FileNotFoundError:
            return None
        return State(datetime.fromtimestamp(found.st_mtime, UTC), found.st_size)

    def mark(self, handle: Handle) -> tuple[object, ...]:
        """The change counter in the file's header, its times and its size."""
        return sqlite.fingerprint(Path(handle))

    def hear_mark(self, handle: Handle, told: object) -> None:
        """Do nothing: SQLite's mark does not use what the agent tells."""

    def beyond(self, handle: Handle) -> object:
        """The mark. Nobody calls this method, because SQLite's marks are ``sure``."""
        return self.mark(handle)

    def others(self, handle: Handle) -> Mapping[str, str]:
        """Always empty: in a SQLite database, everything else belongs to a table."""
        return {}

    def rows(self, handle: Handle, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises:
            sqlite3.Error: the query fails.
        """
        return sqlite.rows(Path(handle), sql)

    def make_room(self, handle: Handle) -> None:
        """Make a folder for the file."""
        Path(handle).parent.mkdir(parents=True, exist_ok=True)

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """Always ``None``: for the agent, making its own mark is just as quick."""
        return None

    def is_of_agent(self, mark: tuple[object, ...], agents: object) -> bool:
        """Always false: for SQLite, this cannot be known."""
        return False

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Rename the file that the agent made."""
        self.rename(made, to)

    def expect(self, copy: Handle) -> None:
        """Do nothing: a file is copied quickly without preparation."""

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """Copy by SQLite's own backup."""
        sqlite.copy(Path(source), Path(to), tell)

    def copy_given(self, source: Handle, to: Handle) -> None:
        """Never called: ``given`` refuses every database."""
        raise NotImplementedError

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """Copy the file, and then put it in its place in one step."""
        sqlite.restore(None if copy is None else Path(copy), Path(to))

    def rename(self, handle: Handle, to: Handle) -> None:
        """Rename the file."""
        os.replace(handle, to)

    def remove(self, handle: Handle) -> None:
        """Remove the file."""
        os.unlink(handle)

    def clear(self, folder: Path) -> None:
        """Do nothing: the databases are files of the folder, and are removed with it."""

    def sweep(self, labs: Path, lives: Callable[[str], bool]) -> None:
        """Do nothing: the databases are files of the labs' folders, and are removed with them."""

    def by_hand(self, original: str) -> ByHand:
        """Commands that run the dot commands of SQLite's shell."""
        copy = f"{original}.before"
        return ByHand(
            copy,
            f"sqlite3 {_quoted(original)} {_quoted(f'.backup {_dotted(copy)}')}",
            f"sqlite3 {_quoted(original)} {_quoted(f'.restore {_dotted(copy)}')}",
        )


def _quoted(word: str) -> str:
    """A word quoted for the shell: in double quotes if they are enough on every system."""
    windows = re.match(r"[A-Za-z]:\\|\\\\|\.(backup|restore) ['\"][A-Za-z]:\\", word)
    plain = not re.search(r'["$`!\n]' if windows else r'["$`!\\\n]', word)
    return f'"{word}"' if plain else shlex.quote(word)


def _dotted(path: str) -> str:
    """A path quoted for a dot command: in single quotes, or in double quotes with escapes if it
    contains a single quote. Within single quotes, there are no escapes."""
    if "'" not in path:
        return f"'{path}'"
    told = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{told}"'
