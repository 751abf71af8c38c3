"""Where sets of exercises are: in this package, in a folder, or in somebody else's wheel."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path

from ..errors import BadInput, UnknownName

#: The group of entry points by which a wheel offers a set: a name, and the package it is in.
GROUP = "miglab.exercises"
#: The set that comes with miglab.
OWN = "repairs"


def sets() -> dict[str, Path]:
    """The sets that are installed, each with its folder; miglab's own first."""
    # Takes a quarter of the time in which all else is imported.
    from importlib import metadata

    found = {OWN: Path(__file__).parent / "sets" / OWN}
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda each: each.name):
        module = importlib.import_module(entry.value)
        found.setdefault(entry.name, Path(next(iter(module.__path__))))
    return found


def folder_of(place: str | Path) -> Path:
    """The folder of a set; ``place`` is the name of an installed set, or already a folder."""
    return sets().get(str(place)) or Path(place).expanduser()


def exercises(place: str | Path | None = None) -> dict[str, Path]:
    """Name → the exercise's file, for all exercises of a set. ``place`` is a folder, or the name of
    an installed set; without it, for all installed sets. If several sets have an exercise with the
    same name, the first set counts.

    Raises:
        BadInput: there is no such set, or no exercise in it.
    """
    folders = [folder_of(place)] if place is not None else list(sets().values())
    found: dict[str, Path] = {}
    for folder in folders:
        found = {**found, **{name: p for name, p in files(folder).items() if name not in found}}
    return found


def files(folder: Path) -> dict[str, Path]:
    """The exercises of a folder by name, in order of their files.

    Raises:
        BadInput: there is no such folder, or no exercise in it.
    """
    if not folder.is_dir():
        raise BadInput(
            f"{str(folder)!r} is not a folder; give a folder with exercises, or an installed set: "
            f"{', '.join(sets())}"
        )
    found = {name_of(path): path for path in sorted(folder.glob("*.toml"))}
    if not found:
        raise BadInput(f"there is no exercise in {str(folder)!r}; an exercise is a file NAME.toml")
    return found


def name_of(path: Path) -> str:
    """The name of an exercise: the name of its file, without the number at the front.

    >>> name_of(Path("3-1-the-ghost.toml"))
    'the-ghost'
    """
    words = path.stem.split("-")
    while len(words) > 1 and words[0].isdigit():
        words.pop(0)
    return "-".join(words)


def number_of(path: Path) -> str:
    """The number of an exercise in its set, as in ``"3.1"``; empty if its file has none."""
    return ".".join(word for word in path.stem.split("-")[:2] if word.isdigit())


def find(name: str, place: str | Path | None = None) -> Path:
    """The file of an exercise, by its name or number, in a set or in all that are installed.

    Raises:
        UnknownName: there is no exercise of that name.
        BadInput: there is no such set.
    """
    wanted = str(name)
    known = exercises(place)
    numbers = {number_of(path): path for path in reversed(known.values())}
    if wanted not in known and wanted not in numbers:
        raise UnknownName("exercise", wanted, known)
    return known.get(wanted) or numbers[wanted]


def shape_for(seed: object, name: str, shapes: tuple[str, ...]) -> str:
    """The shape of an exercise that a seed, such as a learner's name, chooses; always the same."""
    told = hashlib.blake2b(f"{name} {seed}".encode(), digest_size=4).digest()
    return shapes[int.from_bytes(told, "big") % len(shapes)]
