"""Finds the notebook in a learner's folder that a number, a name or a part of a name means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ..errors import BadInput, UnknownName
from .delivery import delivered
from .lessons import FIRST, notebooks


def offered(lessons: Path, folder: Path) -> dict[str, str]:
    """The notebooks that can be opened in a folder: each lesson → its newest copy there, and then
    each of the learner's own notebooks → itself. All are paths in the folder."""
    known = delivered(folder)
    found: dict[str, str] = {}
    for lesson in notebooks(lessons):
        copy = known.get(lesson, {}).get("as", lesson)
        found[lesson] = copy if (folder / copy).exists() else lesson
    own = notebooks(folder) if folder.is_dir() else []
    return found | {path: path for path in own if lesson_of(path) not in found}


def choose(offers: Mapping[str, str], folder: Path, asked: str | None) -> str:
    """The chosen notebook, as a path in the folder.

    Args:
        offers: from ``offered``.
        asked: a number (``"05"``), a path, a name or a part of one; ``None`` is the first lesson.

    Raises:
        UnknownName, BadInput: no notebook matches, or several; the message lists the choices.
    """
    if asked is None:
        return offers.get(FIRST) or next(iter(offers.values()))
    exact = _path_in(folder, asked)
    if exact is not None:
        return exact
    names = [name for name in offers if _is_meant(name, asked)]
    if asked.isdecimal():
        names = names[:1]  # A lesson comes before a notebook of the learner's own.
    if len(names) == 1:
        return offers[names[0]]
    if not names:
        raise UnknownName("lesson", asked, map(_short, offers))
    raise BadInput(f"{asked!r} matches more than one lesson: {', '.join(map(_short, names))}")


def _path_in(folder: Path, asked: str) -> str | None:
    """The path in the folder of a notebook that is named by its whole path; else ``None``."""
    top = folder.resolve()
    for each in (Path(asked).absolute(), folder / asked):
        path = each.resolve()
        if path.suffix == ".ipynb" and path.is_file() and path.is_relative_to(top):
            return path.relative_to(top).as_posix()
    return None


def _is_meant(name: str, asked: str) -> bool:
    path, wanted = PurePosixPath(name), PurePosixPath(asked.replace("\\", "/"))
    if asked.isdecimal():
        number = re.match(r"\d+", path.stem)
        return number is not None and int(number[0]) == int(asked)
    if wanted.suffix == ".ipynb":
        return path.name == wanted.name
    return asked in _short(name)


def _short(name: str) -> str:
    return name.removesuffix(".ipynb")


def lesson_of(path: str) -> str:
    """The lesson that a copy was made from, by its name."""
    return re.sub(r" \(updated( \d+)?\)\.ipynb$", ".ipynb", path)
