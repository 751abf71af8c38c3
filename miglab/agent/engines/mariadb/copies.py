"""Makes and drops databases on the server of a handle: copies that are named after the lab's own
database, and empty ones."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from typing import Any, Iterator

from ...common.measuring import Unmeasured
from . import drivers, duplicate
from .drivers import rows
from .opening import database, literal, quote

#: The greatest length of a name, in letters.
_LONGEST = 63


def beside(handle: str, name: str) -> str:
    """The handle of another database on the same server, named after this one and ``name``."""
    ending = "_" + hashlib.sha1(name.encode()).hexdigest()[:10]
    return called(handle, database(handle)[: _LONGEST - len(ending)] + ending)


def called(handle: str, name: str) -> str:
    """The handle of the database of this name on the same server."""
    return drivers.handle_of(dict(drivers.parts(handle), database=name))


@contextlib.contextmanager
def _server(handle: str) -> Iterator[Any]:
    """A connection to the server of a handle, without a current database."""
    connection = drivers.connect(handle, "")
    try:
        yield connection
    finally:
        connection.close()


def copy(handle: str, to: str) -> None:
    """Copy a database to which nobody writes; an older one of that name is dropped.

    Raises:
        Unmeasured: something in the database cannot be copied. Error: the user may not do it, or
        there is no room.
    """
    with _server(handle) as connection, contextlib.closing(connection.cursor()) as cursor:
        try:
            duplicate.duplicate(cursor, database(handle), database(to))
        except LookupError as error:
            raise Unmeasured("the database cannot be copied: %s" % error) from None


def drop(handle: str) -> None:
    """Drop a database, if it exists."""
    with _server(handle) as connection, contextlib.closing(connection.cursor()) as cursor:
        duplicate.drop(cursor, database(handle))


def exchange(handle: str, kept: str) -> None:
    """Swap two databases, to which nobody is connected."""
    between = database(beside(kept, "between"))
    with _server(handle) as connection, contextlib.closing(connection.cursor()) as cursor:
        duplicate.exchange(cursor, database(handle), database(kept), between)


@contextlib.contextmanager
def scratch(connection: Any, handle: str) -> Iterator[Any]:
    """A connection of Django's like this one, to an empty database that is dropped at the end."""
    empty = database(beside(handle, "scratch %d %d" % (os.getpid(), time.monotonic_ns())))
    made = None
    with _server(handle) as server:
        (charset, collation) = rows(
            server,
            "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME "
            "FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s" % literal(database(handle)),
        )[0]
        place = (quote(empty), charset, collation)
        rows(server, "CREATE DATABASE %s CHARACTER SET %s COLLATE %s" % place)
        try:
            settings = dict(connection.settings_dict, NAME=empty)
            made = type(connection)(settings, connection.alias)
            yield made
        finally:
            if made is not None:
                made.close()
            rows(server, "DROP DATABASE %s" % quote(empty))
