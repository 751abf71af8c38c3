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
    """What a handle says."""

    def handle_of(self, parameters: Mapping[str, str]) -> Handle:
        """The handle that says this."""

    def parameters_of(self, handle: str) -> Mapping[str, str]:
        """What it says."""

    def beside(self, handle: str, name: str) -> Handle:
        """The database of another name on the same server."""

    def is_ours(self, handle: str) -> bool:
        """Whether miglab has made it."""

    def keep_password(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """The same with the name of a file in the place of a password."""


class Moments(Protocol):
    """What is done with databases of miglab's."""

    def exists(self, handle: str) -> bool:
        """Whether there is such a database."""

    def size(self, handle: str) -> int | None:
        """How big it is, in bytes; ``None`` if there is none."""

    def names(self, handle: str, beginning: str) -> list[str]:
        """The names on a server that begin so."""

    def old(self, handle: str, beginning: str) -> list[str]:
        """Those of databases that were dated more than a month ago."""

    def copy(self, source: str, to: str) -> None:
        """Copy a database to another one on the same server."""

    def rename(self, handle: str, to: str) -> None:
        """Rename a database; an existing one of that name is dropped."""

    def replace(self, handle: str, source: str) -> None:
        """Make a database equal to another one."""

    def drop(self, handle: str) -> None:
        """Drop a database, where it is there."""

    def drop_meanwhile(self, handle: str) -> None:
        """The same while nobody waits."""


class Marks(Protocol):
    """Whether anything was written to a database."""

    def mark(self, handle: str) -> tuple[object, ...]:
        """See ``engine.Engine.mark``."""

    def hear(self, handle: str, told: object) -> None:
        """See ``engine.Engine.hear_mark``."""

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """See ``engine.Engine.for_agent``."""

    def forget(self, handle: str) -> None:
        """A database goes, or becomes another one."""


class Original(Protocol):
    """What is known of a database of somebody else's."""

    @property
    def size(self) -> int:
        """How big it is, in bytes."""


class Originals(Protocol):
    """Databases of somebody else's, which are only read."""

    def exists(self, handle: str) -> bool:
        """Whether there is such a database."""

    def look(self, handle: str) -> Original:
        """What must be known about it."""


@dataclass(frozen=True)
class Parts:
    """The modules of an engine's room."""

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
    """See ``engine.Engine``. ``server`` is where new databases are made: an address; ``""`` for the
    one that the environment names, or else miglab's own."""

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
        """The modules that do what is asked."""

    @abstractmethod
    def join(self, named: str, home: str) -> Handle:
        """The server that is named, or else miglab's own, by the handle of a database on it.
        ``home`` is what the answer depends on."""

    @property
    def place_of_server(self) -> Handle:
        """The server that is meant, by a handle."""
        named = self.server or os.environ.get(self.variable, "")
        return self.join(named, os.environ.get("MIGLAB_HOME", ""))

    def on(self, server: str) -> Self:
        """With another server."""
        return replace(self, server=server)

    # -- names

    def place(self, name: str) -> str:
        """A name alone."""
        return f"databases/{name}"

    def handle(self, folder: Path, place: str) -> Handle:
        """A database that is named after the lab and the alias."""
        return self._named(folder, f"db_{place.rpartition('/')[2]}")

    def original(self, name: str, password: str) -> Handle:
        """The same URI; the password goes to a file."""
        address = self.parts.address
        known = {**address.parameters_of(name), "password": password}
        return address.handle_of(address.keep_password(known))

    def kept(self, folder: Path, name: str) -> Handle:
        """A database that is named after the lab and the copy."""
        return self._named(folder, f"copy_{name}")

    def _named(self, folder: Path, rest: str) -> Handle:
        return self.parts.address.beside(self.place_of_server, name_in(folder, rest))

    def all_kept(self, folder: Path) -> Iterable[Handle]:
        """The databases that are named so."""
        return self._all(f"{owner_of(folder)}copy_")

    def _all(self, beginning: str) -> list[Handle]:
        parts, server = self.parts, self.place_of_server
        return [
            parts.address.beside(server, each) for each in parts.moments.names(server, beginning)
        ]

    def files(self, handle: Handle) -> tuple[Path, ...]:
        """None."""
        return ()

    # -- what is there

    def exists(self, handle: Handle) -> bool:
        """By the server's list."""
        parts = self.parts
        return (parts.moments if parts.address.is_ours(handle) else parts.originals).exists(handle)

    def answers(self) -> bool:
        """Whether the server does."""
        return self.parts.answers(self.place_of_server)

    def state(self, handle: Handle) -> State | None:
        """The size; a server does not say when a database was written to."""
        parts = self.parts
        if parts.address.is_ours(handle):
            size = parts.moments.size(handle)
        else:
            there = parts.originals.exists(handle)
            size = parts.originals.look(handle).size if there else None
        return None if size is None else State(None, size)

    def mark(self, handle: Handle) -> tuple[object, ...]:
        """By what the server counts. A server that stops while it is asked is started again and
        asked again. Nothing is written for that."""
        try:
            return self.parts.marks.mark(handle)
        except NoServer as error:
            if not error.stopped:
                raise
            return self.parts.marks.mark(handle)

    def hear_mark(self, handle: Handle, told: object) -> None:
        """Kept until then."""
        self.parts.marks.hear(handle, told)

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """By what both count."""
        return self.parts.marks.for_agent(mark)

    # -- what is done

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Rename it."""
        self.parts.moments.rename(made, to)

    def expect(self, copy: Handle) -> None:
        """Begin to make a second one, which can be renamed."""
        self.parts.ready.prepare(copy)

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """One of miglab's own within its server; anybody else's by the tools that come with it."""
        parts = self.parts
        parts.marks.forget(to)
        if parts.address.is_ours(source):
            parts.moments.copy(source, to)
        else:
            parts.dump(source, to, tell)

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """A second copy takes its place, or else one that is made now."""
        parts = self.parts
        parts.marks.forget(to)
        if copy is None:
            parts.moments.drop(to)
            return
        if not parts.ready.take(copy, to):
            parts.moments.replace(to, copy)
        parts.ready.note_restored(copy, to)

    def rename(self, handle: Handle, to: Handle) -> None:
        """Nobody may be connected. What is kept between labs gets its name so, and its date."""
        self.parts.marks.forget(to)
        self.parts.moments.rename(handle, to)

    def remove(self, handle: Handle) -> None:
        """Drop it, while nobody waits."""
        parts = self.parts
        parts.marks.forget(handle)
        parts.ready.forget(handle)
        parts.moments.drop_meanwhile(handle)

    def clear(self, folder: Path) -> None:
        """Drop what is named after the lab."""
        parts, owner = self.parts, owner_of(folder)
        parts.ready.forget_all(owner)
        for handle in self._all(owner):
            parts.marks.forget(handle)
            parts.moments.drop(handle)

    def sweep(self, labs: Path, lives: Callable[[str], bool]) -> None:
        """Drop what is named after labs that are gone, and what was kept for a month."""
        parts, server = self.parts, self.place_of_server
        old = parts.moments.old(server, owner_of(labs.parent / "templates"))
        for name in abandoned(labs, parts.moments.names(server, beginning()), old, lives):
            # It may be another user's.
            with suppress(NoServer):
                parts.moments.drop(parts.address.beside(server, name))
