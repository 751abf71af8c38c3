"""Connections of miglab's own process to servers, and the errors that people see."""

from __future__ import annotations

import errno
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import NoServer
from ..engine import Handle
from ..naming import OURS, digest
from ..server import serving
from .address import handle_of, keep_password, parameters_of, password_of, server_of, user_here

if TYPE_CHECKING:
    from pymysql.connections import Connection

#: Seconds after which a server counts as unreachable, and after which a lock isn't waited for.
_PATIENCE, _LOCK = 10, 20
#: The word for the server that runs on this machine, and where systems have its socket.
LOCAL = "local"
_SOCKETS = (
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/tmp/mysql.sock",
    "/opt/homebrew/var/mysql/mysql.sock",
)
#: Codes of the server's errors: the disk is full; a table is; what a storage engine says, which may
#: be the system's "No space left on device".
_FULL, _ENGINE = (1021, 1114), (1030, 3)
#: Codes where a connection was ended, or there is none.
_ENDED = (0, 1053, 1927, 2002, 2003, 2006, 2013, 2055)
_NOBODY = 2002
_MAY_NOT = (1044, 1142, 1227, 1370)

_turn = threading.RLock()
_open: dict[str, tuple[int, Connection[Any]]] = {}


def connect(handle: str) -> Connection[Any]:
    """A connection to a database, or to a server if the handle names no database; each statement is
    a transaction of its own. A server of miglab's own that has stopped is started again.

    Raises:
        pymysql.Error: no connection could be made.
    """
    import pymysql

    known = parameters_of(handle)
    try:
        return _opened(known, password_of(handle))
    except pymysql.OperationalError:
        place = known.get("unix_socket", "")
        if not serving.join_again(str(Path(place).parent) if place else ""):
            raise
    return _opened(known, password_of(handle))


@cache
def _driver() -> Any:
    """A subclass of PyMySQL's connection that leaves no socket open if nobody answers."""
    from pymysql import OperationalError
    from pymysql.connections import Connection

    class Closing(Connection):  # type: ignore[misc]
        def connect(self, sock: Any = None) -> None:
            if sock is None and self.unix_socket:
                sock, self._secure = socket.socket(socket.AF_UNIX), True
                sock.settimeout(self.connect_timeout)
                try:
                    sock.connect(self.unix_socket)
                except OSError as error:
                    sock.close()
                    why = f"Can't connect to {self.unix_socket} ({error.strerror or error})"
                    raise OperationalError(_NOBODY, why) from None
            super().connect(sock)

    return Closing


def _opened(known: Any, password: str) -> Connection[Any]:
    more: dict[str, Any] = {each: known[each] for each in ("ssl_ca", "ssl_cert", "ssl_key")
                            if each in known}  # fmt: skip
    if known.get("ssl") == "required" and not more:
        more["ssl"] = {"check_hostname": False, "verify_mode": False}
    # What PyMySQL does by itself reads all certificates of the system, which takes 25 ms.
    if known.get("ssl") == "off" or known.get("unix_socket"):
        more = {"ssl_disabled": True}
    return _driver()(
        host=known.get("host") or None,
        port=int(known.get("port", 3306)),
        unix_socket=known.get("unix_socket"),
        user=known.get("user") or user_here(),
        # It would make Latin-1 of text.
        password=password.encode(),
        database=known.get("database"),
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=_PATIENCE,
        program_name="miglab",
        init_command=f"SET SESSION lock_wait_timeout = {_LOCK}",
        **more,
    )


@contextmanager
def on_server(handle: str) -> Iterator[Any]:
    """A cursor of the connection that this process keeps open to the server of a handle. Only one
    thread at a time can have it.

    Raises:
        NoServer: the server cannot be reached, or refuses.
        OSError: no space is left on its disk.
    """
    import pymysql

    server = server_of(handle)
    with _turn:
        try:
            with _kept(server).cursor() as cursor:
                yield cursor
        except LookupError as error:
            raise NoServer(
                without_password(server), f"one of its databases cannot be copied: {error}"
            ) from None
        except pymysql.Error as error:
            if is_full(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), server) from None
            broken = _open.pop(server, (0, None))[1]
            ended = broken is None or not broken.open or code_of(error) in _ENDED
            if broken is not None:
                _close(broken)
            if broken is None or not ended:
                raise NoServer(without_password(server), in_words(error)) from None
            why = "it stopped, or ended the connection; try again"
            raise NoServer(
                without_password(server), f"{why} ({in_words(error)})", stopped=True
            ) from None


def _kept(server: str) -> Connection[Any]:
    pid, connection = _open.get(server, (0, None))
    if connection is None or pid != os.getpid() or not _lives(connection):
        connection = connect(server)
        _open[server] = os.getpid(), connection
    return connection


def _lives(connection: Connection[Any]) -> bool:
    import pymysql

    try:
        connection.ping(reconnect=False)
    except (pymysql.Error, OSError):
        _close(connection)
        return False
    return True


def _close(connection: Connection[Any]) -> None:
    if connection.open:
        # Without the word of farewell, for which nobody may be there.
        connection._force_close()


def answers(handle: str) -> bool:
    """Whether the server of a handle takes connections right now; nothing is started to find
    out."""
    import pymysql

    server = server_of(handle)
    try:
        _opened(parameters_of(server), password_of(server)).close()
    except pymysql.Error:
        return False
    return True


def named(url: str) -> Handle:
    """The handle, without its password, of the server at the address ``url``. ``local`` means the
    server that runs on this machine.

    Raises:
        BadInput: ``url`` is not an address.
        NoServer: the server cannot be reached, or the user may not create databases there.
    """
    import pymysql

    known = dict(_local() if url == LOCAL else parameters_of(url))
    known.pop("database", None)
    known.setdefault("user", user_here())
    if "unix_socket" not in known:
        known.setdefault("host", "127.0.0.1")
        known.setdefault("port", "3306")
    server = handle_of(keep_password(known))
    probe = f"{OURS}{digest(str(os.getpid()), 4)}_probe"
    try:
        with connect(server) as connection, connection.cursor() as cursor:
            # Rights may come by roles and patterns: nothing says it as surely as doing it.
            cursor.execute(f"CREATE DATABASE `{probe}`")
            cursor.execute(f"DROP DATABASE `{probe}`")
    except pymysql.Error as error:
        if code_of(error) not in _MAY_NOT:
            raise NoServer(without_password(server), in_words(error)) from None
        user = known["user"].replace("'", "''")
        raise NoServer(
            without_password(server),
            f"the user {known['user']!r} is not allowed to create databases there; the server's "
            f"administrator can allow it: GRANT ALL PRIVILEGES ON `{OURS[:-1]}\\_%`.* TO '{user}'",
        ) from None
    return server


def _local() -> dict[str, str]:
    for path in _SOCKETS:
        if Path(path).is_socket():
            return {"unix_socket": path}
    raise NoServer(
        "of this machine",
        f"no MariaDB or MySQL socket was found (miglab looked for {', '.join(_SOCKETS)}); start "
        "the server, or give its address: mysql://USER@/?unix_socket=/PATH",
    )


def without_password(handle: str) -> str:
    """An address as people may see it."""
    hidden = ("password", "passfile", "session")
    known = parameters_of(handle)
    return str(handle_of({name: each for name, each in known.items() if name not in hidden}))


def code_of(error: Exception) -> int:
    """The number of a driver's error."""
    code = error.args[0] if error.args else 0
    return code if isinstance(code, int) else 0


def is_full(error: Exception) -> bool:
    """Whether the server's disk is full."""
    said = in_words(error)
    no_space = re.search(r"No space left|error 28\b|\b28\b.*disk", said, re.I) is not None
    return code_of(error) in _FULL or (code_of(error) in _ENGINE and no_space) or no_space


def in_words(error: Exception) -> str:
    """A driver's error in one line."""
    told = str(error.args[-1]) if len(error.args) > 1 else str(error)
    return " ".join(told.split())
