"""Finding a project: its folder, its manage.py, its interpreter, its databases, its files."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..databases import registry
from ..databases.engine import Engine
from ..errors import MiglabError, UnknownName

#: The projects that come with miglab, by the name that ``Lab`` takes.
BUNDLED = ("storefront",)


@dataclass(frozen=True)
class Allowed:
    """What a user lets a rehearsed project do outside of its copy: start ``programs`` (names or
    paths), reach ``addresses`` (``HOST``, ``HOST:PORT`` or the path of a socket), write into
    ``folders``."""

    programs: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """The same as the command line has it."""
        kinds = (("program", self.programs), ("address", self.addresses), ("folder", self.folders))
        return tuple(f"--allow-{kind} {each}" for kind, those in kinds for each in those)


@dataclass(frozen=True)
class Project:
    """A Django project on disk, and how a copy of it is laid out.

    Attributes:
        name: what it is called.
        root: the folder that is copied; the copy is called ``project``.
        files, folders: what is copied, as paths below ``root``.
        manage: the path of manage.py in a sandbox, as in ``"project/manage.py"``.
        databases: alias → where its copy lies in a sandbox, below the root.
        engines: alias → the vendor of its engine, where that is not ``registry.DEFAULT``'s.
        sources: alias → the original's file; empty for a project that comes with miglab.
        python: the project's own interpreter.
        own: whether it is a user's: then it is guarded, and nothing about it is held still.
        settings: the settings module to use, or ``None`` for the one that manage.py names.
        manage_text: the text of manage.py, for a project that has none.
        environment: variables that its commands get beside this process's own.
        left_out: how many files were not copied, and their size in bytes.
        left: these files, as paths below ``root``.
        linked: whether a copy may have links to them: nothing is written through those.
        kinds: the biggest kinds of these: ending, how many, their size.
        unentered: folders of which nothing was copied.
        allowed: what it may do outside of its copy.
        require_jail: whether it may run only where the system enforces that it stays in its copy.
        replaced: settings that have another value in the copy: setting, was, instead.
    """

    name: str
    root: Path
    files: tuple[str, ...]
    folders: tuple[str, ...] = ()
    manage: str = "project/manage.py"
    databases: Mapping[str, str] = field(default_factory=lambda: {"default": "project/db.sqlite3"})
    engines: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Path] = field(default_factory=dict)
    python: str = sys.executable
    own: bool = False
    settings: str | None = None
    manage_text: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[int, int] = (0, 0)
    left: tuple[str, ...] = ()
    linked: bool = False
    kinds: tuple[tuple[str, int, int], ...] = ()
    unentered: tuple[str, ...] = ()
    allowed: Allowed = field(default_factory=Allowed)
    require_jail: bool = False
    replaced: tuple[tuple[str, str, str], ...] = ()

    def engine(self, alias: str) -> Engine:
        """The engine of a database."""
        return registry.of_vendor(self.engines.get(alias, registry.DEFAULT.vendor))

    @property
    def in_copy(self) -> bool:
        """Whether manage.py lies in the copy of ``root``."""
        return self.manage.startswith("project/")


def bundled(name: str) -> Project:
    """A project that comes with miglab: in the installed package, or beside it in a checkout.

    Raises:
        UnknownName: there is no such project.
    """
    if name not in BUNDLED:
        raise UnknownName("project", name, BUNDLED)
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_data" / "sandbox_project", package.parent / "sandbox_project"):
        if (place / "manage.py").exists():
            return Project(name, place, tuple(_sources(place)))
    raise MiglabError(f"the project {name!r} is not in this installation; install miglab again")


def _sources(place: Path) -> list[str]:
    """Its files, without what running it in a checkout leaves there."""
    return sorted(
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not path.name.startswith("db.sqlite3")
    )
