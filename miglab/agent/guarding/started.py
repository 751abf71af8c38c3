"""Guards an interpreter that a project started in its copy (``children``)."""

from __future__ import annotations

import json
import os

from ..common import watching
from . import children, guard, settings


def begin() -> None:
    """Guard this interpreter: ``sitecustomize`` of the folder ``child`` calls it first."""
    config = json.loads(os.environ[children.VARIABLE])
    settings.look_in_copy(config["own"]["original"], config["own"]["project"])
    temporary = os.path.join(config["root"], "tmp")
    watching.when_imported(
        "django.conf", lambda: settings.turn_to_copy(config["databases"], temporary)
    )
    guard.stand_around(config, config["code"], speaks=False)
    guard.hold_engines()
    watching.when_imported("django.db.backends.base.base", guard.hold_connections)
