"""Looks at somebody's database, which is only read, and finds a server for a copy of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pymysql

from ...agent.engines.mariadb.duplicate import ELSEWHERE
from ...errors import NoServer
from ..engine import Handle
from ..naming import OURS
from ..server import serving
from . import binaries, cluster
from .address import handle_of, name_of, parameters_of
from .connections import code_of, connect, in_words, named, without_password

#: The error's number where there is no such database.
_UNKNOWN = 1049
_TABLES = """
SELECT table_name, engine, data_length + index_length, update_time
FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type <> 'VIEW'
ORDER BY table_name
"""
_KEYS = """
SELECT DISTINCT CONCAT(table_name, '.', constraint_name, ' (', referenced_table_schema, ')')
FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND referenced_table_schema <> table_schema
"""
_VIEWS = """
SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = DATABASE()
"""
_COLLATIONS = """
SELECT table_collation FROM information_schema.tables WHERE table_schema = DATABASE()
UNION SELECT collation_name FROM information_schema.columns WHERE table_schema = DATABASE()
UNION SELECT default_collation_name FROM information_schema.schemata
WHERE schema_name = DATABASE()
"""
#: What a server has set for all of its sessions, and a project on it goes by.
_SETTINGS = (
    "sql_mode",
    "default_storage_engine",
    "innodb_strict_mode",
    "explicit_defaults_for_timestamp",
    "group_concat_max_len",
    "time_zone",
    "div_precision_increment",
    "foreign_key_checks",
    "unique_checks",
)
#: Where a view reads from, in the words of the server: a database and a table.
_FROM = re.compile(r"(?:\bfrom|\bjoin|,)\s*\(*`((?:[^`]|``)+)`\.`", re.I)


@dataclass(frozen=True)
class Original:
    """What miglab must know about an original to copy it. ``settings`` are the settings that its
    sessions begin with, and ``options`` are those of ``CREATE DATABASE``. ``lasting`` are its
    tables without transactions, each with the time of its last change. ``lacking`` is what cannot
    be in a copy at all. ``folds`` is whether its server ignores case in table names."""

    version: binaries.Version
    size: int
    options: str
    settings: str
    collations: frozenset[str]
    lasting: tuple[tuple[str, datetime | None], ...]
    lacking: tuple[str, ...]
    folds: bool


@contextmanager
def reading(handle: str) -> Iterator[Any]:
    """A cursor of a connection that cannot write.

    Raises:
        NoServer: the server cannot be reached, or refuses.
    """
    try:
        connection = connect(handle)
    except pymysql.Error as error:
        raise NoServer(without_password(handle), in_words(error)) from None
    with connection, connection.cursor() as cursor:
        try:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            yield cursor
        except pymysql.Error as error:
            raise NoServer(without_password(handle), in_words(error)) from None


def look(handle: str) -> Original:
    """What must be known about a database before it is copied.

    Raises:
        NoServer: the database cannot be read.
    """
    with reading(handle) as cursor:

        def rows(query: str) -> list[tuple[Any, ...]]:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]

        version = binaries.version_in(rows("SELECT VERSION()")[0][0])
        if version is None:
            raise NoServer(without_password(handle), "it does not say which version it is")
        tables = rows(_TABLES)
        options = rows("SELECT @@character_set_database, @@collation_database")[0]
        return Original(
            version=version,
            size=sum(int(each[2] or 0) for each in tables),
            options="CHARACTER SET {} COLLATE {}".format(*options),
            settings=_settings(rows),
            collations=frozenset(str(name) for (name,) in rows(_COLLATIONS) if name),
            lasting=tuple((name, at) for name, engine, _, at in tables if engine != "InnoDB"),
            lacking=tuple(_lacking(rows, tables, name_of(handle))),
            folds=bool(rows("SELECT @@lower_case_table_names")[0][0]),
        )


def _settings(rows: Any) -> str:
    listed = ", ".join(f"'{each}'" for each in _SETTINGS)
    found = dict(rows(f"SHOW GLOBAL VARIABLES WHERE variable_name IN ({listed})"))
    told = []
    for name in _SETTINGS:
        value = str(found.get(name, ""))
        # A zone of the system's is another one on another machine.
        if name in found and value != "SYSTEM":
            switch = {"ON": "1", "OFF": "0"}.get(value, value)
            told.append(f"{name}={switch if switch.isdecimal() else repr(switch)}")
    return ",".join(told)


def _lacking(rows: Any, tables: list[tuple[Any, ...]], name: str) -> Iterator[str]:
    """Everything in the database that refers to something outside it, in words. On another server,
    that would be missing; on the same one, the copy could reach somebody else's data."""
    for table, engine, *_ in tables:
        if str(engine).upper() in ELSEWHERE:
            yield f"the table {table}, which stores its rows elsewhere ({engine})"
    for (key,) in rows(_KEYS):
        yield f"a foreign key to another database: {key}"
    for view, definition in rows(_VIEWS):
        others = {other for other in _FROM.findall(definition or "") if other != name}
        if others:
            yield f"the view {view}, which reads another database: {', '.join(sorted(others))}"


def exists(handle: str) -> bool:
    """Whether there is such a database.

    Raises:
        NoServer: the server cannot be reached, or refuses.
    """
    try:
        connect(handle).close()
    except pymysql.Error as error:
        if code_of(error) == _UNKNOWN:
            return False
        raise NoServer(without_password(handle), in_words(error)) from None
    return True


def server_for(source: str, on: str) -> Handle:
    """The handle of a server for a copy: the one that ``on`` names, or else one of miglab's own,
    which runs the programs that are installed here.

    Raises:
        NoServer: there is no such server; the message says what to do.
    """
    if not exists(source):
        return named(on) if on else own_server()
    original = look(source)
    if original.lacking:
        listed = "; ".join(original.lacking[:3])
        more = f"; and {len(original.lacking) - 3} more" if len(original.lacking) > 3 else ""
        raise NoServer(
            without_password(source), f"a copy of this database would lack {listed}{more}"
        )
    server = named(on) if on else _own_for(source, original)
    _check(server, original)
    if on:
        _keep_apart(server, source)
    return handle_of({**parameters_of(server), "session": original.settings})


def _own_for(source: str, original: Original) -> Handle:
    found = [*binaries.servers()]
    able = [each for each in found if each.version.numbers >= original.version.numbers]
    if able and original.version.mariadb and not original.folds:
        return _join(able[0])
    if not original.version.mariadb:
        why = f"it is {original.version}, but miglab starts only MariaDB servers;"
    elif original.folds:
        why = "its server ignores case in table names;"
    else:
        have = ", ".join(str(each.version) for each in found) or "none"
        why = (
            f"a copy of this database needs {original.version} or newer (installed here: {have}); "
            "install it (it does not need to run), or"
        )
    raise NoServer(
        without_password(source),
        f"{why} name a server for the copy: on='mysql://…' (on the command line: --on URL)",
    )


def _check(server: str, original: Original) -> None:
    """Check that a server can hold everything in an original.

    Raises:
        NoServer: it cannot; the message says why.
    """
    with reading(server) as cursor:
        cursor.execute("SELECT VERSION(), @@lower_case_table_names")
        (text, folds) = cursor.fetchall()[0]
        cursor.execute("SELECT collation_name FROM information_schema.collations")
        known = {str(name) for (name,) in cursor.fetchall()}
        # Some servers list them by their short names: utf8mb4_uca1400_ai_ci as uca1400_ai_ci.
        missing = sorted(
            each
            for each in original.collations
            if each not in known and each.partition("_")[2] not in known
        )
    version = binaries.version_in(text)
    why = ""
    if version is None or version.mariadb != original.version.mariadb:
        why = f"it is {version or text}, but the original is {original.version}"
    elif version.numbers < original.version.numbers:
        why = f"it is {version}, older than the original ({original.version})"
    elif bool(folds) != original.folds:
        why = "it does not treat upper and lower case in table names as the original's server does"
    elif missing:
        why = f"it does not have these collations: {', '.join(missing)}"
    if why:
        raise NoServer(without_password(server), why)


def _keep_apart(server: str, source: str) -> None:
    """Refuse a server that is the original's own if its user has rights on the original. On one
    server, a statement can name any database.

    Raises:
        NoServer: the user has such rights, or one of the servers cannot be read.
    """
    which = "SELECT @@hostname, @@port, @@datadir, @@pid_file"
    name = name_of(source)
    with reading(source) as there, reading(server) as here:
        there.execute(which)
        here.execute(which)
        if there.fetchall() != here.fetchall():
            return
        here.execute("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", (name,))
        reached = bool(here.fetchall())
    if reached:
        raise NoServer(
            without_password(server),
            f"it is the original's own server, and this user may use {name} there: from the copy, "
            "a project's SQL could change the original; name another server, or a user that is "
            "only for copies: "
            "CREATE USER copier IDENTIFIED BY '…'; "
            f"GRANT ALL PRIVILEGES ON `{OURS[:-1]}\\_%`.* TO copier",
        )


def own_server() -> Handle:
    """The handle of miglab's own server, which runs the newest programs that are installed here.

    Raises:
        NoServer: no such programs are installed.
    """
    found = max(binaries.servers(), key=lambda each: each.version.numbers, default=None)
    if found is None:
        raise NoServer(
            "for labs",
            "no MariaDB server is installed here; install one (Debian, Ubuntu: apt-get install "
            "mariadb-server; macOS: brew install mariadb; it does not need to run), or give the "
            "address of one, as database='mysql://USER:PASSWORD@HOST/' or in the variable "
            "MIGLAB_MARIADB ('local' means the server that runs on this machine)",
        )
    return _join(found)


def _join(programs: binaries.Server) -> Handle:
    made = cluster.cluster_for(programs)
    serving.join(made)
    return handle_of({"user": cluster.ROLE, "unix_socket": str(made.socket), "ssl": "off"})


def changed(handle: str, since: Original) -> str:
    """The name of a table without transactions that was written to after ``since`` was made by
    ``look``; ``""`` if there is none."""
    if not since.lasting:
        return ""
    now, before = dict(look(handle).lasting), dict(since.lasting)
    return next((name for name in now if now[name] != before.get(name)), "")
