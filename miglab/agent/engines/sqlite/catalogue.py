"""Reads what a SQLite database really has, from its own catalogue, without Django.

A read takes the database's PRAGMAs (``table_xinfo`` shows generated columns, ``table_info`` does
not) and a count of the rows of each table.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Dict, List

#: Taken before a guard may stand in its place: what is read here is ours.
_open = sqlite3.connect


def connect(path: str) -> sqlite3.Connection:
    """A connection that cannot write."""
    connection = _open(Path(path).as_uri() + "?mode=ro", uri=True, isolation_level=None)
    connection.text_factory = readable
    return connection


def readable(text: bytes) -> str:
    """A stored text, also one that is no UTF-8."""
    return text.decode("utf-8", "backslashreplace")


def read(path: str) -> Dict[str, Any]:
    """``record``, ``tables`` and ``rows`` of the database, or ``{"unreadable": reason}``."""
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


def mark(path: str) -> Any:
    """Differs whenever something was written: SQLite counts its changes in bytes 24 to 27."""
    try:
        with open(path, "rb") as file:
            header = file.read(28)
            state = os.fstat(file.fileno())
    except OSError:
        return None
    log = os.path.getsize(path + "-wal") if os.path.exists(path + "-wal") else 0
    return (header, state.st_size, state.st_mtime_ns, state.st_ino, log)


def nothing() -> Dict[str, Any]:
    return {"tables": [], "views": {}, "triggers": {}}


def read_record(connection: sqlite3.Connection) -> Dict[str, Any]:
    """The rows of ``django_migrations``, by id."""
    found = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'django_migrations'"
    ).fetchone()
    if not found:
        return {"exists": False, "keys": []}
    keys = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
    return {"exists": True, "keys": [list(key) for key in keys]}


def table_names(connection: sqlite3.Connection, schema: str = "main") -> List[str]:
    """All tables but SQLite's own."""
    rows = connection.execute(
        "SELECT name FROM %s.sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%%' ESCAPE '\\' ORDER BY name" % schema
    )
    return [name for (name,) in rows]


def read_tables(connection: sqlite3.Connection) -> Dict[str, Any]:
    """Tables with columns, indexes, foreign keys and checks; views and triggers as SQL."""
    result: Dict[str, Any] = nothing()
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    made = {(kind, name): sql for kind, name, sql in rows}
    for (kind, name), sql in made.items():
        if kind == "table":
            result["tables"].append(read_table(connection, name, sql or "", made))
        elif kind in ("view", "trigger"):
            result[kind + "s"][name] = sql
    return result


def read_table(
    connection: sqlite3.Connection, name: str, sql: str, made: Dict[Any, Any]
) -> Dict[str, Any]:
    quoted = quote(name)
    columns = [
        {
            "name": column,
            "type": kind,
            "not_null": bool(not_null),
            "default": default,
            "key": key,
            "generated": hidden in (2, 3),
        }
        for _, column, kind, not_null, default, key, hidden in connection.execute(
            "PRAGMA table_xinfo(%s)" % quoted
        )
        if hidden != 1
    ]
    indexes = []
    for _, index, unique, origin, partial in connection.execute("PRAGMA index_list(%s)" % quoted):
        parts = connection.execute("PRAGMA index_info(%s)" % quote(index)).fetchall()
        text = made.get(("index", index)) or ""
        where = text.rpartition(" WHERE ")[2] if partial else None
        indexes.append(
            {
                "name": index if origin == "c" else "",
                "columns": [part[2] for part in parts],
                "unique": bool(unique),
                "where": where,
                "made_by": origin,
            }
        )
    keys: Dict[int, Dict[str, Any]] = {}
    for number, _, table, column, to_column, *_ in connection.execute(
        "PRAGMA foreign_key_list(%s)" % quoted
    ):
        key = keys.setdefault(number, {"columns": [], "to_table": table, "to_columns": []})
        key["columns"].append(column)
        key["to_columns"].append(to_column or "")
    return {
        "name": name,
        "columns": columns,
        "indexes": sorted(indexes, key=lambda each: (each["made_by"], each["name"], str(each))),
        "foreign_keys": sorted(keys.values(), key=str),
        "checks": checks(sql),
    }


def checks(sql: str) -> List[str]:
    """The CHECK clauses of a CREATE TABLE, in order of their text."""
    found: List[str] = []
    place = 0
    while True:
        place = sql.find("CHECK (", place)
        if place < 0:
            return sorted(found)
        end = closing(sql, place + len("CHECK "))
        found.append(sql[place + len("CHECK ") : end])
        place = end


def closing(sql: str, opening: int) -> int:
    """The place behind the bracket that closes the one at ``opening``; quoted text is skipped."""
    depth, quoted = 0, ""
    for place in range(opening, len(sql)):
        letter = sql[place]
        if quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "'\"":
            quoted = letter
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return place + 1
    return len(sql)


def count_rows(connection: sqlite3.Connection) -> Dict[str, int]:
    """How many rows each table has."""
    return {
        name: connection.execute("SELECT count(*) FROM %s" % quote(name)).fetchone()[0]
        for name in table_names(connection)
    }


def quote(name: str) -> str:
    """A name as SQL takes it."""
    return '"%s"' % name.replace('"', '""')


def keep(path: str, copy: str) -> None:
    """Copy a database that nobody writes to at this moment."""
    if os.path.exists(copy):
        os.remove(copy)
    if not os.path.exists(path + "-wal"):
        shutil.copyfile(path, copy)
        return
    source, target = connect(path), _open(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
