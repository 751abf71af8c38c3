"""Finds out which apps of a project plain Django cannot move there and back, each for itself.

    python sieve.py <<< '{"settings": …, "database": …, "there": bool, "labels": […]}'

The folder it is started in is the project, and ``database`` its database, which is put back after
each app. The labels of those that stop are printed, a line each.
"""

from __future__ import annotations

import json
import os
import shutil
import sys


def main() -> None:
    """Do what standard input asks."""
    asked = json.load(sys.stdin)
    os.environ["DJANGO_SETTINGS_MODULE"] = asked["settings"]
    sys.path.insert(0, os.getcwd())
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    kept = asked["database"] + ".kept"
    shutil.copyfile(asked["database"], kept)
    for label in asked["labels"]:
        targets = ("0002_next", "0001_initial")
        try:
            for target in targets if asked["there"] else targets[::-1]:
                call_command("migrate", label, target, verbosity=0)
        except Exception:
            print(label)
        connections.close_all()
        shutil.copyfile(kept, asked["database"])


if __name__ == "__main__":
    main()
