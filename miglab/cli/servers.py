"""The options about databases on a server, for commands that open a user's own project: where to
put the copies, and which database is already a copy."""

from __future__ import annotations

import argparse
from collections.abc import Iterator


def add(parser: argparse._ActionsContainer) -> None:
    """Add the options."""
    parser.add_argument(
        "--on",
        metavar="URL",
        help="a database server for the copies of your databases, if yours are on a server "
        "(default: miglab starts its own)",
    )
    parser.add_argument(
        "--copy-is",
        metavar="URL",
        help="the address of a database that is already a copy of yours, such as a restored "
        "backup; it is used instead, and is not changed",
    )
    parser.add_argument(
        "--copy-is-called",
        metavar="NAME",
        help="the name of the database in --copy-is, typed once more",
    )


def given(arguments: argparse.Namespace) -> dict[str, str | None]:
    """These options as arguments of ``Lab.of``."""
    return {name: getattr(arguments, name) for name in ("on", "copy_is", "copy_is_called")}


def clashes(arguments: argparse.Namespace) -> Iterator[str]:
    """Which of the options cannot be combined, and why."""
    if (arguments.copy_is is None) is not (arguments.copy_is_called is None):
        yield (
            "--copy-is and --copy-is-called belong together: give the address of a database, and "
            "its name"
        )
    if arguments.copy_is and arguments.on:
        yield (
            "--on cannot be combined with --copy-is and --copy-is-called: copies of that database "
            "are made on its own server"
        )
