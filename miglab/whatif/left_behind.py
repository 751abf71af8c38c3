"""Finds what commands leave behind in Django's own tables."""

from __future__ import annotations

from ..facts.consequences import LeftBehind
from ..facts.step import Renames
from ..facts.truths import Models, Truths, value_or
from ..sandbox.snapshot import Snapshot
from ..steps.stage import Stage

_TYPES = "django_content_type"


def left_behind(
    stage: Stage,
    moments: tuple[Snapshot, Snapshot],
    before: Truths,
    after: Truths,
    renames: Renames,
) -> LeftBehind:
    """The content types and permissions of models whose tables were dropped. If a model was renamed
    before that, its content type has a new name, so it is also found by its id.

    Args:
        moments: the moments before the commands and after them.
        renames: what the names of tables have become.
    """
    there = after.known_tables.tables
    gone = {
        each
        for each in before.known_tables.tables
        if each not in there and renames.table(each) not in there
    }
    models = {
        (label, name.lower())
        for label, app in value_or(before.models, Models({})).apps.items()
        for name, model in app.items()
        if model.table in gone
    }
    first, end = (each.databases.get(stage.reader.alias) for each in moments)
    both = (before.known_tables.tables, after.known_tables.tables)
    if not models or first is None or end is None or any(_TYPES not in each for each in both):
        return LeftBehind()
    rights = "0"
    if "auth_permission" in after.known_tables.tables:
        rights = "(SELECT count(*) FROM auth_permission p WHERE p.content_type_id = t.id)"
    rows = stage.sandbox.engines[stage.reader.alias].rows
    were = rows(first, f"SELECT id, app_label, model FROM {_TYPES}")
    ids = {number for number, *model in were if tuple(model) in models}
    types = rows(end, f"SELECT id, app_label, model, {rights} FROM {_TYPES} t")
    found = {
        f"{app}.{model}": count
        for number, app, model, count in types
        if number in ids or (app, model) in models
    }
    return LeftBehind(tuple(sorted(found)), sum(found.values()))
