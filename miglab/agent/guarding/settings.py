"""Reads a user's settings, and changes everything in them that leads out of the copy: databases,
mail, caches, logs.

The settings are changed right after Django has read them, before any app is imported: no code ever
sees the ones that lead to the original.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any, Dict, List

from ..common.steady import put
from ..engines import registry
from . import instead

#: Settings of packages that send work away, and the values that replace them: kombu's own memory.
_BROKERS = {"CELERY_BROKER_URL": "memory://", "BROKER_URL": "memory://"}
#: The caches as the project has them: their tables may be in its database.
caches_before: Dict[str, Any] = {}
_CACHE = "django.core.cache.backends.locmem.LocMemCache"
_MAIL = "django.core.mail.backends.dummy.EmailBackend"
#: Handlers of the logging module that send what they get.
_SENDERS = ("SysLogHandler", "SocketHandler", "DatagramHandler", "SMTPHandler", "HTTPHandler")

#: What was replaced in the settings, apart from the databases: ``setting``, ``was``, ``instead``.
replaced: List[Dict[str, str]] = []


def read() -> Dict[str, Any]:
    """What miglab needs to know of the settings.

    - ``databases``: alias → a dict with ``engine``, ``vendor`` (empty if miglab does not know the
      engine), ``name`` (from ``Engine.full_name``) and ``password``;
    - ``module``: the name of the settings module;
    - ``replaced``: the settings that have another value in the copy."""
    from django.conf import settings

    found = {}
    for alias, database in settings.DATABASES.items():
        engine = str(database.get("ENGINE") or "django.db.backends.dummy")
        known = registry.for_setting(engine)
        name, password = str(database.get("NAME") or ""), ""
        if known is not None:
            name, password = known.full_name(database), known.password(database)
        vendor = known.vendor if known is not None else ""
        found[alias] = {"engine": engine, "vendor": vendor, "name": name, "password": password}
    return {
        "databases": found,
        "module": os.environ.get("DJANGO_SETTINGS_MODULE", ""),
        "replaced": replaced,
    }


def turn_to_copy(databases: Dict[str, str], temporary: str) -> None:
    """From now on, settings that are read name these databases (alias → handle), and nothing is
    sent to anybody; temporary files and logs go to the folder ``temporary``."""
    from django.conf import LazySettings

    os.makedirs(temporary, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = temporary
    lazy: Any = LazySettings
    set_up, configure = lazy._setup, lazy.configure

    def _setup(self: Any, *args: Any, **kwargs: Any) -> None:
        set_up(self, *args, **kwargs)
        _change(self._wrapped, databases, temporary)

    def _configure(self: Any, *args: Any, **kwargs: Any) -> None:
        configure(self, *args, **kwargs)
        _change(self._wrapped, databases, temporary)

    put(lazy, "_setup", _setup)
    put(lazy, "configure", _configure)


def _change(settings: Any, databases: Dict[str, str], temporary: str) -> None:
    for alias, database in settings.DATABASES.items():
        # One of an engine that nobody knows is stopped where it is connected to.
        engine = registry.for_setting(str(database.get("ENGINE") or ""))
        if alias in databases and engine is not None:
            engine.turn(database, databases[alias])
    caches_before.update(settings.CACHES)
    for alias, cache in settings.CACHES.items():
        _replaced("CACHES[%r]" % alias, cache.get("BACKEND"), _CACHE)
    settings.CACHES = {alias: {"BACKEND": _CACHE, "LOCATION": alias} for alias in settings.CACHES}
    if hasattr(settings, "MAILERS"):
        for alias, mailer in settings.MAILERS.items():
            _replaced("MAILERS[%r]" % alias, mailer.get("BACKEND"), _MAIL)
        settings.MAILERS = {alias: {"BACKEND": _MAIL} for alias in settings.MAILERS}
    else:
        _replaced("EMAIL_BACKEND", settings.EMAIL_BACKEND, _MAIL)
    settings.EMAIL_BACKEND = _MAIL
    for name, serves in _BROKERS.items():
        if getattr(settings, name, None) or os.environ.get(name):
            was = str(getattr(settings, name, None) or os.environ[name])
            # The rest may hold a password.
            _replaced(name, was.partition("://")[0], serves)
        if hasattr(settings, name):
            setattr(settings, name, serves)
        if name in os.environ:
            os.environ[name] = serves
    logging = getattr(settings, "LOGGING", None) or {}
    for name, handler in dict(logging.get("handlers") or {}).items():
        if "filename" in handler:
            within = os.path.join(temporary, os.path.basename(handler["filename"]))
            _replaced("LOGGING handler %r" % name, str(handler["filename"]), "a temporary file")
            handler["filename"] = within
        elif str(handler.get("class", "")).endswith(_SENDERS):
            _replaced("LOGGING handler %r" % name, str(handler["class"]), "nothing")
            logging["handlers"][name] = {"class": "logging.NullHandler"}
    instead.count()


def _replaced(setting: str, was: Any, serves: str) -> None:
    entry = {"setting": setting, "was": str(was or ""), "instead": serves}
    if entry["was"] != serves and entry not in replaced:
        replaced.append(entry)


def use(module: str) -> None:
    """Use this settings module, even if manage.py names another."""
    from django.conf import settings

    if not settings.configured:
        os.environ["DJANGO_SETTINGS_MODULE"] = module


def look_in_copy(original: str, copy: str) -> None:
    """Make Python import from the copy what it would import from the original's folder: an editable
    install of the project puts the original on the path. Virtual environments in the original's
    folder stay."""
    inside = os.path.join(os.path.realpath(original), "")

    def moved(path: str) -> str:
        real = os.path.join(os.path.realpath(path), "") if path else ""
        if not real.startswith(inside) or in_environment(real, inside):
            return path
        return os.path.normpath(os.path.join(copy, os.path.relpath(real, inside)))

    sys.path[:] = [moved(each) for each in sys.path]
    for name, module in list(sys.modules.items()):
        mapping = getattr(module, "MAPPING", None)
        # setuptools' finder for editable installs: package → folder.
        if name.startswith("__editable__") and isinstance(mapping, dict):
            mapping.update({package: moved(path) for package, path in mapping.items()})


def in_environment(path: str, inside: str) -> bool:
    """Whether a path belongs to a virtual environment that lies in the project's folder."""
    folder = path.rstrip(os.sep)
    while folder.startswith(inside):
        if os.path.exists(os.path.join(folder, "pyvenv.cfg")):
            return True
        folder = os.path.dirname(folder)
    return "site-packages" in path


def _real(path: str, folders: Dict[str, str]) -> str:
    """What ``os.path.realpath`` returns. ``folders`` has the real paths of folders that are known
    already, because many files share a few folders."""
    folder, name = os.path.split(path)
    if os.path.islink(path) or name in (os.curdir, os.pardir, ""):
        return os.path.realpath(path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return os.path.join(folders[folder], name)


def from_the_original(original: str) -> List[str]:
    """Modules that were imported from the original's folder nevertheless."""
    inside = os.path.join(os.path.realpath(original), "")
    found = []
    folders: Dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        real = _real(path, folders) if isinstance(path, str) else ""
        if real.startswith(inside) and not in_environment(real, inside):
            found.append("%s (%s)" % (name, path))
    return sorted(found)
