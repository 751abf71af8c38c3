"""Checks the arguments of ``miglab whatif``: every combination works, or is refused with a
reason."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import BadArguments
from . import servers
from .whatif_reports import FORMS, TERMINAL

#: Options that hold text, with what each of them wants.
_TEXTS = {
    "app": "an app label",
    "target": "a migration's name, the beginning of one, or zero",
    "run": "a command",
    "since": "a git commit or branch",
    "database": "an alias of DATABASES",
    "python": "an interpreter or a virtual environment",
    "settings": "a settings module",
    "on": "the address of a database server",
    "copy_is": "the address of a database",
    "copy_is_called": "its name",
    "include": "a file pattern",
    "allow_program": "the name of a program",
    "allow_address": "a host, or a host and a port",
    "allow_folder": "a folder",
}


def path(given: str) -> Path:
    """The path of a report.

    Raises:
        ArgumentTypeError: the path is empty; that would mean the current folder.
    """
    if not given.strip():
        raise argparse.ArgumentTypeError("it is empty; give the path of a file or a folder")
    return Path(given)


def limit(given: str) -> float:
    """The number of seconds for which a table may be locked.

    Raises:
        ArgumentTypeError: it is not of the form ``lock:1s``.
    """
    found = re.fullmatch(r"lock:(\d+(?:\.\d+)?)(ms|s)", given.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"it is {given!r}; write it as lock:1s or lock:500ms")
    return float(found.group(1)) / (1000 if found.group(2) == "ms" else 1)


def check(arguments: argparse.Namespace) -> None:
    """Refuse combinations that do not work, before anything is copied.

    Raises:
        BadArguments: an argument or a combination does not work; the message says which, and why.
    """
    for problem in (*_empty(arguments), *_clashes(arguments), *_files(arguments)):
        raise BadArguments(problem)


def _empty(arguments: argparse.Namespace) -> Iterator[str]:
    if not str(arguments.path).strip():
        yield "the path is empty; give the project's folder, or its manage.py"
    for name, wants in _TEXTS.items():
        given = getattr(arguments, name)
        for each in given if isinstance(given, list) else [given]:
            if isinstance(each, str) and not each.strip():
                option = name if name in ("app", "target") else f"--{name.replace('_', '-')}"
                yield f"{option} is empty; give {wants}"
    if arguments.time_limit <= 0:
        yield f"--time-limit must be more than 0 seconds, not {arguments.time_limit:g}"


def _clashes(arguments: argparse.Namespace) -> Iterator[str]:
    several = [
        name
        for name, given in (
            ("an app", arguments.app and not arguments.all),
            ("--run", arguments.run),
            ("--all", arguments.all),
            ("--since", arguments.since),
        )
        if given
    ]
    if len(several) > 1:
        yield f"{' and '.join(several)} cannot be combined; give one of them"
    yield from servers.clashes(arguments)
    if arguments.all and not arguments.app:
        yield "--all needs an app, as in: miglab whatif . store --all"
    if arguments.all and arguments.target:
        yield f"--all tries every target, down to zero; leave out {arguments.target!r}"
    for option, given in (("--fake", arguments.fake), ("--database", arguments.database)):
        if given and arguments.run:
            example = option if option == "--fake" else f"{option} {arguments.database}"
            yield (
                f"{option} does not apply to commands given with --run; write it into them, as in: "
                f'--run "migrate store 0002 {example}"'
            )
        if given and arguments.since:
            yield f"{option} and --since cannot be combined: --since finds the commands by itself"
    if arguments.all and arguments.fake:
        yield "--all and --fake cannot be combined: a faked step back never costs any rows"
    if arguments.all and arguments.fail_on is not None:
        yield (
            "--all and --fail-on cannot be combined: locks are measured for one target; "
            "name it instead of --all"
        )
    if arguments.all:
        for name in (*(form.name for form in FORMS if form.of_ladder is None), "lost"):
            if getattr(arguments, name) is not None:
                yield (
                    f"--all and --{name} cannot be combined: that report is about one target; "
                    "name it instead of --all, or use --json, which reports all targets"
                )


def _files(arguments: argparse.Namespace) -> Iterator[str]:
    taken: dict[Path, str] = {}
    for name in (form.name for form in FORMS):
        path = getattr(arguments, name)
        if path is None or path == TERMINAL:
            continue
        whole = path.absolute()
        if whole in taken:
            yield f"--{taken[whole]} and --{name} name the same file: {path}"
        taken[whole] = name
        if os.path.isdir(whole):
            yield f"--{name} needs a file; {path} is a folder"
        elif not os.path.isdir(whole.parent):
            yield f"there is no folder {path.parent}; {path} cannot be written there"
        elif why := _cannot_write(whole):
            yield f"{path} cannot be written: {why}"
    if arguments.lost is not None:
        whole = arguments.lost.absolute()
        while not os.path.exists(whole):
            whole = whole.parent
        if not whole.is_dir():
            yield f"--lost needs a folder; {whole} is a file"
        elif not os.access(whole, os.W_OK):
            yield f"--lost {arguments.lost} cannot be written: permission denied"


def _cannot_write(path: Path) -> str:
    """Why a file cannot be written; empty if it can. The file is left as it was."""
    there = os.path.exists(path)
    try:
        with open(path, "ab"):
            pass
        if not there:
            path.unlink()
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""
