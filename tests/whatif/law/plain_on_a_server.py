"""Runs commands of a project on a database of a server without miglab, and keeps what it holds
after each and as it was just before ``post_migrate`` was sent, as a pickle on standard output,
after ``@@@``: a project may print before it.

The folder it is started in is the project; its settings and commands come as arguments, and where
what these tests need is installed, which a project may not have.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from typing import Any

from django.core.management import call_command
from django.db.models.signals import post_migrate


def main() -> None:
    """Do what the arguments ask."""
    sys.path.append(sys.argv[3])
    from tests.whatif.law.pulled import moment

    os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]
    sys.path.insert(0, os.getcwd())
    found: list[Any] = []
    lines: list[Any] = []

    def before_all_others(**kwargs: object) -> None:
        if not lines:
            connection.ensure_connection()
            lines.append(moment(connection.connection, connection.vendor))

    # Connected before any app is there: nobody hears the signal earlier.
    post_migrate.connect(before_all_others, weak=False)
    import django

    django.setup()
    from django.db import connection

    said = ""
    for words in json.loads(sys.argv[2]):
        lines.clear()
        try:
            call_command(*words, verbosity=0)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        connection.close()
        connection.ensure_connection()
        now = moment(connection.connection, connection.vendor)
        found.append((lines[0] if lines else now, now))
        if said:
            break
    sys.stdout.flush()
    sys.stdout.buffer.write(b"@@@" + pickle.dumps((found, said)))


if __name__ == "__main__":
    main()
