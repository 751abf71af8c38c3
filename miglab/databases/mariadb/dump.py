"""Copies a database from one server to another by the tools of MariaDB and MySQL, in one
consistent snapshot. The original is only read, and nothing is stored between the two."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ...errors import NoServer
from ..server.places import clean_environment
from . import binaries, locked, moments, originals
from .address import name_of, option_file, server_of
from .connections import without_password

#: What is not written to the original's server, nor waited for on it.
_READING = (
    "--single-transaction",
    "--skip-lock-tables",
    "--skip-add-locks",
    "--skip-add-drop-table",
    "--quick",
    "--hex-blob",
    "--routines",
    "--triggers",
    "--events",
    "--no-tablespaces",
    "--default-character-set=utf8mb4",
    "--max-allowed-packet=256M",
)
#: What MySQL's tool does by itself, and MariaDB's does not know.
_MYSQL = ("--column-statistics=0", "--set-gtid-purged=OFF")
#: Who made something: the copy's user may not say that it was another.
_NAME = rb'(?:`(?:[^`]|``)*`|"(?:[^"]|"")*")'
_DEFINER = re.compile(rb"DEFINER=" + _NAME + rb"@" + _NAME)
_HAS_DEFINER = re.compile(rb"(/\*!\d+ )?(CREATE|DEFINER)\b[^'\"]*?DEFINER=|/\*!\d+ DEFINER=")
_EVENT = re.compile(rb"(ON COMPLETION (?:NOT )?PRESERVE) (?:ENABLE|DISABLE ON SLAVE)")
_TIMES = 3


def copy(source: str, to: str, tell: Callable[[str], None] | None = None) -> None:
    """Copy a database into a new one; an existing database of that name is dropped.

    Raises:
        NoServer: a tool, a right or something that the database uses is missing; the message names
            it.
        OSError: no space is left on the copy's disk (``ENOSPC``), or tables without transactions
            changed during each try (``EBUSY``).
    """
    for _ in range(_TIMES):
        original = originals.look(source)
        tools = _tools(source, original)
        moments.make_like(to, original.options)
        try:
            _pipe(tools, source, to, original.size, tell)
            changed = originals.changed(source, original)
        except BaseException:
            moments.drop(to)
            raise
        if not changed:
            return
        moments.drop(to)
    raise OSError(
        errno.EBUSY,
        f"the table {changed} changed every time miglab tried to copy it",
        without_password(source),
    )


def _tools(source: str, original: originals.Original) -> binaries.Tools:
    """The tools that can read the original: for the same kind of server, and at least as new as
    it."""
    found = [*binaries.tools()]
    able = [
        each
        for each in found
        if each.version.mariadb == original.version.mariadb
        and each.version.numbers >= original.version.numbers
    ]
    if not able:
        have = ", ".join(sorted({str(each.version) for each in found})) or "none"
        name = "mariadb-dump" if original.version.mariadb else "mysqldump"
        raise NoServer(
            without_password(source),
            f"it is {original.version}, and copying it needs {name} of that version or newer "
            f"(found: {have}); install the client programs of {original.version}",
        )
    return min(able, key=lambda each: each.version.numbers)


def _pipe(
    tools: binaries.Tools,
    source: str,
    to: str,
    size: int,
    tell: Callable[[str], None] | None,
) -> None:
    with (
        _options(source) as from_there,
        _options(server_of(to)) as to_here,
        tempfile.TemporaryFile() as said,
        tempfile.TemporaryFile() as answered,
    ):
        more = () if tools.version.mariadb else _MYSQL
        reading = [tools.dump, from_there, *_READING, *more, name_of(source)]
        writing = [tools.client, to_here, "--default-character-set=utf8mb4"]
        writing += ["--max-allowed-packet=256M", f"--database={name_of(to)}"]
        dump = _started(reading, stdout=subprocess.PIPE, stderr=said)
        load = _started(writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=answered)
        assert dump.stdout is not None
        assert load.stdin is not None
        progress = _Progress(name_of(source), size, tell)
        try:
            with locked.limited(source, dump, lambda: progress.done) as stopped:
                with dump.stdout as incoming, suppress(BrokenPipeError), load.stdin as outgoing:
                    _pour(incoming, outgoing, progress)
                statuses = dump.wait(), load.wait()
        finally:
            for each in (dump, load):
                each.kill()
                each.wait()
        for error in stopped:
            raise error
        # Where the copy broke, the dump says no more than that nobody reads it.
        if statuses[1]:
            _judge(to, _text(answered))
        if statuses[0]:
            why = _text(said).removeprefix("mariadb-dump: ").removeprefix("mysqldump: ")
            raise NoServer(without_password(source), f"{Path(tools.dump).name}: {why}")


@contextmanager
def _options(handle: str) -> Iterator[str]:
    """The option of the tools that names an option file with the connection to a server. The file
    is removed at the end."""
    descriptor, path = tempfile.mkstemp(prefix="miglab-", suffix=".cnf")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(option_file(handle))
        yield f"--defaults-file={path}"
    finally:
        os.unlink(path)


def _started(command: list[str], **streams: int | IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=dict(clean_environment()), cwd="/", **streams)  # type: ignore[call-overload, no-any-return]


@dataclass
class _Progress:
    """How many bytes of a database have been copied, and who is told."""

    name: str
    size: int
    tell: Callable[[str], None] | None
    done: int = 0

    def add(self, count: int) -> None:
        before, self.done = self.done, self.done + count
        if self.tell is not None and self.done >> 20 != before >> 20:
            # Indexes take room there and are made anew, so how much will come is not known.
            of_all = f"{self.done / 1e6:.0f} MB of about {self.size / 1e6:.0f} MB"
            self.tell(f"copying {self.name}: {of_all}")


def _pour(incoming: IO[bytes], outgoing: IO[bytes], progress: _Progress) -> None:
    for line in incoming:
        outgoing.write(_mended(line))
        progress.add(len(line))


def _mended(line: bytes) -> bytes:
    """A line of a dump, changed so that the copy's server accepts it: the copy's user becomes the
    definer, and events do not run. Lines with rows begin differently and do not change."""
    if not line.startswith((b"/*!", b"CREATE ")):
        return line
    if b" EVENT " in line:
        line = _EVENT.sub(rb"\1 DISABLE", line, count=1)
    return _DEFINER.sub(b"", line, count=1) if _HAS_DEFINER.match(line) else line


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    lines = file.read().decode("utf-8", "replace").strip().splitlines()
    told = [line for line in lines if "error" in line.lower()] or lines
    return "; ".join(told[:2]).replace("--------------; ", "")


def _judge(to: str, said: str) -> None:
    """Raise the error that says what could not be created in the copy."""
    if re.search(r"No space left|is full|\b1021\b|\b28\b.*No space", said):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), without_password(to))
    raise NoServer(
        without_password(server_of(to)),
        f"the copy would lack something of the original: {said}; name a server that can hold all "
        "of it: on='mysql://…' (on the command line: --on URL)",
    )
