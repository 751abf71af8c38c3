"""Names of databases on servers, which tell miglab whose they are; and names in SQL."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from pathlib import Path

from ..home import home

#: What every database of miglab's is called first. No other is ever changed.
OURS = "miglab_"
#: How long a name may be, in bytes, on any server.
LONGEST = 63
#: What is in the name of a copy that is kept, and of a second copy of it.
COPY, READY = "_copy_", "_ready_"


def name_in(folder: Path, rest: str) -> str:
    """The name of a database that belongs to a folder of miglab's, below ``home()``."""
    owner = owner_of(folder)
    room = LONGEST - len(owner)
    name = re.sub(r"[^a-z0-9_]", "_", rest.lower())
    if name != rest or len(name) > room:
        name = f"{name[: room - 9]}_{digest(rest, 4)}"
    return f"{owner}{name}"


def owner_of(folder: Path) -> str:
    """The beginning of the names of all databases that belong to a folder: for a lab's folder, its
    home and the lab."""
    try:
        kind, *inside = folder.relative_to(home()).parts or ("",)
    except ValueError:
        return f"{beginning()}{digest(str(folder), 8)}_"
    lab = inside[0] if kind == "labs" and inside else digest("/".join([kind, *inside]), 8)
    return f"{beginning()}{lab}_"


def lab_of(name: str) -> str | None:
    """The lab that a database belongs to, by its name; ``None`` if it belongs to another home."""
    if not name.startswith(beginning()):
        return None
    return name[len(beginning()) :].partition("_")[0]


def abandoned(
    labs: Path, names: Collection[str], old: Collection[str], lives: Callable[[str], bool]
) -> list[str]:
    """The names of the databases of this home that nobody needs. These are the databases of labs
    that are gone. Of the databases kept between labs, they are the ``old`` ones with their second
    copies. Second copies without a first one, whose process was killed, are also among them."""
    gone = [name for name in names if not lives(str(lab_of(name)))]
    templates = owner_of(labs.parent / "templates")
    kept = {name for name in gone if name.startswith(templates)}
    stay = kept - {*old}
    stay -= {each for each in stay if READY in each and each.replace(READY, COPY, 1) not in stay}
    return [name for name in gone if name not in stay]


def beginning() -> str:
    """The beginning of the names of all databases of this home."""
    return f"{OURS}{digest(str(home()), 4)}_"


def in_quotes(name: str) -> str:
    """A name in double quotes, as standard SQL requires."""
    return '"' + name.replace('"', '""') + '"'


def digest(text: str, size: int) -> str:
    """A short name for a text: its hash in hexadecimal, ``2 * size`` characters long."""
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=size).hexdigest()
