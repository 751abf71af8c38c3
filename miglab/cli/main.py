"""Which command was typed, and its exit status."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from ..errors import BadArguments, Interrupted, MiglabError
from ..interrupts import say_interrupted
from . import app, demo, doctor, exercise, lab, whatif
from .terminal import write_what_it_can

#: A command is a module with ``add(commands)``, which sets ``act(arguments) -> exit status``.
COMMANDS = (lab, exercise, demo, app, whatif, doctor)


class _Parser(argparse.ArgumentParser):
    """Takes options anywhere: before, between and after the other words, on every Python."""

    _mixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As ``parse_known_intermixed_args``, which in turn calls this on older Pythons."""
        if self._mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._mixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing = False

    def error(self, message: str) -> NoReturn:
        """The whole help, and then what was wrong."""
        self.print_help(sys.stderr)
        self.exit(2, f"\n{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The parser of ``miglab`` with all its commands."""
    whole = _Parser(prog="miglab", description="A flight simulator for Django migrations.")
    known = f"%(prog)s {doctor.version('miglab') or '(version unknown)'}"
    whole.add_argument("--version", action="version", version=known)
    commands = whole.add_subparsers(
        title="commands", dest="command", metavar="command", required=True
    )
    for command in COMMANDS:
        command.add(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 means success, 1 failure, 2 that the arguments were not understood.
    A command's own help names the others."""
    write_what_it_can()
    chosen = parser().parse_args(arguments)
    try:
        with _told_to_end():
            status: int = chosen.act(chosen)
    except Interrupted as error:
        if error.why != "interrupted":
            print(f"miglab: {error}", file=sys.stderr)
            return 1
        return say_interrupted()
    except BadArguments as error:
        print(f"miglab: {error}", file=sys.stderr)
        return 2
    except MiglabError as error:
        print(f"miglab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return say_interrupted()
    return status


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Within it, the signal of a service manager or of a closed terminal ends the command in order:
    what was opened is closed. The exit status is the one that a shell has for that signal."""
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
