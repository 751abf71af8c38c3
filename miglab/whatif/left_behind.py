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
    rights = "0"
    if "auth_permission" in after.known_tables.tables:
        rights = "(SELECT count(*) FROM auth_permission p WHERE p.content_type_id = t.id)"
    engine = stage.sandbox.engines[stage.reader.alias]
    types = engine.rows(handle, f"SELECT app_label, model, {rights} FROM django_content_type t")
    found = {f"{app}.{model}": number for app, model, number in types if (app, model) in models}
    return LeftBehind(tuple(sorted(found)), sum(found.values()))
