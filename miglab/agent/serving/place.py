"""The databases of a place: their handles by alias, and the engine of each."""

from __future__ import annotations

from typing import Any, Dict

from ..engines import registry
from ..engines.engine import Engine


class Databases:
    """What a configuration says of a place's databases, as it stands when it is asked."""

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
        """Each database's mark, by its handle."""
        return {each: self.engine(alias).mark(each) for alias, each in self.handles.items()}
