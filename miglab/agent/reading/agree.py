"""Asks whether models and files agree, and whether the record and the tables do.

The second question is drift: the recorded migrations that have files are brought to a
``ProjectState``, its models are created in an empty scratch database of the same engine, and the
two catalogues are compared without the order of columns and without names that Django makes up.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from ..engines.sqlite import tables
from ..engines.sqlite.opening import connect
from ..engines.sqlite.sql import fold
from .drift import differences
from .made_in_sql import Made, made_in_sql

#: Operations that may change tables in ways that no ``ProjectState`` shows.
UNSEEN = ("RunSQL", "RunPython", "SeparateDatabaseAndState")


def models_and_files() -> Dict[str, Any]:
    """What ``makemigrations`` would write now: ``verdict``, ``details``."""
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.migrations.state import ProjectState

    try:
        loader = MigrationLoader(None, ignore_no_migrations=True)
        conflicts = loader.detect_conflicts()
        if conflicts:
            return _cannot_tell(
                "%s has several leaves: %s" % (label, ", ".join(sorted(names)))
                for label, names in sorted(conflicts.items())
            )
        detector = MigrationAutodetector(
            loader.project_state(), ProjectState.from_apps(apps), MigrationQuestioner()
        )
        changes = detector.changes(graph=loader.graph)
    except Exception as error:
        return _cannot_tell(["%s: %s" % (type(error).__name__, error)])
    details = [
        "%s: %s" % (label, operation.describe())
        for label, migrations in sorted(changes.items())
        for migration in migrations
        for operation in migration.operations
    ]
    return {"verdict": not details, "details": details}


def record_and_tables(path: str, alias: str) -> Dict[str, Any]:
    """Drift: ``verdict``, ``details``, those of them that something unseen may explain
    (``doubtful``), ``missing`` (keys of recorded migrations), and whether it was ``compared``."""
    from django.db import connections
    from django.db.migrations.loader import MigrationLoader

    try:
        loader = MigrationLoader(connections[alias])
        applied = _in_order(loader, set(loader.applied_migrations))
        state = loader.graph.make_state(
            nodes=applied, at_end=True, real_apps=loader.unmigrated_apps
        )
        expected, owners = _create(state, loader.unmigrated_apps, alias)
    except Exception as error:
        return _cannot_tell(["%s: %s" % (type(error).__name__, " ".join(str(error).split()))])
    connection = connect(path)
    try:
        there = tables.read_tables(connection)
        actual = {fold(each["name"]): each for each in there["tables"]}
    finally:
        connection.close()
    actual.pop("django_migrations", None)
    for name in _tables_not_ours(state, loader.unmigrated_apps, alias):
        actual.pop(fold(name), None)
    labels = loader.migrated_apps | loader.unmigrated_apps
    replaced = {key for each in loader.disk_migrations.values() for key in each.replaces}
    ghosts = {
        key[0]
        for key in loader.applied_migrations
        if key not in loader.disk_migrations and key not in replaced and key[0] in labels
    }
    unseen = ghosts | _apps_with_unseen(loader, applied)
    found = list(differences(expected, actual))
    details, doubtful, missing = [], [], set()
    introduced = _introduced(loader, applied)
    for table, column, text in found:
        owner = owners.get((table, column)) or owners.get((table, None))
        label = owner[0] if owner else _label_by_name(table, loader)
        if label in unseen or (owner is None and ghosts):
            text += " (a ghost, RunSQL, RunPython or SeparateDatabaseAndState may explain it)"
            doubtful.append(text)
        details.append(text)
        if owner in introduced and " is missing" in text:
            missing.add(introduced[owner])
    for text in _missing_in_sql(made_in_sql(loader, applied), there):
        doubtful.append(text)
        details.append(text)
    verdict: Optional[bool] = True
    if details:
        verdict = None if len(doubtful) == len(details) else False
    return {
        "verdict": verdict,
        "details": details,
        "doubtful": doubtful,
        "missing": sorted(map(list, missing)),
        "compared": True,
    }


def _missing_in_sql(made: Made, there: Dict[str, Any]) -> Iterator[str]:
    """What recorded SQL made and is not there. SQL that nobody can read may have dropped it, and
    so does SQLite: the triggers of a table that is built anew go with the old one."""
    known = {"TRIGGER": set(map(fold, there["triggers"])), "VIEW": set(map(fold, there["views"]))}
    for (kind, folded), (name, key) in sorted(made.items()):
        if folded not in known[kind]:
            yield "%s %s is missing, which %s.%s makes in SQL (%s)" % (
                kind.lower(),
                name,
                *key,
                "it may have gone with a table that was built anew",
            )


def _cannot_tell(details: Any) -> Dict[str, Any]:
    found = list(details)
    return {
        "verdict": None,
        "details": found,
        "doubtful": found,
        "missing": [],
        "compared": False,
    }


def _create(state: Any, unmigrated: Set[str], alias: str) -> Tuple[Dict[str, Any], Dict[Any, Any]]:
    """The tables that the state's models make, and which ``(app, model, field)`` makes each
    ``(table, column)``; a column of ``None`` is the table itself."""
    from django.db import connections, router

    settings = dict(connections[alias].settings_dict, NAME=":memory:")
    scratch = type(connections[alias])(settings, alias)
    owners: Dict[Any, Any] = {}
    try:
        with scratch.schema_editor(atomic=False) as editor:
            for model in state.apps.get_models():
                meta = model._meta
                if meta.app_label in unmigrated or not meta.can_migrate(alias):
                    continue
                if not router.allow_migrate_model(alias, model):
                    continue
                editor.create_model(model)
                name = (meta.app_label, meta.model_name)
                owners[meta.db_table, None] = (*name, None)
                for field in meta.local_fields:
                    owners[meta.db_table, field.column] = (*name, field.name)
                for field in meta.local_many_to_many:
                    through = field.remote_field.through._meta
                    if through.auto_created:
                        owners[through.db_table, None] = (*name, field.name)
        made = tables.read_tables(scratch.connection)["tables"]
    finally:
        scratch.close()
    return {fold(each["name"]): each for each in made}, owners


def _tables_not_ours(state: Any, unmigrated: Set[str], alias: str) -> Iterator[str]:
    """Tables that no migration answers for: of unmigrated apps, unmanaged, or kept elsewhere."""
    from django.apps import apps
    from django.db import router

    for label in unmigrated:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            yield model._meta.db_table
    for model in state.apps.get_models(include_auto_created=True):
        if not model._meta.managed or not router.allow_migrate_model(alias, model):
            yield model._meta.db_table


def _apps_with_unseen(loader: Any, applied: List[Any]) -> Set[str]:
    return {
        key[0]
        for key in applied
        if any(type(each).__name__ in UNSEEN for each in loader.graph.nodes[key].operations)
    }


def _label_by_name(table: str, loader: Any) -> Optional[str]:
    """The app whose label the table's name begins with."""
    labels = [label for label in loader.migrated_apps if table.startswith(label + "_")]
    return max(labels, key=len, default=None)


def _in_order(loader: Any, wanted: Set[Any]) -> List[Any]:
    """The nodes in the graph's own order, as Django takes them for the models' state.

    The record may hold another one: after a merge each database has its own branch first.
    """
    order: Dict[Any, None] = {}
    for leaf in loader.graph.leaf_nodes():
        order.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return [key for key in order if key in wanted]


def _introduced(loader: Any, applied: List[Any]) -> Dict[Any, Tuple[str, str]]:
    """Which migration brought each ``(app, model, field)``; a field of ``None`` is the model."""
    from django.db.migrations.state import ProjectState

    state = ProjectState(real_apps=loader.unmigrated_apps)
    known: Set[Any] = set()
    found: Dict[Any, Tuple[str, str]] = {}
    for key in applied:
        state = loader.graph.nodes[key].mutate_state(state, preserve=False)
        now = {(*name, None) for name in state.models}
        for name, model in state.models.items():
            now |= {(*name, field) for field in model.fields}
        for each in now - known:
            found[each] = tuple(key)
        known = now
    return found
