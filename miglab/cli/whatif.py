"""``miglab whatif``: rehearse a revert of a project on a copy, and report what it would cost."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..facts import ladder, outcome
from ..facts.consequences import Consequences
from ..facts.ladder import Ladder
from ..facts.locks import Lock
from ..facts.signs import visible
from ..lab import Lab
from ..runners.base import Tell
from ..show import consequences  # noqa: F401 (how text says what is printed here)
from ..show.report import report_json
from ..show.text import text
from . import servers, whatif_reports
from .whatif_arguments import check, limit, path
from .whatif_reports import FORMS, TERMINAL

_DESCRIPTION = """\
Run a command in a copy of a Django project, then the way back, and say what would be lost.
The project and its database are only read.

  miglab whatif . store 0002                 what if: python manage.py migrate store 0002
  miglab whatif . store zero --html out.html the same, with a report to keep
  miglab whatif . store --all                what each further step back would cost
  miglab whatif . --run "migrate --fake store 0002" --run migrate
  miglab whatif . --since origin/main        can the migrations of this branch be taken back?
"""


def _statuses(meanings: dict[int, str]) -> str:
    """Exit statuses, one on each line; if several apply, the first one counts."""
    return "\n".join(f"  {status:<3} {meaning}" for status, meaning in meanings.items())


#: The exit status if a lock is too long and nothing else is wrong.
LOCKED = 14
#: What ``--help`` says of exit statuses.
STATUS_HELP = f"""\
exit status, the first that applies:
{_statuses(outcome.STATUSES)}
  {LOCKED:<3} a table is locked for longer than --fail-on allows, and nothing else is wrong
  {outcome.USAGE:<3} the arguments were not understood
with --all:
{_statuses(ladder.STATUSES)}
"""


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "whatif",
        help="rehearse a revert of your project in a copy",
        description=_DESCRIPTION,
        epilog=STATUS_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", help="the project's folder, or its manage.py")
    parser.add_argument(
        "app", nargs="?", help="the app label; without one, every migration is applied"
    )
    parser.add_argument(
        "target", nargs="?", help="a migration's name, the beginning of one, or zero"
    )
    what = parser.add_argument_group("what to try")
    what.add_argument(
        "--run",
        action="append",
        metavar="COMMAND",
        help='any other command instead, such as "migrate --fake store 0002" or '
        '"delete store/migrations/0005_tag.py"; repeat the option to run several in a row',
    )
    what.add_argument(
        "--all", action="store_true", help="try every target in the app, down to zero"
    )
    what.add_argument(
        "--since", metavar="REF", help="take back the migrations added since a git commit"
    )
    what.add_argument("--fake", action="store_true", help="like migrate --fake")
    what.add_argument("--database", metavar="ALIAS", help="like migrate --database")
    which = parser.add_argument_group("the project")
    which.add_argument("--python", help="the project's interpreter, or its virtual environment")
    which.add_argument("--settings", help="the project's settings module")
    servers.add(which)
    which.add_argument(
        "--include",
        action="append",
        default=[],
        metavar="PATTERN",
        help="copy these files too, even if they are large or are not text",
    )
    for kind, metavar, does in (
        ("program", "NAME", "let the copy start this program; whatever it does is done for real"),
        ("address", "HOST[:PORT]", "let the copy connect to this address"),
        ("folder", "PATH", "let the copy write to this folder outside of the project"),
    ):
        which.add_argument(
            f"--allow-{kind}", action="append", default=[], metavar=metavar, help=does
        )
    which.add_argument(
        "--require-jail",
        action="store_true",
        help="run nothing unless the operating system keeps the project from changing files "
        "outside its copy",
    )
    which.add_argument(
        "--time-limit",
        type=float,
        default=3600.0,
        metavar="SECONDS",
        help="how long one command may take (default: 3600)",
    )
    which.add_argument(
        "--fail-on",
        type=limit,
        metavar="lock:TIME",
        help="fail if others cannot use a table for longer than this, as in lock:1s or lock:500ms "
        "(needs a database whose locks miglab measures: see the README)",
    )
    report = parser.add_argument_group("the report")
    for form in FORMS:
        report.add_argument(f"--{form.name}", metavar="FILE", type=path, help=form.does)
    report.add_argument(
        "--lost",
        metavar="FOLDER",
        type=path,
        help="write everything that is lost to this folder, as CSV files",
    )
    report.add_argument(
        "--reason", default="", help="why you do this; the reason is printed in the report"
    )
    report.add_argument("--quiet", action="store_true", help="print only the verdict")
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Rehearse, print and write; the exit status says how it would go.

    Raises:
        BadArguments: the arguments cannot be combined.
        BadInput: a report could not be written.
    """
    check(arguments)
    Lab.progress = staticmethod(_progress)
    with Lab.of(
        arguments.path,
        python=arguments.python,
        settings=arguments.settings,
        include=arguments.include,
        allow_programs=arguments.allow_program,
        allow_addresses=arguments.allow_address,
        allow_folders=arguments.allow_folder,
        require_jail=arguments.require_jail,
        on=arguments.on,
        copy_is=arguments.copy_is,
        copy_is_called=arguments.copy_is_called,
        time_limit=arguments.time_limit,
    ) as lab:
        if arguments.all:
            return _all(lab, arguments)
        commands = _commands(lab, arguments)
        if not commands:
            print(
                f"no migration was added since {arguments.since}, so there is nothing to take back"
            )
            return 0
        found = lab.what_if_once(*commands)
        if arguments.json == TERMINAL:
            print(report_json(found, arguments.reason))
        else:
            print(visible(found.verdict if arguments.quiet else text(found)), flush=True)
        too_long = _too_long(found, arguments.fail_on)
        for each in too_long:
            print(f"too long for --fail-on: {each}", file=sys.stderr)
        # The verdict is out: whatever becomes of the files, it is not lost.
        whatif_reports.write(arguments, found)
    return found.outcome.status or (LOCKED if too_long else 0)


def _too_long(found: Consequences, limit: float | None) -> list[Lock]:
    """The locks of the commands that are longer than a limit in seconds."""
    plans = [each for run in found.runs for each in run.plan]
    locks = [lock for each in plans for lock in each.locks]
    return [each for each in locks if limit is not None and each.seconds > limit]


def _all(lab: Lab, arguments: argparse.Namespace) -> int:
    """Rehearse every target of an app, print and write; returns the exit status."""
    found = lab.what_if_all(arguments.app, arguments.database)
    if arguments.json == TERMINAL:
        print(report_json(found, arguments.reason))
    else:
        print(visible(_first_line(found) if arguments.quiet else text(found)), flush=True)
    whatif_reports.write_ladder(arguments, found)
    return found.status


def _first_line(found: Ladder) -> str:
    return found.picture.sentence + (f" {found.error}" if found.error else "")


def _commands(lab: Lab, arguments: argparse.Namespace) -> list[str | list[str]]:
    if arguments.run:
        return list(arguments.run)
    if arguments.since:
        return [*lab.commands_since(arguments.since)]
    words = ["migrate", *(each for each in (arguments.app, arguments.target) if each)]
    words += ["--fake"] if arguments.fake else []
    words += ["--database", arguments.database] if arguments.database else []
    return [words]


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
