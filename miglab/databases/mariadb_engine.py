"""MariaDB and MySQL as an engine: a handle is a URI, and the modules of ``mariadb/`` do what is
asked.

What needs the driver is imported where it is used: most labs do without it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ..errors import BadInput
from .engine import ByHand, Handle, Lacks
from .served import Parts, Served

#: Names the server that labs use where nothing else does.
VARIABLE = "MIGLAB_MARIADB"


class MariaDB(Served):
    """See ``engine.Engine`` and ``served.Served``. ``server`` is a URI, or ``local``."""

    vendor = "mysql"
    called = ("mariadb", "mysql")
    name = "MariaDB/MySQL"
    where = "on a MariaDB or MySQL server"
    extra = "mariadb"
    variable = VARIABLE
    runs_sql = ("-e",)
    reads = ("SELECT", "TABLE", "VALUES", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "ANALYZE", "BEGIN",
             "START", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "USE", "HELP")  # fmt: skip

    @property
    def parts(self) -> Parts:
        """The modules of the package ``mariadb/``."""
        return _parts()

    def join(self, named: str, home: str) -> Handle:
        """The handle of the server that ``named`` means, or else of miglab's own server."""
        return _joined(named, home)

    @property
    def reaches(self) -> str:
        """The address of the server: the path of its socket, or ``HOST:PORT``."""
        from .mariadb.address import parameters_of

        known = parameters_of(self.place_of_server)
        place = f"{known.get('host', '127.0.0.1')}:{known.get('port', '3306')}"
        return known.get("unix_socket", place)

    def runs(self, engine: str) -> bool:
        """Whether a Django backend is for MariaDB or MySQL."""
        return re.search(r"mysql|mariadb", engine.lower()) is not None

    def home_for(self, source: Handle, on: str) -> str:
        """The handle of a server that can hold everything in the original."""
        from .mariadb import originals

        return originals.server_for(source, on or os.environ.get(VARIABLE, ""))

    def servers(self) -> tuple[bool, str, str]:
        """Whether a MariaDB server is installed here, which one, and how to install one."""
        from .mariadb import binaries

        do = "Debian, Ubuntu: apt-get install mariadb-server; macOS: brew install mariadb"
        for found in binaries.servers():
            return True, f"{found.version} ({found.server})", do
        return False, "no server is installed here for labs on MariaDB", do

    def lacks(self, source: Handle) -> Lacks:
        """A copy lacks nothing. But SQL in the copy may reach other people's databases on its
        server; this says which."""
        from .mariadb import lacks

        return Lacks(lacks.of_server(self.place_of_server))

    def given(self, address: str, called: str, originals: Sequence[Handle]) -> Handle:
        """Refuse with ``BadInput``: a user who may copy that database on its server could also
        change it from the lab's database, by using its name."""
        raise BadInput(
            "copy_is (--copy-is) works only on PostgreSQL: on MariaDB and MySQL, the project's SQL "
            "could change that database. Instead, give settings that name it: settings='…' (on "
            "the command line: --settings). miglab then copies it to another server, and only "
            "reads it"
        )

    def setting(self, handle: Handle) -> dict[str, Any]:
        """An entry of ``DATABASES`` for Django's own backend, which accepts the path of a socket as
        the host."""
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
        """A name in backticks, which the server accepts whatever its SQL mode is."""
        return "`" + name.replace("`", "``") + "`"

    def beyond(self, handle: Handle) -> object:
        """The SQL statements that make everything in the database."""
        from .mariadb import marks

        return marks.beyond(handle)

    def others(self, handle: Handle) -> Mapping[str, str]:
        """The routines, events and sequences of a copy, each with how it is made."""
        from .mariadb import marks

        return marks.others(handle)

    def rows(self, handle: Handle, sql: str) -> list[tuple[Any, ...]]:
        """All rows that one SQL statement returns.

        Raises:
            pymysql.Error: the statement fails.
        """
        from .mariadb.connections import connect

        with connect(handle) as connection, connection.cursor() as cursor:
            # For the session: a statement that ends the transaction cannot write either.
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

    def make_room(self, handle: Handle) -> None:
        """Create an empty database, unless it exists."""
        from .mariadb import moments

        moments.make(handle)

    def is_of_agent(self, mark: tuple[object, ...], agents: object) -> bool:
        """Whether the agent gave ``agents`` at the same moment, by what the server counted."""
        from .mariadb import marks

        told = marks.for_agent(mark)
        return told is not None and told["mark"] == agents

    def copy_given(self, source: Handle, to: Handle) -> None:
        """Never called: ``given`` refuses every database."""
        raise NotImplementedError

    def by_hand(self, original: str) -> ByHand:
        """Commands with the tools that come with the server."""
        from .mariadb.address import name_of, parameters_of

        known, dump = parameters_of(original), f"{name_of(original)}.sql"
        names = {"user": "user", "host": "host", "port": "port", "unix_socket": "socket"}
        told = [f"--{name}={shlex.quote(known[part])}" for part, name in names.items()
                if part in known]  # fmt: skip
        where = " ".join([*told, "--password"])
        name, file = shlex.quote(name_of(original)), shlex.quote(dump)
        # The whole database is made anew: what a migration has added since would stay in its way.
        whole = f"--add-drop-database --databases {name}"
        return ByHand(
            dump,
            f"mariadb-dump {where} --single-transaction --routines --triggers --events {whole} "
            f"> {file}",
            f"mariadb {where} < {file}",
        )


@cache
def _parts() -> Parts:
    from .mariadb import address, connections, dump, marks, moments, originals
    from .mariadb.ready import READY

    return Parts(
        address, moments, marks, originals, READY, answers=connections.answers, dump=dump.copy
    )


@cache
def _joined(named: str, home: str) -> Handle:
    """The server that is named, or else miglab's own. ``home`` is a parameter only because the
    answer, which is cached, depends on it."""
    from .mariadb import connections, originals
    from .mariadb.address import handle_of, parameters_of

    if named:
        session = {} if named == connections.LOCAL else parameters_of(named)
        kept = {name: each for name, each in session.items() if name == "session"}
        return handle_of({**parameters_of(connections.named(named)), **kept})
    return originals.own_server()
