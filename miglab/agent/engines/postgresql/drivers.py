"""The drivers that Django can use, psycopg 3 and psycopg2: which one is installed, and functions
that do the same with either. Neither is imported before a project needs it: that takes a fifth of a
second."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import re
import sys
from typing import Any, Dict, Optional, Tuple, Type

#: In the order in which Django looks for them.
NAMES = ("psycopg", "psycopg2")
#: The error code for a missing right, and those for something that the server does not have.
_NO_RIGHT, _NOT_THERE = "42501", ("0A000", "58P01")
#: undefined_function, undefined_object, undefined_table
_UNKNOWN = ("42883", "42704", "42P01")
_MISSING = re.compile(r"extension|to be built with|this build", re.I)
#: The distributions that each may come in.
_DISTRIBUTIONS = {"psycopg": ("psycopg",), "psycopg2": ("psycopg2", "psycopg2_binary")}


@functools.lru_cache(maxsize=None)
def driver() -> Any:
    """The driver that Django uses, as a module.

    Raises:
        ImportError: none is installed.
    """
    django = sys.modules.get("django")
    old = django is not None and django.VERSION < (4, 2)
    for name in NAMES[1:] if old else NAMES:
        if name in sys.modules or importlib.util.find_spec(name) is not None:
            return importlib.import_module(name)
    raise ImportError("neither psycopg nor psycopg2 is installed here")


def is_third() -> bool:
    """Whether the driver is psycopg 3."""
    return str(driver().__name__) == "psycopg"


def error() -> Type[Exception]:
    """The base class of the driver's errors; ``ImportError`` if there is no driver."""
    try:
        found: Type[Exception] = driver().Error
    except ImportError:
        found = ImportError
    return found


def version() -> str:
    """The driver's name and version, without importing it; ``""`` if there is none."""
    for name in NAMES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        folder = os.path.dirname(os.path.dirname(spec.origin))
        for each in sorted(os.listdir(folder)):
            distribution, _, rest = each.partition("-")
            if distribution in _DISTRIBUTIONS[name] and rest.endswith(".dist-info"):
                return "%s %s" % (name, rest[: -len(".dist-info")])
        return name
    return ""


def refused(error: BaseException) -> str:
    """The first line of a driver's error, if a role may not do something, or if the server lacks an
    extension or was built without something. ``""`` for all other errors."""
    state, said = _told(error)
    lacking = state in _NOT_THERE and _MISSING.search(str(error)) is not None
    return said if state == _NO_RIGHT or lacking else ""


def unknown(error: BaseException) -> str:
    """The first line of a driver's error, if a statement names something that the server does not
    know, such as a function, a type or a table. ``""`` for all other errors."""
    state, said = _told(error)
    return said if state in _UNKNOWN else ""


def _told(error: BaseException) -> Tuple[str, str]:
    """The server's code for an error, and the first line of its message. Both are ``""`` if the
    error is not a driver's."""
    if type(error).__module__.partition(".")[0] not in NAMES:
        return "", ""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state or "", (str(error).strip().splitlines() or [""])[0]


def parts(handle: str) -> Dict[str, str]:
    """The parts of a handle, which libpq reads as it is: ``host``, ``port``, ``user``, ``dbname``
    and all others that it has."""
    if is_third():
        found = importlib.import_module("psycopg.conninfo").conninfo_to_dict(handle)
    else:
        found = importlib.import_module("psycopg2.extensions").parse_dsn(handle)
    return {name: str(value) for name, value in found.items() if value is not None}


def connect(handle: str, **more: Any) -> Any:
    """A connection of miglab's own, which commits each statement by itself; ``more`` overrides the
    handle.

    Raises:
        Error: the server does not answer, or the database does not exist.
    """
    more.setdefault("application_name", "miglab")
    more.setdefault("connect_timeout", 10)
    if is_third():
        return _connect(handle, autocommit=True, prepare_threshold=None, **more)
    connection = _connect(handle, **more)
    connection.autocommit = True
    return connection


def _connect(handle: str, **more: Any) -> Any:
    """Connect by the driver's own function. A guard may be in front of it; it asks only about the
    project's connections."""
    from . import guarded

    with guarded.ours():
        return driver().connect(handle, **more)


def cursor(connection: Any) -> Any:
    """A cursor that gives plain rows, even if the project's own connection is set to give something
    else."""
    if hasattr(connection, "pgconn"):
        psycopg: Any = importlib.import_module("psycopg")
        return psycopg.Cursor(connection, row_factory=psycopg.rows.tuple_row)
    extensions: Any = importlib.import_module("psycopg2.extensions")
    return connection.cursor(cursor_factory=extensions.cursor)


def go_to_last(cursor: Any) -> None:
    """Move a cursor to the rows of the last statement, if several were sent at once."""
    if is_third():
        while cursor.nextset():
            pass


def server_version(connection: Any) -> int:
    """The server's version as a number: 150004 is 15.4."""
    about = connection.info if hasattr(connection, "pgconn") else connection
    return int(about.server_version)


def is_at_rest(connection: Any) -> bool:
    """Whether a connection is open and in no transaction."""
    # 0 is libpq's CONNECTION_OK, and its PQTRANS_IDLE.
    info = connection.info
    return not connection.closed and int(info.status) == int(info.transaction_status) == 0


def code(error: BaseException) -> str:
    """The SQLSTATE of a server's error; ``""`` if the error came before the server answered."""
    found: Optional[str] = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return found or ""
