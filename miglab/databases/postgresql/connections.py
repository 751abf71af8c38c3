"""Connections of miglab's own process to servers, and the errors that people see."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...errors import NoServer
from ..engine import Handle
from ..server import serving
from .address import handle_of, keep_password, parameters_of, server_of

if TYPE_CHECKING:
    from psycopg import Connection

#: Seconds after which a server counts as unreachable.
_PATIENCE = 10
#: What a handle keeps of what a named server's connection says, beside where it leads: what every
#: version of the library knows.
_KEPT = {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "gssencmode", "channel_binding"}

_turn = threading.RLock()
_open: dict[str, tuple[int, Connection[Any]]] = {}


def connect(handle: str) -> Connection[Any]:
    """A connection to a database; each statement is a transaction of its own. A server of miglab's
    own that has stopped is started again.

    Raises:
        psycopg.Error: no connection could be made.
    """
    import psycopg

    def opened() -> Connection[Any]:
        connection: Connection[Any] = psycopg.connect(
            handle, autocommit=True, connect_timeout=_PATIENCE, application_name="miglab"
        )
        return connection

    try:
        return opened()
    except psycopg.OperationalError:
        if not serving.join_again(parameters_of(handle).get("host", "")):
            raise
    return opened()


@contextmanager
def on_server(handle: str) -> Iterator[Connection[Any]]:
    """The connection that this process keeps open to the server of a handle. Only one thread at a
    time can have it.

    Raises:
        NoServer: the server cannot be reached, or refuses.
        OSError: no space is left on its disk.
    """
    import psycopg

    server = server_of(handle)
    with _turn:
        try:
            yield _kept(server)
        except psycopg.errors.DiskFull:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), server) from None
        except psycopg.Error as error:
            if not _given_up(server):
                raise NoServer(server, in_words(error)) from None
            why = "it stopped, or ended the connection; try again"
            raise NoServer(server, f"{why} ({in_words(error)})", stopped=True) from None


def _given_up(server: str) -> bool:
    """Whether the connection that is kept to a server is broken. If so, stop keeping it."""
    connection = _open.get(server, (0, None))[1]
    if connection is None or not connection.broken:
        return False
    del _open[server]
    return True


def leave_server(handle: str) -> None:
    """Close the connection that this process keeps to a server."""
    with _turn:
        kept = _open.pop(server_of(handle), None)
        if kept is not None and kept[0] == os.getpid():
            kept[1].close()


def _kept(server: str) -> Connection[Any]:
    pid, connection = _open.get(server, (0, None))
    if connection is None or pid != os.getpid() or not _lives(connection):
        connection = connect(server)
        _open[server] = os.getpid(), connection
    return connection


def _lives(connection: Connection[Any]) -> bool:
    import psycopg

    if connection.closed:
        return False
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        connection.close()
        return False
    return True


def answers(handle: str) -> bool:
    """Whether the server of a handle takes connections right now; nothing is started to find
    out."""
    import psycopg

    try:
        psycopg.connect(server_of(handle), connect_timeout=_PATIENCE).close()
    except psycopg.Error:
        return False
    return True


def named(url: str) -> Handle:
    """The handle of the server at the address ``url``: of its database ``postgres``.

    Raises:
        NoServer: the server cannot be reached, or the role may not create databases.
    """
    handle, may = resolved(url)
    server = server_of(handle)
    if not may:
        user = parameters_of(handle)["user"]
        raise NoServer(
            server,
            f"the role {user!r} is not allowed to create databases there; the server's "
            f'administrator can allow it: ALTER ROLE "{user}" CREATEDB',
        )
    return server


def resolved(url: str) -> tuple[Handle, bool]:
    """The handle of the database at the address ``url``, and whether its role may create databases.
    As libpq does, it adds what a service file and environment variables say. The handle does not
    contain the password.

    Raises:
        NoServer: the server cannot be reached.
    """
    import psycopg

    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=_PATIENCE)
    except psycopg.Error as error:
        raise NoServer(without_password(url), in_words(error)) from None
    with connection:
        info = connection.info
        (row,) = connection.execute(
            "SELECT rolcreatedb OR rolsuper, current_database() FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchall()
        may, name = row
        said = info.get_parameters()
        parameters = {
            **{name: value for name, value in said.items() if name in _KEPT},
            "user": info.user,
            "host": info.host,
            "port": str(info.port),
            "password": info.password,
        }
    return handle_of({**keep_password(parameters), "dbname": name}), may is True


def without_password(url: str) -> str:
    """An address as people may see it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        parameters = conninfo_to_dict(url)
    except psycopg.Error:
        return "the server that was named"
    parameters.pop("password", None)
    return str(handle_of({name: str(value) for name, value in parameters.items()}))


def in_words(error: Exception) -> str:
    """A driver's error in one line."""
    return " ".join(str(error).split())
