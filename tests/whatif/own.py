"""Small projects of a user's, real ones, built for the test that needs them.

shop: 0001_initial ← 0002_price       Item(name), then Item.price = 9 in every row
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

SETTINGS = """
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes", "shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""

MANAGE = """
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""

MODELS = """
from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=20)
    price = models.IntegerField(default=0)
"""

INITIAL = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Item",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
            ],
        )
    ]
"""

#: More of Django's own apps, for what depends on them.
AUTH = '\nINSTALLED_APPS += ["django.contrib.auth"]\n'

#: ``{head}`` stands before the class, ``{more}`` behind the operation.
PRICE = """
from django.db import migrations, models
{head}

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("item", "price", models.IntegerField(default=0)),
        {more}
    ]
"""


def write(folder: Path, files: dict[str, str]) -> None:
    """Files with these texts below a folder; packages get their ``__init__.py``."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        for each in target.relative_to(folder).parents:
            if target.suffix == ".py" and each != Path():
                (folder / each / "__init__.py").touch()


def shop(
    folder: Path,
    *,
    settings: str = "",
    head: str = "",
    more: str = "",
    files: dict[str, str] | None = None,
    rows: int = 3,
    inside: str = "",
    migrated: bool = True,
) -> Path:
    """A project with rows in its tables; gives its folder.

    ``settings`` and ``files`` are added; ``head`` and ``more`` go into 0002; ``inside`` is the
    folder below it in which manage.py lies.
    """
    place = folder / inside
    write(
        place,
        {
            "manage.py": MANAGE,
            "config/settings.py": SETTINGS + settings,
            "shop/models.py": MODELS,
            "shop/migrations/0001_initial.py": INITIAL,
            "shop/migrations/0002_price.py": PRICE.format(head=head, more=more),
            **(files or {}),
        },
    )
    (place / "__init__.py").unlink(missing_ok=True)
    if migrated:
        code = (
            "from django.core.management import call_command\n"
            "from shop.models import Item\n"
            "call_command('migrate', verbosity=0)\n"
            f"Item.objects.bulk_create(Item(name=str(n), price=9) for n in range({rows}))"
        )
        manage(place, "shell", "-c", code)
    return folder


def manage(folder: Path, *words: str, python: str = sys.executable) -> str:
    """What plain ``python manage.py`` prints in the original."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "MIGLAB_TEST_QUIET": "1"}
    done = subprocess.run(
        [python, "manage.py", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def fingerprints(*folders: Path) -> dict[str, tuple[object, ...]]:
    """Every file and folder below these: time, mode and content."""
    found: dict[str, tuple[object, ...]] = {}
    for folder in folders:
        for path in sorted([folder, *folder.rglob("*")]):
            state = path.lstat()
            if path.name.endswith(("-shm", "-wal")):
                continue
            content = hashlib.sha1(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = (state.st_mtime_ns, state.st_mode, state.st_size, content)
    return found
