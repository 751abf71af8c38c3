"""Lists the engines that the agent knows, and finds one by its name."""

from __future__ import annotations

import contextlib
import importlib
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from .engine import Engine
from .mariadb.engine import MariaDB
from .postgresql.engine import PostgreSQL
from .sqlite.engine import SQLite

#: Each once, by its vendor; another one is added here and in ``databases/registry.py``.
_ALL: List[Engine] = [SQLite(), PostgreSQL(), MariaDB()]
ENGINES: Dict[str, Engine] = {each.vendor: each for each in _ALL}
#: What errors advise.
DEFAULT = next(iter(ENGINES.values()))

SIDECARS = tuple({ending for each in ENGINES.values() for ending in each.sidecars})
EVENTS = tuple(event for each in ENGINES.values() for event in each.events)
DENIALS = tuple(each.denial for each in ENGINES.values())
_SCHEMES = tuple(each.scheme for each in ENGINES.values() if each.scheme)


def is_address(name: str) -> bool:
    """Whether what a connection opens is on a server, and named by ``Engine.address``."""
    return name.startswith(_SCHEMES)


def connecting() -> bool:
    """Whether a driver is making an allowed connection, or one of miglab's own."""
    return any(each.connecting for each in ENGINES.values())


def refused(error: BaseException) -> str:
    """What an error of a driver says, where the server of a copy refused something that the
    original's may allow; ``""`` for all other errors."""
    return next(filter(None, (each.refused(error) for each in ENGINES.values())), "")


def unknown(error: BaseException) -> str:
    """What an error of a driver says, where a statement means something that is not in the
    database; ``""`` for all other errors."""
    return next(filter(None, (each.unknown(error) for each in ENGINES.values())), "")


def of_vendor(vendor: str) -> Engine:
    """The engine that Django calls so.

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
    """What a backend that isn't Django's says it is: most are made of one of Django's. ``""`` if
    it cannot be imported."""
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
    """``Engine.together`` of the engines of these vendors."""
    with contextlib.ExitStack() as stack:
        for each in {*vendors}:
            stack.enter_context(of_vendor(each).together())
        yield


def bring(vendors: Iterable[str]) -> None:
    """``Engine.bring`` of the engines of these vendors."""
    for each in {*vendors}:
        of_vendor(each).bring()


def import_backends() -> None:
    """Import what every project needs that is on one of the engines."""
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
