"""Where copies of databases on a server are, and what is a copy already: options of the commands
that open a project of one's own."""

from __future__ import annotations

import argparse
from collections.abc import Iterator


def add(parser: argparse._ActionsContainer) -> None:
    """Add them."""
    parser.add_argument(
        "--on",
        metavar="URL",
        help="the database server to make copies on, if yours are on one (default: miglab starts "
        "its own)",
    )
    parser.add_argument(
        "--copy-is",
        metavar="URL",
        help="a database on a server that is a copy of yours already, such as a restored backup; "
        "it is used instead, and is not changed",
    )
    parser.add_argument(
        "--copy-is-called", metavar="NAME", help="the name of that database, typed once more"
    )


def given(arguments: argparse.Namespace) -> dict[str, str | None]:
    """The same as ``Lab.of`` takes it."""
    return {name: getattr(arguments, name) for name in ("on", "copy_is", "copy_is_called")}


def clashes(arguments: argparse.Namespace) -> Iterator[str]:
    """What of it does not fit together, and why."""
    if (arguments.copy_is is None) is not (arguments.copy_is_called is None):
        yield "--copy-is and --copy-is-called belong together: an address, and its database's name"
    if arguments.copy_is and arguments.on:
        yield (
            "--on cannot be combined with --copy-is and --copy-is-called: copies of a copy are "
            "made beside it"
        )
