"""Asks before the project makes a connection, whichever driver makes it.

The drivers raise no audit event that says which database is meant, and most of them connect in C.
Each address is raised as the event ``mysql.connect``, at the point where the driver knows all of
it: what was given, and what an option file adds.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
import threading
from typing import Any, Callable, Dict, Iterator, Mapping, Optional, Tuple

from ...common.watching import when_imported
from . import drivers

EVENT = "mysql.connect"

#: Variables that lead to a server (https://mariadb.com/kb/en/mariadb-environment-variables/).
_LEADING = ("MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "MYSQL_HOST", "MYSQL_PWD", "MYSQL_HOME")
#: Where a server's socket is on a system, as a rule.
_SOCKETS: Tuple[str, ...] = (
    "/run/mysqld/mysqld.sock",
    "/var/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
)
_SOCKETS += ("/tmp/mysql.sock",)
#: What drivers and Django call the parts of an address.
_WORDS = {
    "host": "host",
    "user": "user",
    "password": "password",
    "passwd": "password",
    "database": "database",
    "db": "database",
    "port": "port",
    "unix_socket": "unix_socket",
    "socket": "unix_socket",
}
#: What Django's ``DATABASES`` calls the parts of an address.
_DJANGO = {
    "NAME": "database",
    "USER": "user",
    "PASSWORD": "password",
    "HOST": "host",
    "PORT": "port",
}
_TLS = {"ca": "ssl_ca", "cert": "ssl_cert", "key": "ssl_key"}

_own = threading.local()


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """A context in which connections are miglab's own and need no permission."""
    before = getattr(_own, "on", False)
    _own.on = True
    try:
        yield
    finally:
        _own.on = before


def connecting() -> bool:
    """Whether a connection of miglab's own, or an announced one, is being made."""
    return getattr(_own, "on", False) or getattr(_own, "told", False)


def forget_environment() -> None:
    """Call this when the settings have been read: from then on, no environment variable decides
    where a connection leads."""
    for name in _LEADING:
        os.environ.pop(name, None)


# -- where something leads


def address(known: Mapping[str, Any]) -> str:
    """Where a connection with these parts leads: server and database, as text."""
    name = known.get("database") or ""
    if known.get("unix_socket"):
        path = os.path.realpath(str(known["unix_socket"]))
        return "%s//%s/%s" % (drivers.SCHEME, path, name)
    host, port = known.get("host") or "localhost", known.get("port") or "3306"
    return "%s//%s:%s/%s" % (drivers.SCHEME, host, port, name)


def parts_of(database: Mapping[str, Any]) -> Dict[str, str]:
    """Where an entry of ``DATABASES`` leads, with what its options and their file add: the parts
    that ``drivers.parts`` returns, and ``password``."""
    import getpass

    options = database.get("OPTIONS")
    said = dict(options) if isinstance(options, dict) else {}
    found = _of_files(said)
    if os.environ.get("MYSQL_PWD"):
        found.setdefault("password", os.environ["MYSQL_PWD"])
    for name, part in _DJANGO.items():
        if database.get(name):
            found[part] = str(database[name])
    if found.get("host", "").startswith("/"):
        found["unix_socket"] = found.pop("host")
    for name, part in _WORDS.items():
        if said.get(name) not in (None, ""):
            found[part] = str(said[name])
    tls = said.get("ssl")
    if isinstance(tls, dict):
        found.update({_TLS[each]: str(tls[each]) for each in _TLS if tls.get(each)})
    found.update({each: str(said[each]) for each in _TLS.values() if said.get(each)})
    if said.get("ssl_disabled") or str(said.get("ssl_mode", "")).upper() == "DISABLED":
        found["ssl"] = "off"
    elif str(said.get("ssl_mode", "")).upper() in ("REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"):
        found["ssl"] = "required"
    found.setdefault("user", getpass.getuser())
    return _resolved(found)


def _resolved(found: Dict[str, str]) -> Dict[str, str]:
    """These parts, with the server that a driver takes if none is named. For ``localhost``,
    mysqlclient takes the socket."""
    if found.get("unix_socket"):
        found.pop("host", None)
        found.pop("port", None)
        return found
    socket = os.environ.get("MYSQL_UNIX_PORT") or next(filter(os.path.exists, _SOCKETS), "")
    if found.get("host", "localhost") == "localhost" and socket and _means_sockets():
        found.pop("host", None)
        found.pop("port", None)
        found["unix_socket"] = socket
        return found
    found.setdefault("host", "127.0.0.1")
    found.setdefault("port", os.environ.get("MYSQL_TCP_PORT") or "3306")
    return found


def _means_sockets() -> bool:
    try:
        return bool(drivers.driver().__name__ == "MySQLdb")
    except ImportError:
        return False


def _reads_one_group() -> bool:
    """Whether the driver reads only the named group of an option file, and not the usual one."""
    try:
        return drivers.is_pymysql(drivers.driver())
    except ImportError:
        return False


def _of_files(said: Mapping[str, Any]) -> Dict[str, str]:
    """What files of options say (https://mariadb.com/kb/en/configuring-mariadb-with-option-files/),
    which connections may be told to read."""
    import configparser

    paths = said.get("read_default_file") or said.get("option_files") or ()
    more = said.get("read_default_group") or said.get("option_groups") or ()
    groups = [more] if isinstance(more, str) else list(more)
    if not groups or not _reads_one_group():
        groups.insert(0, "client")
    found: Dict[str, str] = {}
    for path in [paths] if isinstance(paths, (str, os.PathLike)) else list(paths):
        parser = configparser.RawConfigParser(
            strict=False, allow_no_value=True, comment_prefixes=("#", ";", "!")
        )
        with contextlib.suppress(OSError, configparser.Error):
            parser.read(os.path.expanduser(str(path)), encoding="utf-8")
        for group in groups:
            for name, value in parser.items(group) if parser.has_section(group) else ():
                part = _WORDS.get(name.replace("-", "_"), name.replace("-", "_"))
                if value and part in (*_WORDS.values(), *_TLS.values()):
                    found[part] = value.strip("'\"")
    return found


# -- drivers that tell where they connect to


def hold() -> None:
    """From now on, every new connection is announced before it is made."""
    when_imported("MySQLdb", _hold_mysqlclient)
    when_imported("pymysql", _hold_pymysql)
    when_imported("mysql.connector", _hold_connector)


def _tell(known: Mapping[str, Any]) -> None:
    if not getattr(_own, "on", False):
        sys.audit(EVENT, address(known))


def _telling(owner: Any, name: str, parts: Callable[..., Mapping[str, Any]]) -> None:
    """Replace a function of a driver with one that first announces where it will connect."""
    original = getattr(owner, name, None)
    if original is None:
        return

    @functools.wraps(original)
    def connect(self: Any, *args: Any, **kwargs: Any) -> Any:
        _tell(parts(self, *args, **kwargs))
        before, _own.told = getattr(_own, "told", False), True
        try:
            return original(self, *args, **kwargs)
        finally:
            _own.told = before

    setattr(owner, name, connect)


def _hold_pymysql() -> None:
    connections: Any = importlib.import_module("pymysql.connections")

    def parts(connection: Any, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        return {
            "unix_socket": connection.unix_socket,
            "host": connection.host,
            "port": connection.port,
            "database": _text(connection.db),
        }

    def selected(connection: Any, name: Any) -> Mapping[str, Any]:
        return dict(parts(connection), database=_text(name))

    _telling(connections.Connection, "connect", parts)
    _telling(connections.Connection, "select_db", selected)


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name or "")


def _hold_mysqlclient() -> None:
    driver: Any = importlib.import_module("MySQLdb")
    if not hasattr(driver, "_mysql") or drivers.is_pymysql(driver):
        # It is told of by its own name.
        return
    order = ("host", "user", "password", "database", "port", "unix_socket")

    def parts(*args: Any, **kwargs: Any) -> Mapping[str, Any]:
        said = {**dict(zip(order, args)), **kwargs}
        found: Dict[str, Any] = dict(_of_files(said))
        for name, part in _WORDS.items():
            if said.get(name) not in (None, ""):
                found[part] = said[name]
        if "host" in said and said["host"] and not said.get("unix_socket"):
            found.pop("unix_socket", None)
        return _resolved({name: _text(each) for name, each in found.items()})

    connections: Any = importlib.import_module("MySQLdb.connections")
    of_connection = connections.Connection

    def of_self(connection: Any, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        found = parts(*args, **kwargs)
        connection.__dict__["_miglab_address"] = found
        return found

    def selected(connection: Any, name: Any) -> Mapping[str, Any]:
        known: Optional[Mapping[str, Any]] = connection.__dict__.get("_miglab_address")
        return dict(known or {}, database=_text(name))

    _telling(of_connection, "__init__", of_self)
    if "select_db" not in vars(of_connection):
        of_connection.select_db = _inherited(of_connection, "select_db")
    _telling(of_connection, "select_db", selected)
    _hold_below(driver._mysql, parts)


def _hold_below(module: Any, parts: Callable[..., Mapping[str, Any]]) -> None:
    """Guard the module in C: its class, which the driver's own class extends, and its function
    ``connect``."""
    made: Any = module.connection
    original = module.connect

    class connection(made):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            _tell(parts(*args, **kwargs))
            super().__init__(*args, **kwargs)

    @functools.wraps(original)
    def connect(*args: Any, **kwargs: Any) -> Any:
        _tell(parts(*args, **kwargs))
        return original(*args, **kwargs)

    module.connection, module.connect = connection, connect


def _inherited(owner: Any, name: str) -> Any:
    inherited = getattr(owner, name)

    @functools.wraps(inherited)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return inherited(self, *args, **kwargs)

    return call


def _hold_connector() -> None:
    def parts(connection: Any, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        known = vars(connection)
        return {
            "unix_socket": known.get("_unix_socket"),
            "host": known.get("_host"),
            "port": known.get("_port"),
            "database": known.get("_database"),
        }

    def selected(connection: Any, name: Any) -> Mapping[str, Any]:
        return dict(parts(connection), database=_text(name))

    places = {"connection": "MySQLConnection", "connection_cext": "CMySQLConnection"}
    for module, name in places.items():
        with contextlib.suppress(ImportError):
            owner = getattr(importlib.import_module("mysql.connector." + module), name, None)
            if owner is not None:
                _telling(owner, "_open_connection", parts)
                _telling(owner, "cmd_init_db", selected)
