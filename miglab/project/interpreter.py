"""Finds the Python that a project runs with: the one that has its Django."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import NoProject, shown

OLDEST_PYTHON = (3, 8)
OLDEST_DJANGO = (4, 2)

#: How long an interpreter may take to say what it is, in seconds.
TIME_LIMIT = 60
#: What environments are called; others are found by their ``pyvenv.cfg``.
_NAMES = (".venv", "venv", "env", ".env")
_WAY_OUT = "give python=… (on the command line: --python)"
_MARK = "miglab: "
#: Runs in any Python that there is, 2.7 too: what is too old says how old it is.
_QUESTION = """
import sys
sys.path[:] = [path for path in sys.path if path]
import json
told = {"python": list(sys.version_info[:3]), "executable": sys.executable}
try:
    import django
    told["django"] = [django.get_version()] + list(django.VERSION[:3])
except Exception as error:
    told["why"] = "%s: %s" % (type(error).__name__, error)
sys.stdout.write("\\n" + MARK + json.dumps(told) + "\\n")
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python with Django.

    Attributes:
        path: the path of its executable. Links are not followed, because they lead out of an
            environment.
        python, django: the versions of both, as in ``"3.12.1"`` and ``"5.2.19"``.
    """

    path: str
    python: str
    django: str


@dataclass(frozen=True)
class Told:
    """What an interpreter says of itself. If something is wrong, ``why`` says what."""

    path: str
    python: tuple[int, ...] = ()
    django: tuple[int, ...] = ()
    django_name: str = ""
    why: str = ""


def find(root: Path, manage_folder: Path, python: str | None = None) -> Interpreter:
    """The interpreter ``python``, or the first one that has Django. miglab looks in environments in
    the project's folders, in the active environment and on the PATH, and last takes its own.

    Raises:
        NoProject: there is no such interpreter, or it or its Django is too old.
    """
    if python is not None:
        told = ask(_given(python), manage_folder)
        if told.why and not () < told.python < OLDEST_PYTHON:
            raise NoProject(
                f"{told.path}: {told.why}; {_WAY_OUT}, the Python of the project's environment"
            )
        return checked(told)
    seen: dict[str, str] = {}
    for path in candidates(root, manage_folder):
        if path not in seen:
            told = ask(path, manage_folder)
            if not told.why:
                return checked(told)
            seen[path] = told.why
    looked = "".join(f"\n  {path}: {why}" for path, why in seen.items()) or " nowhere"
    raise NoProject(
        f"no Python with Django was found for {root}; miglab tried:{looked}\n"
        f"{_WAY_OUT}: the path of the project's Python, or of its environment's folder"
    )


def candidates(root: Path, manage_folder: Path) -> Iterator[str]:
    """The interpreters that may be the project's, best first."""
    folder = manage_folder
    while True:
        yield from _in_folder(folder)
        if folder in (root, folder.parent):
            break
        folder = folder.parent
    # The environment that miglab runs in has its turn at the end: it may be miglab's alone.
    # ``miglab lab`` makes its own the active one, and notes which one was.
    active = os.environ.get("MIGLAB_VIRTUAL_ENV") or os.environ.get("VIRTUAL_ENV")
    if active and not _same(active, sys.prefix):
        yield from _of_environment(Path(active))
    for name in ("python3", "python"):
        found = shutil.which(name)
        if found:
            yield os.path.abspath(found)
    if sys.executable:
        yield sys.executable


def _in_folder(folder: Path) -> Iterator[str]:
    for name in _NAMES:
        yield from _of_environment(folder / name)
    try:
        others = sorted(each.path for each in os.scandir(folder) if each.is_dir())
    except OSError:
        return
    for path in [*others, str(folder)]:
        if os.path.exists(os.path.join(path, "pyvenv.cfg")):
            yield from _of_environment(Path(path))


def _of_environment(folder: Path) -> Iterator[str]:
    """The path of the interpreter in an environment's folder, if there is one: in the layout of
    this system, of Windows, or of conda on Windows."""
    for place in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        if (folder / place).is_file():
            yield os.path.abspath(folder / place)
            return


def _same(first: str, second: str) -> bool:
    return os.path.normcase(os.path.realpath(first)) == os.path.normcase(os.path.realpath(second))


def _given(python: str) -> str:
    path = Path(os.path.expanduser(python))
    if path.is_dir():
        for found in _of_environment(path):
            return found
        raise NoProject(f"there is no Python in the folder {path}; {_WAY_OUT}, such as .venv")
    if path.is_file():
        return os.path.abspath(path)
    found_on_path = shutil.which(python)
    if found_on_path:
        return os.path.abspath(found_on_path)
    raise NoProject(
        f"there is no Python at {shown(python)}, and none with this name on the PATH; {_WAY_OUT}: "
        "the path of an executable or of an environment's folder, or a name such as python3.12"
    )


def ask(path: str, manage_folder: Path) -> Told:
    """Let an interpreter say what it is; nothing of the project is imported."""
    dropped = ("PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    # pyenv's python asks which version this folder wants.
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYENV_DIR": str(manage_folder)}
    question = _QUESTION.replace("MARK", repr(_MARK))
    try:
        done = subprocess.run(
            [path, "-c", question],
            # Nothing there is imported, and nothing is left there.
            cwd=os.path.abspath(os.sep),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Told(path, why=f"did not answer within {TIME_LIMIT} seconds")
    except OSError as error:
        return Told(path, why=f"does not start: {error.strerror or error}")
    return _understood(path, done)


def _understood(path: str, done: subprocess.CompletedProcess[bytes]) -> Told:
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    told = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
    if not told:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        reason = f": {last[0]}" if last else ""
        return Told(path, why=f"is not a working Python (exit code {done.returncode}){reason}")
    answer = json.loads(told[-1])
    # A version manager's shim means another Python in another folder; this one stays the same.
    if Path(path).parent.name == "shims" and answer["executable"]:
        path = answer["executable"]
    version = tuple(answer["python"])
    if "why" in answer:
        return Told(
            path, version, why=f"Python {_dotted(version)} without Django ({answer['why']})"
        )
    name, *numbers = answer["django"]
    return Told(path, version, tuple(numbers), name)


def checked(told: Told) -> Interpreter:
    if told.python < OLDEST_PYTHON:
        raise NoProject(
            f"{told.path} is Python {_dotted(told.python)}, but miglab can rehearse only "
            f"projects on Python {_dotted(OLDEST_PYTHON)} or newer; to use another Python, "
            f"{_WAY_OUT}"
        )
    if told.django < OLDEST_DJANGO:
        raise NoProject(
            f"{told.path} has Django {told.django_name}, but miglab can rehearse only projects on "
            f"Django {_dotted(OLDEST_DJANGO)} or newer; to use another Python, {_WAY_OUT}"
        )
    return Interpreter(told.path, _dotted(told.python), told.django_name)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
