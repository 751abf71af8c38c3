"""Asks before the project makes a connection, in whichever way.

The drivers raise no audit event of their own and connect in C. Each address is raised as the event
``psycopg.connect``, from the innermost function in Python that both ways of connecting go through.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from typing import Any, Callable, Dict, Iterator, Mapping
from urllib.parse import quote, urlencode

from ...common.watching import when_imported
from . import direct

EVENT = "psycopg.connect"

#: libpq's variables that lead to a server, and say how it is spoken to.
_LEADING = (
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSYSCONFDIR",
    "PGREQUIREAUTH",
    "PGREQUIRESSL",
    "PGREQUIREPEER",
    "PGSSLMODE",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGSSLROOTCERT",
    "PGSSLCRL",
    "PGSSLNEGOTIATION",
    "PGCHANNELBINDING",
    "PGGSSENCMODE",
    "PGTARGETSESSIONATTRS",
    "PGLOADBALANCEHOSTS",
)
_DEFAULTS = {"host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "dbname": "PGDATABASE"}
_DEFAULTS.update({"user": "PGUSER", "service": "PGSERVICE"})

#: Stands for the place where libpq looks for a socket if no host is named.
_NOWHERE = ""
_PORT = "5432"
SCHEME = "postgresql:"

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


def forget_environment() -> None:
    """Call this when the settings have been read: from then on, no environment variable decides
    where a connection leads."""
    for name in _LEADING:
        os.environ.pop(name, None)


def address(said: Mapping[str, Any]) -> str:
    """Where a connection with these parameters leads: host, port and database, as text. A service
    or several hosts, which cannot be resolved here, stay in it as they are, and match no known
    database."""
    known = {name: os.environ.get(variable, "") for name, variable in _DEFAULTS.items()}
    known.update({n: str(said[n]) for n in _DEFAULTS if said.get(n) not in (None, "")})
    if known["service"]:
        return "%s service %s" % (SCHEME, known["service"])
    host = known["hostaddr"] or known["host"] or _NOWHERE
    name = known["dbname"] or known["user"]
    return "%s//%s:%s/%s" % (SCHEME, host, known["port"] or _PORT, name)


def _parameters(database: Mapping[str, Any]) -> Dict[str, str]:
    """What Django hands to the driver for an entry of ``DATABASES``, with what a service's file and
    the environment add, as far as it says where a connection leads."""
    options = database.get("OPTIONS")
    said: Dict[str, Any] = dict(options) if isinstance(options, dict) else {}
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    names["port"] = "PORT"
    for part, name in names.items():
        if database.get(name):
            said[part] = database[name]
    service = said.get("service") or os.environ.get("PGSERVICE")
    found = {n: os.environ[variable] for n, variable in _DEFAULTS.items() if variable in os.environ}
    for variable, name in (("PGPASSWORD", "password"), ("PGPASSFILE", "passfile")):
        if variable in os.environ:
            found[name] = os.environ[variable]
    if service:
        found.update(_of_service(str(service), said.get("servicefile")))
    found.update({n: str(v) for n, v in said.items() if isinstance(v, (str, int, os.PathLike))})
    found.pop("service", None)
    return found


def _of_service(name: str, file: Any) -> Dict[str, str]:
    """What libpq's file of services says of one (https://www.postgresql.org/docs/current/
    libpq-pgservice.html)."""
    import configparser

    folder = os.environ.get("PGSYSCONFDIR", "")
    places = [file or os.environ.get("PGSERVICEFILE") or os.path.expanduser("~/.pg_service.conf")]
    places += [os.path.join(folder, "pg_service.conf")] if folder else []
    for each in places:
        parser = configparser.RawConfigParser(strict=False, delimiters="=", comment_prefixes="#")
        with contextlib.suppress(OSError, configparser.Error):
            parser.read(each, encoding="utf-8")
        if parser.has_section(name):
            return dict(parser.items(name))
    return {}


#: Parameters of an entry that its URI keeps in addition to the address.
_KEPT = ("hostaddr", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "options")


def uri(database: Mapping[str, Any]) -> str:
    """Where an entry of ``DATABASES`` leads, as libpq's URI, without its password."""
    import getpass

    said = _parameters(database)
    said.setdefault("user", getpass.getuser())
    name = said.get("dbname") or said["user"]
    more = {"host": said.get("host", ""), "port": said.get("port", "")}
    more.update({each: said.get(each, "") for each in _KEPT})
    query = urlencode({n: value for n, value in more.items() if value}, safe="/", quote_via=quote)
    return "%s//%s@/%s?%s" % (SCHEME, quote(said["user"], safe=""), quote(name, safe=""), query)


def password(database: Mapping[str, Any]) -> str:
    """The password for an entry of ``DATABASES``, or ``""``."""
    return _parameters(database).get("password", "")


def hold() -> None:
    """From now on, raise the event before each new connection is made."""
    when_imported(direct.BY_CTYPES, lambda: direct.hold_by_ctypes(_tell_third))
    when_imported("psycopg", _hold_third)
    when_imported("psycopg2", _hold_second)


def _tell(parse: Callable[[Any], Dict[str, Any]], conninfo: Any) -> None:
    """Announce where a connection of the project's will lead. ``conninfo`` may be bytes, which
    libpq accepts too."""
    said = parse(os.fsdecode(conninfo) if isinstance(conninfo, bytes) else conninfo)
    if not getattr(_own, "on", False):
        sys.audit(EVENT, address(said))


def _tell_third(conninfo: Any) -> None:
    _tell(importlib.import_module("psycopg.conninfo").conninfo_to_dict, conninfo)


def _tell_second(conninfo: Any) -> None:
    _tell(importlib.import_module("psycopg2.extensions").parse_dsn, conninfo)


def _hold_third() -> None:
    generators: Any = importlib.import_module("psycopg.generators")
    generators.connect = direct.telling(generators.connect, _tell_third)
    direct.hold_third(_tell_third)


def _hold_second() -> None:
    driver: Any = importlib.import_module("psycopg2")
    driver._connect = direct.telling(driver._connect, _tell_second)
    direct.hold_second(_tell_second)
