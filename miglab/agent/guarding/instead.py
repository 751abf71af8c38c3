"""Counts what a command handed to the stand-ins for mail and caches."""

from __future__ import annotations

from typing import Any, Dict

from ..common.steady import put

#: ``mail`` messages that were not sent, ``cache`` entries that were written to no real cache.
used: Dict[str, int] = {"mail": 0, "cache": 0}

_counting = False
_WRITES = ("set", "add", "delete", "clear", "touch", "incr")


def begin() -> None:
    """Start to count at 0 again."""
    used.update(mail=0, cache=0)


def count() -> None:
    """From now on, count what Django's dummy mail and its cache in memory get."""
    global _counting
    if _counting:
        return
    _counting = True
    from django.core.cache.backends.locmem import LocMemCache
    from django.core.mail.backends.dummy import EmailBackend

    send = EmailBackend.send_messages

    def send_messages(self: Any, messages: Any) -> Any:
        messages = list(messages)
        used["mail"] += len(messages)
        return send(self, messages)

    put(EmailBackend, "send_messages", send_messages)
    for name in _WRITES:
        put(LocMemCache, name, _counted(getattr(LocMemCache, name)))


def _counted(original: Any) -> Any:
    def write(self: Any, *args: Any, **kwargs: Any) -> Any:
        used["cache"] += 1
        return original(self, *args, **kwargs)

    return write
