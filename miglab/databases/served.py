"""What engines on servers have in common: databases that are named after their lab, copied, put
back and dropped. What differs is in each engine's own room.

What needs a driver is imported where it is used: most labs do without it.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from ..errors import NoServer
from .engine import Handle, State, Tell
from .naming import abandoned, beginning, name_in, owner_of

if TYPE_CHECKING:
    from .server.ready import Ready


class Address(Protocol):
    """The functions that build and read handles: the ``address.py`` of an engine's package."""

    def handle_of(self, parameters: Mapping[str, str]) -> Handle:
        """The handle of the database that these connection parameters name."""

    def parameters_of(self, handle: str) -> Mapping[str, str]:
        """The connection parameters that a handle contains."""

    def beside(self, handle: str, name: str) -> Handle:
        """The handle of a database with another name on the same server."""

    def is_ours(self, handle: str) -> bool:
        """Whether miglab created the database, by its name."""

    def keep_password(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Write the password to a file; return the parameters with the file's path instead of the
        password."""


class Moments(Protocol):
    """Operations on databases that miglab created."""

    def exists(self, handle: str) -> bool:
        """Whether there is such a database."""

    def size(self, handle: str) -> int | None:
        """How big it is, in bytes; ``None`` if there is none."""

    def names(self, handle: str, beginning: str) -> list[str]:
        """The names of a server's databases that begin with ``beginning``."""

    def old(self, handle: str, beginning: str) -> list[str]:
        """The names that begin with ``beginning``, of databases that were dated more than a month
        ago."""

    def copy(self, source: str, to: str) -> None:
        """Copy a database to another one on the same server."""

    def rename(self, handle: str, to: str) -> None:
        """Rename a database; an existing one of that name is dropped."""

    def replace(self, handle: str, source: str) -> None:
        """Make a database equal to another one."""

    def drop(self, handle: str) -> None:
        """Drop a database, if it exists."""

    def drop_meanwhile(self, handle: str) -> None:
        """Drop a database in the background, while no lab is at work."""


class Marks(Protocol):
    """Functions that tell whether anything was written to a database."""

    def mark(self, handle: str) -> tuple[object, ...]:
        """See ``engine.Engine.mark``."""

    def hear(self, handle: str, told: object) -> None:
        """See ``engine.Engine.hear_mark``."""

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """See ``engine.Engine.for_agent``."""

    def forget(self, handle: str) -> None:
        """Forget what is known about a database, because it is dropped or replaced."""


class Original(Protocol):
    """What is known about a database that miglab did not create."""

    @property
    def size(self) -> int:
        """How big it is, in bytes."""


class Originals(Protocol):
    """Functions for databases that miglab did not create, which are only read."""

    def exists(self, handle: str) -> bool:
        """Whether there is such a database."""

    def look(self, handle: str) -> Original:
        """What must be known about it."""


@dataclass(frozen=True)
class Parts:
    """The modules of an engine's package that do its work."""

    address: Address
    moments: Moments
    marks: Marks
    originals: Originals
    ready: Ready
    #: Whether a server takes connections just now.
    answers: Callable[[str], bool]
    #: Copies a database of somebody else's by the tools of its server.
    dump: Callable[[str, str, Tell | None], None]


@dataclass(frozen=True)
class Served(ABC):
    """The base of the engines on servers: see ``engine.Engine``. ``server`` is the address of the
    server for new databases; ``""`` means the server that the environment names, or else miglab's
    own."""

    server: str = ""

    #: What a server counts begins anew when it was stopped.
    sure = False
    magic = b""
    sidecars: ClassVar[tuple[str, ...]] = ()
    #: Names the server that labs use where nothing else does.
    variable: ClassVar[str]

    @property
    @abstractmethod
    def parts(self) -> Parts:
        """The modules that do the work of this engine."""

    @abstractmethod
    def join(self, named: str, home: str) -> Handle:
        """The handle of the server that ``named`` means, or else of miglab's own server, which is
        started if needed. ``home`` is miglab's folder: the answer depends on it."""

    @property
    def place_of_server(self) -> Handle:
        """The handle of this engine's server, which is started if it is miglab's own."""
        named = self.server or os.environ.get(self.variable, "")
        return self.join(named, os.environ.get("MIGLAB_HOME", ""))

    def on(self, server: str) -> Self:
        """The same engine for databases on another server."""
        return replace(self, server=server)

    # -- names

    def place(self, name: str) -> str:
        """A path that only names the copy: there is no such file."""
        return f"databases/{name}"

    def handle(self, folder: Path, place: str) -> Handle:
        """The handle of a database that is named after the lab and the alias."""
        return self._named(folder, f"db_{place.rpartition('/')[2]}")

    def original(self, name: str, password: str) -> Handle:
        """The handle of a project's own database: the same URI, but the password is in a file."""
        address = self.parts.address
        known = {**address.parameters_of(name), "password": password}
        return address.handle_of(address.keep_password(known))

    def kept(self, folder: Path, name: str) -> Handle:
        """The handle of a database that is named after the lab and the copy."""
        return self._named(folder, f"copy_{name}")

    def _named(self, folder: Path, rest: str) -> Handle:
        return self.parts.address.beside(self.place_of_server, name_in(folder, rest))

    def all_kept(self, folder: Path) -> Iterable[Handle]:
        """The copies on the server whose names say that they belong to the folder."""
        return self._all(f"{owner_of(folder)}copy_")

    def _all(self, beginning: str) -> list[Handle]:
        parts, server = self.parts, self.place_of_server
        return [
            parts.address.beside(server, each) for each in parts.moments.names(server, beginning)
        ]

    def files(self, handle: Handle) -> tuple[Path, ...]:
        """Always empty: a server's databases are not files of miglab's."""
        return ()

    # -- what is there

    def exists(self, handle: Handle) -> bool:
        """Whether the server has the database."""
        parts = self.parts
        return (parts.moments if parts.address.is_ours(handle) else parts.originals).exists(handle)

    def answers(self) -> bool:
        """Whether the server takes connections right now."""
        return self.parts.answers(self.place_of_server)

    def state(self, handle: Handle) -> State | None:
        """The size of a database. A server does not say when it was last written to."""
        parts = self.parts
        if parts.address.is_ours(handle):
            size = parts.moments.size(handle)
        else:
            there = parts.originals.exists(handle)
            size = parts.originals.look(handle).size if there else None
        return None if size is None else State(None, size)

    def mark(self, handle: Handle) -> tuple[object, ...]:
        """A mark made of what the server counts. A server that stops while it is asked is started
        again and asked again. Nothing is written to the database."""
        try:
            return self.parts.marks.mark(handle)
        except NoServer as error:
            if not error.stopped:
                raise
            return self.parts.marks.mark(handle)

    def hear_mark(self, handle: Handle, told: object) -> None:
        """Keep what the agent told until ``mark`` is called."""
        self.parts.marks.hear(handle, told)

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """The mark that the agent would give at the same moment, if both count the same things."""
        return self.parts.marks.for_agent(mark)

    # -- what is done

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Rename the copy that the agent made."""
        self.parts.moments.rename(made, to)

    def expect(self, copy: Handle) -> None:
        """Begin to make a second copy in the background: a restore then only renames it."""
        self.parts.ready.prepare(copy)

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """Copy a database: one of miglab's own within its server, any other one with the tools that
        come with its kind of server."""
        parts = self.parts
        parts.marks.forget(to)
        if parts.address.is_ours(source):
            parts.moments.copy(source, to)
        else:
            parts.dump(source, to, tell)

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """Replace a database with a second copy that is ready, or else with one made now. If
        ``copy`` is ``None``, drop the database."""
        parts = self.parts
        parts.marks.forget(to)
        if copy is None:
            parts.moments.drop(to)
            return
        if not parts.ready.take(copy, to):
            parts.moments.replace(to, copy)
        parts.ready.note_restored(copy, to)

    def rename(self, handle: Handle, to: Handle) -> None:
        """Rename a database; nobody may be connected to it. In this way, a copy that is kept
        between labs gets its name and its date."""
        self.parts.marks.forget(to)
        self.parts.moments.rename(handle, to)

    def remove(self, handle: Handle) -> None:
        """Drop a copy in the background, while no lab is at work."""
        parts = self.parts
        parts.marks.forget(handle)
        parts.ready.forget(handle)
        parts.moments.drop_meanwhile(handle)

    def clear(self, folder: Path) -> None:
        """Drop all databases that are named after the lab."""
        parts, owner = self.parts, owner_of(folder)
        parts.ready.forget_all(owner)
        for handle in self._all(owner):
            parts.marks.forget(handle)
            parts.moments.drop(handle)

    def sweep(self, labs: Path, lives: Callable[[str], bool]) -> None:
        """Drop the databases of labs that are gone, and copies that were kept for a month."""
        parts, server = self.parts, self.place_of_server
        old = parts.moments.old(server, owner_of(labs.parent / "templates"))
        for name in abandoned(labs, parts.moments.names(server, beginning()), old, lives):
            # It may be another user's.
            with suppress(NoServer):
                parts.moments.drop(parts.address.beside(server, name))
