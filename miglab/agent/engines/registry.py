"""Lists the engines that the agent knows, and finds one by its name."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from .engine import Engine
from .mariadb.engine import MariaDB
from .postgresql.engine import PostgreSQL
from .sqlite.engine import SQLite

#: Each engine once. A new one is added here and in ``databases/registry.py``.
_ALL: List[Engine] = [SQLite(), PostgreSQL(), MariaDB()]
ENGINES: Dict[str, Engine] = {each.vendor: each for each in _ALL}
#: The engine that error messages suggest.
DEFAULT = next(iter(ENGINES.values()))

SIDECARS = tuple({ending for each in ENGINES.values() for ending in each.sidecars})
EVENTS = tuple(event for each in ENGINES.values() for event in each.events)
DENIALS = tuple(each.denial for each in ENGINES.values())
_SCHEMES = tuple(each.scheme for each in ENGINES.values() if each.scheme)


def is_address(name: str) -> bool:
    """Whether the name of a database that a connection opens is an ``Engine.address``, so that the
    database is on a server."""
    return name.startswith(_SCHEMES)


def connecting() -> bool:
    """Whether a driver is making an allowed connection, or one of miglab's own."""
    return any(each.connecting for each in ENGINES.values())


def refused(error: BaseException) -> str:
    """A driver's error in one line, if the copy's server refused something that the original's
    server may allow. ``""`` for all other errors."""
    return next(filter(None, (each.refused(error) for each in ENGINES.values())), "")


def unknown(error: BaseException) -> str:
    """A driver's error in one line, if a statement names something that is not in the database.
    ``""`` for all other errors."""
    return next(filter(None, (each.unknown(error) for each in ENGINES.values())), "")


def of_vendor(vendor: str) -> Engine:
    """The engine with this ``vendor``, which is Django's word for it.

    Raises:
        ValueError: miglab does not know it.
    """
    if vendor not in ENGINES:
        raise ValueError("there is no engine %r; miglab knows: %s" % (vendor, ", ".join(ENGINES)))
    return ENGINES[vendor]


def for_setting(engine: str) -> Optional[Engine]:
    """The engine that ``ENGINE`` of Django's ``DATABASES`` means, if miglab knows it."""
    known = next((each for each in ENGINES.values() if each.runs(engine)), None)
    return known or ENGINES.get(_vendor(engine))


def _vendor(backend: str) -> str:
    """The ``vendor`` of a backend that isn't Django's own; most of these extend one of Django's.
    ``""`` if it is Django's own or cannot be imported."""
    if not backend or backend.startswith("django."):
        return ""
    try:
        return str(importlib.import_module(backend + ".base").DatabaseWrapper.vendor)
    except Exception:
        return ""


def by_engine(vendors: Dict[str, str], aliases: Iterable[str]) -> List[Tuple[Engine, List[str]]]:
    """These aliases, grouped by engine; ``vendors`` maps each alias to its engine's vendor."""
    found: Dict[str, List[str]] = {}
    for alias in aliases:
        found.setdefault(vendors[alias], []).append(alias)
    return [(of_vendor(vendor), each) for vendor, each in found.items()]


@contextlib.contextmanager
def together(vendors: Iterable[str]) -> Iterator[None]:
    """A context within ``Engine.together`` of each engine with one of these vendors."""
    with contextlib.ExitStack() as stack:
        for each in {*vendors}:
            stack.enter_context(of_vendor(each).together())
        yield


def bring(vendors: Iterable[str]) -> None:
    """Call ``Engine.bring`` of each engine with one of these vendors."""
    for each in {*vendors}:
        of_vendor(each).bring()


def import_backends() -> None:
    """Import each engine's ``backend``, which every project on that engine needs."""
    for each in ENGINES.values():
        if each.backend:
            importlib.import_module(each.backend)


def hurry() -> None:
    """From now on, connections to copies do not wait for the disk."""
    from django.db.backends.signals import connection_created

    connection_created.connect(_hurry, weak=False)


def _hurry(connection: Any, **kwargs: Any) -> None:
    engine = ENGINES.get(connection.vendor)
    if engine is not None:
        engine.hurry(connection)
