"""Handles of databases on servers: URIs as PostgreSQL's own library reads them, without passwords.

A server's handle is the one of its database ``postgres``: miglab connects to that database for
everything that concerns the whole server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote

from ...home import home
from .. import naming
from ..engine import Handle
from ..server.places import keep_secret


def handle_of(parameters: Mapping[str, str]) -> Handle:
    """The handle of the database that these parameters of a connection name. For parameters that
    are missing, the library's own defaults apply."""
    rest = {name: value for name, value in parameters.items() if value}
    user, database = (quote(rest.pop(each, ""), safe="") for each in ("user", "dbname"))
    told = "&".join(f"{name}={quote(rest[name], safe='/')}" for name in sorted(rest))
    return Handle(f"postgresql://{user}@/{database}{'?' if told else ''}{told}")


@cache
def parameters_of(handle: str) -> Mapping[str, str]:
    """The parameters of a connection to the database of a handle."""
    from psycopg.conninfo import conninfo_to_dict

    return {name: str(value) for name, value in conninfo_to_dict(handle).items()}


def name_of(handle: str) -> str:
    """The name of a database on its server."""
    return parameters_of(handle)["dbname"]


def beside(handle: str, name: str) -> Handle:
    """The handle of a database with another name on the same server."""
    return handle_of({**parameters_of(handle), "dbname": name})


def server_of(handle: str) -> Handle:
    """The handle of the server itself, which is the same for all databases on it."""
    return beside(handle, "postgres")


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
    path = _passfile(rest)
    words = ["*", rest.get("port", "*"), "*", rest.get("user", "*"), password]
    line = ":".join(re.sub(r"([\\:])", r"\\\1", each) for each in words)
    keep_secret(path, f"{line}\n")
    return {**rest, "passfile": str(path)}


def with_kept_password(parameters: Mapping[str, str]) -> dict[str, str] | None:
    """These parameters with the path of the file in which ``keep_password`` stored their password;
    ``None`` if there is no such file."""
    path = _passfile(parameters)
    return {**parameters, "passfile": str(path)} if path.exists() else None


def _passfile(parameters: Mapping[str, str]) -> Path:
    return home() / "postgresql" / "passwords" / naming.digest(f"{sorted(parameters.items())}", 8)
