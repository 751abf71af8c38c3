"""Shapes that nobody thought of, rehearsed: each beside what plain manage.py leaves."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from miglab import Lab
from miglab.cli.main import main

from .own import MANAGE, SETTINGS, manage, write

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


# -- names and copies


def test_names_and_values_with_signs_that_a_terminal_obeys_break_no_line_and_colour_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = r"models.CharField(max_length=9, db_column='na\nme')"
    folder = project(
        tmp_path / "site",
        [
            f"migrations.CreateModel('Item', [{ID}, ('name', {name})],"
            r" options={'db_table': 'red\x1b[31m\titems'})"
        ],
        ["migrations.RemoveField('item', 'name')"],
    )
    sql(folder, "INSERT INTO \"red\x1b[31m\titems\" VALUES (1, 'a\x1b[2Jb')")
    python = ["--python", sys.executable]
    assert main(["whatif", str(folder), "shop", "0002", "--quiet", *python]) == 11
    told = r"loses 1 value of red\x1b[31m\titems.na ⏎ me · does not come back"
    assert capsys.readouterr().out == f"{told}\n"
    main(["whatif", str(folder), "shop", "0002", *python])
    printed = capsys.readouterr().out
    assert r"1   a\x1b[2Jb" in printed
    assert "\x1b" not in printed


def test_tables_that_differ_in_case_alone_are_one(tmp_path: Path) -> None:
    item = f"CreateModel('Item', [{ID}, ('Name', models.CharField(max_length=9))], "
    folder = project(
        tmp_path / "site",
        [f"migrations.{item}options={{'db_table': 'ITEMS'}})"],
        [
            "migrations.AlterModelTable('item', 'items')",
            "migrations.AlterField('item', 'Name', models.CharField(max_length=19))",
            "migrations.RunSQL('ALTER TABLE Items RENAME COLUMN NAME TO \"name\"')",
        ],
    )
    sql(folder, "INSERT INTO items VALUES (1, 'a'), (2, 'b')")
    with Lab.of(folder) as lab:
        step = lab.manage("migrate shop")
        assert (step.refusal, step.rows) == (None, ())
    manage(folder, "migrate", "shop")
    assert sql(folder, "SELECT * FROM items") == [(1, "a"), (2, "b")]


# -- many-to-many and its likes

PAIR = [
    f"migrations.CreateModel('Post', [{ID}])",
    f"migrations.CreateModel('Post_Like', [{ID}, ('one', models.ForeignKey('shop.Post', "
    "models.CASCADE, related_name='+')), ('two', models.ForeignKey('shop.Post', models.CASCADE, "
    "related_name='+'))], options={'unique_together': {('one', 'two')}})",
    f"migrations.CreateModel('Note', [{ID}, ('like', models.ForeignKey('shop.Post_Like', "
    "models.CASCADE))])",
]


def test_a_table_of_two_keys_that_another_points_at_has_rows_of_its_own(tmp_path: Path) -> None:
    """Its rows are known by their own number: with another one, it is another row."""
    renumber = "migrations.RunSQL('UPDATE shop_post_like SET id = id + 10')"
    folder = project(tmp_path / "site", PAIR, [renumber])
    sql(
        folder,
        "INSERT INTO shop_post VALUES (1), (2)",
        "INSERT INTO shop_post_like VALUES (1, 1, 2), (2, 2, 1)",
    )
    with Lab.of(folder) as lab:
        change = lab.manage("migrate shop").rows[0]
    assert (change.table, change.many_to_many) == ("shop_post_like", False)
    assert (change.lost, change.gained) == (2, 2)


# -- inheritance

PLACES = [
    f"migrations.CreateModel('Place', [{ID}, ('name', models.CharField(max_length=9))])",
    "migrations.CreateModel('Cafe', [('place_ptr', models.OneToOneField('shop.Place', "
    "models.CASCADE, parent_link=True, primary_key=True, serialize=False)), "
    "('seats', models.IntegerField(default=0))], bases=('shop.place',))",
]


@pytest.mark.parametrize(
    ("operation", "orphans"),
    [
        ("migrations.DeleteModel('Cafe')", 2),
        ("migrations.RunSQL('DELETE FROM shop_cafe WHERE place_ptr_id = 3')", 1),
        ("migrations.RunSQL(['DELETE FROM shop_cafe', 'DELETE FROM shop_place'])", 0),
    ],
)
def test_parents_whose_children_go_are_counted(
    tmp_path: Path, operation: str, orphans: int
) -> None:
    folder = project(tmp_path / "site", PLACES, [operation])
    sql(
        folder,
        "INSERT INTO shop_place VALUES (1, 'a'), (2, 'b'), (3, 'c')",
        "INSERT INTO shop_cafe VALUES (2, 5), (3, 6)",
    )
    with Lab.of(folder) as lab:
        rows = {each.table: each for each in lab.manage("migrate shop").rows}
    manage(folder, "migrate", "shop")
    assert rows["shop_cafe"].orphans == ({"shop_place": orphans} if orphans else {})
    if orphans:
        (left,) = sql(folder, "SELECT count(*) FROM shop_place")
        assert left == (3,)


# -- what only the project's connection knows

FTS = "CREATE VIRTUAL TABLE shop_fts USING fts5(name{})"
ITEM = f"migrations.CreateModel('Item', [{ID}, ('name', models.CharField(max_length=9))])"


@pytest.mark.parametrize(("more", "derived"), [(", content=shop_item", True), ("", False)])
def test_a_full_text_table_is_derived_where_its_text_is_stored_elsewhere(
    tmp_path: Path, more: str, derived: bool
) -> None:
    folder = project(
        tmp_path / "site",
        [ITEM, f"migrations.RunSQL({FTS.format(more)!r})"],
        ["migrations.RunSQL('DROP TABLE shop_fts')"],
    )
    sql(
        folder,
        "INSERT INTO shop_item VALUES (1, 'a'), (2, 'b')",
        "INSERT INTO shop_fts (rowid, name) SELECT id, name FROM shop_item",
    )
    with Lab.of(folder) as lab:
        (change,) = lab.manage("migrate shop").rows
    assert (change.table, change.now, change.lost) == ("shop_fts", None, 2)
    assert change.derived is derived


def test_a_box_of_an_r_tree_that_is_moved_is_the_same_row(tmp_path: Path) -> None:
    """As GeoDjango's indexes and plain tables of boxes are: no PRAGMA tells of their key."""
    folder = project(
        tmp_path / "site",
        ["migrations.RunSQL('CREATE VIRTUAL TABLE boxes USING RTree(id, low, high)')"],
        [
            "migrations.RunSQL('UPDATE boxes SET high = high + 7 WHERE id < 3')",
            "migrations.RunSQL('DELETE FROM Boxes WHERE id = 4')",
        ],
    )
    sql(folder, "INSERT INTO boxes VALUES (1, 0, 1), (2, 0, 2), (3, 0, 3), (4, 0, 4)")
    with Lab.of(folder) as lab:
        (change,) = lab.manage("migrate shop").rows
    assert (change.lost, change.gained, dict(change.changed_columns)) == (1, 0, {"high": 2})
    manage(folder, "migrate", "shop")
    assert sql(folder, "SELECT id, high FROM boxes ORDER BY id") == [(1, 8.0), (2, 9.0), (3, 3.0)]


TEACH = """
from django.apps import AppConfig
from django.db.backends.signals import connection_created


def teach(connection, **kwargs):
    connection.connection.create_function("twice", 1, lambda text: text * 2, deterministic=True)


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        connection_created.connect(teach)
"""


def test_a_function_of_the_projects_is_known_when_its_rows_are_compared(tmp_path: Path) -> None:
    folder = project(
        tmp_path / "site",
        [
            "migrations.RunSQL('CREATE TABLE shop_two (id integer PRIMARY KEY, a text, "
            "b text AS (twice(a)), c text, UNIQUE (b))', 'DROP TABLE shop_two')"
        ],
        ["migrations.RunSQL('ALTER TABLE shop_two DROP COLUMN c')"],
        apps=TEACH,
    )
    connection = sqlite3.connect(folder / "db.sqlite3")
    connection.create_function("twice", 1, lambda text: text * 2, deterministic=True)
    with connection:
        connection.execute("INSERT INTO shop_two (a, c) VALUES ('x', 'y'), ('z', NULL)")
    connection.close()
    with Lab.of(folder) as lab:
        step = lab.manage("migrate shop")
        assert step.obstacles == ()
        (change,) = step.rows
        assert (change.lost_values, change.lost, change.unreadable) == ({"c": 1}, 0, "")
        assert lab.between(0, 1).rows[0].lost_values == {"c": 1}


def test_a_table_that_nobody_can_read_hides_only_itself(tmp_path: Path) -> None:
    folder = project(tmp_path / "site", [ITEM], ["migrations.RunSQL('DELETE FROM shop_item')"])
    sql(
        folder,
        "INSERT INTO shop_item VALUES (1, 'a')",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master VALUES ('table', 'shop_vec', 'shop_vec', 0, "
        "'CREATE VIRTUAL TABLE shop_vec USING vec0(a)')",
    )
    with Lab.of(folder) as lab:
        step = lab.manage("migrate shop")
    rows = {each.table: each for each in step.rows}
    assert rows["shop_item"].lost == 1
    assert "no such module: vec0" in rows["shop_vec"].unreadable
    (obstacle,) = step.obstacles
    assert "shop_vec" in obstacle.what
    assert step.after.known_tables.tables["shop_vec"].unreadable


# -- drift

FIELD = "migrations.AlterField('item', 'name', models.{})"


@pytest.mark.parametrize(
    ("faked", "line"),
    [
        (FIELD.format("CharField(max_length=9, db_collation='NOCASE')"), "COLLATE NOCASE"),
        (
            "migrations.AddConstraint('item', models.UniqueConstraint("
            "models.functions.Lower('name'), name='one'))",
            "indexes of table shop_item",
        ),
        (
            "migrations.AddIndex('item', models.Index(fields=['-name'], name='down'))",
            "indexes of table shop_item",
        ),
        (
            "migrations.RunSQL('CREATE TRIGGER shop_t AFTER INSERT ON shop_item BEGIN SELECT 1; "
            "END')",
            "trigger shop_t is missing",
        ),
        (
            "migrations.RunSQL('CREATE VIEW \"a view\" AS SELECT 1')",
            "view a view is missing",
        ),
    ],
)
def test_drift_of_every_kind_is_seen_and_nothing_applied_drifts(
    tmp_path: Path, faked: str, line: str
) -> None:
    folder = project(tmp_path / "site", [ITEM], [faked], head="import django.db.models.functions")
    with Lab.of(folder) as lab:
        lab.manage("migrate --fake shop")
        agreed = lab.truths().agreements.record_tables
        assert agreed.verdict is not True
        assert line in " ".join(agreed.details)
        lab.rewind()
        lab.manage("migrate shop")
        assert lab.truths().agreements.record_tables.details == ()


# -- what models know, and a catalogue does not

LINKED = [
    f"migrations.CreateModel('Tag', [{ID}, ('name', models.CharField(max_length=9))])",
    f"migrations.CreateModel('Post', [{ID}, ('tags', "
    "models.ManyToManyField('shop.Tag', db_table='post tags', related_name='+'))])",
]
LINKED_MODELS = """from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=9)


class Post(models.Model):
    tags = models.ManyToManyField(Tag, db_table="post tags", related_name="+")
"""
#: The same table, made by a model of its own, whose rows have numbers that may be used elsewhere.
OWN_MODELS = """from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=9)


class Post(models.Model):
    pass


class Tagging(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)

    class Meta:
        db_table = "post tags"
        unique_together = [("post", "tag")]
"""


@pytest.mark.parametrize(
    ("models", "operation", "lost", "gained"),
    [
        (LINKED_MODELS, 'UPDATE "post tags" SET id = id + 100', 0, 0),
        (LINKED_MODELS, 'UPDATE "post tags" SET tag_id = 3 WHERE id = 1', 1, 1),
        (OWN_MODELS, 'UPDATE "post tags" SET id = id + 100', 2, 2),
    ],
)
def test_links_in_a_table_with_a_name_of_its_own_are_matched_by_the_two_that_they_join(
    tmp_path: Path, models: str, operation: str, lost: int, gained: int
) -> None:
    folder = project(tmp_path / "site", LINKED, [f"migrations.RunSQL({operation!r})"])
    write(folder, {"shop/models.py": models})
    sql(
        folder,
        "INSERT INTO shop_tag VALUES (1, 'a'), (2, 'b'), (3, 'c')",
        "INSERT INTO shop_post VALUES (1)",
        'INSERT INTO "post tags" VALUES (1, 1, 1), (2, 1, 2)',
    )
    with Lab.of(folder) as lab:
        found = lab.what_if("migrate shop")
        rows = {each.table: each for each in found.rows}
        told = rows.get("post tags")
        assert ((told.lost, told.gained) if told else (0, 0)) == (lost, gained)
        assert found.loses == bool(lost)


INHERITED = [
    f"migrations.CreateModel('Place', [{ID}, ('name', models.CharField(max_length=9))])",
    "migrations.CreateModel('Cafe', [('whole', models.OneToOneField('shop.Place', models.CASCADE, "
    "parent_link=True, primary_key=True, serialize=False)), "
    "('seats', models.IntegerField(default=0))], bases=('shop.place',))",
]
INHERITED_MODELS = """from django.db import models


class Place(models.Model):
    name = models.CharField(max_length=9)


class Cafe({bases}):
    whole = models.OneToOneField(Place, models.CASCADE, {link}primary_key=True)
    seats = models.IntegerField(default=0)
"""


@pytest.mark.parametrize(
    ("bases", "link", "orphans"),
    [("Place", "parent_link=True, ", {"shop_place": 2}), ("models.Model", "", {})],
    ids=["a parent", "another model"],
)
def test_a_link_to_a_parent_is_found_whatever_it_is_called(
    tmp_path: Path, bases: str, link: str, orphans: dict[str, int]
) -> None:
    folder = project(tmp_path / "site", INHERITED, ["migrations.RunSQL('DELETE FROM shop_cafe')"])
    write(folder, {"shop/models.py": INHERITED_MODELS.format(bases=bases, link=link)})
    sql(
        folder,
        "INSERT INTO shop_place VALUES (1, 'a'), (2, 'b'), (3, 'c')",
        "INSERT INTO shop_cafe VALUES (2, 5), (3, 6)",
    )
    with Lab.of(folder) as lab:
        rows = {each.table: each for each in lab.manage("migrate shop").rows}
    assert rows["shop_cafe"].orphans == orphans


# -- where and why it stopped


def test_a_handler_that_fails_on_the_way_back_fails_behind_all_migrations(tmp_path: Path) -> None:
    objects = """
from django.apps import AppConfig
from django.db.models.signals import post_migrate


def hear(sender, plan, **kwargs):
    if any(not backwards for _, backwards in plan):
        raise ValueError("not again")


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        if __import__("os").path.exists("objects"):
            post_migrate.connect(hear, sender=self)
"""
    field = "migrations.AddField('item', 'note', models.TextField(default=''))"
    other = "migrations.AddField('item', 'more', models.TextField(default=''))"
    folder = project(tmp_path / "site", [ITEM], [field], [other], apps=objects)
    manage(folder, "migrate", "shop")
    (folder / "objects").write_text("")
    with Lab.of(folder) as lab:
        found = lab.what_if("migrate shop 0001")
    said = found.finding("no-way-back")
    assert said is not None
    assert said.what == (
        "on the way back, both migrations are applied and stay applied; "
        "then migrate shop 0003_step fails: ValueError: not again"
    )
    assert said.do.startswith("fix the code that runs after the migrations")
    manage(folder, "migrate", "shop", "0001")
    with pytest.raises(AssertionError, match="not again"):
        manage(folder, "migrate", "shop", "0003")
    recorded = sql(folder, "SELECT count(*) FROM django_migrations WHERE app = 'shop'")
    assert recorded == [(3,)]
