"""Handles of databases on servers: URIs as PostgreSQL's own library reads them, without passwords.

A server goes by the handle of the database on it that is connected to for what concerns no single
database.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import quote

from ...home import home
from ..engine import Handle

#: What every database of miglab's is called first. No other is ever changed.
OURS = "miglab_"
#: How long a name may be, in bytes.
_LONGEST = 63


def handle_of(parameters: Mapping[str, str]) -> Handle:
    """The handle of the database that these parameters of a connection name. What they leave out
    is what the library would take."""
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
    """What a database is called on its server."""
    return parameters_of(handle)["dbname"]


def beside(handle: str, name: str) -> Handle:
    """The database of another name on the same server."""
    return handle_of({**parameters_of(handle), "dbname": name})


def server_of(handle: str) -> Handle:
    """What names the server alone: two databases of one server give the same."""
    return beside(handle, "postgres")


def is_ours(handle: str) -> bool:
    """Whether miglab made the database."""
    return name_of(handle).startswith(OURS)


def name_in(folder: Path, rest: str) -> str:
    """The name of a database that belongs to a folder of miglab's, below ``home()``."""
    owner = owner_of(folder)
    room = _LONGEST - len(owner)
    name = re.sub(r"[^a-z0-9_]", "_", rest.lower())
    if name != rest or len(name) > room:
        name = f"{name[: room - 9]}_{_digest(rest, 4)}"
    return f"{owner}{name}"


def owner_of(folder: Path) -> str:
    """What the names of all databases begin with that belong to a folder: for one of a lab, its
    home and the lab."""
    try:
        kind, *inside = folder.relative_to(home()).parts or ("",)
    except ValueError:
        return f"{beginning()}{_digest(str(folder), 8)}_"
    lab = inside[0] if kind == "labs" and inside else _digest("/".join([kind, *inside]), 8)
    return f"{beginning()}{lab}_"


def lab_of(name: str) -> str | None:
    """The lab that a database belongs to by its name; ``None`` where it is another home's."""
    if not name.startswith(beginning()):
        return None
    return name[len(beginning()) :].partition("_")[0]


def beginning() -> str:
    """What the names of all databases of this home begin with."""
    return f"{OURS}{_digest(str(home()), 4)}_"


def keep_password(parameters: Mapping[str, str]) -> dict[str, str]:
    """The same parameters with the password in a file of miglab's that nobody else may read."""
    rest = dict(parameters)
    password = rest.pop("password", "")
    if not password:
        return rest
    path = _passfile(rest)
    path.parent.mkdir(parents=True, exist_ok=True)
    words = ["*", rest.get("port", "*"), "*", rest.get("user", "*"), password]
    line = ":".join(re.sub(r"([\\:])", r"\\\1", each) for each in words)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return {**rest, "passfile": str(path)}


def with_kept_password(parameters: Mapping[str, str]) -> dict[str, str] | None:
    """The same parameters with the password that was kept for them, if one was."""
    path = _passfile(parameters)
    return {**parameters, "passfile": str(path)} if path.exists() else None


def _passfile(parameters: Mapping[str, str]) -> Path:
    return home() / "postgresql" / "passwords" / _digest(f"{sorted(parameters.items())}", 8)


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=size).hexdigest()
