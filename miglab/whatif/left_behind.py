"""What commands leave behind in tables of Django's own."""

from __future__ import annotations

from ..facts.consequences import LeftBehind
from ..facts.truths import Models, Truths, value_or
from ..sandbox.snapshot import Snapshot
from ..steps.stage import Stage


def left_behind(stage: Stage, end: Snapshot, before: Truths, after: Truths) -> LeftBehind:
    """Content types and permissions of models whose tables went."""
    gone = {*before.known_tables.tables} - {*after.known_tables.tables}
    models = {
        (label, name.lower())
        for label, app in value_or(before.models, Models({})).apps.items()
        for name, model in app.items()
        if model.table in gone
    }
    handle = end.databases.get(stage.reader.alias)
    if not models or handle is None or "django_content_type" not in after.known_tables.tables:
        return LeftBehind()
    engine = stage.sandbox.engines[stage.reader.alias]
    types = engine.rows(handle, "SELECT id, app_label, model FROM django_content_type")
    ids = {row[0]: f"{row[1]}.{row[2]}" for row in types if (row[1], row[2]) in models}
    rights = 0
    if "auth_permission" in after.known_tables.tables:
        owners = engine.rows(handle, "SELECT content_type_id FROM auth_permission")
        rights = sum(owner in ids for (owner,) in owners)
    return LeftBehind(tuple(sorted(ids.values())), rights)
