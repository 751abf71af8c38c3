"""Finds what ``makemigrations`` would write now, by the project's own command and autodetector."""

from __future__ import annotations

import io
from typing import Any, Dict


def changes(loader: Any) -> Dict[str, Any]:
    """App labels, each with the migrations that the project's ``makemigrations`` would write.

    If the project's command only names another ``autodetector`` (Django 5.2), or writes in another
    way, it is not run. If it has a ``handle`` of its own, it is run dry, and what it would write is
    taken from it. Its exceptions are passed on, even ``SystemExit``.
    """
    from django.core.management import get_commands, load_command_class
    from django.core.management.commands import makemigrations as module

    place = get_commands()["makemigrations"]
    command = load_command_class(place, "makemigrations") if isinstance(place, str) else place
    theirs = module.Command
    if isinstance(command, theirs) and type(command).handle is theirs.handle:
        # Before Django 5.2, the name in the command's module is what a project replaces.
        usual = vars(module)["MigrationAutodetector"]
        return _detected(loader, getattr(command, "autodetector", usual))
    return _tried(command, module)


def _detected(loader: Any, detector: Any) -> Dict[str, Any]:
    from django.apps import apps
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.migrations.state import ProjectState

    now, models = loader.project_state(), ProjectState.from_apps(apps)
    found: Dict[str, Any] = detector(now, models, MigrationQuestioner()).changes(graph=loader.graph)
    return found


def _tried(command: Any, module: Any) -> Dict[str, Any]:
    """Run a command dry, without questions. It changes Django in this process, which ends with the
    request anyway."""
    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import MigrationQuestioner

    found: Dict[str, Any] = {}

    def instead(changes: Dict[str, Any], *args: Any, **kwargs: Any) -> None:
        found.update(changes)

    def unasked(*args: Any, **kwargs: Any) -> Any:
        return MigrationQuestioner()

    # Whether the record has gaps is another question.
    MigrationLoader.check_consistent_history = lambda *args: None  # type: ignore[method-assign]
    module.NonInteractiveMigrationQuestioner = unasked
    command.write_migration_files = instead
    silent = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    call_command(command, dry_run=True, interactive=False, verbosity=0, skip_checks=True, **silent)
    return found
