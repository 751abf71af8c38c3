"""Reads models, migration files and settings of the project that runs in this process."""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import pkgutil
import re
import sys
import traceback
from typing import Any, Dict, Iterator, List, Optional, Tuple

#: The settings through which the truths are read.
LENS = ("INSTALLED_APPS", "AUTH_USER_MODEL", "MIGRATION_MODULES", "DATABASE_ROUTERS")

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def read_project(error: Optional[BaseException]) -> Dict[str, Any]:
    """``models`` and ``files``, each a value or ``{"unreadable": reason}``.

    ``error`` is what setting the project up raised, or ``None``. Files can often be read all the
    same: a migration does not need the models.
    """
    result: Dict[str, Any] = {}
    if error is None:
        result["models"] = _or_reason(read_models)
    else:
        result["models"] = {"unreadable": words_of_error(error)}
    modules = set(sys.modules)
    place = _printed()
    result["files"] = _or_reason(read_files)
    if _printed() != place:
        # What a migration prints belongs to the command that imports it.
        for name in set(sys.modules) - modules:
            if ".migrations" in name:
                del sys.modules[name]
    return result


def _printed() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    return os.fstat(1).st_size


def _or_reason(read: Any) -> Any:
    try:
        return read()
    except Exception as error:
        return {"unreadable": words_of_error(error)}


def words_of_error(error: BaseException) -> str:
    """The error in one line, with the file and line of the project that it comes from."""
    text = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    told = "%s: %s" % (type(error).__name__, text) if text else type(error).__name__
    place = None
    if isinstance(error, SyntaxError):
        place = _in_project(error.filename, error.lineno)
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            place = _in_project(frame.filename, frame.lineno) or place
    return "%s (%s)" % (told, place) if place else told


def _in_project(path: Optional[str], line: Optional[int]) -> Optional[str]:
    """A place in a file of the project, which is the working folder; manage.py is none."""
    if not path or path.startswith("<"):
        return None
    shown = os.path.relpath(path).replace(os.sep, "/")
    if shown.startswith(os.pardir) or shown == "manage.py":
        return None
    return "%s, line %s" % (shown, line)


def lens() -> Any:
    """The settings of ``LENS`` in words, or the reason why there are none."""
    from django.conf import settings

    try:
        seen = {name: repr(getattr(settings, name)) for name in LENS}
        for alias, database in sorted(settings.DATABASES.items()):
            name = os.path.basename(str(database.get("NAME") or ""))
            seen["DATABASES[%r]" % alias] = "%s %s" % (database.get("ENGINE"), name)
        return seen
    except Exception as error:
        return {"unreadable": words_of_error(error)}


def other_database(path: str, alias: str) -> Optional[str]:
    """The name of the database that the settings mean, where it is not the one at this path."""
    from django.conf import settings

    try:
        database = settings.DATABASES[alias]
        name = str(database["NAME"])
        if "sqlite" not in database["ENGINE"]:
            return "%s (%s)" % (name, database["ENGINE"])
    except Exception:
        return None
    if name != ":memory:" and os.path.realpath(name) == os.path.realpath(path):
        return None
    return os.path.basename(name)


def read_models() -> Dict[str, Any]:
    """``{app_label: {model: {"table", "fields", "options", "managed"}}}``, proxies and swapped
    models included, automatic many-to-many tables not."""
    from django.apps import apps

    result: Dict[str, Any] = {config.label: {} for config in apps.get_app_configs()}
    for model in apps.get_models(include_swapped=True):
        meta = model._meta
        options = {
            name: words(value)
            for name, value in sorted(meta.original_attrs.items())
            if name not in ("app_label", "apps", "managed", "db_table", "abstract")
        }
        if meta.proxy:
            options["proxy"] = "True"
        if meta.swapped:
            options["swapped"] = words(meta.swapped)
        result[meta.app_label][model.__name__] = {
            "table": meta.db_table,
            "managed": meta.managed,
            "fields": {
                field.name: words_of_field(field)
                for field in [*meta.local_fields, *meta.local_many_to_many]
            },
            "options": options,
        }
    return result


def words_of_field(field: Any) -> str:
    """A field as one would write it, as in ``CharField(max_length=100)``."""
    _, path, args, kwargs = field.deconstruct()
    return call(short(path), args, kwargs)


def short(path: str) -> str:
    return path.rpartition(".")[2] if path.startswith("django.") else path


def call(name: str, args: Any, kwargs: Dict[str, Any]) -> str:
    inside = [words(each) for each in args]
    inside += ["%s=%s" % (key, words(value)) for key, value in sorted(kwargs.items())]
    return "%s(%s)" % (name, ", ".join(inside))


def words(value: Any) -> str:
    """A value in words that are the same on every run: no address, no set order."""
    if isinstance(value, (list, tuple)):
        inside = ", ".join(words(each) for each in value)
        return "[%s]" % inside if isinstance(value, list) else "(%s)" % inside
    if isinstance(value, (set, frozenset)):
        return "{%s}" % ", ".join(sorted(words(each) for each in value))
    if isinstance(value, dict):
        pairs = ("%s: %s" % (words(key), words(each)) for key, each in value.items())
        return "{%s}" % ", ".join(pairs)
    if isinstance(value, functools.partial):
        return call("partial", (value.func, *value.args), value.keywords)
    if hasattr(value, "deconstruct") and not isinstance(value, type):
        parts = value.deconstruct()
        path, args, kwargs = parts[-3:]
        return call(short(path), args, kwargs)
    if isinstance(value, type) or callable(value):
        module = getattr(value, "__module__", "") or ""
        name = getattr(value, "__qualname__", None) or _ADDRESS.sub("", repr(value))
        return "%s.%s" % (module, name) if module else str(name)
    return _ADDRESS.sub("", repr(value))


def read_files() -> Dict[str, Any]:
    """``labels``, ``migrations`` and ``bad``: every file in every app's migrations package."""
    migrations: List[Dict[str, Any]] = []
    bad: List[Dict[str, Any]] = []
    labels = []
    for label, package_name in migration_packages():
        labels.append(label)
        if package_name is None:
            continue
        for name, path in files_of(package_name):
            entry = {"key": [label, name], "path": shown_path(package_name, name, path)}
            with open(path, "rb") as file:
                entry["digest"] = hashlib.sha1(file.read()).hexdigest()
            try:
                entry.update(read_migration("%s.%s" % (package_name, name)))
                migrations.append(entry)
            except Exception as error:
                entry["reason"] = words_of_error(error)
                bad.append(entry)
    return {"labels": labels, "migrations": migrations, "bad": bad}


def migration_packages() -> Iterator[Tuple[str, Optional[str]]]:
    """App labels, each with its migrations package (``MigrationLoader.migrations_module``)."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    apps.check_apps_ready()
    for config in apps.app_configs.values():
        yield config.label, MigrationLoader.migrations_module(config.label)[0]


def files_of(package_name: str) -> List[Tuple[str, str]]:
    """Names and paths of the migration files of a package (``MigrationLoader.load_disk``)."""
    try:
        package = importlib.import_module(package_name)
    except ModuleNotFoundError as error:
        if error.name and package_name.startswith(error.name):
            return []
        raise
    if not getattr(package, "__file__", None):
        return []
    found = []
    for finder, name, is_package in pkgutil.iter_modules(package.__path__):
        if not is_package and name[0] not in "_~":
            path = os.path.join(str(getattr(finder, "path", "")), name + ".py")
            if os.path.exists(path):
                found.append((name, path))
    return sorted(found)


def shown_path(package_name: str, name: str, path: str) -> str:
    """The file's path below the working folder; for one of a package elsewhere, the module's."""
    shown = os.path.relpath(path).replace(os.sep, "/")
    if not shown.startswith(os.pardir):
        return shown
    return "%s/%s.py" % (package_name.replace(".", "/"), name)


def read_migration(module_name: str) -> Dict[str, Any]:
    """What the ``Migration`` class of a file says."""
    module = importlib.import_module(module_name)
    migration = getattr(module, "Migration", None)
    if migration is None:
        raise ValueError("the file has no Migration class")
    return {
        "dependencies": [list(key) for key in migration.dependencies],
        "run_before": [list(key) for key in migration.run_before],
        "replaces": [list(key) for key in migration.replaces],
        "initial": bool(migration.initial) or not _depends_on_own_app(module_name, migration),
        "atomic": bool(migration.atomic),
        "operations": [
            {
                "kind": type(operation).__name__,
                "text": describe(operation),
                "reversible": reversible(operation),
            }
            for operation in migration.operations
        ],
    }


def _depends_on_own_app(module_name: str, migration: Any) -> bool:
    """Without ``initial``, a migration is initial if it depends on none of its app
    (``Migration.initial``'s documentation)."""
    if migration.initial is not None:
        return True
    label = module_name.split(".")[-3] if module_name.count(".") >= 2 else ""
    return any(key[0] == label for key in migration.dependencies)


def describe(operation: Any) -> str:
    try:
        return str(operation.describe())
    except Exception:
        return type(operation).__name__


def reversible(operation: Any) -> Optional[bool]:
    """What the operation says of itself; for ``SeparateDatabaseAndState`` what its database
    operations say, which it does not ask; ``None`` for a class that is not Django's."""
    inner = getattr(operation, "database_operations", None)
    if inner is not None:
        answers = [reversible(each) for each in inner]
        return False if False in answers else None if None in answers else True
    if not type(operation).__module__.startswith("django."):
        return None
    return bool(operation.reversible)
