"""The databases of a place: their handles by alias, and the engine of each."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Dict, Iterator, Optional

from ..common.measuring import measuring
from ..engines import registry
from ..engines.engine import Engine


class Databases:
    """What a configuration says about a place's databases at the moment when it is asked."""

    def __init__(self, config: Dict[str, Any]) -> None:
        self._config = config

    @property
    def handles(self) -> Dict[str, str]:
        """Alias → handle."""
        handles: Dict[str, str] = self._config["databases"]
        return handles

    @property
    def engines(self) -> Dict[str, str]:
        """Alias → the vendor of its engine."""
        engines: Dict[str, str] = self._config["engines"]
        return engines

    def engine(self, alias: str) -> Engine:
        """The engine of a database. While the settings are asked for, none is known yet."""
        return registry.of_vendor(self.engines.get(alias, registry.DEFAULT.vendor))

    def marks(self) -> Dict[str, Any]:
        """Each database's mark, by its handle.

        Raises:
            Engine.error: one cannot be read; asking its server anything else is useless.
        """
        return {handle: self.engine(alias).mark(handle) for alias, handle in self.handles.items()}

    def first_marks(self, known: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        """Each database's mark before a request, by its handle. Marks that are ``known``, by alias,
        are not read again. If a mark cannot be read, a value that equals no other stands for it, so
        that the database counts as written."""
        found = known or {}
        return {
            handle: self.engine(alias).hear_mark(handle, found[alias])
            if alias in found
            else self._mark(alias, handle)
            for alias, handle in self.handles.items()
        }

    def _mark(self, alias: str, handle: str) -> object:
        with measuring("see whether the database was written to"):
            return self.engine(alias).mark(handle)
        return object()

    def last_marks(self) -> Dict[str, Any]:
        """The marks that ``Engine.last_mark`` gives miglab's own process, by alias, for the
        databases that have one."""
        found = {
            alias: self.engine(alias).last_mark(handle) for alias, handle in self.handles.items()
        }
        return {alias: mark for alias, mark in found.items() if mark is not None}


def end_connections(databases: Databases) -> None:
    """Close Django's connections at the end of a request. Engines may keep their sessions, to look
    at what the request left."""
    django = sys.modules.get("django.db")
    if django is not None and "settings" in vars(django.connections):
        for alias, handle in databases.handles.items():
            with contextlib.suppress(Exception):
                databases.engine(alias).take(django.connections[alias], handle)
    close_connections()


class CommandsConnections:
    """Stands in for Django's connections while a typed command is run. Django closes all of them
    at the end of a command; this ends them as at the end of a request instead."""

    def __init__(self, databases: Databases, connections: Any) -> None:
        self._databases, self._connections = databases, connections

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connections, name)

    def __getitem__(self, alias: str) -> Any:
        return self._connections[alias]

    def __iter__(self) -> Iterator[str]:
        return iter(self._connections)

    def close_all(self) -> None:
        """Close all connections as at the end of a request."""
        end_connections(self._databases)


def close_connections() -> None:
    """Close Django's connections, as a terminal's process does by ending: a transaction that was
    left open is rolled back. Django leaves one open if a schema editor finds a broken foreign key
    at its end."""
    if "django.db" not in sys.modules:
        return
    from django.db import connections

    # Without settings that could be read nobody has connected, and asking would make some up.
    if "settings" in vars(connections):
        with contextlib.suppress(Exception):
            connections.close_all()
