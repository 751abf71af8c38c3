"""Second copies on MariaDB: see ``server/ready.py``."""

from __future__ import annotations

from ..server.ready import LARGEST, Ready
from . import moments
from .address import beside, name_of


class _Databases:
    """See ``server.ready.Databases``."""

    name_of = staticmethod(name_of)
    beside = staticmethod(beside)
    exists = staticmethod(moments.exists)
    rename = staticmethod(moments.rename)
    drop = staticmethod(moments.drop)

    @staticmethod
    def copy_meanwhile(copy: str, to: str) -> bool:
        """Copy a database over a separate connection, unless it is large. Return whether the copy
        is complete."""
        return moments.copy_meanwhile(copy, to, LARGEST)


READY = Ready(_Databases())
