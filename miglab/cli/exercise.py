"""``miglab exercise``: list, write, check, open and replay broken projects to repair."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..compare.agreement import counted
from ..errors import BadArguments
from ..exercises import notebooks, overview, shelf
from ..exercises.journal import entries, in_notebook
from ..exercises.prove import Fault, prove
from ..exercises.recording import skeleton, write_new
from ..exercises.replaying import attempts, replay
from ..extras import require
from ..progress import Journal
from ..show.bundle import in_words
from .serve import add_options, serve_notebook

#: Where the notebooks of the exercises are put if no folder is given.
FOLDER = "miglab-exercises"

_SET = "a folder with exercises of your own, or the name of an installed set"

_DESCRIPTION = """\
Broken Django projects to repair. Each exercise checks your work.

  miglab exercise list                    list all exercises
  miglab exercise open the-ghost          open one in JupyterLab, or all if you give no name
  miglab exercise new sets/my-own.toml    write a file to fill in
  miglab exercise check sets              check all exercises in a folder
  miglab exercise replay progress.jsonl   repeat somebody's steps, and compare the results
"""


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "exercise",
        help="repair broken projects, or make and check exercises of your own",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(title="what to do", dest="what", metavar="what", required=True)
    listing = kinds.add_parser("list", help="list the exercises by level, and mark the solved ones")
    listing.add_argument("folder", nargs="?", help=_SET)
    listing.add_argument(
        "--progress",
        type=Path,
        help=f"the progress file (default: {notebooks.PROGRESS}, here or in {FOLDER})",
    )
    listing.set_defaults(act=_list)
    new = kinds.add_parser("new", help="write a file to fill in, for an exercise of your own")
    new.add_argument("path", type=Path, help="the file to write, for example sets/my-own.toml")
    new.set_defaults(act=_new)
    checking = kinds.add_parser(
        "check",
        help="check that each exercise is unsolved at its start and solved by each of its ways",
        description="Check the exercises in a folder. Exit status 0 means that no fault was found, "
        "1 that something is missing or wrong. Each fault is printed on a line of its own.",
    )
    checking.add_argument("folder", help=_SET)
    checking.add_argument("names", nargs="*", help="the exercises to check; without names, all")
    checking.add_argument(
        "--short", action="store_true", help="check only the first variant (shape) of each exercise"
    )
    checking.add_argument("--no-search", action="store_true", help="do not look for shorter ways")
    checking.set_defaults(act=_check)
    opening = kinds.add_parser(
        "open", help="open the exercises in JupyterLab, each in its own notebook"
    )
    opening.add_argument("name", nargs="?", help="the exercise to open, as in the-ghost or 3.1")
    opening.add_argument("--set", help=_SET)
    opening.add_argument("--folder", type=Path, help="the folder for your notebooks")
    opening.add_argument(
        "--seed", help="your name or number; it decides which variant (shape) you get"
    )
    add_options(opening)
    opening.set_defaults(act=_open)
    again = kinds.add_parser("replay", help="repeat somebody's steps, one by one")
    again.add_argument("progress", type=Path, help="a progress file, or a notebook")
    again.add_argument("--set", help=_SET)
    again.set_defaults(act=_replay)


def _list(arguments: argparse.Namespace) -> int:
    here, there = Path(notebooks.PROGRESS), Path(FOLDER) / notebooks.PROGRESS
    progress = arguments.progress or (here if here.is_file() or not there.is_file() else there)
    print(in_words(overview(progress, folder=arguments.folder)))
    return 0


def _new(arguments: argparse.Namespace) -> int:
    write_new(arguments.path, skeleton(arguments.path))
    folder = arguments.path.parent
    print(f"Wrote {arguments.path}. Replace each TODO, then run: miglab exercise check {folder}")
    print(
        "Or record one in Python: from miglab.exercises import record; lab = record(apps=['store'])"
    )
    return 0


def _check(arguments: argparse.Namespace) -> int:
    require("sandbox", "miglab exercise check")
    folder = shelf.folder_of(arguments.folder)
    known = shelf.files(folder)
    if unknown := [name for name in arguments.names if name not in known]:
        raise BadArguments(
            f"there is no exercise {unknown[0]!r} in {folder}; choose from: {', '.join(known)}"
        )
    faults, done = 0, 0
    found = prove(
        folder,
        only=arguments.names,
        every_shape=not arguments.short,
        searched=not arguments.no_search,
    )
    before = 0
    for each in found:
        if isinstance(each, Fault):
            print(f"✗ {each}", flush=True)
            faults += 1
        else:
            done += 1
            print(f"{'✓' if faults == before else '✗'} {each}", flush=True)
            before = faults
    print(f"{counted(done, 'exercise', 'exercises')}, {counted(faults, 'fault', 'faults')}.")
    return 1 if faults else 0


def _open(arguments: argparse.Namespace) -> int:
    require("lab", "miglab exercise open")
    notebook = notebooks.PAGE
    if arguments.name is not None:
        notebook = f"{shelf.find(arguments.name, arguments.set).stem}.ipynb"
    folder = Path(os.path.abspath(os.path.expanduser(arguments.folder or FOLDER)))
    new = notebooks.make(folder, arguments.set, arguments.seed)
    print(f"Your exercises: {folder}" + (f" ({len(new)} new)" if new else ""))
    print(f"Opening {notebook} in JupyterLab. Ctrl-C here stops it.\n", flush=True)
    wanted = {"first": Path(notebook).stem, "place": arguments.set, "seed": arguments.seed}
    with _beside([sys.executable, "-m", "miglab.exercises.ahead", json.dumps(wanted)]):
        return serve_notebook(notebook, folder, arguments, {})


@contextmanager
def _beside(command: list[str]) -> Iterator[None]:
    """Within it, a command runs in the background; at the end it is interrupted, and cleans up."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError, ValueError):
            process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _replay(arguments: argparse.Namespace) -> int:
    require("sandbox", "miglab exercise replay")
    if not arguments.progress.is_file():
        raise BadArguments(
            f"there is no file {str(arguments.progress)!r}; give a progress file, or a notebook"
        )
    path, held = arguments.progress, True
    events = in_notebook(path) if path.suffix == ".ipynb" else Journal(path).read()
    for each in attempts(entries(events)):
        found = replay(each, arguments.set)
        shape = f" ({found.shape})" if found.shape else ""
        solved = "solved" if found.proven else "not solved"
        more = f"; {found.differs}" if found.differs else ""
        print(
            f"{'✓' if found.proven else '○'} {found.exercise}{shape}: {solved}, "
            f"{counted(found.steps, 'step', 'steps')} replayed{more}"
        )
        held = held and not found.differs
    return 0 if held else 1
