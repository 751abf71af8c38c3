"""No answer is worse than what plain ``manage.py`` does, and none says what an error does not: the
false alarms that there were."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab import Lab
from miglab.facts.consequences import Consequences
from miglab.facts.outcome import Agreeing, Return

from .own import AUTH, SETTINGS, manage, shop, write
from .test_as_the_loader_reads import ADD, BOTH, MODELS, SQUASHED
from .test_false_all_clears import beside, rows, what_if
from .test_ladder import migration
from .test_shapes import ID, project, sql

TAGS = [
    f"migrations.CreateModel('Tag', [{ID}])",
    f"migrations.CreateModel('Item', [{ID}, ('many', models.ManyToManyField('shop.Item'))])",
]
OTHER_TARGET = [
    "migrations.RemoveField('item', 'many')",
    "migrations.AddField('item', 'many', models.ManyToManyField('shop.Tag'))",
]
MADE_ANEW = [
    "migrations.DeleteModel('Tag')",
    f"migrations.CreateModel('Tag', [{ID}, ('name', models.CharField(max_length=9))])",
]


# -- the record


def squashed(folder: Path, *, alone: bool) -> Path:
    """shop: 0001 ← 0002 ← 0003, all applied; a squash of the first two, which nobody recorded."""
    shop(
        folder,
        files={
            "shop/models.py": MODELS,
            "shop/migrations/0003_stock.py": ADD.format(parent="0002_price", name="stock"),
        },
    )
    squash = SQUASHED.format(replaces=BOTH, fields="")
    write(folder, {"shop/migrations/0001_squashed.py": squash})
    for name in ("0001_initial", "0002_price") if alone else ():
        (folder / f"shop/migrations/{name}.py").unlink()
    return folder


@pytest.mark.parametrize("alone", [False, True])
def test_the_row_that_migrate_writes_for_a_squash_needs_no_way_back(
    tmp_path: Path, alone: bool
) -> None:
    folder = squashed(tmp_path / "site", alone=alone)
    found = what_if(folder, "migrate")
    assert (found.verdict, found.outcome.status) == ("nothing lost · comes back whole", 0)
    plain = beside(folder, "migrate")
    names = "SELECT name FROM django_migrations WHERE app = 'shop'"
    assert {*rows(plain, names)} - {*rows(folder, names)} == {("0001_squashed",)}
    assert rows(plain, "SELECT * FROM shop_item") == rows(folder, "SELECT * FROM shop_item")


@pytest.mark.parametrize("alone", [False, True])
def test_a_revert_beside_a_new_squash_comes_back_with_the_same_schema(
    tmp_path: Path, alone: bool
) -> None:
    found = what_if(squashed(tmp_path / "site", alone=alone), "migrate shop 0001_squashed")
    assert found.verdict == "nothing lost · comes back whole"
    assert found.runs[0].plan


# -- tables that are made anew under an old name


@pytest.mark.parametrize(
    ("operations", "verdict"),
    [
        (OTHER_TARGET, "loses 2 links of shop_item_many"),
        (MADE_ANEW, "loses 2 rows of shop_tag"),
    ],
    ids=["a many-to-many", "a model"],
)
@pytest.mark.parametrize("line", ["migrate shop", "migrate shop 0001"])
def test_a_table_made_anew_is_another_one_and_may_go_on_the_way_back(
    tmp_path: Path, operations: list[str], verdict: str, line: str
) -> None:
    folder = project(tmp_path / "site", TAGS, operations)
    if line.endswith("0001"):
        manage(folder, "migrate", "shop")
    for table in ("shop_tag", "shop_item", "shop_item_many"):
        names = [row[1] for row in sql(folder, f"PRAGMA table_info({table})")]
        for number in (1, 2):
            values = ", ".join(str(number) for _ in names)
            sql(folder, f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})")
    found = what_if(folder, line)
    assert found.verdict == f"{verdict} · the tables come back, not all rows"
    assert found.back is not None
    beside(folder, line, *found.back.commands)


# -- the next migrate


@pytest.mark.parametrize(
    ("operation", "destroyed"),
    [
        ("RemoveField('item', 'price')", 0),
        ("RunSQL('UPDATE shop_item SET price = 0', migrations.RunSQL.noop)", 3),
    ],
)
def test_the_next_migrate_destroys_what_was_stored_and_not_what_the_command_made(
    tmp_path: Path, operation: str, destroyed: int
) -> None:
    """shop: 0001 ← 0002 (price) ← 0003; another app is not migrated yet, so that the way back is
    one of shop alone. A revert of ``RemoveField`` fills the column, and nobody stored that."""
    folder = shop(tmp_path / "site", settings=AUTH)
    sql(folder, "DELETE FROM django_migrations WHERE app = 'auth'")
    for name in ("auth_user_user_permissions", "auth_user_groups", "auth_group_permissions",
                 "auth_permission", "auth_group", "auth_user"):  # fmt: skip
        sql(folder, f"DROP TABLE {name}")
    write(folder, {"shop/migrations/0003_more.py": migration("0002_price", operation)})
    manage(folder, "migrate", "shop")
    sql(folder, *(["UPDATE shop_item SET price = 9"] if destroyed else ["SELECT 1"]))
    found = what_if(folder, "migrate shop 0002")
    assert found.back is not None
    assert found.back.commands == ("migrate shop 0003_more",)
    assert found.next is not None
    told = found.finding("next-destroys")
    assert (told is not None) is bool(destroyed)
    plain = beside(folder, "migrate shop 0002", "migrate")
    same = rows(plain, "SELECT * FROM shop_item") == rows(folder, "SELECT * FROM shop_item")
    assert same is not bool(destroyed)


# -- content types


def test_the_content_type_of_a_model_that_was_renamed_stays_behind_under_its_old_name(
    tmp_path: Path,
) -> None:
    """shop: 0001 ← 0002 (price) ← 0003 (Item is called Thing)"""
    folder = shop(tmp_path / "site")
    models = folder / "shop/models.py"
    models.write_text(models.read_text().replace("class Item", "class Thing"))
    renamed = migration("0002_price", "RenameModel('Item', 'Thing')")
    write(folder, {"shop/migrations/0003_thing.py": renamed})
    manage(folder, "migrate", "shop")
    found = what_if(folder, "migrate shop zero")
    assert found.left_behind.content_types == ("shop.item",)
    told = found.finding("left-behind")
    assert told is not None
    assert told.what == "1 content type stays behind: shop.item"
    plain = beside(folder, "migrate shop zero")
    types = "SELECT app_label, model FROM django_content_type WHERE app_label = 'shop'"
    assert rows(plain, types) == [("shop", "item")]


@pytest.mark.parametrize("line", ["migrate shop 0002", "migrate shop"])
def test_a_table_that_only_gets_another_name_leaves_nothing_behind(
    tmp_path: Path, line: str
) -> None:
    """shop: 0001 ← 0002 (price) ← 0003 (the table is called goods)"""
    folder = shop(tmp_path / "site")
    called = migration("0002_price", "AlterModelTable('Item', 'goods')")
    write(folder, {"shop/migrations/0003_goods.py": called})
    if line != "migrate shop":
        manage(folder, "migrate", "shop")
    found = what_if(folder, line)
    assert found.verdict == "nothing lost · comes back whole"
    assert found.left_behind.content_types == ()


# -- drift


def test_what_was_missing_before_is_not_explained_by_a_migration_that_ran_since(
    tmp_path: Path,
) -> None:
    """shop: 0001 ← 0002 (faked) ← 0003 (RunPython)"""
    folder = shop(tmp_path / "site", migrated=False)
    manage(folder, "migrate", "shop", "0001")
    manage(folder, "migrate", "--fake", "shop", "0002")
    runs = "RunPython(migrations.RunPython.noop, migrations.RunPython.noop)"
    write(folder, {"shop/migrations/0003_runs.py": migration("0002_price", runs)})
    found = what_if(folder, "migrate shop")
    assert found.agreements_before.record_tables.details == ("column shop_item.price is missing",)
    assert found.finding("explained-drift") is None
    assert found.outcome.agreeing is Agreeing.NO_WORSE


# -- rows


def test_rows_whose_key_moves_and_comes_back_are_not_lost_beside_their_values(
    tmp_path: Path,
) -> None:
    folder = project(
        tmp_path / "site",
        [f"migrations.CreateModel('Item', [{ID}, ('name', models.CharField(max_length=9))])"],
        [
            "migrations.AddField('item', 'size', models.IntegerField(default=1))",
            "migrations.RunSQL('UPDATE shop_item SET id = id + 10', "
            "'UPDATE shop_item SET id = id - 10')",
        ],
    )
    manage(folder, "migrate", "shop")
    sql(folder, "INSERT INTO shop_item (id, name, size) VALUES (11, 'a', 6), (12, 'b', 6)")
    found = what_if(folder, "migrate shop 0001")
    assert found.outcome.back is Return.ROWS
    assert found.verdict.startswith("loses 2 values of shop_item.size on the way back ·")
    plain = beside(folder, "migrate shop 0001", "migrate shop")
    assert rows(plain, "SELECT id, name, size FROM shop_item") == [(11, "a", 1), (12, "b", 1)]


# -- what only the project's connection knows

BACKEND = """
from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, params):
        connection = super().get_new_connection(params)
        connection.create_function("twice", 1, lambda each: each * 2, deterministic=True)
        connection.create_collation("backwards", lambda a, b: (a > b) - (a < b))
        return connection
"""


@pytest.mark.parametrize(
    "table",
    [
        "CREATE TABLE shop_pair (word text COLLATE backwards PRIMARY KEY, size int) WITHOUT ROWID",
        "CREATE TABLE shop_pair (word text PRIMARY KEY, size int, "
        "large int GENERATED ALWAYS AS (twice(size)) STORED)",
    ],
    ids=["a collation", "a function"],
)
def test_a_backend_of_the_projects_own_is_the_engine_it_is_made_of(
    tmp_path: Path, table: str
) -> None:
    grow, shrink = (f"UPDATE shop_pair SET size = size {each} 1" for each in "+-")
    folder = shop(
        tmp_path / "site",
        settings=SETTINGS.replace("django.db.backends.sqlite3", "config.backend"),
        more=f"migrations.RunSQL({grow!r}, {shrink!r}),",
        files={"config/backend/base.py": BACKEND},
        migrated=False,
    )
    first = folder / "shop/migrations/0001_initial.py"
    first.write_text(
        first.read_text().replace(
            "    operations = [",
            f"    operations = [\n        migrations.RunSQL({table!r}, 'DROP TABLE shop_pair'),",
        )
    )
    manage(folder, "migrate")
    insert = "INSERT INTO shop_pair (word, size) VALUES ('a', 1), ('b', 2), ('c', 3)"
    code = f"from django.db import connection as c; c.cursor().execute({insert!r})"
    manage(folder, "shell", "-c", code)
    found = what_if(folder, "migrate shop 0001")
    assert (found.verdict, found.outcome.status) == ("nothing lost · comes back whole", 0)
    (change,) = [each for each in found.rows if each.table == "shop_pair"]
    assert change.changed_columns == {"size": 3}
    beside(folder, "migrate shop 0001", "migrate")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_migration_that_takes_a_stream_away_is_rehearsed(tmp_path: Path, stream: str) -> None:
    """Windows' pythonw and some servers have none, and code that silences a command does it too."""
    head = f"\n\ndef back(apps, schema_editor):\n    import sys\n\n    sys.{stream} = None\n"
    more = "migrations.RunPython(migrations.RunPython.noop, back),"
    folder = shop(tmp_path / "site", head=head, more=more)
    assert what_if(folder, "migrate shop 0001").outcome.status == 10
    beside(folder, "migrate shop 0001", "migrate")


# -- errors


def stopped(folder: Path, body: str) -> Consequences:
    """A revert that stops where this runs."""
    shop(
        folder,
        head=f"\n\ndef stop(apps, schema_editor):\n    {body}\n",
        more="migrations.RunPython(migrations.RunPython.noop, stop),",
    )
    with Lab.of(folder) as lab:
        return lab.what_if("migrate shop 0001")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise SystemExit(3)", "SystemExit: sys.exit(3) ended the command before shop.0002_price"),
        ("raise SystemExit", "SystemExit: sys.exit(None) ended the command before shop.0002_price"),
        ("raise LookupError", "the command stops at shop.0002_price: LookupError"),
        ("raise LookupError('one\\ntwo')", "LookupError: one\ntwo"),
    ],
)
def test_an_error_says_its_own_words_and_none_of_what_was_printed(
    tmp_path: Path, body: str, said: str
) -> None:
    told = stopped(tmp_path / "site", body).finding("fails")
    assert told is not None
    assert said in told.what
    assert "Operations to perform" not in told.what


def test_of_a_very_long_error_the_beginning_and_the_end_are_said(tmp_path: Path) -> None:
    told = stopped(tmp_path / "site", "raise LookupError('begin' + 'x' * 9000 + 'end')")
    found = told.finding("fails")
    assert found is not None
    assert len(found.what) < 700
    assert "LookupError: begin" in found.what
    assert found.what.endswith("end")


# -- tables that a module makes

ENTRY = """
from django.db import models


class Entry(models.Model):
    rowid = models.BigAutoField(primary_key=True)
    title = models.TextField()

    class Meta:
        db_table = "shop_entry"
"""


@pytest.mark.parametrize("there", [True, False])
def test_a_model_whose_table_is_a_full_text_one_is_there_or_is_missing(
    tmp_path: Path, there: bool
) -> None:
    """As Wagtail has it: the model is in the state, and SQL makes its virtual table."""
    state = (
        "migrations.CreateModel('Entry', [('rowid', models.BigAutoField(primary_key=True)), "
        "('title', models.TextField())], options={'db_table': 'shop_entry'})"
    )
    made = "CREATE VIRTUAL TABLE shop_entry USING fts5(title)" if there else "SELECT 1"
    both = (
        f"migrations.SeparateDatabaseAndState([migrations.RunSQL({made!r}, "
        f"'DROP TABLE IF EXISTS shop_entry')], [{state}])"
    )
    folder = project(tmp_path / "site", [both])
    write(folder, {"shop/models.py": ENTRY})
    with Lab.of(folder) as lab:
        found = lab.truths().agreements.record_tables
    assert found.verdict is (True if there else None)
    assert len(found.details) == (0 if there else 1)
