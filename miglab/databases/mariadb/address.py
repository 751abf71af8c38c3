"""Handles of databases on MariaDB and MySQL servers: URIs without passwords.

``mysql://USER@HOST:PORT/NAME?key=value``; the key ``unix_socket`` is the path of a socket, if there
is one. A server's handle is the one that names no database.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from ...errors import BadInput
from ...home import home
from .. import naming
from ..engine import Handle
from ..server.places import keep_secret

#: What a handle may say beside where it leads. ``passfile`` is the file with the password, ``ssl``
#: is ``off`` or ``required``, ``session`` is what each session of the project begins with, as in
#: ``sql_mode='ANSI'``.
KEYS = ("passfile", "session", "ssl", "ssl_ca", "ssl_cert", "ssl_key", "unix_socket")
_PARTS = ("user", "host", "port", "database")
SCHEMES = ("mysql", "mariadb")


def handle_of(parameters: Mapping[str, str]) -> Handle:
    """The handle of the database that these parameters of a connection name."""
    rest = {name: value for name, value in parameters.items() if value}
    user, host, port, database = (rest.pop(each, "") for each in _PARTS)
    place = f"[{host}]" if ":" in host else quote(host, safe="")
    where = f"{place}:{port}" if port else place
    told = "&".join(f"{name}={quote(rest[name], safe='/')}" for name in sorted(rest))
    who = f"{quote(user, safe='')}@" if user else ""
    return Handle(f"mysql://{who}{where}/{quote(database, safe='')}{'?' if told else ''}{told}")


@cache
def parameters_of(handle: str) -> Mapping[str, str]:
    """The parameters of a connection to the database of a handle. ``password`` is among them if the
    user typed one in an address.

    Raises:
        BadInput: it is not an address of such a server.
    """
    try:
        found = urlsplit(handle)
        port, host = found.port, found.hostname
    except ValueError as error:
        raise _not_an_address(str(error)) from None
    if found.scheme not in SCHEMES:
        raise _not_an_address(f"it begins with {found.scheme!r}")
    options = dict(parse_qsl(found.query, keep_blank_values=True))
    unknown = [each for each in options if each not in (*KEYS, "socket")]
    if unknown:
        raise _not_an_address(f"unknown: {', '.join(unknown)}; known: {', '.join(KEYS)}")
    if "socket" in options:
        options["unix_socket"] = options.pop("socket")
    place = unquote(host or "")
    if place.startswith("/"):
        options.setdefault("unix_socket", place)
        place = ""
    parameters = {
        "user": unquote(found.username or ""),
        "password": unquote(found.password or ""),
        "host": place,
        "port": str(port or ""),
        "database": unquote(found.path.removeprefix("/")),
        **options,
    }
    return {name: value for name, value in parameters.items() if value}


def _not_an_address(why: str) -> BadInput:
    # The address may have a password in it.
    return BadInput(
        f"the address of the MariaDB or MySQL server cannot be read ({why}); write "
        "mysql://USER:PASSWORD@HOST:PORT/ or mysql://USER@/?unix_socket=/PATH"
    )


def name_of(handle: str) -> str:
    """The name of a database on its server."""
    return parameters_of(handle).get("database", "")


def beside(handle: str, name: str) -> Handle:
    """The handle of a database with another name on the same server."""
    return handle_of({**parameters_of(handle), "database": name})


def server_of(handle: str) -> Handle:
    """The handle of the server itself, without a database: the same for all databases on it."""
    return beside(handle, "")


def is_ours(handle: str) -> bool:
    """Whether miglab created the database, by its name."""
    return name_of(handle).startswith(naming.OURS)


def keep_password(parameters: Mapping[str, str]) -> dict[str, str]:
    """Write the password to a file that only this user may read. Return the parameters with the
    file's path instead of the password."""
    rest = dict(parameters)
    password = rest.pop("password", "")
    if not password:
        return rest
    path = home() / "mariadb" / "passwords" / naming.digest(f"{sorted(rest.items())}", 8)
    keep_secret(path, password)
    return {**rest, "passfile": str(path)}


def password_of(handle: str) -> str:
    """The password of a handle."""
    path = parameters_of(handle).get("passfile", "")
    return Path(path).read_text(encoding="utf-8") if path else ""


def option_file(handle: str) -> str:
    """The text of an option file for MariaDB's and MySQL's tools, with which they connect to the
    server of a handle: https://mariadb.com/docs/server/server-management/
    install-and-upgrade-mariadb/configuring-mariadb/configuring-mariadb-with-option-files."""
    known = parameters_of(handle)
    names = {"user": "user", "host": "host", "port": "port", "unix_socket": "socket"}
    names.update(ssl_ca="ssl-ca", ssl_cert="ssl-cert", ssl_key="ssl-key")
    told = {name: known[part] for part, name in names.items() if part in known}
    if not known.get("unix_socket"):
        told["protocol"] = "tcp"
    password = password_of(handle)
    if password:
        told["password"] = password
    lines = [f'{name}="{_escaped(value)}"' for name, value in told.items()]
    if known.get("ssl") == "required":
        lines.append("ssl")
    elif known.get("ssl") == "off":
        lines.append("skip-ssl")
    return "\n".join(["[client]", *lines, ""])


def _escaped(value: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", value).replace("\n", "\\n")


def user_here() -> str:
    """The name of the user who runs this process."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
