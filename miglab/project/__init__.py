"""Finding a project: its folder, its manage.py, its interpreter, its databases, its files."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..databases import registry
from ..databases.engine import Engine, Handle
from ..errors import MiglabError, UnknownName

#: The projects that come with miglab, by the name that ``Lab`` takes.
BUNDLED = ("storefront",)
#: Their module of settings for a database on another engine than the default one, and the file
#: beside the copy that this reads ``DATABASES`` from, as JSON.
ELSEWHERE, SETTINGS_FILE = "settings_elsewhere", "databases.json"


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
        """What is allowed, as options of the command line."""
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
        databases: alias → the path of its copy in a sandbox, relative to the sandbox's root.
        engines: alias → the vendor of its engine, if that is not ``registry.DEFAULT``'s.
        servers: alias → the server for copies of this database, as its engine takes it, if the
            engine does not choose the server itself.
        on: the server that the user names for copies of databases on a server.
        copy_is: the address of a database that, the user says, is already a copy. It is used
            instead of the database on a server that the settings name. ``copy_is_called`` is its
            name.
        sources: alias → the original's handle; empty for a project that comes with miglab.
        python: the project's own interpreter.
        own: whether it is a user's project and not one that comes with miglab. A user's project is
            guarded, and nothing in it is fixed so that results are always the same.
        settings: the settings module to use, or ``None`` for the one that manage.py names.
        manage_text: the text of the copy's manage.py, if it differs from the project's.
        settings_file: whether the copy's settings read their databases from ``SETTINGS_FILE``.
        environment: variables that its commands get in addition to this process's own.
        left_out: how many files were not copied, and their size in bytes.
        left: the files that were not copied, as paths below ``root``.
        linked: whether a copy may have links to these files; nothing is written through the links.
        kinds: the kinds of files not copied that take the most space: ending, how many, their size.
        unentered: folders that were not looked into and not copied.
        missing: the names of things that the originals have and the copies of databases lack.
        allowed: what it may do outside of its copy.
        require_jail: whether it may run only if the system enforces that it stays in its copy.
        replaced: settings that have another value in the copy: name, old value, new value.
    """

    name: str
    root: Path
    files: tuple[str, ...]
    folders: tuple[str, ...] = ()
    manage: str = "project/manage.py"
    databases: Mapping[str, str] = field(default_factory=lambda: {"default": "project/db.sqlite3"})
    engines: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)
    on: str = ""
    copy_is: str = ""
    copy_is_called: str = ""
    sources: Mapping[str, Handle] = field(default_factory=dict)
    python: str = sys.executable
    own: bool = False
    settings: str | None = None
    manage_text: str | None = None
    settings_file: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[int, int] = (0, 0)
    left: tuple[str, ...] = ()
    linked: bool = False
    kinds: tuple[tuple[str, int, int], ...] = ()
    unentered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    allowed: Allowed = field(default_factory=Allowed)
    require_jail: bool = False
    replaced: tuple[tuple[str, str, str], ...] = ()

    def engine(self, alias: str) -> Engine:
        """The engine of the database with this alias, for its server."""
        engine = registry.of_vendor(self.engines.get(alias, registry.DEFAULT.vendor))
        return engine.on(self.servers.get(alias, ""))

    @property
    def reaches(self) -> tuple[str, ...]:
        """The servers of the copies of databases: paths of sockets, or ``HOST:PORT``."""
        found = (self.engine(alias).reaches for alias in self.databases)
        return tuple(dict.fromkeys(each for each in found if each))

    @property
    def in_copy(self) -> bool:
        """Whether manage.py lies in the copy of ``root``."""
        return self.manage.startswith("project/")


def bundled(name: str, engine: Engine = registry.DEFAULT) -> Project:
    """A project that comes with miglab: in the installed package, or beside it in a checkout. On
    another engine than the default one, its settings are read from a file beside the copy.

    Raises:
        UnknownName: there is no such project.
    """
    if name not in BUNDLED:
        raise UnknownName("project", name, BUNDLED)
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_data" / "sandbox_project", package.parent / "sandbox_project"):
        if (place / "manage.py").exists():
            project = Project(name, place, tuple(_sources(place)))
            return project if engine.vendor == registry.DEFAULT.vendor else _on(project, engine)
    raise MiglabError(f"the project {name!r} is not in this installation; install miglab again")


def _on(project: Project, engine: Engine) -> Project:
    text = (project.root / "manage.py").read_text(encoding="utf-8")
    return replace(
        project,
        databases={"default": engine.place("default")},
        engines={"default": engine.vendor},
        servers={"default": engine.server},
        manage_text=text.replace(f"{project.name}.settings", f"{project.name}.{ELSEWHERE}"),
        settings_file=True,
    )


def _sources(place: Path) -> list[str]:
    """The files of a bundled project, without those that are left when it runs in a checkout."""
    return sorted(
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not path.name.startswith("db.sqlite3")
    )
