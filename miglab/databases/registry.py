"""Lists the engines that miglab knows, and finds one by its name."""

from __future__ import annotations

from ..errors import UnknownName
from .engine import Engine
from .mariadb_engine import MariaDB
from .postgresql_engine import PostgreSQL
from .sqlite_engine import SQLite

#: Each once; another one is added here and in ``agent/engines/registry.py``.
ENGINES: tuple[Engine, ...] = (SQLite(), PostgreSQL(), MariaDB())
#: What the projects that come with miglab are on, and what errors advise.
DEFAULT = ENGINES[0]

#: First words of statements that write nothing, in any engine.
READS = tuple(dict.fromkeys(word for each in ENGINES for word in each.reads))
#: Endings of the files that lie beside a database that is a file.
SIDECARS = tuple(dict.fromkeys(ending for each in ENGINES for ending in each.sidecars))
_MAGIC = tuple(each.magic for each in ENGINES if each.magic)
#: How much of a file ``begins_database`` needs, in bytes.
BEGINNING = max(map(len, _MAGIC), default=0)


def begins_database(content: bytes) -> bool:
    """Whether the first ``BEGINNING`` bytes of a file are those of a database."""
    return content.startswith(_MAGIC)


def for_setting(engine: str, vendor: str = "") -> Engine | None:
    """The engine that ``ENGINE`` in Django's ``DATABASES`` means; ``None`` if miglab does not know
    it. ``vendor`` is Django's word for the database, from a backend of the project's own.

    >>> for_setting("django.contrib.gis.db.backends.spatialite").name
    'SQLite'
    """
    known = (each for each in ENGINES if each.runs(engine) or each.vendor == vendor)
    return next(known, None)


def named(text: str) -> Engine:
    """The engine that the user names, by its name or by the address of the server for the databases
    of labs.

    Raises:
        UnknownName: miglab does not know it.

    >>> named("postgresql://ann@example.org/").vendor
    'postgresql'
    """
    scheme, address, _ = text.partition("://")
    for each in ENGINES:
        if scheme in each.called or (address and each.runs(scheme)):
            return each.on(text if address else "")
    raise UnknownName("database", text, [each.called[0] for each in ENGINES])


def of_vendor(vendor: str) -> Engine:
    """The engine whose ``connection.vendor`` in Django is this.

    Raises:
        ValueError: miglab does not know it.
    """
    for each in ENGINES:
        if each.vendor == vendor:
            return each
    known = ", ".join(each.vendor for each in ENGINES)
    raise ValueError(f"there is no engine {vendor!r}; miglab knows: {known}")


def of_version(words: str) -> Engine | None:
    """The engine that a text names, which begins with the engine's name and then has a version.

    >>> of_version("SQLite 3.45.1").vendor
    'sqlite'
    """
    return next((each for each in ENGINES if words.startswith(each.name)), None)


def in_words() -> str:
    """The names of all engines, as a list in a sentence."""
    *first, last = [each.name for each in ENGINES]
    return f"{', '.join(first)} and {last}"
