#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import shlex
import sys
from contextlib import contextmanager


def main():
    """Run administrative tasks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as exc:
        raise ImportError(
            "Couldn't import Django. Are you sure it's installed and "
            "available on your PYTHONPATH environment variable? Did you "
            "forget to activate a virtual environment?"
        ) from exc
    with journal_kept(execute_from_command_line):
        execute_from_command_line(sys.argv)


@contextmanager
def journal_kept(execute):
    """In a lab, write down the command that was typed in a terminal, so that it becomes a step. A
    ``migrate`` that had nothing to do is left out."""
    if execute.__module__ != "django.core.management":
        # Nobody typed this command: a lab runs it. The lab sets the project up once for many
        # commands, as long as nothing here looks at their words or their plans.
        yield
        return
    from django.db.models.signals import pre_migrate

    journal, words = os.path.join(os.path.dirname(__file__), "..", "journal"), sys.argv[1:]
    planned = []

    def note(plan, **_):
        planned.extend(plan)

    pre_migrate.connect(note)
    try:
        yield
    finally:
        did_something = words[:1] != ["migrate"] or planned or "--prune" in words
        if words and did_something and os.path.isfile(journal):
            with open(journal, "a", encoding="utf-8") as file:
                file.write(shlex.join(words).replace("\n", " ") + "\n")


if __name__ == "__main__":
    main()
