"""Writes a large project: many apps, hundreds of migrations, rows in every table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SETTINGS = """
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"] + {apps!r}
DATABASES = {{
    "default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""

MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
from django.core.management import execute_from_command_line
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
"""

HEAD = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"


def write(folder: Path, long: int = 90, others: int = 10, each: int = 22, rows: int = 200) -> int:
    """Write a project with one app of ``long`` migrations and ``others`` apps of ``each``
    migrations, migrate it, and put ``rows`` rows into each table. Returns how many migrations its
    own apps have.

    Every third migration creates a model; the others add a column to the newest model.
    """
    names = ["long", *(f"app{number}" for number in range(others))]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.py").write_text(SETTINGS.format(apps=names))
    (folder / "manage.py").write_text(MANAGE)
    for name in names:
        _write_app(folder / name, long if name == "long" else each)
    _manage(folder, "migrate", "-v0")
    code = (
        "from django.apps import apps\n"
        f"for model in [m for a in {names!r} for m in apps.get_app_config(a).get_models()]:\n"
        f"    model.objects.bulk_create(model(name=str(n)) for n in range({rows}))\n"
    )
    _manage(folder, "shell", "-c", code)
    return long + others * each


def _write_app(folder: Path, count: int) -> None:
    (folder / "migrations").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "migrations" / "__init__.py").touch()
    models: list[list[str]] = []
    for number in range(1, count + 1):
        if number % 3 == 1:
            models.append(["name = models.CharField(max_length=20)"])
            operation = (
                f'migrations.CreateModel("M{len(models)}", [("id", models.BigAutoField('
                'primary_key=True)), ("name", models.CharField(max_length=20))])'
            )
        else:
            field = f"c{number} = models.IntegerField(default={number})"
            models[-1].append(field)
            column, _, kind = field.partition(" = ")
            operation = f'migrations.AddField("m{len(models)}", "{column}", {kind})'
        parents = f'("{folder.name}", "{number - 1:04}_step")' if number > 1 else ""
        text = f"{HEAD}    dependencies = [{parents}]\n    operations = [{operation}]\n"
        (folder / "migrations" / f"{number:04}_step.py").write_text(text)
    lines = ["from django.db import models\n"]
    for place, fields in enumerate(models, 1):
        lines.append(f"\n\nclass M{place}(models.Model):\n")
        lines += [f"    {field}\n" for field in fields]
    (folder / "models.py").write_text("".join(lines))


def _manage(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], cwd=folder, check=True, capture_output=True
    )
