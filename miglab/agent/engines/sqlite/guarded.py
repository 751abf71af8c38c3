"""Makes the project's connections ask before a statement opens another database, however they are
made."""

from __future__ import annotations

import functools
import os
import sqlite3
import sys
from typing import Any, Callable, Optional

from ...common.steady import put
from ..engine import MayOpen

#: https://sqlite.org/c3ref/c_alter_table.html
_ATTACH = 24
#: ``connect(database, timeout, detect_types, isolation_level, check_same_thread, factory)``
_FACTORY_AT = 5

Authorizer = Callable[..., int]


def hold(may_open: MayOpen) -> None:
    """From now on, every new connection asks before each ATTACH. If the file's name is a
    parameter (``ATTACH ?``), SQLite cannot say which database it is."""

    def authorize(action: int, first: Any, *rest: Any) -> int:
        if action == _ATTACH and not may_open(first):
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    opened, plain = sqlite3.connect, sqlite3.Connection

    @functools.lru_cache(maxsize=None)
    def guarded(base: Any) -> Any:
        return _guarded(base, authorize)

    def connect(database: Any, *args: Any, **kwargs: Any) -> Any:
        named = "factory" in kwargs or len(args) < _FACTORY_AT
        factory = kwargs.get("factory", plain) if named else args[_FACTORY_AT - 1]
        made_by_class = isinstance(factory, type) and issubclass(factory, plain)
        if made_by_class:
            factory = guarded(factory)
        if named:
            kwargs["factory"] = factory
        else:
            args = (*args[: _FACTORY_AT - 1], factory, *args[_FACTORY_AT:])
        connection = opened(_text(database), *args, **kwargs)
        if not made_by_class:
            connection.set_authorizer(authorize)
        return connection

    import _sqlite3

    for module in (_sqlite3, sqlite3.dbapi2, sqlite3):
        put(module, "connect", connect)
        put(module, "Connection", guarded(plain))


def _text(database: Any) -> Any:
    """A path as text or bytes. A path object is asked only once, because a class of the project's
    could answer differently the next time."""
    return os.fspath(database) if isinstance(database, os.PathLike) else database


def _guarded(base: Any, authorize: Authorizer) -> Any:
    """A subclass of ``base`` whose connections always ask ``authorize``, even if the project sets
    an authorizer of its own."""

    class Connection(base):  # type: ignore[misc]
        def __init__(self, database: Any, *args: Any, **kwargs: Any) -> None:
            if sys.version_info < (3, 10):
                # Only the function `connect` told of it.
                sys.audit("sqlite3.connect", _text(database))
            super().__init__(_text(database), *args, **kwargs)
            super().set_authorizer(authorize)

        def set_authorizer(self, authorizer_callback: Optional[Authorizer]) -> None:
            def both(action: int, *rest: Any) -> int:
                verdict = authorize(action, *rest)
                return asked(action, *rest) if verdict == sqlite3.SQLITE_OK else verdict

            asked: Any = authorizer_callback
            super().set_authorizer(authorize if asked is None else both)

    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(Connection, name, getattr(base, name))
    return Connection
