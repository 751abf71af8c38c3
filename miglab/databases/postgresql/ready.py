"""Second copies on PostgreSQL: see ``server/ready.py``."""

from __future__ import annotations

import time
from contextlib import suppress

import psycopg

from ..server.ready import LARGEST, Ready
from . import moments
from .address import beside, name_of, server_of
from .connections import connect

#: Seconds after which one is given up because somebody reads the copy.
_PATIENCE, _PAUSE = 2.0, 0.02


class _Databases:
    """See ``server.ready.Databases``."""

    name_of = staticmethod(name_of)
    beside = staticmethod(beside)
    exists = staticmethod(moments.exists)
    rename = staticmethod(moments.rename)
    drop = staticmethod(moments.drop)

    @staticmethod
    def copy_meanwhile(copy: str, to: str) -> bool:
        """Copy a database over a separate connection, unless it is large or somebody reads it.
        Return whether the copy is complete."""
        name = name_of(copy)
        until = time.monotonic() + _PATIENCE
        with suppress(psycopg.Error), connect(server_of(copy)) as server:
            size = server.execute("SELECT pg_database_size(%s)", (name,)).fetchone()
            if size is None or size[0] > LARGEST:
                return False
            # Whoever reads it would otherwise wait for the copy, and the copy for them.
            reading = "SELECT FROM pg_stat_activity WHERE datname = %s"
            while server.execute(reading, (name,)).fetchone() is not None:
                if time.monotonic() > until:
                    return False
                time.sleep(_PAUSE)
            moments.duplicate(server, name, name_of(to))
            return True
        return False


READY = Ready(_Databases())
