"""Virtual environments with what a project of a user's has in it, and no miglab."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def newest_python() -> str:
    """The newest interpreter on this machine that Django supports, or this one."""
    known = sorted(Path.home().glob(".pyenv/versions/3.1[2-4].*/bin/python"), reverse=True)
    names = [shutil.which(f"python3.{minor}") for minor in (14, 13, 12)]
    for candidate in [*map(str, known), *names]:
        if candidate and _runs(candidate):
            return candidate
    return sys.executable


def _runs(python: str) -> bool:
    """Whether it starts: a shim may stand for a version that is not there."""
    code = "import sqlite3, venv"
    return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def made(place: Path, python: str, *packages: str) -> Path:
    """An environment with these packages; gives its interpreter."""
    uv("venv", "--quiet", "--python", python, str(place))
    interpreter = place / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    # As pip does; otherwise each process compiles Django again.
    install = ("pip", "install", "--quiet", "--compile-bytecode", "--python")
    uv(*install, str(interpreter), *packages)
    return interpreter


def uv(*words: str) -> str:
    """What uv prints."""
    done = subprocess.run(
        [sys.executable, "-m", "uv", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
