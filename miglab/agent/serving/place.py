"""The databases of a place: their handles by alias, and the engine of each."""

from __future__ import annotations

import contextlib
import sys
from typing import Any, Dict, Optional

from ..common.measuring import measuring
from ..engines import registry
from ..engines.engine import Engine


class Databases:
    """What a configuration says of a place's databases at the time when it is asked."""

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

    def marks(self, known: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        """Each database's mark, by its handle; those that are ``known``, by alias, are taken. One
        that cannot be read is like no other: that database counts as written."""
        found = known or {}
        return {
            handle: found[alias] if alias in found else self._mark(alias, handle)
            for alias, handle in self.handles.items()
        }

    def _mark(self, alias: str, handle: str) -> object:
        with measuring("see whether the database was written to"):
            return self.engine(alias).mark(handle)
        return object()


def close_connections() -> None:
    """What a terminal's process does by ending: a transaction that was left open is rolled back.
    Django leaves one where a schema editor finds a broken foreign key at its end."""
    if "django.db" not in sys.modules:
        return
    from django.db import connections

    # Without settings that could be read nobody has connected, and asking would make some up.
    if "settings" in vars(connections):
        with contextlib.suppress(Exception):
            connections.close_all()
