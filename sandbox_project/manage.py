#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import shlex
import sys
from pathlib import Path


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
    try:
        execute_from_command_line(sys.argv)
    finally:
        if execute_from_command_line.__module__ == "django.core.management":
            keep_journal(sys.argv[1:])


def keep_journal(words):
    """In a lab, write down what a terminal ran: there it becomes a step with its own line."""
    journal = Path(__file__).resolve().parent.parent / "journal"
    if words and journal.is_file():
        with open(journal, "a", encoding="utf-8") as file:
            file.write(shlex.join(words).replace("\n", " ") + "\n")


if __name__ == "__main__":
    main()
