"""What a what-if says of record and tables, before and after, is what each moment says alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab import Lab

from .own import MANAGE, SETTINGS, manage, write
from .test_shapes import sql

#: A field that leads to a model which no attribute of it names.
FIELDS = """
from django.db import models
from django.db.models.fields.related import lazy_related_operation


class Pointer(models.IntegerField):
    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        lazy_related_operation(lambda *found: None, cls, "shop.Far")
"""

HEAD = """
from django.db import migrations, models
from shop.fields import Pointer

class Migration(migrations.Migration):
"""

FIRST = """
    operations = [
        migrations.CreateModel("Maker", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel("Far", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel("Tag", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel("Item", [
            ("id", models.AutoField(primary_key=True)),
            ("maker", models.ForeignKey("shop.Maker", models.CASCADE)),
            ("labels", models.ManyToManyField("shop.Tag", related_name="+")),
        ]),
        migrations.CreateModel("Link", [
            ("id", models.AutoField(primary_key=True)),
            ("item", models.ForeignKey("shop.Item", models.CASCADE)),
            ("tag", models.ForeignKey("shop.Tag", models.CASCADE)),
        ]),
        migrations.AddField(
            "Item", "tags", models.ManyToManyField("shop.Tag", through="shop.Link")
        ),
        migrations.CreateModel("Book", [
            ("item_ptr", models.OneToOneField(
                "shop.Item", models.CASCADE, parent_link=True, primary_key=True
            )),
        ], bases=("shop.item",)),
        migrations.CreateModel("Legacy", [("id", models.AutoField(primary_key=True))],
            options={"managed": False, "db_table": "legacy"}),
    ]
"""

STEPS = {
    "a column": 'migrations.AddField("Item", "price", models.IntegerField(default=0))',
    "a key": 'migrations.AlterField("Maker", "id", models.BigAutoField(primary_key=True))',
    "a link": 'migrations.AddField("Maker", "tags", models.ManyToManyField("shop.Tag"))',
    "a table": 'migrations.RenameModel("Tag", "Label")',
    "a model through which": 'migrations.AddField("Link", "at", models.IntegerField(default=0))',
    "a child": 'migrations.AddField("Book", "pages", models.IntegerField(default=0))',
    "a field that leads elsewhere": 'migrations.AddField("Maker", "p", Pointer(default=0))',
    "an unmanaged model": 'migrations.DeleteModel("Legacy")',
}


@pytest.mark.parametrize("step", STEPS)
def test_both_moments_agree_as_each_does_alone(step: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    second = f'    dependencies = [("shop", "0001_first")]\n    operations = [{STEPS[step]}]\n'
    write(
        folder,
        {
            "manage.py": MANAGE,
            "config/__init__.py": "",
            "config/settings.py": SETTINGS,
            "shop/__init__.py": "",
            "shop/models.py": "",
            "shop/fields.py": FIELDS,
            "shop/migrations/__init__.py": "",
            "shop/migrations/0001_first.py": HEAD + FIRST,
            "shop/migrations/0002_second.py": HEAD + second,
        },
    )
    manage(folder, "migrate")
    sql(
        folder,
        "CREATE TABLE shop_odd (id integer)",
        "CREATE TABLE legacy (id integer)",
        "ALTER TABLE shop_item ADD COLUMN odd integer",
        "ALTER TABLE shop_maker ADD COLUMN odd integer",
    )
    with Lab.of(folder) as lab:
        told = lab.what_if("migrate shop 0001")
        assert told.agreements_before.record_tables == lab.truths().agreements.record_tables
        lab.manage("migrate shop 0001")
        now = lab.truths().agreements.record_tables
    assert told.agreements_after.record_tables == now
    assert any("table shop_odd" in text for text in now.details)
    assert not any("legacy" in text for text in now.details)
