"""Migrations, record and tables are read as the project's own Django reads them, on real projects;
what plain ``manage.py`` does is beside it."""

from __future__ import annotations

import os
import py_compile
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from miglab import Lab
from miglab.facts.migration import Key
from miglab.facts.truths import Agreement

from .own import INITIAL, manage, shop, write

Of = Callable[[Path], Lab]

SQUASHED = """
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = {replaces}
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Item",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
                ("price", models.IntegerField(default=0)),
                {fields}
            ],
        )
    ]
"""
ADD = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "{parent}")]
    operations = [migrations.AddField("item", "{name}", models.IntegerField(default=0))]
"""
MODELS = """
from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=20)
    price = models.IntegerField(default=0)
    stock = models.IntegerField(default=0)
"""
BOTH = [("shop", "0001_initial"), ("shop", "0002_price")]


def record_tables(lab: Lab) -> Agreement:
    return lab.truths().agreements.record_tables


def not_applied(lab: Lab) -> set[str]:
    details = lab.truths().agreements.files_record.details
    return {each.split()[0] for each in details if each.endswith("is not applied")}


def shown_as_not_applied(folder: Path) -> set[str]:
    """What plain ``showmigrations`` shows with an empty box."""
    lines = manage(folder, "showmigrations", "shop").splitlines()
    return {f"shop.{line.split()[2]}" for line in lines if line.startswith(" [ ]")}


# -- squashes


def half_applied(folder: Path) -> Path:
    """shop: 0001 ← 0002 ← 0003, a squash of the first two; back at 0001, the squash's row left"""
    shop(
        folder,
        files={
            "shop/models.py": MODELS,
            "shop/migrations/0001_squashed.py": SQUASHED.format(replaces=BOTH, fields=""),
            "shop/migrations/0003_stock.py": ADD.format(parent="0002_price", name="stock"),
        },
    )
    manage(folder, "migrate", "shop", "0001_initial")
    return folder


def test_the_way_back_into_a_squash_is_djangos(tmp_path: Path, of: Of) -> None:
    folder = half_applied(tmp_path / "site")
    found = of(folder).what_if("migrate")
    assert found.back is not None
    assert found.back.commands == ("migrate shop 0001_initial",)
    assert found.verdict == "nothing lost · comes back whole"
    manage(folder, "migrate")
    manage(folder, "migrate", "shop", "0001_initial")


@pytest.mark.parametrize("where", ["0001_initial", "zero"])
def test_a_squashs_row_alone_does_not_make_it_applied(tmp_path: Path, of: Of, where: str) -> None:
    folder = half_applied(tmp_path / "site")
    manage(folder, "migrate", "shop", where)
    assert not_applied(of(folder)) == shown_as_not_applied(folder)


def graph_shown(folder: Path, seed: int) -> str:
    """What a process of Django's shows whose sets have this order, or why it shows nothing."""
    command = [sys.executable, "-W", "ignore", "manage.py", "showmigrations"]
    order = {**os.environ, "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(
        command, cwd=folder, env=order, capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else done.stderr.splitlines()[-1]


@pytest.mark.parametrize("applied", [0, 1, 2, 3])
def test_what_django_leaves_to_chance_is_unknown(tmp_path: Path, of: Of, applied: int) -> None:
    """shop: 0001 ← 0002 ← 0003, s = 0001 and 0002, and t = s and 0003"""
    names = ["zero", "0001_initial", "0002_price", "0003_stock"]
    folder = shop(
        tmp_path / "site",
        files={
            "shop/models.py": MODELS,
            "shop/migrations/0003_stock.py": ADD.format(parent="0002_price", name="stock"),
        },
    )
    manage(folder, "migrate", "shop", names[applied])
    again = [("shop", "s"), ("shop", names[3])]
    for name, replaces in (("s", BOTH), ("t", again)):
        text = SQUASHED.format(replaces=replaces, fields="")
        write(folder, {f"shop/migrations/{name}.py": text})
    found = of(folder).what_if("migrate shop")
    by_chance = len({graph_shown(folder, seed) for seed in range(8)}) > 1
    assert by_chance == any("replace each other" in each.what for each in found.findings)
    assert not (by_chance and found.outcome.fine)


def test_a_squash_of_what_was_a_squash_is_read_as_django_reads_it(tmp_path: Path, of: Of) -> None:
    """shop: s ← 0003, where s was a squash; and t, which replaces both"""
    folder = half_applied(tmp_path / "site")
    manage(folder, "migrate")
    for name in ("0001_initial", "0002_price"):
        (folder / f"shop/migrations/{name}.py").unlink()
    more = '("stock", models.IntegerField(default=0)),'
    replaces = [("shop", "0001_squashed"), ("shop", "0003_stock")]
    write(
        folder,
        {
            "shop/migrations/0001_squashed.py": SQUASHED.format(replaces=[], fields=""),
            "shop/migrations/0003_stock.py": ADD.format(parent="0001_squashed", name="stock"),
            "shop/migrations/0001_again.py": SQUASHED.format(replaces=replaces, fields=more),
        },
    )
    lab = of(folder)
    assert not_applied(lab) == shown_as_not_applied(folder) == set()
    assert "loses 3 rows" in lab.what_if("migrate shop zero").verdict
    manage(folder, "migrate", "shop", "0001_squashed")
    assert not_applied(of(folder)) == shown_as_not_applied(folder) == {"shop.0003_stock"}


# -- how the importer finds them

BOX = """
from django.db import models


class Box(models.Model):
    name = models.CharField(max_length=20)
    size = models.IntegerField(default=0)
"""
BOXES = {
    "boxes/models.py": BOX,
    "boxes/migrations/0001_initial.py": INITIAL.replace('"Item"', '"Box"'),
    "boxes/migrations/0002_size.py": ADD.replace('"item"', '"box"')
    .replace('"shop"', '"boxes"')
    .format(parent="0001_initial", name="size"),
}


def library(folder: Path, how: str) -> str:
    """An app that is packed, compiled or neither; gives what goes on ``sys.path``."""
    write(folder, BOXES)
    (folder / "__init__.py").unlink(missing_ok=True)
    if how == "zip":
        packed = folder.with_suffix(".zip")
        with zipfile.ZipFile(packed, "w") as file:
            for each in sorted(folder.rglob("*.py")):
                file.write(each, each.relative_to(folder))
        return str(packed)
    if how in ("compiled", "one compiled"):
        for each in sorted(folder.rglob("*.py" if how == "compiled" else "0002*.py")):
            py_compile.compile(str(each), cfile=str(each.with_suffix(".pyc")), doraise=True)
            each.unlink()
    return str(folder)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("how", ["zip", "compiled", "one compiled", "plain"])
def test_an_app_is_read_however_its_modules_are_packed(
    tmp_path: Path, of: Of, how: str, inside: bool
) -> None:
    if inside and how == "zip":
        pytest.skip("archives of a project are not copied")
    path = library((tmp_path / "site" if inside else tmp_path) / "vendor", how)
    settings = f"\nimport sys\nsys.path.insert(0, {path!r})\nINSTALLED_APPS += ['boxes']\n"
    if inside:
        settings = settings.replace(repr(path), 'str(BASE_DIR / "vendor")')
    folder = shop(tmp_path / "site", settings=settings)
    with sqlite3.connect(folder / "db.sqlite3") as connection:
        connection.execute("INSERT INTO boxes_box VALUES (1, 'a', 5)")
    connection.close()
    lab = of(folder)
    assert lab.truths().agreements.files_record.verdict is True
    assert Key("boxes", "0002_size") in lab.truths().truths.known_files.migrations
    assert "1 value of boxes_box.size" in lab.what_if("migrate boxes 0001").verdict


def test_files_in_a_folder_without_init_are_told_and_never_pruned(tmp_path: Path, of: Of) -> None:
    folder = shop(tmp_path / "site")
    (folder / "shop/migrations/__init__.py").unlink()
    assert "(no migrations)" in manage(folder, "showmigrations", "shop")
    lab = of(folder)
    details = lab.truths().agreements.files_record.details
    assert details == tuple(
        f"shop.{name} is recorded, but Django does not see its file: "
        "shop/migrations has no __init__.py"
        for name in ("0001_initial", "0002_price")
    )
    (found,) = [each for each in lab.what_if("migrate").findings if each.id == "ghosts"]
    assert "__init__.py" in found.do
    assert "prune" not in found.what + found.do


# -- operations

OPERATIONS = '''
from unittest import mock

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Inherits(migrations.RunSQL):
    pass


class Adds(migrations.AddField):
    pass


class OneWay(Operation):
    def state_forwards(self, app_label, state): pass
    def database_forwards(self, app_label, editor, old, new): pass


class Answers:
    """Answers to every name."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: None

    def references_model(self, *args): return True
    def reduce(self, *args): return False


class Table(Answers, Operation):
    def state_forwards(self, app_label, state): pass
    def database_forwards(self, app_label, editor, old, new):
        editor.execute("CREATE TABLE far_away (id integer PRIMARY KEY)")
    def database_backwards(self, app_label, editor, old, new):
        editor.execute("DROP TABLE far_away")
'''
SQL = '"CREATE TABLE far_away (id integer PRIMARY KEY)", "DROP TABLE far_away"'


@pytest.mark.parametrize(
    ("operation", "reversible", "seen"),
    [
        ('shop.ops.Adds("item", "stock", models.IntegerField(null=True))', True, True),
        (f"shop.ops.Inherits({SQL})", True, False),
        ('shop.ops.Inherits("SELECT 1")', False, True),
        ("shop.ops.OneWay()", False, True),
        ("shop.ops.Table()", True, False),
        ("shop.ops.mock.Mock()", None, True),
        (f"migrations.SeparateDatabaseAndState([shop.ops.Inherits({SQL})])", True, False),
    ],
)
def test_an_operation_is_what_its_class_does(
    tmp_path: Path, of: Of, operation: str, reversible: bool | None, seen: bool
) -> None:
    folder = shop(
        tmp_path / "site",
        head="import shop.ops",
        more=operation,
        files={"shop/ops.py": OPERATIONS},
    )
    lab = of(folder)
    view = lab.truths()
    last = view.truths.known_files.migrations[Key("shop", "0002_price")].operations[-1]
    assert last.reversible is reversible
    assert " at 0x" not in last.text
    assert view.agreements.record_tables.verdict is (True if seen else None)
    found = lab.what_if("migrate shop 0001")
    if reversible is False:
        assert found.outcome.stops
    else:
        assert "3 values of shop_item.price" in found.verdict
        manage(folder, "migrate", "shop", "0001")


# -- tables


def test_the_indexes_of_an_old_index_together_are_expected(tmp_path: Path, of: Of) -> None:
    text = INITIAL.replace("            ],\n", '            ],\n            {"index_together": '
                           '{("id", "name"), ("name", "id")}},\n')  # fmt: skip
    folder = shop(tmp_path / "site", files={"shop/migrations/0001_initial.py": text})
    assert record_tables(of(folder)).verdict is True


def test_an_app_without_migrations_keeps_nothing_from_being_compared(
    tmp_path: Path, of: Of
) -> None:
    """Django reads its models into the state's apps, and not into the state's own models."""
    item = 'item = models.ForeignKey("shop.Item", models.CASCADE, null=True)'
    models = f"from django.db import models\n\n\nclass Old(models.Model):\n    {item}\n"
    settings = '\nINSTALLED_APPS += ["legacy"]\nMIGRATION_MODULES = {"legacy": None}\n'
    folder = shop(tmp_path / "site", settings=settings, files={"legacy/models.py": models})
    manage(folder, "migrate", "--run-syncdb")
    lab = of(folder)
    assert record_tables(lab).verdict is True
    assert lab.what_if("migrate shop 0001").outcome.status == 10


def test_an_index_that_two_operations_give_the_same_name_is_expected_once(
    tmp_path: Path, of: Of
) -> None:
    """As django-taggit does: the old index gets its name by hand, and then by RenameIndex."""
    name = 'name="shop_ix"'
    more = f'migrations.AddIndex("item", models.Index(fields=["name", "price"], {name})),\n        '
    more += 'migrations.RenameIndex("item", new_name="shop_ix", old_fields=("name", "price")),'
    folder = shop(tmp_path / "site", more=more)
    assert record_tables(of(folder)).verdict is True


def test_the_table_of_a_cache_is_nobodys_drift(tmp_path: Path, of: Of) -> None:
    settings = (
        '\nCACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", '
        '"LOCATION": "shop_cache"}}\n'
    )
    folder = shop(tmp_path / "site", settings=settings)
    manage(folder, "createcachetable")
    assert record_tables(of(folder)).verdict is True


@pytest.mark.parametrize(
    ("table", "verdict", "told"),
    [
        ("gone_item", None, "is left over from gone"),
        ("shop_extra", False, "should not be there, according to the recorded migrations"),
        ("legacy", None, "may be left over from an app that is no longer installed: gone"),
    ],
)
def test_a_table_is_laid_to_the_app_that_it_is_named_after(
    tmp_path: Path, of: Of, table: str, verdict: bool | None, told: str
) -> None:
    folder = shop(tmp_path / "site")
    with sqlite3.connect(folder / "db.sqlite3") as connection:
        connection.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY)")
        connection.execute("INSERT INTO django_migrations VALUES (99, 'gone', '0001', '2020-1-1')")
    connection.close()
    found = record_tables(of(folder))
    assert found.verdict is verdict
    assert told in found.details[0]


def test_a_table_of_a_model_that_is_not_recorded_differs_for_certain(
    tmp_path: Path, of: Of
) -> None:
    """The table is named after no app, and other migrations have SQL of their own."""
    text = INITIAL.replace(
        "            ],\n", '            ],\n            {"db_table": "things"},\n'
    )
    folder = shop(
        tmp_path / "site",
        more='migrations.RunSQL("SELECT 1", "SELECT 1")',
        files={
            "shop/migrations/0001_initial.py": text,
            "shop/models.py": MODELS.replace("stock", "price") + "\n    class Meta:\n"
            '        db_table = "things"\n',
            "other/models.py": "",
            "other/migrations/0001_sql.py": "from django.db import migrations\n\n\n"
            "class Migration(migrations.Migration):\n"
            '    operations = [migrations.RunSQL("SELECT 1", "SELECT 1")]\n',
        },
        settings='\nINSTALLED_APPS += ["other"]\n',
    )
    manage(folder, "migrate", "--fake", "shop", "zero")
    found = record_tables(of(folder))
    assert found.verdict is False
    assert found.details == (
        "table things should not be there, according to the recorded migrations",
    )


def test_the_tables_of_a_renamed_app_are_told_with_their_rows(tmp_path: Path, of: Of) -> None:
    folder = shop(tmp_path / "site")
    (folder / "shop").rename(folder / "goods")
    for path in folder.rglob("*.py"):
        path.write_text(path.read_text().replace('"shop"', '"goods"'))
    found = of(folder).what_if("migrate")
    (said,) = [each.what for each in found.findings if each.id == "not-installed"]
    assert said.endswith("its table shop_item stays behind with 3 rows")
    manage(folder, "migrate")
    assert record_tables(of(folder)).verdict is None


# -- makemigrations

DETECTOR = """
from django.core.management.commands import makemigrations
from django.db.migrations.autodetector import MigrationAutodetector


class Blind(MigrationAutodetector):
    def changes(self, *args, **kwargs):
        return {}


"""
MIGRATE = """
from django.core.management.commands import migrate

from .makemigrations import Command as Makes


class Command(migrate.Command):
    autodetector = Makes.autodetector
"""
WAYS = {
    "named": "class Command(makemigrations.Command):\n    autodetector = Blind\n",
    "replaced": "makemigrations.MigrationAutodetector = Blind\n"
    "class Command(makemigrations.Command):\n    autodetector = Blind\n",
    "handled": "class Command(makemigrations.Command):\n"
    "    def handle(self, *labels, **options):\n"
    "        self.autodetector = makemigrations.MigrationAutodetector = Blind\n"
    "        return super().handle(*labels, **options)\n",
    "as ever": "class Command(makemigrations.Command):\n"
    "    def handle(self, *labels, **options):\n"
    "        return super().handle(*labels, **options)\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_models_and_files_agree_where_the_projects_makemigrations_writes_nothing(
    tmp_path: Path, of: Of, way: str
) -> None:
    folder = shop(
        tmp_path / "site",
        files={
            "shop/management/commands/makemigrations.py": DETECTOR + WAYS[way],
            # Django checks that both use the same.
            "shop/management/commands/migrate.py": MIGRATE,
        },
    )
    (folder / "shop/models.py").write_text(MODELS)
    said = manage(folder, "makemigrations", "--dry-run")
    found = of(folder).truths().agreements.models_files
    assert found.verdict is ("No changes detected" in said)
    assert found.verdict is (way != "as ever")
    assert not list(folder.glob("shop/migrations/0003*"))
