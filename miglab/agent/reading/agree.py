"""Asks whether models and files agree, and whether the record and the tables do.

The second question is drift. The recorded migrations that have files are turned into a
``ProjectState``, and its models are created in an empty scratch database of the same engine. Then
the two catalogues are compared, without the order of columns and without names that Django makes
up."""

from __future__ import annotations

from typing import Any, Collection, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from ..engines.engine import Engine
from . import belonging, detector
from .applied import introduced
from .drift import differences
from .made_in_sql import Made, made_in_sql
from .operations import describe, hides_work, runs_its_operations
from .recorded import Recorded
from .unchanged import unchanged


class _Expected(NamedTuple):
    """Tables by their folded names, and which ``(app, model, field)`` makes each ``(table,
    column)``; a column of ``None`` is the table itself."""

    tables: Dict[str, Any]
    owners: Dict[Any, Any]


def models_and_files() -> Dict[str, Any]:
    """What ``makemigrations`` would write now: ``verdict``, ``details``."""
    from django.db.migrations.loader import MigrationLoader

    try:
        loader = MigrationLoader(None, ignore_no_migrations=True)
        conflicts = loader.detect_conflicts()
        if conflicts:
            return _cannot_tell(
                "%s has several leaves: %s" % (label, ", ".join(sorted(names)))
                for label, names in sorted(conflicts.items())
            )
        changes = detector.changes(loader)
    except (Exception, SystemExit) as error:
        return _cannot_tell(["%s: %s" % (type(error).__name__, error)])
    details = [
        "%s: %s" % (label, describe(operation))
        for label, migrations in sorted(changes.items())
        for migration in migrations
        for operation in migration.operations
    ]
    return {"verdict": not details, "details": details}


def record_and_tables(engine: Engine, handle: str, alias: str) -> Dict[str, Any]:
    """Drift: ``verdict``, ``details``, those of them that something unseen may explain
    (``doubtful``), ``missing`` (keys of recorded migrations), and whether it was ``compared``."""
    try:
        recorded = Recorded(alias)
        expected = _created(engine, handle, alias, recorded)
    except Exception as error:
        return _cannot_tell(["%s: %s" % (type(error).__name__, " ".join(str(error).split()))])
    return _compared(engine, handle, alias, recorded, expected)


def at_both(
    engine: Engine, handle: str, alias: str, then: Dict[str, Any]
) -> Optional[Tuple[Dict[str, Any], Dict[str, Any]]]:
    """What ``record_and_tables`` says now and at an earlier moment. ``then`` has that moment's
    ``handle``, a copy of the database, and its ``record``, the keys that were recorded in it.
    Tables that both expect alike are made once. ``None`` if neither record has all keys of the
    other: then each moment has to be asked for by itself."""
    now, before = Recorded(alias), Recorded(alias, map(tuple, then["record"]))
    ways = [(now, handle), (before, then["handle"])]
    ways.sort(key=lambda each: len(each[0].applied))
    (fewer, ours), (more, theirs) = ways
    if not set(fewer.applied) <= set(more.applied):
        return None
    # The later state comes second: what leads to it may change fields that the earlier one shares.
    first = _created(engine, ours, alias, fewer)
    second = _created(engine, theirs, alias, more, (fewer, first))
    found = {
        ours: _compared(engine, ours, alias, fewer, first),
        theirs: _compared(engine, theirs, alias, more, second),
    }
    return found[handle], found[then["handle"]]


def _compared(
    engine: Engine, handle: str, alias: str, recorded: Recorded, made: _Expected
) -> Dict[str, Any]:
    """Compare the tables of a database with those that its record makes."""
    loader, everything = recorded.loader, recorded.everything
    applied = recorded.applied
    expected, owners = made
    there, fold = engine.read_tables(handle), engine.fold
    actual = {fold(each["name"]): each for each in there["tables"]}
    actual.pop("django_migrations", None)
    for name in _tables_not_ours(recorded.models, loader.unmigrated_apps, alias):
        actual.pop(fold(name), None)
    for name in map(fold, belonging.cache_tables(alias)):
        if name not in expected:
            actual.pop(name, None)
    _without_index_together(engine, recorded, actual)
    labels = loader.migrated_apps | loader.unmigrated_apps
    replaced = {key for each in loader.disk_migrations.values() for key in each.replaces}
    ghosts = {
        key[0]
        for key in loader.applied_migrations
        if key not in loader.disk_migrations and key not in replaced and key[0] in labels
    }
    unseen = ghosts | _apps_with_unseen(engine, loader, applied)
    found = list(differences(engine, expected, actual))
    whose = (
        belonging.Tables(loader, everything)
        if any(fold(t) not in expected for t, _, _ in found)
        else None
    )
    details, doubtful, wanted = [], [], set()
    for table, column, text in found:
        owner = owners.get((table, column)) or owners.get((table, None))
        if whose is not None and fold(table) not in expected:
            text, certain = whose.words(table, unseen)
        else:
            certain = not (owner is not None and owner[0] in unseen)
            text += "" if certain else belonging.EXPLAINED
        if not certain:
            doubtful.append(text)
        details.append(text)
        if owner is not None and " is missing" in text:
            wanted.add(owner)
    missing = set(introduced(loader, applied, wanted).values()) if wanted else set()
    for text in _missing_in_sql(engine, made_in_sql(engine, loader, applied), there):
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


def _missing_in_sql(engine: Engine, made: Made, there: Dict[str, Any]) -> Iterator[str]:
    """The triggers and views that recorded SQL made, and that do not exist. SQL that nobody can
    read may have dropped them. So may an engine: when a table is built anew, the triggers of the
    old table are lost."""
    known = {
        "TRIGGER": {engine.fold(each) for each in there["triggers"]},
        # A view's own name, behind its schema's.
        "VIEW": {
            engine.fold(n) for each in there["views"] for n in (each, each.rpartition(".")[2])
        },
    }
    for (kind, folded), (name, key) in sorted(made.items()):
        if folded not in known[kind]:
            yield "%s %s is missing; %s.%s creates it in SQL (%s)" % (
                kind.lower(),
                name,
                *key,
                "other SQL, or the rebuild of a table, may have dropped it",
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


def _created(
    engine: Engine,
    handle: str,
    alias: str,
    recorded: Recorded,
    before: Optional[Tuple[Recorded, _Expected]] = None,
) -> _Expected:
    """The tables that the models of the recorded state make. If the engine can make a table alone,
    tables that are the same in ``before``, another state in this process, are not made again."""
    if before is None or not engine.creates_alone:
        return _create(engine, handle, alias, recorded)
    same = unchanged(before[0].state, recorded.state)
    recorded.beside = (before[0], same)
    tables, owners = before[1]
    kept = {place: owner for place, owner in owners.items() if owner[:2] in same}
    names = {engine.fold(table) for table, column in kept if column is None}
    expected = _create(engine, handle, alias, recorded, same)
    return _Expected(
        {**{name: tables[name] for name in names}, **expected.tables}, {**kept, **expected.owners}
    )


def _create(
    engine: Engine,
    handle: str,
    alias: str,
    recorded: Recorded,
    but_for: Collection[Tuple[str, str]] = (),
) -> _Expected:
    """The tables that the models of the recorded state make, without those of the models in
    ``but_for``."""
    from django.db import connections, router

    unmigrated = recorded.loader.unmigrated_apps
    owners: Dict[Any, Any] = {}
    with engine.scratch(connections[alias], handle) as scratch:
        with scratch.schema_editor(atomic=False) as editor:
            for model in recorded.models:
                meta = model._meta
                if meta.auto_created or meta.app_label in unmigrated or not meta.can_migrate(alias):
                    continue
                if (meta.app_label, meta.model_name) in but_for:
                    continue
                if not router.allow_migrate_model(alias, model):
                    continue
                # The state of a package may name an index twice, of which a database has one.
                meta.indexes = list({each.name: each for each in meta.indexes}.values())
                editor.create_model(model)
                name = (meta.app_label, meta.model_name)
                owners[meta.db_table, None] = (*name, None)
                for field in meta.local_fields:
                    owners[meta.db_table, field.column] = (*name, field.name)
                for field in meta.local_many_to_many:
                    through = field.remote_field.through._meta
                    if through.auto_created:
                        owners[through.db_table, None] = (*name, field.name)
        made = engine.read_scratch(scratch)["tables"]
    return _Expected({engine.fold(each["name"]): each for each in made}, owners)


def _without_index_together(engine: Engine, recorded: Recorded, actual: Dict[str, Any]) -> None:
    """Take the indexes of an old ``index_together`` out. From Django 5.1 on the models have no such
    option any more: ``CreateModel`` still makes these indexes, and building the table anew, as some
    engines do, loses them. So it makes no difference whether these indexes exist. Models of apps
    without migrations, which are in the state's ``apps`` but not in its ``models``, are left
    out."""
    for model in recorded.models:
        meta = model._meta
        known = recorded.state.models.get((meta.app_label, meta.model_name))
        wanted = known.options.get("index_together") if known is not None else None
        table = actual.get(engine.fold(meta.db_table))
        if not wanted or table is None or hasattr(meta, "index_together"):
            continue
        columns = [[meta.get_field(name).column for name in fields] for fields in wanted]
        indexes = table["indexes"]
        table["indexes"] = [e for e in indexes if e["unique"] or e["columns"] not in columns]


def _tables_not_ours(models: List[Any], unmigrated: Set[str], alias: str) -> Iterator[str]:
    """Tables for which no migration is responsible: those of unmigrated apps, those of unmanaged
    models, and those in other databases."""
    from django.apps import apps
    from django.db import router

    for label in unmigrated:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            yield model._meta.db_table
    for model in models:
        if not model._meta.managed or not router.allow_migrate_model(alias, model):
            yield model._meta.db_table


def _apps_with_unseen(engine: Engine, loader: Any, applied: List[Any]) -> Set[str]:
    """Apps whose applied migrations may have done what no state shows."""
    nodes = loader.graph.nodes
    return {
        key[0]
        for key in applied
        if not runs_its_operations(type(nodes[key]))
        or any(hides_work(each, engine.plain_operations) for each in nodes[key].operations)
    }
