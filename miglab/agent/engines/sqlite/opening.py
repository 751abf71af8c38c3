"""Opens databases for reading. Databases to be compared are attached to an empty one. So the
connection can be miglab's own, or one with the project's functions and collations."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Callable, Optional

#: ``sqlite3.connect`` itself, taken before a guard replaces it: what is opened here is miglab's
#: own.
open_database = sqlite3.connect

#: Opens a connection to an empty database, or gives ``None`` if that is impossible.
Opening = Callable[[], Optional[sqlite3.Connection]]
#: An ``Opening`` for each alias: it is called with the alias of a database.
Own = Callable[[str], Optional[sqlite3.Connection]]


def connect(path: str) -> sqlite3.Connection:
    """A connection that cannot write."""
    connection = open_database(Path(path).as_uri() + "?mode=ro", uri=True, isolation_level=None)
    connection.text_factory = readable
    return connection


def readable(text: bytes) -> str:
    """A stored text, even if it is not UTF-8."""
    return text.decode("utf-8", "backslashreplace")


def opened() -> sqlite3.Connection:
    """A connection of ours to an empty database."""
    return open_database(":memory:", uri=True, isolation_level=None)


def attach(connection: sqlite3.Connection, **paths: str) -> None:
    """Attach databases under these names, to be read only; one without a path is empty."""
    connection.text_factory = readable
    connection.row_factory = None
    connection.execute("PRAGMA temp_store = FILE")
    for name, path in paths.items():
        connection.execute("ATTACH DATABASE %s AS %s" % (_literal(path), name))


def _literal(path: str) -> str:
    """The URI of a database that is only read, as SQL text. It is not passed as a parameter,
    because the guard could not see what the parameter names."""
    if not path:
        return "':memory:'"
    # Beside a copy in WAL mode SQLite would make files, and it may lie where nobody may write.
    still = "" if os.path.exists(path + "-wal") else "&immutable=1"
    return "'%s'" % (Path(path).as_uri() + "?mode=ro" + still).replace("'", "''")
