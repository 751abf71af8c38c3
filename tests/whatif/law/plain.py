"""Runs commands of a project in a process of its own, without miglab, and keeps the database after
each, and as it was just before ``post_migrate`` was sent.

    python plain.py <<< '{"settings": …, "database": …, "commands": […], "to": …}'

The folder it is started in is the project, and ``database`` its database. The copies after the
command of number N are ``to.N.line`` and ``to.N``. An error is printed after ``@@``, and
ends it after that.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys

from django.core.management import call_command
from django.db.models.signals import post_migrate


def main() -> None:
    """Do what standard input asks."""
    # States of many models are garbage that is looked for again and again: half of the time.
    gc.set_threshold(50_000)
    asked = json.load(sys.stdin)
    os.environ["DJANGO_SETTINGS_MODULE"] = asked["settings"]
    sys.path.insert(0, os.getcwd())
    line = [""]

    def before_all_others(**kwargs: object) -> None:
        if not os.path.exists(line[0]):
            shutil.copyfile(asked["database"], line[0])

    # Connected before any app is there: nobody hears the signal earlier.
    post_migrate.connect(before_all_others, weak=False)
    import django

    django.setup()
    from django.db import connections

    for number, words in enumerate(asked["commands"]):
        copy = f"{asked['to']}.{number}"
        line[0] = f"{copy}.line"
        try:
            call_command(*words, verbosity=0)
        except Exception as error:
            print(f"@@{type(error).__name__}: {error}")
            connections.close_all()
            shutil.copyfile(asked["database"], copy)
            return
        connections.close_all()
        shutil.copyfile(asked["database"], copy)
        # A command such as ``migrate --prune`` sends no signal.
        before_all_others()


if __name__ == "__main__":
    main()
