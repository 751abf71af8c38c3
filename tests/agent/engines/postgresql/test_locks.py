"""Which locks a migration takes, as they were measured by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from miglab.facts.step import Ran
from miglab.lab import Lab

from ....whatif.shop import applied, install

FIRST = """
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Author", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=20)),
        ]),
        migrations.CreateModel("Book", [
            ("id", models.BigAutoField(primary_key=True)),
            ("title", models.CharField(max_length=20, null=True)),
            ("pages", models.IntegerField(default=1)),
            ("author", models.ForeignKey("library.Author", models.CASCADE)),
        ]),
        migrations.RunSQL(
            "INSERT INTO library_author (name) SELECT 'a' || i FROM generate_series(1, 9) i;"
            "INSERT INTO library_book (title, pages, author_id) "
            "SELECT 'b' || i, i, 1 + i % 9 FROM generate_series(1, 1000) i"
        ),
    ]
"""
SECOND = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def update(apps, editor):
    apps.get_model("library", "Book").objects.update(pages=models.F("pages") + 1)


class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [("library", "0001_initial")]
    operations = [{operation}]
"""
READS, WRITES, BOTH = "AccessExclusiveLock", "ShareLock", "ShareRowExclusiveLock"
#: An operation → the strongest lock on each table, and whether that is rewritten.
CASES: dict[str, dict[str, tuple[str, bool]]] = {
    'migrations.RemoveField("book", "pages")': {"library_book": (READS, False)},
    'migrations.AlterField("book", "pages", models.BigIntegerField())': {
        "library_book": (READS, True)
    },
    'migrations.AlterField("book", "title", models.CharField(max_length=50, null=True))': {
        "library_book": (READS, False)
    },
    'migrations.AddField("book", "price", models.IntegerField(default=3))': {
        "library_book": (READS, False)
    },
    'migrations.AlterField("book", "title", models.CharField(max_length=20, default=""))': {
        "library_book": (READS, False)
    },
    'migrations.AddIndex("book", models.Index(fields=["title"], name="by_title"))': {
        "library_book": (WRITES, False)
    },
    'migrations.AddField("book", "editor", models.ForeignKey("library.Author", models.CASCADE, '
    'null=True, related_name="edited"))': {
        "library_book": (READS, False),
        "library_author": (BOTH, False),
    },
    'migrations.AddConstraint("book", models.UniqueConstraint(fields=["title"], name="once"))': {
        "library_book": (READS, False)
    },
    'migrations.AddConstraint("book", models.CheckConstraint(condition=models.Q(pages__gt=0), '
    'name="some"))': {"library_book": (READS, False)},
    'migrations.DeleteModel("Book")': {
        "library_book": (READS, False),
        "library_author": (READS, False),
    },
    'migrations.RenameModel("Author", "Writer")': {
        "library_author": (READS, False),
        "library_book": (READS, False),
    },
    'migrations.RenameField("book", "pages", "leaves")': {"library_book": (READS, False)},
    'migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])': {},
    "migrations.RunPython(update)": {},
    'migrations.RunSQL("TRUNCATE library_book")': {"library_book": (READS, True)},
    'migrations.RunSQL("LOCK library_author IN EXCLUSIVE MODE")': {
        "library_author": ("ExclusiveLock", False)
    },
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("storefront", database="postgresql") as lab:
        install(lab, "library")
        lab.write("library/models.py", "")
        lab.write("library/migrations/0001_initial.py", FIRST)
        applied(lab, "migrate library")
        yield lab


def ran(lab: Lab, operation: str, atomic: bool = True) -> Ran:
    """How a migration with this operation ran."""
    text = SECOND.format(operation=operation, atomic=atomic)
    lab.write("library/migrations/0002_second.py", text)
    step = lab.manage("migrate library")
    lab.rewind(2)
    assert step.refusal is None, step.output
    assert not step.obstacles
    (found,) = step.ran
    return found


@pytest.mark.parametrize("operation", CASES)
def test_an_operation_takes_the_locks_that_were_measured_by_hand(lab: Lab, operation: str) -> None:
    found = ran(lab, operation)
    assert {e.table: (e.mode, e.rewritten) for e in found.locks} == CASES[operation]
    for each in found.locks:
        assert not each.at_least
        assert each.write >= each.read
        assert each.write <= found.seconds
        assert bool(each.read) == (each.mode == READS)
    assert found.grew is not None


def test_a_lock_is_held_from_its_statement_to_the_end_of_the_migration(lab: Lab) -> None:
    found = ran(
        lab,
        "migrations.RunSQL(['SELECT pg_sleep(0.2)', 'LOCK library_book IN SHARE MODE', "
        "'SELECT pg_sleep(0.2)', 'ALTER TABLE library_book ADD x integer', "
        "'SELECT pg_sleep(0.2)'])",
    )
    (lock,) = found.locks
    assert 0.2 <= lock.read <= lock.write - 0.2 <= found.seconds - 0.4


def test_what_a_savepoint_gives_back_is_not_held_any_more(lab: Lab) -> None:
    found = ran(
        lab,
        "migrations.RunSQL(['SAVEPOINT s', 'LOCK library_book', 'ROLLBACK TO s', "
        "'LOCK library_author', 'SELECT pg_sleep(0.3)'])",
    )
    by_table = {each.table: each for each in found.locks}
    assert by_table["library_author"].read >= 0.3
    assert by_table["library_book"].read <= found.seconds - 0.3


def test_a_migration_that_is_not_atomic_is_looked_at_from_outside(lab: Lab) -> None:
    block = "DO $$ BEGIN LOCK library_book; PERFORM pg_sleep(0.3); END $$"
    found = ran(lab, f"migrations.RunSQL(['{block}', 'SELECT pg_sleep(0.3)'])", atomic=False)
    (lock,) = found.locks
    assert lock.at_least
    assert 0 < lock.read <= found.seconds - 0.3


def test_an_index_that_is_made_concurrently_locks_nothing(lab: Lab) -> None:
    index = 'AddIndexConcurrently("book", models.Index(fields=["title"], name="by_title"))'
    assert ran(lab, index, atomic=False).locks == ()


def test_a_what_if_says_what_cannot_be_read_and_for_how_long(lab: Lab) -> None:
    operation = "migrations.RunSQL(['LOCK library_book', 'SELECT pg_sleep(0.3)'], '')"
    text = SECOND.format(operation=operation, atomic=True)
    lab.write("library/migrations/0002_second.py", text)
    found = lab.what_if("migrate library")
    lab.rewind(1)
    (said,) = [each for each in found.findings if each.id == "locks"]
    words = r"library_book \(1,000 rows\) can't be read for \S+\sm?s: library\.0002_second takes an"
    assert re.fullmatch(words + " AccessExclusiveLock", said.what)
    (lock,) = found.runs[0].plan[0].locks
    assert (lock.rows, lock.table) == (1000, "library_book")
