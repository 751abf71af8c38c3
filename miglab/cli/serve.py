"""Runs JupyterLab or Voilà until it is stopped, and uses only this environment.

- ``jupyter/config/``: the settings, with no news and no search for updates;
- ``jupyter/data/``: the page of ``miglab app``, which fetches nothing from elsewhere;
- ``jupyter/workspace.json``: how JupyterLab looks at first, with the file browser closed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from ..databases import registry
from ..errors import UnknownName
from ..extras import require
from ..workbook.lessons import KERNEL
from . import run_module

JUPYTER = Path(__file__).resolve().parent / "jupyter"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that both JupyterLab and Voilà understand."""
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, and do not open a browser"
    )
    parser.add_argument(
        "--port", type=_port, help="the port to listen on; the next free one if it is in use"
    )


def add_database(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses the database of the practice project's labs."""
    parser.add_argument(
        "--database",
        metavar="NAME",
        type=_database,
        help="the database of the practice project: sqlite, postgresql, mariadb, or the "
        "address of a server (default: sqlite)",
    )


def database(arguments: argparse.Namespace) -> dict[str, str]:
    """The choice of the database, as the variable that kernels read."""
    return {"MIGLAB_DATABASE": arguments.database} if arguments.database else {}


def options(arguments: argparse.Namespace, server: str) -> list[str]:
    """These options for a server's command line; ``server`` is their prefix: ``"ServerApp"``."""
    given = [f"--{server}.port={arguments.port}"] if arguments.port is not None else []
    return [*given, "--no-browser"] if arguments.no_browser else given


def serve_notebook(
    notebook: str, folder: Path, arguments: argparse.Namespace, variables: dict[str, str]
) -> int:
    """Open a notebook in JupyterLab, and wait until JupyterLab ends. Returns its exit status.

    Args:
        notebook: the path of the notebook in the folder.
        folder: the only folder that JupyterLab shows.
        arguments: the parsed arguments, with those that :func:`add_options` added.
        variables: environment variables to add for JupyterLab.
    """
    given = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{quote(notebook)}"]
    given += [f"--MultiKernelManager.default_kernel_name={KERNEL['name']}", "--log-level=WARN"]
    given += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return serve("jupyterlab", [*given, *options(arguments, "ServerApp")], folder, variables)


def serve(module: str, arguments: list[str], folder: Path, variables: dict[str, str]) -> int:
    """Run a module of this Python as a server until it ends. Returns its exit status.

    Args:
        module: the name of the module, such as ``"jupyterlab"``.
        arguments: its arguments.
        folder: the folder in which it runs.
        variables: environment variables to add for it.
    """
    command = [sys.executable, "-m", run_module.__name__, module, *arguments]
    server = subprocess.Popen(command, cwd=folder, env={**environment(), **variables})

    def end(number: int, frame: FrameType | None) -> None:
        server.terminate()

    # Ctrl-C reaches the server too, which asks whether it is meant.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, end)
    return server.wait()


def environment() -> dict[str, str]:
    """This process's variables, changed so that servers, kernels and terminals use this Python."""
    given = dict(os.environ)
    programs = str(Path(sys.executable).parent)
    # IPython would import packages of the active environment, such as its Django. ``Lab.of``
    # still has to find the project's Python there.
    active = given.pop("VIRTUAL_ENV", None)
    if active and os.path.realpath(active) != os.path.realpath(sys.prefix):
        given["MIGLAB_VIRTUAL_ENV"] = active
    if sys.prefix != sys.base_prefix:
        given["VIRTUAL_ENV"] = sys.prefix
    return {
        **given,
        "PATH": _first(programs, given.get("PATH", os.defpath)),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_PATH": _first(str(JUPYTER / "config"), given.get("JUPYTER_CONFIG_PATH")),
        "JUPYTER_PATH": _first(str(JUPYTER / "data"), given.get("JUPYTER_PATH")),
    }


def _first(folder: str, others: str | None) -> str:
    return os.pathsep.join([folder, others]) if others else folder


def _database(text: str) -> str:
    """The database that was typed, checked; argparse reports one that is not allowed.

    Raises:
        ArgumentTypeError: there is no such database.
        MissingExtra: a package that it needs is not installed.
    """
    try:
        engine = registry.named(text)
    except UnknownName as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if engine.extra:
        require(engine.extra, f"--database {engine.vendor}")
    return text


def _port(text: str) -> int:
    """The port that was typed, as a number.

    Raises:
        ArgumentTypeError: it is not a port.
    """
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1 to 65535")
