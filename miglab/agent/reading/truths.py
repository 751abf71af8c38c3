"""Reads models, migration files and settings of the project that runs in this process."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import pkgutil
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple

from ..engines import registry
from ..engines.engine import Engine
from .operations import describe, in_state, leaves_no_trace, reversible, runs_its_operations
from .words import words, words_of_error, words_of_field

#: The settings through which the truths are read.
LENS = ("INSTALLED_APPS", "AUTH_USER_MODEL", "MIGRATION_MODULES", "DATABASE_ROUTERS")


def read_project(error: Optional[BaseException]) -> Dict[str, Any]:
    """``models`` and ``files``, each a value or ``{"unreadable": reason}``; ``known`` is what
    ``read_known`` returns, or empty if the models cannot be read.

    ``error`` is what setting the project up raised, or ``None``. Files can often be read all the
    same: a migration does not need the models.
    """
    result: Dict[str, Any] = {}
    if error is None:
        result["models"], result["known"] = _or_reason(read_models), _or_reason(read_known)
    else:
        result["models"], result["known"] = {"unreadable": words_of_error(error)}, {}
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


def other_database(engine: Engine, handle: str, alias: str) -> Optional[str]:
    """The name of the database that the settings mean, if it is not this one; otherwise
    ``None``."""
    from django.conf import settings

    try:
        database = settings.DATABASES[alias]
        name = str(database["NAME"])
        if registry.for_setting(database["ENGINE"]) is not engine:
            return "%s (%s)" % (name, database["ENGINE"])
    except Exception:
        return None
    return engine.other(database, handle)


def read_models() -> Dict[str, Any]:
    """``{app_label: {model: {"table", "fields", "options", "managed"}}}``, including proxies and
    swapped models, but without automatic many-to-many tables."""
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


def read_known() -> Dict[str, Any]:
    """``link_tables`` and ``parent_links`` as ``common.known`` has them."""
    from django.apps import apps

    links: List[str] = []
    parents: Dict[str, str] = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.auto_created:
            links.append(meta.db_table)
        for field in meta.parents.values():
            # A proxy has its parent's table, and no column that leads there.
            if field is not None and field.model is model and field.primary_key:
                parents[str(meta.db_table)] = str(field.column)
    return {"link_tables": sorted(links), "parent_links": parents}


def read_files() -> Dict[str, Any]:
    """``labels``, ``migrations``, ``bad`` and ``unseen``: every module in every app's migrations
    package, and the files that Django does not look at."""
    migrations: List[Dict[str, Any]] = []
    bad: List[Dict[str, Any]] = []
    labels = []
    unseen: List[List[str]] = []
    for label, package_name in migration_packages():
        labels.append(label)
        if package_name is None:
            continue
        found, folder = modules_of(package_name)
        unseen += [[label, name, folder] for name in found] if folder else []
        for name in () if folder else found:
            module_name = "%s.%s" % (package_name, name)
            path, text = source_of(module_name)
            entry = {
                "key": [label, name],
                "path": shown_path(module_name, path),
                "digest": hashlib.sha1(text).hexdigest(),
            }
            try:
                entry.update(read_migration(label, module_name))
                migrations.append(entry)
            except Exception as error:
                entry["reason"] = words_of_error(error)
                bad.append(entry)
    return {"labels": labels, "migrations": migrations, "bad": bad, "unseen": unseen}


def migration_packages() -> Iterator[Tuple[str, Optional[str]]]:
    """App labels, each with its migrations package (``MigrationLoader.migrations_module``)."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    apps.check_apps_ready()
    for config in apps.app_configs.values():
        yield config.label, MigrationLoader.migrations_module(config.label)[0]


def modules_of(package_name: str) -> Tuple[List[str], str]:
    """The names of a package's migrations, however the importer finds them. Also the folder, if
    Django leaves them out because it has no ``__init__.py`` (``MigrationLoader.load_disk``);
    otherwise ``""``."""
    try:
        package = importlib.import_module(package_name)
    except ModuleNotFoundError as error:
        if error.name and package_name.startswith(error.name):
            return [], ""
        raise
    paths = getattr(package, "__path__", None)
    if paths is None:
        return [], ""
    names = sorted(
        name
        for _, name, is_package in pkgutil.iter_modules(paths)
        if not is_package and name[0] not in "_~"
    )
    if getattr(package, "__file__", None) is None and not isinstance(paths, list):
        return names, os.path.relpath(next(iter(paths))).replace(os.sep, "/")
    return names, ""


def source_of(module_name: str) -> Tuple[str, bytes]:
    """The path of a module and the contents of its file, even if that is compiled or packed. The
    contents are empty if its loader does not give them."""
    spec = importlib.util.find_spec(module_name)
    path = (spec.origin if spec else None) or ""
    try:
        return path, spec.loader.get_data(path)  # type: ignore[union-attr]
    except (AttributeError, OSError):
        return path, b""


def shown_path(module_name: str, path: str) -> str:
    """The file's path below the working folder. For a file elsewhere, a path made from the module's
    name."""
    shown = os.path.relpath(path).replace(os.sep, "/") if path else os.pardir
    if not shown.startswith(os.pardir):
        return shown
    return "%s%s" % (module_name.replace(".", "/"), os.path.splitext(path)[1] or ".py")


def read_migration(label: str, module_name: str) -> Dict[str, Any]:
    """What the ``Migration`` class of a file says."""
    module = importlib.import_module(module_name)
    migration = getattr(module, "Migration", None)
    if migration is None:
        raise ValueError("the file has no Migration class")
    only_operations = runs_its_operations(migration)
    return {
        "dependencies": [list(key) for key in migration.dependencies],
        "run_before": [list(key) for key in migration.run_before],
        "replaces": [list(key) for key in migration.replaces],
        "initial": bool(migration.initial) or not _depends_on_own_app(label, migration),
        "atomic": bool(migration.atomic),
        "operations": [
            {
                "kind": type(operation).__name__,
                "text": describe(operation),
                "reversible": reversible(operation),
                "in_state": in_state(operation) and only_operations,
                "leaves_no_trace": leaves_no_trace(operation) or not only_operations,
            }
            for operation in migration.operations
        ],
    }


def _depends_on_own_app(label: str, migration: Any) -> bool:
    """Whether a migration depends on another one of its app: without ``initial``, a migration that
    does not is an initial one (``Migration.initial``'s documentation). Always true if it has
    ``initial``."""
    if migration.initial is not None:
        return True
    return any(key[0] == label for key in migration.dependencies)
