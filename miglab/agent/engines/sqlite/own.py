"""Opens a connection with everything that the project's own connections have: functions, collations
and modules that Django or the project gives to each."""

from __future__ import annotations

import sqlite3
import sys
from typing import Optional


def connection_to_nothing(alias: str) -> Optional[sqlite3.Connection]:
    """A connection by the class and the settings of this alias, to an empty database in memory;
    ``None`` if Django is not set up, or the project's handlers do not let one be opened."""
    apps = sys.modules.get("django.apps")
    if apps is None or not apps.apps.ready:
        return None
    from django.db import connections

    try:
        wrapper = connections[alias]
        if wrapper.vendor != "sqlite":
            return None
        settings = dict(wrapper.settings_dict, NAME=":memory:")
        new = type(wrapper)(settings, alias)
        # What handlers of connection_created do is done in memory.
        new.connect()
    except Exception:
        return None
    connection: sqlite3.Connection = new.connection
    connection.isolation_level = None
    return connection
