"""Shapes that nobody thought of, rehearsed: each beside what plain manage.py leaves."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from miglab import Lab
from miglab.facts.consequences import Consequences

from .own import manage, write
from .own import MANAGE, SETTINGS

ID = "('id', models.BigAutoField(primary_key=True))"
HEAD = "from django.db import migrations, models\n"


def project(folder: Path, *steps: list[str], head: str = "", apps: str = "") -> Path:
    """A project whose app ``shop`` has these migrations, 0001 and on; the first one is applied."""
    files = {"manage.py": MANAGE, "config/__init__.py": "", "config/settings.py": SETTINGS}
    files |= {"shop/__init__.py": "", "shop/models.py": "", "shop/migrations/__init__.py": ""}
    files |= {"shop/apps.py": apps} if apps else {}
    for number, operations in enumerate(steps, 1):
        before = [("shop", f"{number - 1:04}_step")] if number > 1 else []
        told = ",\n        ".join(operations)
        files[f"shop/migrations/{number:04}_step.py"] = (
            f"{HEAD}{head}\n\nclass Migration(migrations.Migration):\n"
            f"    dependencies = {before}\n    operations = [\n        {told}\n    ]\n"
        )
    write(folder, files)
    manage(folder, "migrate", "shop", "0001")
    return folder


def sql(folder: Path, *statements: str) -> list[Any]:
    connection = sqlite3.connect(folder / "db.sqlite3")
    with connection:
        found = [connection.execute(each).fetchall() for each in statements]
    connection.close()
    return found[-1]


def whatif(folder: Path, line: str) -> Consequences:
    with Lab.of(folder) as lab:
        return lab.what_if(line)


def of(found: Consequences, table: str) -> Any:
    return next((each for each in found.rows if each.table == table), None)
