"""Finds a user's own project: its manage.py, the folder to copy, and how its settings are named."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import NoProject, shown
from . import Allowed, Project, files, interpreter
from .allowing import with_allowed

#: How far below PATH a manage.py is looked for, and how far above it a ``.git``.
DEPTH = 3
_TOLD = 10
NOTHING_ALLOWED = Allowed()

_VARIABLE = "DJANGO_SETTINGS_MODULE"
#: Where it is given a value: ``setdefault(…, "x")``, ``environ[…] = "x"``, ``{…: "x"}``.
_GIVES_IT = re.compile(_VARIABLE + r"""["']?\s*\]?\s*(,|:|=(?!=))""")
#: What in a manage.py may name the settings in a way that is not seen from its text.
_MAY_NAME = re.compile(
    r"configure|ENVIRONMENT_VARIABLE|__import__|\bexec\(|\bopen\(|environ\.update|putenv|--settings"
)
_MAY_RUN = ("importlib", "runpy", "subprocess")
#: No file system has a longer name for a module's file.
_LONGEST = 256
_SETTINGS = "settings='…' (on the command line: --settings)"

#: For a project without one; commands run in the copy's folder, and this file lies beside it.
_MANAGE = '''\
"""Written by miglab: the project has no manage.py of its own."""

import os
import sys

if __name__ == "__main__":
    sys.path[0] = os.getcwd()
    os.environ["DJANGO_SETTINGS_MODULE"] = {settings!r}
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
'''


def find(
    path: str | os.PathLike[str],
    *,
    python: str | None = None,
    settings: str | None = None,
    include: Sequence[str] = (),
    allowed: Allowed = NOTHING_ALLOWED,
) -> Project:
    """The project at ``path``, which is a manage.py, its folder, or a folder up to three levels
    above it. Its databases are known only when its settings are read: see
    ``databases.with_databases``.

    Raises:
        NoProject: there is no project, or its interpreter or its settings cannot be found.
        BadInput: a pattern of ``include`` is not valid, or something cannot be allowed.
    """
    try:
        return _found(path, python, settings, include, allowed)
    except OSError as error:
        what = shown(os.fsdecode(error.filename or path))
        raise NoProject(f"{what} cannot be read: {error.strerror or error}") from None


def _found(
    path: str | os.PathLike[str],
    python: str | None,
    settings: str | None,
    include: Sequence[str],
    allowed: Allowed,
) -> Project:
    given = Path(os.path.expanduser(path))
    if not given.exists():
        raise NoProject(f"{given} does not exist; give the folder of a Django project")
    given = given.resolve()
    if settings is not None:
        _check_module(settings)
    manage = _checked_manage(given) if given.is_file() else _manage_below(given)
    if manage is None:
        return with_allowed(_without_manage(given, python, settings, include), allowed)
    root = _root(manage, given)
    environment = _environment(manage, root, settings)
    copied = files.chosen(root, include)
    if manage.relative_to(root).as_posix() not in copied.files:
        # It lies where nothing is copied from, such as an environment in the repository.
        root = manage.parent
        _refuse_home(root)
        copied = files.chosen(root, include)
    project = Project(
        name=root.name,
        root=root,
        files=copied.files,
        folders=copied.folders,
        manage=f"project/{manage.relative_to(root).as_posix()}",
        databases={},
        python=interpreter.find(root, manage.parent, python).path,
        own=True,
        settings=settings,
        environment=environment,
        left_out=copied.left_out,
        left=copied.left,
        kinds=copied.kinds,
        unentered=copied.unentered,
    )
    return with_allowed(project, allowed)


def _without_manage(
    root: Path, python: str | None, settings: str | None, include: Sequence[str]
) -> Project:
    """A project without a manage.py, for which the user names the settings."""
    if settings is None:
        named = os.environ.get(_VARIABLE)
        hint = f" ({_VARIABLE} is {named!r} here)" if named else ""
        raise NoProject(
            f"there is no manage.py in {root}, or up to {DEPTH} folders below it; give the folder "
            f"that has it, or, for a project without one, {_SETTINGS}{hint}"
        )
    _refuse_home(root)
    copied = files.chosen(root, include)
    return Project(
        name=root.name,
        root=root,
        files=copied.files,
        folders=copied.folders,
        manage="manage.py",
        databases={},
        python=interpreter.find(root, root, python).path,
        own=True,
        settings=settings,
        manage_text=_MANAGE.format(settings=settings),
        environment={_VARIABLE: settings},
        left_out=copied.left_out,
        left=copied.left,
        kinds=copied.kinds,
        unentered=copied.unentered,
    )


# -- manage.py and the folder that is copied


def _checked_manage(path: Path) -> Path:
    if "manage" in path.name or "execute_from_command_line" in _text(path):
        return path
    raise NoProject(
        f"{path} is not a manage.py; give the path of one, or of the folder that has it"
    )


def _manage_below(folder: Path) -> Path | None:
    """The manage.py in this folder, or the only one in the folders below it."""
    if (folder / "manage.py").is_file():
        return (folder / "manage.py").resolve()
    _refuse_home(folder)
    found = sorted({each.resolve() for each in _all_below(files.look(folder, top=True), DEPTH)})
    if len(found) > 1:
        # Other tools call theirs manage.py too.
        found = [each for each in found if "django" in _text(each)] or found
    if len(found) > 1:
        names = ", ".join(os.path.relpath(each, folder) for each in found[:_TOLD])
        names += ", …" if len(found) > _TOLD else ""
        raise NoProject(
            f"there are {len(found)} projects below {folder}: {names}; give the path of one"
        )
    return found[0] if found else None


def _all_below(inside: files.Inside | None, depth: int) -> Iterator[Path]:
    for each in inside.folders if inside else ():
        below = Path(each.path)
        if (below / "manage.py").is_file():
            yield below / "manage.py"
        if depth > 1:
            yield from _all_below(files.look(below), depth - 1)


def _root(manage: Path, given: Path) -> Path:
    """The folder that is copied: the repository's, or else the folder that was given, or else that
    of manage.py."""
    folder = manage.parent
    for each in [folder, *folder.parents][: DEPTH + 1]:
        if (each / ".git").exists() and not _too_much(each):
            return each
    if given.is_dir() and folder.is_relative_to(given):
        folder = given
    _refuse_home(folder)
    return folder


def _too_much(folder: Path) -> bool:
    """Whether a folder is the top of a disk, or is or contains this user's home."""
    if folder == Path(folder.anchor):
        return True
    try:
        return Path.home().resolve().is_relative_to(folder)
    except RuntimeError:
        return False


def _refuse_home(folder: Path) -> None:
    if _too_much(folder):
        raise NoProject(
            f"{folder} is a home folder or the top of a disk, and miglab does not copy all of it; "
            "give the project's own folder below it"
        )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError as error:
        raise NoProject(f"{path} cannot be read: {error.strerror or error}") from None


# -- settings


def _check_module(settings: str) -> None:
    parts = settings.split(".")
    named = all(part.isidentifier() and len(part) < _LONGEST for part in parts)
    if not named or settings.endswith(".py"):
        raise NoProject(
            f"settings={shown(settings)} is not the name of a module; give one such as "
            "'config.settings'"
        )


def _environment(manage: Path, root: Path, settings: str | None) -> dict[str, str]:
    """The environment variables that must be added to this process's own so that Django finds the
    settings."""
    if settings is not None:
        # manage.py may look at the settings before it calls Django.
        return {_VARIABLE: settings}
    text = _text(manage)
    if _VARIABLE in os.environ or _GIVES_IT.search(re.sub(r"#.*", "", text)):
        return {}
    places = list(dict.fromkeys((manage.parent / ".env", root / ".env")))
    for place in places:
        values = _dotenv(place)
        if values.get(_VARIABLE):
            return {name: value for name, value in values.items() if name not in os.environ}
    if _names_none(text):
        looked = " and ".join(str(each) for each in places)
        raise NoProject(
            f"miglab cannot find the settings of {manage}: they are not named in the file itself, "
            f"nor by {_VARIABLE} in the environment, nor in {looked}; give {_SETTINGS}"
        )
    return {}


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    import dotenv  # few projects need it, and each import of miglab would wait for it

    try:
        values = dotenv.dotenv_values(path)
    except (OSError, UnicodeDecodeError) as error:
        raise NoProject(f"{path} cannot be read: {error}") from None
    return {name: value for name, value in values.items() if value is not None}


def _names_none(manage: str) -> bool:
    """Whether it is certain that a manage.py does not name the settings: it does not configure
    them, and imports nothing that could name them."""
    if _MAY_NAME.search(manage):
        return False
    try:
        imported = {name.partition(".")[0] for name in _imported(ast.parse(manage))}
    except (SyntaxError, ValueError):
        return False
    return imported <= sys.stdlib_module_names | {"django"} and imported.isdisjoint(_MAY_RUN)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."
