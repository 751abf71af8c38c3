"""The wheel, built, and environments with it and with one of its extras."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .whatif.environments import uv

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (
    *("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"),
    *("miglab", "sandbox_project", "notebooks"),
)


def checkout(folder: Path) -> Path:
    """A copy of what the wheel is built from."""
    folder.mkdir(exist_ok=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy(ROOT / name, folder)
    return folder


def build(folder: Path) -> Path:
    """The wheel of the checkout in this folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (built,) = (folder / "out").glob("*.whl")
    return built


def install(wheel: Path, extra: str, place: Path) -> Path:
    """A new environment with the wheel, and an extra of it in the locked versions; gives its
    folder of programs."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    versions = [line.removesuffix("\\") for line in lock if line[:1].isalnum()]
    locked = place.with_name(f"{place.name}.txt")
    locked.write_text("\n".join(versions), encoding="utf-8")
    uv("venv", "--quiet", "--python", sys.executable, str(place))
    programs = place / ("Scripts" if sys.platform == "win32" else "bin")
    wanted = f"{wheel}[{extra}]" if extra else str(wheel)
    uv("pip", "install", "--quiet", "--python", str(place), "--constraint", str(locked), wanted)
    return programs


def apart(**more: str) -> dict[str, str]:
    """This process's variables without what would lead into another environment."""
    leading = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH")
    kept = {name: value for name, value in os.environ.items() if name not in leading}
    return {**kept, "PYTHONIOENCODING": "utf-8", **more}


def typed(
    programs: Path, *words: object, folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """``miglab`` as installed there, typed in a folder."""
    return subprocess.run(
        [programs / "miglab", *map(str, words)],
        cwd=folder,
        env=apart(**variables),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
