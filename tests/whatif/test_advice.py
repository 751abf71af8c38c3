"""What is advised where a command stops at a foreign key depends on who made the row that is
wrong: somebody before, or the migration."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from miglab import Lab
from miglab.facts.run import Run
from miglab.facts.step import Refusal
from miglab.whatif.rules.advice import advice

from ..show.consequences_samples import step
from .own import shop

#: 0003: undone, it deletes what Sale points at.
SALE = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_price")]
    operations = [
        migrations.CreateModel(
            "Sale",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("item", models.ForeignKey("shop.Item", models.CASCADE)),
            ],
        )
    ]
"""
CLEAN = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_sale")]
    operations = [migrations.RunSQL(migrations.RunSQL.noop, {reverse!r})]
"""


def project(folder: Path, reverse: str) -> Path:
    """Three items, one sale of the first; undoing 0004 runs this SQL."""
    files = {"0003_sale": SALE, "0004_clean": CLEAN.format(reverse=reverse)}
    shop(folder, files={f"shop/migrations/{name}.py": text for name, text in files.items()})
    write(folder, "INSERT INTO shop_sale VALUES (1, 1)")
    return folder


def write(folder: Path, sql: str) -> None:
    """As somebody does who lets SQLite not look at foreign keys."""
    with sqlite3.connect(folder / "db.sqlite3") as connection:
        connection.execute(sql)
    connection.close()


def told(folder: Path, line: str) -> tuple[str, str]:
    """What a what-if says of why it stops, and what to do."""
    with Lab.of(folder) as lab:
        (finding,) = [each for each in lab.what_if(line).findings if each.id == "fails"]
    return finding.what, finding.do


def error(folder: Path, *words: str) -> str:
    """The last line that plain manage.py prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode, done.stdout
    return done.stderr.strip().splitlines()[-1]


def test_a_migration_that_leaves_a_row_without_what_it_refers_to_is_what_has_to_change(
    tmp_path: Path,
) -> None:
    folder = project(tmp_path, "DELETE FROM shop_item WHERE id = 1")
    what, do = told(folder, "migrate shop 0003")
    assert "this migration" in do
    assert "every migration" not in do
    assert error(folder, "migrate", "shop", "0003").rpartition(": ")[2] in what


def test_a_row_that_already_refers_to_nothing_stops_every_migration_and_is_named(
    tmp_path: Path,
) -> None:
    folder = project(tmp_path, "UPDATE shop_item SET price = 1")
    write(folder, "DELETE FROM shop_item WHERE id = 1")
    what, do = told(folder, "migrate shop 0003")
    assert "rows of shop_sale" in do
    assert "other migrations of this database may stop there too" in do
    assert error(folder, "migrate", "shop", "0003").rpartition(": ")[2] in what


def test_a_row_whose_table_is_gone_refers_to_nothing_too(tmp_path: Path) -> None:
    folder = project(tmp_path, "UPDATE shop_sale SET id = 2")
    write(folder, "DROP TABLE shop_item")
    _, do = told(folder, "migrate shop 0003")
    assert "rows of shop_sale" in do


def test_a_column_that_is_made_again_and_is_still_there_is_not_said_to_be_unapplied(
    tmp_path: Path,
) -> None:
    again = "ALTER TABLE shop_item ADD COLUMN price integer"
    folder = shop(tmp_path, more=f"migrations.RunSQL(migrations.RunSQL.noop, {again!r}),")
    what, do = told(folder, "migrate shop 0001")
    assert "duplicate column" in what
    assert "not applied" not in do
    assert "unapplying this migration" in do
    assert "duplicate column" in error(folder, "migrate", "shop", "0001")


MISSING_ROW = """
from django.db import migrations


def look(apps, schema_editor):
    apps.get_model("shop", "Item").objects.get(name="nothing is called so")


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_price")]
    operations = [migrations.RunPython(look)]
"""


def test_a_row_that_a_migration_looks_for_in_vain_is_not_taken_for_a_missing_table(
    tmp_path: Path,
) -> None:
    folder = shop(tmp_path)
    (folder / "shop/migrations/0003_look.py").write_text(MISSING_ROW)
    what, do = told(folder, "migrate shop")
    assert "DoesNotExist" in what
    assert do.startswith("the migration looks for a row that is not there")


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        (
            "OperationalError: (1061, 'Duplicate key name')",
            "find out why the database already has",
        ),
        ("OperationalError: (1553, 'Needed in a foreign key constraint')", "read the error"),
        ("IntegrityError: FOREIGN KEY constraint failed", "change this migration"),
        (
            'ProgrammingError: relation "a" already exists',
            "find out why the database already has",
        ),
        ("CommandError: File already exists", "read the error"),
    ],
)
def test_each_databases_words_get_the_advice_that_fits(said: str, begins: str) -> None:
    error, _, message = said.partition(": ")
    refused = replace(step("migrate shop"), refusal=Refusal(error, message))
    assert advice(Run(refused, (), 0.1)).startswith(begins)
