"""Runs the command that was typed, and returns its exit status."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

from ..errors import BadArguments, Interrupted, MiglabError
from ..extras import version
from ..facts.signs import visible
from ..interrupts import say_interrupted
from .terminal import write_what_it_can

#: A command is a module of this room with ``add(commands)``, which sets
#: ``act(arguments) -> exit status``.
COMMANDS = ("lab", "exercise", "demo", "app", "whatif", "doctor")

_PROG = "miglab"


class _Parser(argparse.ArgumentParser):
    """Takes options anywhere: before, between and after the other words, on every Python."""

    _mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Do the same as ``parse_known_intermixed_args``, which calls this method on older Pythons.

        The parser of a command refuses unknown arguments itself, so that the help of that command
        is shown.
        """
        if self._mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._mixing = True
        try:
            found, unknown = self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """Print the help of the command, or of all commands, then what is wrong; exit with 2."""
        shown = parser() if self.prog == _PROG else self
        shown.print_help(sys.stderr)
        self.exit(2, f"\n{self.prog}: {message}\n")


class _Version(argparse.Action):
    """Prints the version of miglab, which is looked up only if somebody asks for it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"{_PROG} {version('miglab') or '(version unknown)'}")
        parser.exit()


def parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of ``miglab`` with the commands that have these names; by default, with all."""
    whole = _Parser(prog=_PROG, description="A flight simulator for Django migrations.")
    whole.add_argument(
        "--version", nargs=0, action=_Version, help="show program's version number and exit"
    )
    commands = whole.add_subparsers(
        title="commands", dest="command", metavar="command", required=True
    )
    for name in names:
        import_module(f".{name}", __package__).add(commands)
    return whole


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    """The parsed arguments. If the first word is a command, only that command is imported.

    Importing all commands takes longer than importing what most of them need.
    """
    first = words[:1]
    return parser(first if set(first) & {*COMMANDS} else COMMANDS).parse_args(words)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Returns its exit status: 0 means success, 1 failure, 2 that the arguments
    were not understood. If a command has others, its help lists them."""
    write_what_it_can()
    chosen = _parsed(sys.argv[1:] if arguments is None else arguments)
    try:
        with _told_to_end():
            status: int = chosen.act(chosen)
            sys.stdout.flush()
    except Interrupted as error:
        if error.why != "interrupted":
            print(visible(f"miglab: {error.without_lab}"), file=sys.stderr)
            return 1
        return say_interrupted()
    except BadArguments as error:
        print(visible(f"miglab: {error}"), file=sys.stderr)
        return 2
    except MiglabError as error:
        print(visible(f"miglab: {error}"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return say_interrupted()
    except BrokenPipeError:
        return _unread()
    return status


def _unread() -> int:
    """Discard the rest of the output, because its reader has closed it, as ``head`` does.

    Returns 141, the exit status that shells use for SIGPIPE.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + 13


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Within it, SIGTERM (from a service manager) and SIGHUP (from a closed terminal) end the
    command cleanly: everything that it opened is closed. The exit status is 128 plus the number of
    the signal, as in shells."""
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Who starts a command with nohup wants it to go on.
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            before[number] = signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
