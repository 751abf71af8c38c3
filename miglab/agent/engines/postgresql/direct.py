"""Guards the ways to a server that avoid the usual functions: the drivers' own types, and libpq's
functions, by the drivers' names for them or by ``ctypes``."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any, Callable, Dict, Type

#: Called with what a connection is to be made with; raises an exception if it may not be made.
Tell = Callable[[Any], None]

#: The beginnings of the names of libpq's functions that connect.
SYMBOLS = ("PQconnect", "PQsetdb")
#: The module of psycopg that reaches these functions through ctypes. It may look them up,
#: because its functions that connect are guarded themselves.
BY_CTYPES = "psycopg.pq._pq_ctypes"
#: The modules that have psycopg's type of a connection, whichever of them are there.
_TYPES = ("psycopg.pq", "psycopg_binary.pq", "psycopg_c.pq", "psycopg_binary", "psycopg_c")


def hold_third(tell: Tell) -> None:
    """Called when psycopg 3 has been imported: guard its type of a connection."""
    original: Any = importlib.import_module("psycopg.pq").PGconn
    held = _alike(original, _class_methods(original, tell))
    for module in filter(None, map(sys.modules.get, _TYPES)):
        if getattr(module, "PGconn", None) is original:
            module.PGconn = held  # type: ignore[attr-defined]


def hold_by_ctypes(tell: Tell) -> None:
    """Called when the module of psycopg that reaches libpq through ctypes has been imported: guard
    those of its functions that connect."""
    functions: Any = sys.modules[BY_CTYPES]
    for name in ("PQconnectdb", "PQconnectStart"):
        setattr(functions, name, telling(getattr(functions, name), tell))


def hold_second(tell: Tell) -> None:
    """Called when psycopg2 has been imported: guard its type of a connection and its function that
    connects."""
    module: Any = importlib.import_module("psycopg2._psycopg")
    original = module.connection
    begin = original.__init__

    def __init__(self: Any, dsn: Any, *args: Any, **kwargs: Any) -> None:
        tell(dsn)
        begin(self, dsn, *args, **kwargs)

    held = _alike(original, {"__init__": __init__})
    module._connect = telling(module._connect, tell)
    extensions: Any = importlib.import_module("psycopg2.extensions")
    module.connection = extensions.connection = held


def may_look_up(name: Any) -> bool:
    """Whether a function of a library may be looked up by its name. Only psycopg itself may look up
    libpq's functions that connect."""
    if not isinstance(name, str) or not name.startswith(SYMBOLS):
        return True
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_globals is getattr(sys.modules.get(BY_CTYPES), "__dict__", None):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _class_methods(original: Any, tell: Tell) -> Dict[str, Any]:
    def method(name: str) -> Any:
        connect = getattr(original, name)
        return classmethod(lambda cls, conninfo: telling(connect, tell)(conninfo))

    return {name: method(name) for name in ("connect", "connect_start")}


def telling(original: Any, tell: Tell) -> Any:
    """A function that announces where it connects to, and then connects."""

    @functools.wraps(original)
    def connect(conninfo: Any, *args: Any, **kwargs: Any) -> Any:
        tell(conninfo)
        return original(conninfo, *args, **kwargs)

    return connect


def _alike(original: Any, methods: Dict[str, Any]) -> Any:
    """A subclass of ``original`` with these methods, because types in C cannot be changed.
    Instances of ``original`` count as its own."""

    class Alike(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, original)

        def __subclasscheck__(cls, other: Type[Any]) -> bool:
            return issubclass(other, original)

    return Alike(original.__name__, (original,), {**methods, "__module__": original.__module__})
