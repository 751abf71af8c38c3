"""Reads what a SQLite database really has, from its own catalogue, without Django.

If something cannot be read, such as a virtual table whose module is missing, everything else is
still read.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from typing import Any, Dict

from .opening import attach, connect, open_database
from .tables import nothing, quote, read_tables, table_names


def read(path: str) -> Dict[str, Any]:
    """``record``, ``tables`` and ``rows`` of the database, or ``{"unreadable": reason}``. A table
    that cannot be read has the reason in its own entry; its rows are not counted."""
    if not os.path.exists(path):
        return {"record": {"exists": False, "keys": []}, "tables": nothing(), "rows": {}}
    try:
        connection = connect(path)
        try:
            return {
                "record": read_record(connection),
                "tables": read_tables(connection),
                "rows": count_rows(connection),
            }
        finally:
            connection.close()
    except sqlite3.Error as error:
        return {"unreadable": "%s: %s" % (type(error).__name__, error)}


def hides_something(found: Dict[str, Any]) -> bool:
    """Whether a table could not be read."""
    tables = found["tables"]["tables"] if "tables" in found else ()
    return any(each["unreadable"] or each["name"] not in found["rows"] for each in tables)


def read_again(found: Dict[str, Any], path: str, connection: sqlite3.Connection) -> None:
    """Read the tables and rows again into ``found``, by a connection that has functions, collations
    or modules that miglab's own lacks."""
    attach(connection, new=path)
    found["tables"] = read_tables(connection, "new")
    found["rows"] = count_rows(connection, "new")


def mark(path: str) -> Any:
    """A value that differs whenever something was written: SQLite counts its changes in the file's
    bytes 24 to 27."""
    try:
        with open(path, "rb") as file:
            header = file.read(28)
            state = os.fstat(file.fileno())
    except OSError:
        return None
    log = os.path.getsize(path + "-wal") if os.path.exists(path + "-wal") else 0
    return (header, state.st_size, state.st_mtime_ns, state.st_ino, log)


def read_record(connection: sqlite3.Connection) -> Dict[str, Any]:
    """The rows of ``django_migrations``, by id."""
    found = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' "
        "AND name = 'django_migrations' COLLATE NOCASE"
    ).fetchone()
    if not found:
        return {"exists": False, "keys": []}
    keys = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return {"exists": True, "keys": [list(key) for key in keys]}


def count_rows(connection: sqlite3.Connection, schema: str = "main") -> Dict[str, int]:
    """The number of rows of each table that can be read."""
    found = {}
    for name in table_names(connection, schema):
        with contextlib.suppress(sqlite3.Error):
            sql = "SELECT count(*) FROM %s.%s" % (schema, quote(name))
            found[name] = connection.execute(sql).fetchone()[0]
    return found


def keep(path: str, copy: str) -> None:
    """Copy a database that nobody writes to at this moment."""
    if os.path.exists(copy):
        os.remove(copy)
    if not os.path.exists(path + "-wal"):
        shutil.copyfile(path, copy)
        return
    source, target = connect(path), open_database(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
