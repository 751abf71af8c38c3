"""Makes the server wait for the disk while migrations are measured; see ``waiting``."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Optional

from . import drivers, guarded, waiting
from .opening import execute, rows

#: How long a session may take to notice the new setting, in seconds.
_PATIENCE = 1.0

_measuring: Optional[Any] = None


def begin(connection: Any) -> None:
    """Make the server of Django's connection wait for the disk from now on, if it is one of
    miglab's own."""
    global _measuring
    if _measuring is not None or rows(connection.connection, waiting.OURS) != [(True,)]:
        return
    found = drivers.connect(guarded.uri(connection.settings_dict), dbname="postgres")
    if rows(found, waiting.MAY) != [(True,)]:
        found.close()
        return
    for each in waiting.WAIT:
        execute(found, each)
    _measuring = found
    last = time.monotonic() + _PATIENCE
    while rows(connection.connection, "SHOW fsync") != [("on",)] and time.monotonic() < last:
        time.sleep(0.001)


def end() -> None:
    """Note that this process does not measure any more, so that the server can stop waiting for the
    disk."""
    global _measuring
    if _measuring is not None:
        found, _measuring = _measuring, None
        with contextlib.suppress(drivers.error()):
            execute(found, waiting.LET_GO)
            set_back(found)
        found.close()


def set_back(connection: Any) -> None:
    """Stop a server from waiting for the disk, if it still does although nobody measures."""
    if rows(connection, waiting.FORGOTTEN) == [(True,)]:
        for each in waiting.SET_BACK:
            execute(connection, each)
