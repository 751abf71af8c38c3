"""Takes over the sessions of Django's connections as miglab's own, because beginning a session
takes longer than most questions."""

from __future__ import annotations

import os
from typing import Any, List

from . import drivers
from .marks import COUNTS_AT_ONCE
from .opening import execute, kept, pin

#: The project's connections whose sessions were taken over. They are kept here, because the driver
#: would warn when one is deleted.
_left: List[Any] = []


def take(connection: Any, handle: str) -> None:
    """Close Django's connection to a database. If possible, the open connection is kept as one of
    ours, in the state of a new one."""
    ours = None
    if connection.connection is not None and not kept.get(handle):
        ours = _taken(connection.connection)
    if ours is None:
        connection.close()
        return
    _left.append(connection.connection)
    connection.connection = None
    try:
        execute(ours, "DISCARD ALL")
        pin(ours)
    except drivers.error():
        ours.close()
    else:
        kept.setdefault(handle, []).append(ours)


def _taken(connection: Any) -> Any:
    """The session of a connection as one of miglab's own. ``None`` if the connection is not psycopg
    3's own, has a transaction open, or was begun with options that miglab's own do not have. Also
    ``None`` if the server counts what it wrote only when it ends."""
    if not drivers.is_third():
        return None
    psycopg: Any = drivers.driver()
    if type(connection) is not psycopg.Connection or not drivers.is_at_rest(connection):
        return None
    if drivers.server_version(connection) < COUNTS_AT_ONCE:
        return None
    if connection.info.get_parameters().get("options") or os.environ.get("PGOPTIONS"):
        return None
    ours = psycopg.Connection(connection.pgconn)
    ours.autocommit, ours.prepare_threshold = True, None
    return ours
