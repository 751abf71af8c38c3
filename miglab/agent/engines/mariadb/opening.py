"""Opens databases on a server for reading, with fixed settings for how values are written."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator, List, Sequence, Tuple

from . import drivers
from .drivers import rows

#: With these settings, a value is written the same way in every session: names and texts are in
#: Unicode, and miglab's own texts are compared byte by byte.
_PINNED = (
    "SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode = '', time_zone = '+00:00', "
    "sql_quote_show_create = 1, group_concat_max_len = 1048576, lock_wait_timeout = 10"
)
_READING = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
#: The error code for a database that does not exist.
_UNKNOWN = 1049
_NO_SUCH_COLUMN = 1054


def quote(name: str) -> str:
    """A name in quotes for SQL."""
    return "`%s`" % name.replace("`", "``")


def literal(text: str) -> str:
    """A text in quotes for SQL, in miglab's own sessions."""
    return "'%s'" % text.replace("\\", "\\\\").replace("'", "''")


def connect(handle: str, database: Any = None) -> Any:
    """A connection that cannot write."""
    connection = drivers.connect(handle, database)
    try:
        rows(connection, _PINNED)
        rows(connection, _READING)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_if_there(handle: str) -> Any:
    """A connection that cannot write, or ``None`` if there is no such database."""
    try:
        return connect(handle)
    except drivers.error() as error:
        if drivers.code(error) == _UNKNOWN:
            return None
        raise


@contextlib.contextmanager
def opened(handle: str, database: Any = None) -> Iterator[Any]:
    """A context with a connection that cannot write."""
    connection = connect(handle, database)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def at_one_moment(connection: Any) -> Iterator[None]:
    """A context in which the connection sees all databases of the server as they are now."""
    rows(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    try:
        yield
    finally:
        with contextlib.suppress(drivers.error()):
            rows(connection, "ROLLBACK")


def first_known(connection: Any, sql: str, variants: Sequence[str]) -> List[Tuple[Any, ...]]:
    """The rows of a query in which ``{}`` stands for the first of ``variants`` whose columns this
    server's catalogue has.

    Raises:
        Error: the catalogue has none of them, or the query fails.
    """
    for each in variants[:-1]:
        try:
            return rows(connection, sql.format(each))
        except drivers.error() as error:
            if drivers.code(error) != _NO_SUCH_COLUMN:
                raise
    return rows(connection, sql.format(variants[-1]))


def database(handle: str) -> str:
    """The name of the handle's database."""
    return drivers.parts(handle).get("database", "")


def exists(handle: str) -> bool:
    """Whether there is such a database on its server.

    Raises:
        Error: the server does not answer.
    """
    try:
        drivers.connect(handle).close()
        return True
    except drivers.error() as error:
        if drivers.code(error) == _UNKNOWN:
            return False
        raise
