"""Turns what a learner typed into the arguments for Django."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ..errors import BadInput

#: Commands that never end by themselves or need a terminal: why, and what to use instead.
ENDLESS = {
    "runserver": "it would run forever, and a lab has no web server",
    "testserver": "it would run forever, and a lab has no web server",
    "dbshell": 'it needs a terminal; use lab.sql("SELECT …")',
    "shell": "it needs a terminal; use %%shell, or lab.shell('…')",
}


def arguments(line: str | Sequence[str]) -> list[str]:
    """The words of a command, with or without ``python manage.py`` in front.

    Raises:
        BadInput: there is no command, a quote is left open, the command contains a NUL character,
            it needs a terminal, or it never ends.
    """
    if isinstance(line, str):
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            raise BadInput(f"{line!r}: {str(error).lower()}") from None
    else:
        words = _words(line)
    for word in words:
        if "\0" in word:
            raise BadInput(f"{line!r} is not a command: it contains a NUL character")
    for first in ("python", "python3", "manage.py", "./manage.py"):
        if words and words[0] == first:
            words = words[1:]
    if not words:
        raise BadInput("the command is missing; type one, such as: showmigrations store")
    why = ENDLESS.get(words[0])
    if why and not {"-c", "--command", "--help", "-h"} & {w.split("=")[0] for w in words}:
        raise BadInput(f"{words[0]} does not run here: {why}")
    return words


def _words(line: object) -> list[str]:
    if isinstance(line, (list, tuple)) and all(isinstance(word, str) for word in line):
        return list(line)
    raise BadInput(f"a command must be text, such as 'showmigrations store', not {line!r}")


def typed(line: str | Sequence[str]) -> str:
    """The command as it was typed, without the ``python manage.py`` in front.

    Raises:
        BadInput: it is neither text nor a list of words.
    """
    if not isinstance(line, str):
        return shlex.join(_words(line))
    return line.strip().removeprefix("python ").removeprefix("manage.py ").strip()


def first_line(text: str) -> str:
    """The first line of code or SQL. If more lines follow, it ends with an ellipsis.

    >>> first_line("SELECT 1;\\nSELECT 2")
    'SELECT 1; …'
    """
    lines = text.strip().splitlines() or [""]
    return lines[0] + (" …" if len(lines) > 1 else "")


#: The options of ``migrate`` that can be chosen beside a target.
OPTIONS = ("--fake", "--fake-initial", "--plan")


def migrate_line(app_label: str, name: str, options: Sequence[str] = ()) -> str:
    """The ``migrate`` command for a target, as a person types it.

    >>> migrate_line("store", "0002_tag", ["--fake"])
    'migrate store 0002_tag --fake'
    """
    return shlex.join(["migrate", app_label, name, *options])


#: Commands that only look, and the options with which other commands only look.
_LOOKS = ("check", "diffsettings", "help", "inspectdb", "showmigrations", "sqlmigrate", "version")
_LOOKING = {"--check", "--dry-run", "--help", "--plan", "--version", "-h"}


def changing(lines: Sequence[str]) -> list[str]:
    """Those of these commands that may have changed something."""
    words = [(line, line.split()) for line in lines]
    return [
        line for line, each in words if each and each[0] not in _LOOKS and not _LOOKING & {*each}
    ]
