"""Virtual environments with what a project of a user's has in it, and no miglab."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


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
