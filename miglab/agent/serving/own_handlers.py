"""Sends ``post_migrate`` as long as its handlers only read. Django's own handlers only read if all
content types and permissions exist: then the database stays as the migrations left it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Callable, List, Tuple

#: Where Django's own handlers are. If they were stopped, they can be run again.
_OWN = (
    ("django.contrib.auth.management", "create_permissions"),
    ("django.contrib.contenttypes.management", "create_contenttypes"),
    ("django.contrib.sites.management", "create_default_site"),
)
#: The models whose rows they may make.
_MODELS = ("contenttypes.ContentType", "auth.Permission", "sites.Site")


class _Writes(BaseException):
    """A handler was about to write. It is not an ``Exception``, so that Django does not catch it as
    an error."""


def send_to_readers(
    send: Callable[..., Any], verbosity: int, interactive: bool, db: str, **kwargs: Any
) -> bool:
    """Send the signal, and stop before the first statement that is not a plain ``SELECT``.

    Args:
        send: Django's ``emit_post_migrate_signal``; the others are its arguments.

    Returns:
        Whether it was sent to everybody, and nothing was written. If not, nothing was done.
    """
    from django.db import connections

    connection = connections[db]
    # Where each handler is announced, it would be announced twice.
    if verbosity > 1 or connection.in_atomic_block or not connection.settings_dict["AUTOCOMMIT"]:
        return False
    if not _is_own(send) or not _can_be_repeated(kwargs.get("apps")):
        return False
    wrappers = connection.execute_wrappers
    # The first one is asked first: nothing else hears of a statement that is refused.
    wrappers.insert(0, _reading)
    try:
        send(verbosity, interactive, db, **kwargs)
    except _Writes:
        return False
    finally:
        wrappers.remove(_reading)
    return True


def _reading(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    if str(sql).split(None, 1)[:1] != ["SELECT"]:
        raise _Writes
    return execute(sql, params, many, context)


def _can_be_repeated(apps: Any) -> bool:
    """Whether only Django's own handlers hear the signal, and nobody hears what these do."""
    from django.apps import apps as project
    from django.db.models import signals

    heard = [
        each
        for config in project.get_app_configs()
        for each in _receivers(signals.post_migrate, config)
    ]
    if not all(_name_of(each) in _OWN and _is_own(each) for each in heard):
        return False
    if logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG):
        return False
    listening = (signals.pre_init, signals.post_init, signals.pre_save)
    for name in _MODELS:
        try:
            model = (apps or project).get_model(name)
        except LookupError:
            continue
        if any(signal.has_listeners(model) for signal in listening):
            return False
    return True


def _receivers(signal: Any, sender: Any) -> List[Any]:
    """All receivers of a signal from this sender. Since Django 5.0, those that are coroutines come
    in a list of their own."""
    found: List[Any] = []
    for each in signal._live_receivers(sender):
        found += each if isinstance(each, list) else [each]
    return found


def _name_of(function: Any) -> Tuple[Any, Any]:
    return getattr(function, "__module__", None), getattr(function, "__name__", None)


def _is_own(function: Any) -> bool:
    """Whether Django's own files define it, whatever it is called."""
    import django

    code = getattr(function, "__code__", None)
    return code is not None and Path(django.__file__).parent in Path(code.co_filename).parents
