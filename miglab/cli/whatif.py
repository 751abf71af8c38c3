"""``miglab whatif``: rehearse a revert of a project on a copy, and report what it would cost."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..facts.consequences import Consequences, Ladder
from ..lab import Lab
from ..runners.base import Tell
from ..show.bundle import in_words
from ..show.report import report_html, report_json, report_markdown

#: Exit statuses, the gravest first.
FAILS, NO_WAY_BACK, LOSES, SAFE = 12, 11, 10, 0

_DESCRIPTION = """\
Run a command in a copy of a Django project, and the way back too, and say what would be lost.
The project and its database are read, never written.

  miglab whatif . store 0002                 what if: python manage.py migrate store 0002
  miglab whatif . store zero --html out.html the same, with a report to keep
  miglab whatif . store --all                what each further step back would cost
  miglab whatif . --run "migrate --fake store 0002" --run migrate
  miglab whatif . --since origin/main        can the migrations of this branch be taken back?
"""

_STATUS = f"""\
exit status:
  {SAFE:<3} nothing is lost, it comes back whole, and nothing fails
  {LOSES:<3} something would be lost
  {NO_WAY_BACK:<3} it does not come back, or leaves the record and the tables apart
  {FAILS:<3} a command is refused or fails on the way
  1   it could not be rehearsed; 2 the arguments were not understood
"""


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "whatif",
        help="rehearse a revert of your project on a copy",
        description=_DESCRIPTION,
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", help="the project's folder, or its manage.py")
    parser.add_argument("app", nargs="?", help="the app label; without it, all apps go forward")
    parser.add_argument("target", nargs="?", help="a migration, a prefix of one, or zero")
    what = parser.add_argument_group("what is tried")
    what.add_argument(
        "--run",
        action="append",
        metavar="COMMAND",
        help='any command instead, as in "migrate --fake store 0002" or '
        '"delete store/migrations/0005_tag.py"; several are run in a row',
    )
    what.add_argument("--all", action="store_true", help="all targets of the app, down to zero")
    what.add_argument("--since", metavar="REF", help="take back what was added since a git commit")
    what.add_argument("--fake", action="store_true", help="as migrate --fake")
    what.add_argument("--database", metavar="ALIAS", help="as migrate --database")
    which = parser.add_argument_group("the project")
    which.add_argument("--python", help="its interpreter, or its virtual environment")
    which.add_argument("--settings", help="its settings module")
    which.add_argument(
        "--include",
        action="append",
        default=[],
        metavar="PATTERN",
        help="copy these files too, although they are large or no text",
    )
    which.add_argument(
        "--time-limit",
        type=float,
        default=3600.0,
        metavar="SECONDS",
        help="how long one command may take (3600)",
    )
    report = parser.add_argument_group("the report")
    report.add_argument("--html", metavar="FILE", type=Path, help="write it as one HTML file")
    report.add_argument("--markdown", metavar="FILE", type=Path, help="write it as Markdown")
    report.add_argument("--json", metavar="FILE", type=Path, help="write it as JSON; - prints it")
    report.add_argument("--lost", metavar="FOLDER", type=Path, help="write all that is lost as CSV")
    report.add_argument("--reason", default="", help="why this is done; stands in the report")
    report.add_argument("--quiet", action="store_true", help="print the verdict alone")
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Rehearse, print and write; the exit status says how it would go."""
    _check(arguments)
    Lab.progress = staticmethod(_progress)
    with Lab.of(
        arguments.path,
        python=arguments.python,
        settings=arguments.settings,
        include=arguments.include,
        time_limit=arguments.time_limit,
    ) as lab:
        if arguments.all:
            ladder = lab.what_if_all(arguments.app)
            print(_first_line(ladder) if arguments.quiet else in_words(ladder))
            return FAILS if ladder.error else SAFE
        commands = _commands(lab, arguments)
        if not commands:
            print(f"no migration was added since {arguments.since}: there is nothing to take back")
            return SAFE
        found = lab.what_if(*commands)
        _write(arguments, found)
    if arguments.json != Path("-"):
        print(found.verdict if arguments.quiet else in_words(found))
    return status(found)


def status(found: Consequences) -> int:
    """The exit status for these consequences."""
    if found.stops:
        return FAILS
    if not _runs_back(found) or (not found.safe and not found.loses):
        return NO_WAY_BACK
    return LOSES if found.loses else SAFE


def _runs_back(found: Consequences) -> bool:
    """Whether the way back can be gone, with or without what was lost."""
    return found.finding("no-way-back") is None and found.finding("another-schema") is None


def _check(arguments: argparse.Namespace) -> None:
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
        raise BadInput(f"{' and '.join(several)} do not go together; give one of them")
    if arguments.all and not arguments.app:
        raise BadInput("--all needs an app, as in: miglab whatif . store --all")
    if arguments.all and arguments.target:
        raise BadInput(f"--all goes down to zero; {arguments.target!r} is not needed")
    for path in (arguments.html, arguments.markdown, arguments.json):
        if path is not None and path != Path("-") and not path.absolute().parent.is_dir():
            raise BadInput(f"{path.parent} is no folder; {path} cannot be written there")


def _commands(lab: Lab, arguments: argparse.Namespace) -> list[str]:
    if arguments.run:
        return list(arguments.run)
    if arguments.since:
        return lab.commands_since(arguments.since)
    words = ["migrate", *(each for each in (arguments.app, arguments.target) if each)]
    words += ["--fake"] if arguments.fake else []
    words += ["--database", arguments.database] if arguments.database else []
    return [" ".join(words)]


def _write(arguments: argparse.Namespace, found: Consequences) -> None:
    if arguments.html:
        arguments.html.write_text(report_html(found, arguments.reason), encoding="utf-8")
    if arguments.markdown:
        arguments.markdown.write_text(report_markdown(found, arguments.reason), encoding="utf-8")
    if arguments.json == Path("-"):
        print(report_json(found, arguments.reason))
    elif arguments.json:
        arguments.json.write_text(report_json(found, arguments.reason), encoding="utf-8")
    if arguments.lost:
        arguments.lost.mkdir(parents=True, exist_ok=True)
        for name in found.lost_names:
            found.lost_csv(name, arguments.lost / f"{name}.csv")


def _first_line(ladder: Ladder) -> str:
    return ladder.picture.sentence + (f" It stops: {ladder.error}" if ladder.error else "")


@contextmanager
def _progress() -> Iterator[Tell]:
    """One line on a terminal that says what is being done, and is wiped away at the end."""
    started = time.monotonic()
    terminal = sys.stderr.isatty()

    def tell(what: str) -> None:
        if terminal and time.monotonic() - started > 0.5:
            sys.stderr.write(f"\r\033[K{what[:100]} …")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
