"""The drivers that Django can use, mysqlclient, PyMySQL and MySQL's own: which one is installed,
and functions that do the same with each of them. None is imported before a project needs it.

A handle is ``mysql://USER@HOST:PORT/NAME?key=value``, with the keys ``unix_socket``, ``passfile``
(a file that holds the password alone), ``session`` (the settings that ``SET SESSION`` gets when a
copy's connections begin), ``ssl`` (``off`` or ``required``), ``ssl_ca``, ``ssl_cert`` and
``ssl_key``.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple, Type
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

#: In the order in which they are looked for.
NAMES = ("MySQLdb", "pymysql", "mysql.connector")
#: The distribution that each comes in.
_DISTRIBUTIONS = {
    "MySQLdb": "mysqlclient",
    "pymysql": "PyMySQL",
    "mysql.connector": "mysql_connector_python",
}
#: What a handle may have in addition to user, host, port and name.
KEYS = ("passfile", "session", "ssl", "ssl_ca", "ssl_cert", "ssl_key", "unix_socket")
SCHEME = "mysql:"
_PACKAGES = tuple(each.partition(".")[0] for each in NAMES)
#: No right to a database, a table, a column, a routine, to something of the server's, to users;
#: no such engine.
_REFUSED = (1044, 1142, 1143, 1227, 1286, 1370, 1410, 1419)
#: Seconds that a server may take to answer.
_PATIENCE = 10
#: How many rows are fetched at once.
_BATCH = 1000


def _is_here(name: str) -> bool:
    if name in sys.modules:
        return sys.modules[name] is not None
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


@functools.lru_cache(maxsize=None)
def driver() -> Any:
    """The installed driver, as a module.

    Raises:
        ImportError: none is installed.
    """
    for name in NAMES:
        if _is_here(name):
            return importlib.import_module(name)
    raise ImportError("none of mysqlclient, PyMySQL and mysql-connector-python is installed here")


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
        package = name.partition(".")[0]
        spec = importlib.util.find_spec(package) if _is_here(name) else None
        if spec is None:
            continue
        places = list(spec.submodule_search_locations or ()) or [spec.origin or ""]
        folder = os.path.dirname(places[0])
        of_pymysql = is_pymysql(sys.modules.get(name))
        wanted = _DISTRIBUTIONS["pymysql" if of_pymysql else name]
        for each in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            distribution, _, rest = each.partition("-")
            if distribution.lower() == wanted.lower() and rest.endswith(".dist-info"):
                return "%s %s" % (wanted, rest[: -len(".dist-info")])
        return name
    return ""


def parts(handle: str) -> Dict[str, str]:
    """The parts of a handle: ``user``, ``host``, ``port``, ``database`` and those of ``KEYS``, if
    it has them."""
    said = urlsplit(handle)
    found = dict(parse_qsl(said.query))
    names = {"user": said.username, "host": said.hostname, "database": said.path[1:]}
    found.update({name: unquote(value) for name, value in names.items() if value})
    if said.port is not None:
        found["port"] = str(said.port)
    return found


def handle_of(known: Dict[str, str]) -> str:
    """The handle that has these parts."""
    host = known.get("host", "")
    host = "[%s]" % host if ":" in host else quote(host, safe="")
    port = ":" + known["port"] if known.get("port") else ""
    user, name = (quote(known.get(each, ""), safe="") for each in ("user", "database"))
    user += "@" if user else ""
    more = {name: known[name] for name in KEYS if known.get(name)}
    query = "?" + urlencode(more, safe="/", quote_via=quote) if more else ""
    return "%s//%s%s%s/%s%s" % (SCHEME, user, host, port, name, query)


def password(known: Dict[str, str]) -> str:
    """The password in the file that a handle names, or ``""``.

    Raises:
        OSError: the file cannot be read.
    """
    if not known.get("passfile"):
        return ""
    with open(known["passfile"], encoding="utf-8") as file:
        return file.read()


def options(known: Dict[str, str]) -> Dict[str, Any]:
    """The driver's options for reaching the server of a handle, besides user, password, database,
    host and port: the socket and TLS."""
    name = driver().__name__
    found: Dict[str, Any] = {}
    if known.get("unix_socket"):
        found["unix_socket"] = known["unix_socket"]
    files = {each[4:]: known[each] for each in ("ssl_ca", "ssl_cert", "ssl_key") if each in known}
    off = known.get("ssl") == "off" or "unix_socket" in known
    if name == "mysql.connector":
        found.update({"ssl_" + each: path for each, path in files.items()})
        found.update({"ssl_disabled": True} if off else {})
    elif is_pymysql(driver()):
        # It reads all certificates of the system before it asks whether the server has any.
        found.update({"ssl_disabled": True} if off else {"ssl": files} if files else {})
    elif off:
        found["ssl_mode"] = "DISABLED"
    elif files or known.get("ssl") == "required":
        found.update({"ssl_mode": "REQUIRED"}, **({"ssl": files} if files else {}))
    return found


def is_pymysql(module: Any) -> bool:
    """Whether a module is PyMySQL, which may go by the name MySQLdb."""
    return "pymysql" in str(getattr(module, "__file__", "")).replace("\\", "/").split("/")


def connect(handle: str, database: Optional[str] = None) -> Any:
    """A connection of miglab's own, which commits each statement by itself. It uses the handle's
    database, or the ``database`` that is given. If that is ``""``, it uses none.

    Raises:
        Error: the server does not answer, or the database does not exist.
        OSError: the password cannot be read.
    """
    from . import guarded

    known = parts(handle)
    wanted = known.get("database", "") if database is None else database
    said: Dict[str, Any] = {"user": known.get("user", ""), "password": password(known)}
    said.update(options(known), charset="utf8mb4", connect_timeout=_PATIENCE, autocommit=True)
    if wanted:
        said["database"] = wanted
    if "unix_socket" not in said:
        said.update(host=known.get("host", "127.0.0.1"), port=int(known.get("port", "3306")))
    if is_pymysql(driver()):
        # It would encode a text as Latin-1.
        said["password"] = said["password"].encode()
    if driver().__name__ == "mysql.connector":
        said["connection_timeout"] = said.pop("connect_timeout")
    with guarded.ours():
        return driver().connect(**said)


def code(error: BaseException) -> int:
    """The server's number of an error, or 0."""
    found = getattr(error, "errno", None) or (error.args[0] if error.args else 0)
    return found if isinstance(found, int) else 0


def refused(error: BaseException) -> str:
    """A driver's error in one line, if a user may not do something, or if the server does not have
    a storage engine. ``""`` for all other errors."""
    if type(error).__module__.partition(".")[0] not in _PACKAGES or code(error) not in _REFUSED:
        return ""
    return " ".join(str(getattr(error, "msg", None) or error.args[-1]).split())


def rows(connection: Any, sql: str) -> List[Tuple[Any, ...]]:
    """All rows of a query that has few of them; an empty list for a statement without rows."""
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
    finally:
        cursor.close()


def labelled(connection: Any, sql: str) -> Tuple[List[str], Iterator[Tuple[Any, ...]]]:
    """The labels of a query, and its rows as the server sends them, however many there are. Until
    all of them are read, the connection cannot do anything else."""
    if driver().__name__ == "mysql.connector":
        cursor = connection.cursor(buffered=False)
    else:
        cursor = connection.cursor(importlib.import_module(driver().__name__ + ".cursors").SSCursor)
    cursor.execute(sql)
    return [each[0] for each in cursor.description], _fetched(cursor)


def _fetched(cursor: Any) -> Iterator[Tuple[Any, ...]]:
    try:
        while True:
            found = cursor.fetchmany(_BATCH)
            if not found:
                return
            for row in found:
                yield tuple(row)
    finally:
        cursor.close()
