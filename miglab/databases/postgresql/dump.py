"""Copies a database from one server to another by PostgreSQL's own tools, in one consistent
snapshot. The original is only read, and nothing is stored between the two."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from ...errors import NoServer
from ..server.places import clean_environment
from . import binaries, lacks, moments, originals
from .address import name_of, server_of

_PIECE = 1 << 20
#: From how many bytes on the time is estimated, and how many of them are copied in a second: 1.1 GB
#: took 16 seconds on a small machine.
_LARGE, _A_SECOND = 1_000_000_000, 70_000_000
#: What is not copied of a database: what belongs to its server, and what would come alive.
_LEFT_OUT = (
    "--no-owner",
    "--no-privileges",
    "--no-publications",
    "--no-subscriptions",
    "--no-security-labels",
    "--no-tablespaces",
)
#: Milliseconds that a lock on a table of the original is waited for.
_LOCK = 30_000
#: What may fail in the copy, for nothing of the schema or the rows is lost by it.
_HARMLESS = re.compile(
    r"COMMENT ON (EXTENSION|EVENT TRIGGER)|(CREATE|ALTER) (EVENT TRIGGER|PUBLICATION|SUBSCRIPTION)"
    r"|(CREATE|ALTER|COMMENT ON) SCHEMA public\b"
)
#: An extension that cannot be there is named (``lacks.py``); what needs it fails by itself.
_NO_EXTENSION = re.compile(
    r"(permission denied to create extension|extension .* is not available"
    r"|could not open extension control file|required extension .* is not installed)"
    r".*CREATE EXTENSION",
    re.S,
)
#: A policy is for roles of the other server. Nothing hides rows from the owner, which the copy has.
_NO_ROLE = re.compile(r"role .* does not exist.*CREATE POLICY", re.S)
_FAILED = re.compile(
    r"error: could not execute query: (.*?)\nCommand was: (.*?)(?=\npg_restore:|\Z)", re.S
)


def copy(source: str, to: str, tell: Callable[[str], None] | None = None) -> None:
    """Copy a database into a new one; an existing database of that name is dropped.

    Raises:
        NoServer: a tool, a right or something that the database uses is missing; the message names
            it.
        OSError: no space is left on the copy's disk.
    """
    original = originals.look(source)
    tools = _tools(source, original.major, to)
    _make(original, to)
    try:
        _pipe(tools, source, to, original.size, tell)
        lacks.put_to_sleep(to)
    except BaseException:
        moments.drop(to)
        raise
    originals.give_settings(original, to, name_of(to))


def _tools(source: str, major: int, to: str) -> binaries.Binaries:
    """The programs that copy: they must be at least as new as the original's server. If possible,
    they are not newer than the copy's server."""
    with originals.reading(server_of(to)) as connection:
        target = connection.info.server_version // 10000
    found = [*binaries.installed()]
    own = binaries.embedded()
    found += [own] if own is not None else []
    able = [each for each in found if each.major >= major]
    if not able:
        have = ", ".join(sorted({str(each.major) for each in found})) or "none"
        raise NoServer(
            source,
            f"it is PostgreSQL {major}, but pg_dump refuses servers newer than itself (found: "
            f"{have}); install the client programs of PostgreSQL {major} or newer",
        )
    return min(able, key=lambda each: (each.major > target, each.major != target))


def _make(original: originals.Original, to: str) -> None:
    try:
        moments.make(to, "template0", *original.options)
    except NoServer as error:
        if "locale" not in str(error):
            raise
        # Another machine's locale is not here: rows are sorted otherwise, and are the same.
        moments.make(to, "template0", ("ENCODING", original.options[0][1]))


def _pipe(
    tools: binaries.Binaries,
    source: str,
    to: str,
    size: int,
    tell: Callable[[str], None] | None,
) -> None:
    reading = [tools.program("pg_dump"), "--format=custom", "--compress=0", "--no-password"]
    reading += [f"--lock-wait-timeout={_LOCK}", *_LEFT_OUT, f"--dbname={source}"]
    writing = [tools.program("pg_restore"), "--no-owner", "--no-privileges", "--no-password"]
    writing += [f"--dbname={to}"]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as answered:
        dump = _started(reading, stdout=subprocess.PIPE, stderr=said)
        restore = _started(writing, stdin=subprocess.PIPE, stderr=answered)
        assert dump.stdout is not None
        assert restore.stdin is not None
        try:
            with dump.stdout as incoming, suppress(BrokenPipeError), restore.stdin as outgoing:
                _pour(incoming, outgoing, name_of(source), size, tell)
            statuses = dump.wait(), restore.wait()
        finally:
            for each in (dump, restore):
                each.kill()
                each.wait()
        if statuses[0]:
            why = _first(_text(said))
            if "timeout" in why and "LOCK TABLE" in why:
                why = (
                    f"somebody else has had a table locked for more than {_LOCK / 1000:g} s ({why})"
                )
            raise NoServer(source, f"pg_dump: {why}")
        if statuses[1]:
            _judge(to, _text(answered))


def _started(command: list[str], **streams: int | IO[bytes]) -> subprocess.Popen[bytes]:
    variables = {**clean_environment(), "PGAPPNAME": "miglab"}
    return subprocess.Popen(command, env=variables, cwd="/", **streams)  # type: ignore[call-overload, no-any-return]


def _pour(
    incoming: IO[bytes],
    outgoing: IO[bytes],
    name: str,
    size: int,
    tell: Callable[[str], None] | None,
) -> None:
    done = 0
    if tell is not None and size > _LARGE:
        minutes = max(1, round(size / _A_SECOND / 60))
        about = f"about {minutes} minute{'s' if minutes > 1 else ''}"
        tell(f"copying {name}: at most {size / 1e9:.1f} GB, {about}")
    while piece := incoming.read(_PIECE):
        outgoing.write(piece)
        done += len(piece)
        if tell is not None:
            # Indexes take room there and are made anew, so how much will come is not known.
            tell(f"copying {name}: {done / 1e6:.0f} MB of at most {size / 1e6:.0f} MB")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _first(said: str) -> str:
    lines = [line.partition("error: ")[2] or line for line in said.strip().splitlines()]
    return "; ".join(lines[:2])


def _judge(to: str, said: str) -> None:
    """Raise the error that says what could not be created in the copy, if that matters."""
    if "No space left on device" in said:
        raise OSError(28, "No space left on device", to)
    failed = [
        (" ".join(why.split()), " ".join(command.split())[:80])
        for why, command in _FAILED.findall(said)
        if not _HARMLESS.match(command)
        and not any(each.search(why + command) for each in (_NO_ROLE, _NO_EXTENSION))
    ]
    others = [
        line for line in said.splitlines() if "error: " in line and "could not execute" not in line
    ]
    if failed or others:
        told = [f"{why} ({command})" for why, command in failed[:3]] or [_first(others[0])]
        more = f", and {len(failed) - 3} more" if len(failed) > 3 else ""
        raise NoServer(
            to,
            f"the copy would lack something of the original: {'; '.join(told)}{more}; name a "
            "server that can hold all of it: on='postgresql://…' (on the command line: --on URL)",
        )
