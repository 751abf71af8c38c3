"""Makes what Django writes the same on every run: a clock that stands still, no formatter from
the PATH."""

from __future__ import annotations

import datetime
from typing import Any, Dict


class _StillDatetime(datetime.datetime):
    """``datetime`` whose ``now`` is always the same."""

    still = datetime.datetime(2026, 1, 1)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return cls.still.replace(tzinfo=tz) if tz else cls.still


class _StillModule:
    """Stands in for the module ``datetime`` when Django names a migration by the time."""

    datetime = _StillDatetime


def put(module: Any, name: str, value: Any) -> None:
    """Replace what a name in a module stands for. If the module does not have the name, that is an
    error."""
    getattr(module, name)
    setattr(module, name, value)


def hold(config: Dict[str, Any]) -> None:
    """Apply the configuration's ``clock`` and ``formatters`` to this process.

    The time goes into file headers (``migrations.writer``), into the names of empty and merge
    migrations (``migrations.utils``) and into the record (``migrations.recorder``).
    """
    if config.get("clock"):
        from django.db.migrations import recorder, utils, writer

        moment = datetime.datetime.fromisoformat(config["clock"])
        _StillDatetime.still = moment
        aware = moment.replace(tzinfo=datetime.timezone.utc)
        put(utils, "datetime", _StillModule)
        put(writer, "now", lambda: aware)
        put(recorder, "now", lambda: aware)
    if not config.get("formatters", True):
        import django.core.management.utils as utils_of_commands

        put(utils_of_commands, "shutil", _NothingOnThePath)


class _NothingOnThePath:
    """Stands in for ``shutil`` when Django looks for a formatter."""

    @staticmethod
    def which(name: str) -> None:
        return None
