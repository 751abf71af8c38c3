"""Runs the lessons with the newest Django, every cell, and compares what must be the same on each:
``python dev.py newest``."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from . import AT_ONCE, CELLS

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".venv-newest"


def newest_python() -> str | None:
    """The newest interpreter on this machine that is 3.12 or newer, if there is one."""
    for minor in (14, 13, 12):
        below_pyenv = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        for candidate in (*map(str, reversed(below_pyenv)), shutil.which(f"python3.{minor}")):
            # A shim of pyenv's may stand for a version that is not there.
            code, quiet = "import sqlite3, venv", subprocess.DEVNULL
            if candidate and not subprocess.call([candidate, "-c", code], stderr=quiet):
                return candidate
    return None


def run(*command: str) -> int:
    """Run a program in this checkout; its exit status."""
    return subprocess.run(command, cwd=ROOT).returncode


def main() -> int:
    """Make ``.venv-newest`` and run the lessons in it; the exit status."""
    parser = argparse.ArgumentParser(prog="dev.py newest", description=__doc__)
    parser.add_argument("--python", help="the interpreter for it: Python 3.12 or newer")
    base = parser.parse_args().python or newest_python()
    if base is None:
        print(
            "there is no Python 3.12 or newer to be found; name one with --python", file=sys.stderr
        )
        return 1
    uv = (sys.executable, "-m", "uv")
    options = ("--python", base, "--no-python-downloads", "--clear")
    python = str(PLACE / Path(sys.executable).relative_to(sys.prefix))
    packages = ("-e", ".[notebooks]", "django", "nbval", "pytest", "pytest-xdist")
    install = (*uv, "pip", "install", "--quiet", "--python", python, *packages)
    if run(*uv, "venv", "--quiet", *options, str(PLACE)) or run(*install):
        print(f"the newest Django could not be installed for {base}", file=sys.stderr)
        return 1
    return run(python, "-m", "pytest", "--nbval-lax", *AT_ONCE, *CELLS, "-W", "default")


if __name__ == "__main__":
    sys.exit(main())
