"""Finds the programs of MariaDB and MySQL that are installed on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Where systems keep them beside what a terminal would run: Debian, Red Hat, Homebrew, MariaDB's
#: own packages for macOS and others.
_FOLDERS = (
    "/usr/bin",
    "/usr/sbin",
    "/usr/libexec",
    "/usr/local/bin",
    "/usr/local/mysql/bin",
    "/opt/homebrew/opt/mariadb*/bin",
    "/usr/local/opt/mariadb*/bin",
    "/opt/homebrew/opt/mysql*/bin",
    "/usr/local/opt/mysql*/bin",
)


@dataclass(frozen=True)
class Version:
    """The version of a server or a program: its ``numbers``, as in ``(10, 11)``, and whether it is
    MariaDB and not MySQL."""

    numbers: tuple[int, int]
    mariadb: bool

    def __str__(self) -> str:
        return f"{'MariaDB' if self.mariadb else 'MySQL'} {self.numbers[0]}.{self.numbers[1]}"


@dataclass(frozen=True)
class Server:
    """A MariaDB server's programs, and their version."""

    server: str
    install: str
    version: Version


@dataclass(frozen=True)
class Tools:
    """The programs that copy a database: the one that dumps it, the one that reads the dump; and
    their version."""

    dump: str
    client: str
    version: Version


def version_in(text: str) -> Version | None:
    """The version that a program or a server says it has.

    >>> version_in("10.11.19-MariaDB-0+deb12u1").numbers
    (10, 11)
    """
    # A tool says its own version first, and then what it was distributed with.
    found = re.search(r"(?:Distrib|from|Ver)\s+(\d+)\.(\d+)\.\d+-MariaDB", text)
    found = found or re.search(r"(\d+)\.(\d+)\.\d+-MariaDB", text)
    mariadb = "mariadb" in text.lower()
    if found is None:
        found = re.search(r"(?:Ver\s+|Distrib\s+|^)(\d+)\.(\d+)\.\d+", text)
    return Version((int(found[1]), int(found[2])), mariadb) if found else None


@cache
def _version(program: str) -> Version | None:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return version_in(done.stdout)


def servers() -> Iterator[Server]:
    """The MariaDB servers that are installed here. They need not be running."""
    for program in _found("mariadbd", "mysqld"):
        version = _version(program)
        install = next(_found("mariadb-install-db", "mysql_install_db", near=program), None)
        if version is not None and version.mariadb and install is not None:
            yield Server(program, install, version)


def tools() -> Iterator[Tools]:
    """The tools that are installed here."""
    for names in (("mariadb-dump", "mariadb"), ("mysqldump", "mysql")):
        for program in _found(names[0]):
            client = next(_found(names[1], near=program), None)
            version = _version(program)
            if client is not None and version is not None:
                yield Tools(program, client, version)


def _found(*names: str, near: str = "") -> Iterator[str]:
    """The paths of the programs with these names, each once. If ``near`` is a program's path,
    programs in its folder come first."""
    folders = [Path(near).parent] if near else []
    on_path = [shutil.which(name) for name in names]
    folders += [Path(each).parent for each in on_path if each]
    folders += [folder for each in _FOLDERS for folder in sorted(Path("/").glob(each[1:]))]
    seen = set()
    for folder in folders:
        for name in names:
            path = folder / name
            real = os.path.realpath(path)
            if real not in seen and os.access(path, os.X_OK):
                seen.add(real)
                yield str(path)
