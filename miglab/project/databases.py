"""Finds the databases that settings name, and decides where their copies are in a sandbox."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PurePath

from .. import extras
from ..databases import registry
from ..databases.engine import Engine, Handle
from ..errors import BadInput, NoProject
from . import Project

#: How deep a copy of a project lies in a folder that holds nothing but such copies.
_LEVELS = 2
_DUMMY = "django.db.backends.dummy"
_WAY_OUT = (
    f"give settings that name a copy of it {registry.DEFAULT.where}: "
    "settings='…' (on the command line: --settings)"
)


def with_databases(project: Project, found: Mapping[str, Mapping[str, str]], copy: Path) -> Project:
    """The project with the databases that its settings name. ``found`` is the agent's answer from
    the copy of the project's folder at ``copy``. If several aliases mean the same database, they
    share one copy of it.

    Raises:
        NoProject: one of the databases cannot be copied.
        NoServer: there is no server for the copy of a database.
    """
    used = {alias: each for alias, each in found.items() if each["engine"] not in ("", _DUMMY)}
    engines = _check(used)
    databases: dict[str, str] = {}
    sources: dict[str, Handle] = {}
    layouts: dict[str, str] = {}
    servers: dict[str, str] = {}
    for alias, each in used.items():
        engine = engines[alias]
        if engine.extra:
            extras.require(engine.extra, f"a copy of the database {alias!r}")
        source = engine.original(each["name"], each.get("password", ""))
        same = str(source)
        if engine.files(source):
            path = _original(Path(each["name"]), project.root, copy)
            if path.exists() and not path.is_file():
                raise NoProject(
                    f"the database {alias!r} is at {path}, which is not a file; {_WAY_OUT}"
                )
            source = engine.original(str(path), "")
            same = os.path.normcase(os.path.realpath(path))
        elif not project.copy_is:
            servers[alias] = engine.home_for(source, project.on)
        sources[alias] = source
        if same not in layouts:
            layouts[same] = _layout(engine, alias, source, project.root, layouts.values())
        databases[alias] = layouts[same]
    if project.copy_is:
        given, server = _given(project, engines, sources)
        for alias, engine in engines.items():
            if not engine.files(sources[alias]):
                sources[alias], servers[alias] = given, server
    copied = _without(project.files, databases.values())
    vendors = {alias: engine.vendor for alias, engine in engines.items()}
    return replace(
        project,
        files=copied,
        databases=databases,
        engines=vendors,
        servers=servers,
        sources=sources,
    )


def _given(
    project: Project, engines: Mapping[str, Engine], sources: Mapping[str, Handle]
) -> tuple[Handle, str]:
    """The handle of the database that, the user says, is already a copy, and the address of the
    server for copies of it."""
    on_servers = {a: each for a, each in sources.items() if not engines[a].files(each)}
    if len({*on_servers.values()}) > 1:
        raise BadInput(
            "copy_is (--copy-is) replaces one database, but the settings name several on "
            f"servers: {', '.join(on_servers)}; give settings that name only one of them"
        )
    alias = next(iter(on_servers or engines))
    engine = engines[alias]
    given = engine.given(project.copy_is, project.copy_is_called, [*on_servers.values()])
    return given, engine.home_for(given, project.copy_is)


def no_database(alias: str, source: Handle, engine: Engine) -> str:
    """The error text for a missing database of a project."""
    other = f" --database {alias}" if alias != "default" else ""
    create = "" if engine.files(source) else "create it on its server, and "
    return (
        f"there is no database at {source}, where the settings say that {alias!r} is; {create}run "
        f"`manage.py migrate{other}` first, or choose other settings: "
        "settings='…' (on the command line: --settings)"
    )


def _check(used: Mapping[str, Mapping[str, str]]) -> dict[str, Engine]:
    """The engine of each alias.

    Raises:
        NoProject: no database is named, or one of them cannot be copied.
    """
    if not used:
        raise NoProject(
            "the settings do not name a database; give settings that name one: settings='…' (on "
            "the command line: --settings)"
        )
    engines: dict[str, Engine] = {}
    for alias, each in used.items():
        engine = registry.for_setting(each["engine"], each.get("vendor", ""))
        if engine is None:
            raise NoProject(
                f"the database {alias!r} has the engine {each['engine']!r}, but miglab can so far "
                f"rehearse only on {registry.in_words()}; {_WAY_OUT}"
            )
        engines[alias] = engine
    for alias, each in used.items():
        if not each["name"]:
            raise NoProject(
                f"the database {alias!r} is in memory, so there is nothing to copy; give settings "
                "that name a database in a file or on a server: settings='…' (on the command line: "
                "--settings)"
            )
    return engines


def _original(path: Path, root: Path, copy: Path) -> Path:
    """The file of an original, from a path that the settings gave when they ran in the copy.

    Settings that build a path from the place of their own file may name a place beside the copy.
    The user has nothing there, so the place beside the original is meant.
    """
    # Two levels up stand all sandboxes, see sandbox/sandbox.py.
    below = _below(path, copy.parents[_LEVELS - 1])
    if below is None:
        return path
    inside = _below(copy, copy.parents[_LEVELS - 1]) or PurePath()
    return Path(os.path.normpath(root / os.path.relpath(below, inside)))


def _layout(engine: Engine, alias: str, source: Handle, root: Path, taken: Collection[str]) -> str:
    """The path of the copy of a database in a sandbox, relative to the sandbox's root. It is none
    of those that are ``taken``."""
    for path in engine.files(source)[:1]:
        below = _below(path, root)
        if below is not None:
            return f"project/{below.as_posix()}"
    name = re.sub(r"[^\w-]", "_", alias)
    while engine.place(name).casefold() in {each.casefold() for each in taken}:
        name += "_"
    return engine.place(name)


def _below(path: Path, folder: Path) -> PurePath | None:
    """The path relative to a folder above it; ``None`` if the folder is not above it. Links in both
    are followed if that is needed."""
    for one in (Path(os.path.abspath(path)), Path(os.path.realpath(path))):
        for other in (Path(os.path.abspath(folder)), Path(os.path.realpath(folder))):
            if one != other and one.is_relative_to(other):
                return one.relative_to(other)
    return None


def _without(files: tuple[str, ...], databases: Collection[str]) -> tuple[str, ...]:
    """The files without those of databases. A database may be among them if it is empty, or if a
    pattern of ``include`` matches it."""
    dropped = {
        path.removeprefix("project/") + ending
        for path in databases
        for ending in ("", *registry.SIDECARS)
    }
    return tuple(each for each in files if each not in dropped)
