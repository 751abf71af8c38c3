"""MariaDB and MySQL as an engine: a handle is a URI, and the modules of ``mariadb/`` do what is
asked.

What needs the driver is imported where it is used: most labs do without it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from ..errors import BadInput
from .engine import ByHand, Handle, State, Tell

#: Names the server that labs use where nothing else does.
VARIABLE = "MIGLAB_MARIADB"


@dataclass(frozen=True)
class MariaDB:
    """See ``engine.Engine``. ``server`` is where new databases are made: a URI, or ``local``;
    ``""`` for the one that the environment names, or else miglab's own."""

    server: str = ""

    vendor = "mysql"
    called = ("mariadb", "mysql")
    name = "MariaDB/MySQL"
    where = "on a MariaDB or MySQL server"
    extra = "mariadb"
    #: What a server counts begins anew when it was stopped, and may be for all its databases.
    sure = False
    reads = ("SELECT", "TABLE", "VALUES", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "ANALYZE", "BEGIN",
             "START", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "USE", "HELP")  # fmt: skip
    magic = b""
    sidecars: ClassVar[tuple[str, ...]] = ()

    @property
    def reaches(self) -> str:
        """Where the server is."""
        from .mariadb.address import parameters_of

        known = parameters_of(_server(self.server))
        place = f"{known.get('host', '127.0.0.1')}:{known.get('port', '3306')}"
        return known.get("unix_socket", place)

    def runs(self, engine: str) -> bool:
        """Whether a backend is for one of the two."""
        return re.search(r"mysql|mariadb", engine.lower()) is not None

    def on(self, server: str) -> MariaDB:
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
        from .mariadb.address import handle_of, keep_password, parameters_of

        return handle_of(keep_password({**parameters_of(name), "password": password}))

    def home_for(self, source: Handle, on: str) -> str:
        """A server that can hold all of it."""
        from .mariadb import originals

        return originals.server_for(source, on or os.environ.get(VARIABLE, ""))

    def servers(self) -> tuple[bool, str, str]:
        """The one that is installed here."""
        from .mariadb import binaries

        do = "Debian, Ubuntu: apt-get install mariadb-server; macOS: brew install mariadb"
        for found in binaries.servers():
            return True, f"{found.version} ({found.server})", do
        return False, "no server is installed here for labs on MariaDB", do

    def lacks(self, source: Handle) -> tuple[str, ...]:
        """Nothing is named."""
        return ()

    def given(self, address: str, called: str, originals: Sequence[Handle]) -> Handle:
        """None: whoever may copy it there can change it from the lab's database, by its name."""
        raise BadInput(
            "copy_is (--copy-is) is for a database on PostgreSQL; on MariaDB and MySQL, the "
            "project's SQL could change that database. Give settings that name it: it is copied "
            "to another server then, and only read: settings='…' (on the command line: --settings)"
        )

    def kept(self, folder: Path, name: str) -> Handle:
        """A database that is named after the lab and the copy."""
        return self._named(folder, f"copy_{name}")

    def _named(self, folder: Path, rest: str) -> Handle:
        from .mariadb.address import beside
        from .naming import name_in

        return beside(_server(self.server), name_in(folder, rest))

    def all_kept(self, folder: Path) -> Iterable[Handle]:
        """The databases that are named so."""
        from .mariadb import moments
        from .mariadb.address import beside
        from .naming import owner_of

        server = _server(self.server)
        return [beside(server, each) for each in moments.names(server, f"{owner_of(folder)}copy_")]

    def files(self, handle: Handle) -> tuple[Path, ...]:
        """None."""
        return ()

    def setting(self, handle: Handle) -> dict[str, Any]:
        """By Django's own backend, which takes the path of a socket for a host."""
        from .mariadb.address import parameters_of, password_of

        known = parameters_of(handle)
        return {
            "ENGINE": "django.db.backends.mysql",
            "NAME": known.get("database", ""),
            "USER": known.get("user", ""),
            "PASSWORD": password_of(handle),
            "HOST": known.get("unix_socket", known.get("host", "")),
            "PORT": known.get("port", ""),
        }

    def quoted(self, name: str) -> str:
        """In backticks, which it always takes."""
        return "`" + name.replace("`", "``") + "`"

    def exists(self, handle: Handle) -> bool:
        """By the server's list."""
        from .mariadb import moments
        from .mariadb.address import is_ours

        if not is_ours(handle):
            from .mariadb import originals

            return originals.exists(handle)
        return moments.exists(handle)

    def answers(self) -> bool:
        """Whether the server does."""
        from .mariadb import connections

        return connections.answers(_server(self.server))

    def state(self, handle: Handle) -> State | None:
        """The size; a server does not say when a database was written to."""
        from .mariadb import moments
        from .mariadb.address import is_ours

        if not is_ours(handle):
            from .mariadb import originals

            there = originals.exists(handle)
            return State(None, originals.look(handle).size) if there else None
        size = moments.size(handle)
        return None if size is None else State(None, size)

    def mark(self, handle: Handle) -> tuple[object, ...]:
        """What the server counts, and how everything in the database is made."""
        from .mariadb import marks

        return marks.mark(handle)

    def hear_mark(self, handle: Handle, told: object) -> None:
        """Kept until then."""
        from .mariadb import marks

        marks.hear(handle, told)

    def beyond(self, handle: Handle) -> object:
        """How everything in the database is made."""
        from .mariadb import marks

        return marks.beyond(handle)

    def others(self, handle: Handle) -> Mapping[str, str]:
        """Routines, events and sequences."""
        from .mariadb import marks

        return marks.others(handle)

    def rows(self, handle: Handle, sql: str) -> list[tuple[Any, ...]]:
        """All rows of one statement.

        Raises:
            pymysql.Error: it fails.
        """
        from .mariadb.connections import connect

        with connect(handle) as connection, connection.cursor() as cursor:
            # For the session: a statement that ends the transaction cannot write either.
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

    def make_room(self, handle: Handle) -> None:
        """An empty database, where none is."""
        from .mariadb import moments

        moments.make(handle)

    def for_agent(self, mark: tuple[object, ...]) -> object:
        """What the agent told, and knows again."""
        from .mariadb import marks

        return marks.for_agent(mark)

    def is_of_agent(self, mark: tuple[object, ...], agents: object) -> bool:
        """By what it told."""
        from .mariadb import marks

        told = marks.for_agent(mark)
        return told is not None and told["mark"] == agents

    def take_over(self, made: Handle, source: Handle, to: Handle) -> None:
        """Rename it."""
        from .mariadb import moments

        moments.rename(made, to)

    def expect(self, copy: Handle) -> None:
        """Begin to make a second one, which can be renamed."""
        from .mariadb.ready import READY

        READY.prepare(copy)

    def copy(self, source: Handle, to: Handle, tell: Tell | None = None) -> None:
        """One of miglab's own by SQL on its server; anybody else's by its tools."""
        from .mariadb import moments
        from .mariadb.address import is_ours

        if is_ours(source):
            moments.copy(source, to)
        else:
            from .mariadb import dump

            dump.copy(source, to, tell)

    def copy_given(self, source: Handle, to: Handle) -> None:
        """None is given."""
        raise NotImplementedError

    def restore(self, copy: Handle | None, to: Handle) -> None:
        """A second copy takes its place, or else one that is made now."""
        from .mariadb import moments
        from .mariadb.ready import READY

        if copy is None:
            moments.drop(to)
            return
        if not READY.take(copy, to):
            moments.replace(to, copy)
        READY.note_restored(copy, to)

    def rename(self, handle: Handle, to: Handle) -> None:
        """What is kept between labs gets its name so, and its date."""
        from .mariadb import moments

        moments.rename(handle, to)

    def remove(self, handle: Handle) -> None:
        """Drop it."""
        from .mariadb import moments
        from .mariadb.ready import READY

        READY.forget(handle)
        moments.drop_meanwhile(handle)

    def clear(self, folder: Path) -> None:
        """Drop what is named after the lab."""
        from .mariadb import moments
        from .mariadb.address import beside
        from .mariadb.ready import READY
        from .naming import owner_of

        server, owner = _server(self.server), owner_of(folder)
        READY.forget_all(owner)
        for name in moments.names(server, owner):
            moments.drop(beside(server, name))

    def sweep(self, labs: Path, lives: Callable[[str], bool]) -> None:
        """Drop what is named after labs that are gone, and what was kept for a month."""
        from .mariadb import moments
        from .mariadb.address import beside
        from .naming import abandoned, beginning, owner_of

        server = _server(self.server)
        old = moments.old(server, owner_of(labs.parent / "templates"))
        for name in abandoned(labs, moments.names(server, beginning()), old, lives):
            moments.drop(beside(server, name))

    def by_hand(self, original: str) -> ByHand:
        """The tools that come with the server."""
        from .mariadb.address import name_of, parameters_of

        known, dump = parameters_of(original), f"{name_of(original)}.sql"
        names = {"user": "user", "host": "host", "port": "port", "unix_socket": "socket"}
        told = [f"--{name}={shlex.quote(known[part])}" for part, name in names.items()
                if part in known]  # fmt: skip
        where = " ".join([*told, "--password"])
        name, file = shlex.quote(name_of(original)), shlex.quote(dump)
        return ByHand(
            dump,
            f"mariadb-dump {where} --single-transaction --routines --triggers --events {name} "
            f"> {file}",
            f"mariadb {where} {name} < {file}",
        )


def _server(named: str) -> Handle:
    """The server that is meant, by its handle."""
    return _joined(named or os.environ.get(VARIABLE, ""), os.environ.get("MIGLAB_HOME", ""))


@cache
def _joined(named: str, home: str) -> Handle:
    """The server that is named, or else miglab's own. ``home`` is what the answer depends on."""
    from .mariadb import connections, originals
    from .mariadb.address import handle_of, parameters_of

    if named:
        session = {} if named == connections.LOCAL else parameters_of(named)
        kept = {name: each for name, each in session.items() if name == "session"}
        return handle_of({**parameters_of(connections.named(named)), **kept})
    return originals.own_server()
