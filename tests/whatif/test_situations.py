"""The ways in which migrations go wrong, S1 to S28, and what a what-if must say about each.

``rehearse`` compares every what-if with plain ``manage.py`` in a copy (errors, record, schema,
rows, files, the way back, the next ``migrate``), and sees that the lab has not moved. The tests
here say what somebody must be told.
"""

from __future__ import annotations

import compileall
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from miglab import Lab
from miglab.facts.consequences import Consequences
from miglab.facts.migration import Key
from miglab.facts.outcome import Return
from miglab.facts.run import Fate

from .shop import (
    ADD_SKU,
    SKU,
    Rehearsed,
    add_shop,
    add_stock,
    applied,
    fill,
    install,
    item,
    operations,
    rehearse,
)

FIRST, SECOND = "shop/migrations/0001_initial.py", "shop/migrations/0002_add_sku.py"
COLOUR = 'models.CharField(max_length=9, default="-")'
ADD_COLOUR = f'AddField("item", "colour", {COLOUR})'
WIDER = 'AlterField("item", "name", models.CharField(max_length=99))'
NULLABLE = 'AlterField("item", "name", models.CharField(max_length=50, null=True))'
LABEL = 'CreateModel("Label", [("text", models.CharField(max_length=9, primary_key=True))])'
LABELS = 'AddField("item", "labels", models.ManyToManyField("shop.Label"))'
UPPER = """def upper(apps, schema_editor):
    for item in apps.get_model("shop", "Item").objects.all():
        item.name = item.name.upper()
        item.save()

"""
FAIL = """def fail(apps, schema_editor):
    raise ValueError("this row cannot be migrated")

"""
OWNER = """from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0002_add_sku"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "item", "owner", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)
        )
    ]
"""
MEMBER = """from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Member(AbstractBaseUser):
    name = models.CharField(max_length=9, unique=True)
    USERNAME_FIELD = "name"
"""


class WhatIf(Protocol):
    """``rehearse`` for the lab of a test."""

    def __call__(
        self,
        *lines: str,
        answers: Sequence[str] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> Rehearsed: ...


@pytest.fixture(scope="module")
def opened(home: Path) -> Iterator[Lab]:
    """The storefront with the shop in it, made once, with the bytecode that a terminal leaves."""
    with Lab("storefront") as lab:
        add_shop(lab)
        compileall.compile_dir(lab.folder, quiet=1)
        yield lab


@pytest.fixture
def shop(opened: Lab) -> Iterator[Lab]:
    """shop: 0001_initial ← 0002_add_sku, three rows; rewound to that after each test."""
    begin = opened.history().position
    yield opened
    if steps := opened.history().position - begin:
        opened.rewind(steps)


@pytest.fixture
def what_if(shop: Lab, tmp_path: Path) -> WhatIf:
    """Asks what if, and does the same by plain ``manage.py``."""

    return partial(rehearse, shop, tmp_path)


def write(shop: Lab, name: str, *each: str, parent: str = "0002_add_sku", **more: str) -> None:
    """Write a migration of the shop with these operations."""
    shop.write(f"shop/migrations/{name}.py", operations(parent, *each, **more))


def is_only_refused(done: Rehearsed, line: str, error: str) -> None:
    """It says that Django refuses, and in which words; nothing moves and nothing is lost."""
    refusal = done.told.runs[-1].step.refusal
    assert refusal is not None
    assert refusal.error == error
    assert done.told.verdict == f"is refused ({error}) · nothing lost"
    assert done.ids == ("refused",)
    assert done.what("refused") == f"{line} is refused: {refusal}"
    assert (done.told.rows, done.told.schema, done.told.back) == ((), (), None)


# -- files that are gone, records that stay


def test_a_deleted_file_cannot_be_reverted_and_its_record_stays_as_a_ghost(
    what_if: WhatIf,
) -> None:
    """S1. shop: 0001 ← 0002 (its file is deleted, then a revert to 0001 is tried)"""
    done = what_if(f"delete {SECOND}", "migrate shop 0001")
    assert done.after == done.before
    assert "No migrations to apply." in done.told.runs[1].step.output
    assert done.ids == ("ghosts", "unmigrated")
    assert "shop.0002_add_sku" in done.what("ghosts")
    assert done.told.verdict == (
        "nothing lost, but the models, the files and the record no longer agree · comes back whole"
    )


def test_zero_beside_a_ghost_drops_the_table_and_forward_it_lacks_the_ghosts_column(
    shop: Lab, what_if: WhatIf
) -> None:
    """S1. shop: 0001 ← 0002 (file deleted); zero"""
    shop.delete(SECOND)
    done = what_if("migrate shop zero")
    assert Key("shop", "0002_add_sku") in done.after.record
    assert done.ids == ("rows-lost", "another-schema")
    assert "column shop_item.sku is gone" in done.what("another-schema")
    assert done.told.verdict == "loses 3 rows of shop_item · comes back with another schema"


def test_a_file_put_back_after_zero_is_recorded_before_its_parent(
    shop: Lab, what_if: WhatIf
) -> None:
    """S1. shop: 0001 (not applied) ← 0002 (recorded, its file deleted, zero, its file restored)"""
    shop.delete(SECOND)
    applied(shop, "migrate shop zero")
    shop.write(SECOND, ADD_SKU)
    is_only_refused(what_if("migrate"), "migrate", "InconsistentMigrationHistory")


@pytest.mark.parametrize("line", ["migrate shop zero", "showmigrations"])
def test_with_a_file_gone_in_the_middle_even_looking_is_refused(
    shop: Lab, what_if: WhatIf, line: str
) -> None:
    """S2. shop: 0001 ← (0002 deleted) ← 0003"""
    write(shop, "0003_colour", ADD_COLOUR)
    shop.delete(SECOND)
    is_only_refused(what_if(line), line, "NodeNotFoundError")


def test_deleting_a_file_in_the_middle_breaks_the_next_migrate(shop: Lab, what_if: WhatIf) -> None:
    """S2. shop: 0001 ← 0002 (deleted) ← 0003"""
    write(shop, "0003_colour", ADD_COLOUR)
    applied(shop, "migrate shop")
    done = what_if(f"delete {SECOND}")
    assert done.ids == ("ghosts", "next-fails", "truths-unknown", "truths-unknown")
    assert "NodeNotFoundError" in done.what("next-fails")
    assert done.told.verdict == (
        "nothing lost, but the files and the record no longer agree · comes back whole · "
        "the next migrate fails"
    )


# -- what is faked


def test_faking_back_loses_nothing_and_the_next_migrate_overwrites_every_value(
    what_if: WhatIf,
) -> None:
    """S3. shop: 0001 ← 0002 (faked back)"""
    done = what_if("migrate --fake shop 0001")
    assert [each.fate for each in done.told.plan] == [Fate.FAKED]
    assert done.ids == ("drift", "next-destroys")
    assert done.what("next-destroys").endswith("overwrites 3 values of shop_item.sku")
    assert done.told.verdict == (
        "nothing lost, but the record and the tables no longer agree · "
        "comes back whole · the next migrate destroys 3 values of shop_item.sku"
    )


def test_faking_back_and_migrating_is_a_silent_loss_that_is_told(what_if: WhatIf) -> None:
    """S3. shop: 0001 ← 0002 (faked back, then applied over the column that is there)"""
    done = what_if("migrate --fake shop 0001", "migrate")
    assert done.refusal == ""
    assert {row[2] for row in done.after.rows["shop_item"]} == {"-"}
    assert done.ids == ("values-changed",)
    assert done.told.back is not None
    assert done.told.back.commands == ()  # unapplying 0002 would drop the column of before
    assert done.told.verdict == (
        "loses 3 values of shop_item.sku · the rows come back, not all values"
    )


def test_faking_back_a_nullable_column_makes_the_next_migrate_fail(
    shop: Lab, what_if: WhatIf
) -> None:
    """S3. shop: 0001 ← 0002 (null=True; faked back)"""
    applied(shop, "migrate shop 0001")
    shop.replace(SECOND, 'default="-"', "null=True")
    applied(shop, "migrate shop")
    shop.sql("UPDATE shop_item SET sku = 'A-' || id")
    done = what_if("migrate --fake shop 0001")
    assert done.ids == ("drift", "next-fails")
    assert "OperationalError: duplicate column name: sku" in done.what("next-fails")
    assert done.told.verdict == (
        "nothing lost, but the record and the tables no longer agree · comes back whole · "
        "the next migrate fails"
    )


def test_migrating_after_faking_to_zero_finds_the_table_and_loses_nothing(
    what_if: WhatIf,
) -> None:
    """S4. shop: 0001 (stops) ← 0002 (not reached)"""
    done = what_if("migrate --fake shop zero", "migrate")
    assert [each.fate for each in done.told.runs[1].plan] == [Fate.FAILED, Fate.NOT_REACHED]
    assert done.after.rows == done.before.rows
    assert done.ids == ("fails", "drift", "next-fails")
    assert 'table "shop_item" already exists' in done.what("fails")
    assert done.told.verdict == (
        "stops at shop.0001_initial (OperationalError) · nothing lost, but the record and the "
        "tables no longer agree · comes back whole · the next migrate fails"
    )


def test_fake_initial_after_faking_to_zero_is_a_silent_loss_that_is_told(what_if: WhatIf) -> None:
    """S5. shop: 0001 (faked by --fake-initial) ← 0002 (applied over the column that is there)"""
    done = what_if("migrate --fake shop zero", "migrate --fake-initial")
    assert [each.fate for each in done.told.runs[1].plan] == [Fate.FAKED, Fate.DONE]
    assert done.refusal == ""
    assert done.ids == ("values-changed",)
    assert done.told.verdict.startswith("loses 3 values of shop_item.sku · ")


def wrong_table(shop: Lab) -> None:
    """A table of the right name with the wrong columns, and nothing applied."""
    applied(shop, "migrate shop zero")
    key = "id integer NOT NULL PRIMARY KEY AUTOINCREMENT"
    shop.sql(f"CREATE TABLE shop_item ({key}, title varchar(50))")
    fill(shop, "shop_item", "title", "('chair'), ('desk')")


def test_fake_initial_takes_a_wrong_table_for_its_own_and_that_is_told_as_drift(
    shop: Lab, what_if: WhatIf
) -> None:
    """S6. shop: 0001 (faked: there is a shop_item, without name) ← 0002"""
    wrong_table(shop)
    done = what_if("migrate --fake-initial shop 0001")
    assert done.told.plan[0].fate is Fate.FAKED
    assert done.refusal == ""
    assert done.ids == ("drift", "next-destroys")
    assert "column shop_item.name is missing" in done.what("drift")
    assert done.what("next-destroys").endswith("destroys 2 values of shop_item.title")


def test_after_fake_initial_on_a_wrong_table_the_next_migration_rebuilds_it(
    shop: Lab, what_if: WhatIf
) -> None:
    """S6. shop: 0001 (faked) ← 0002 (rebuilds a table whose columns are others)"""
    wrong_table(shop)
    done = what_if("migrate --fake-initial shop")
    assert done.ids == ("values-lost", "another-schema")
    assert done.told.verdict.startswith("loses 2 values of shop_item.title · ")


# -- what cannot be undone, and what is undone in name alone


def test_zero_stops_at_what_is_irreversible_and_what_was_unapplied_before_it_is_lost(
    shop: Lab, what_if: WhatIf
) -> None:
    """S7. shop: 0001 ← 0002 ← 0003 (RunPython without a reverse) ← 0004"""
    write(shop, "0003_upper", "RunPython(upper)", head=UPPER)
    write(shop, "0004_colour", ADD_COLOUR, parent="0003_upper")
    applied(shop, "migrate shop")
    shop.sql("UPDATE shop_item SET colour = 'red' || id")
    done = what_if("migrate shop zero")
    fates = [Fate.DONE, Fate.FAILED, Fate.NOT_REACHED, Fate.NOT_REACHED]
    assert [each.fate for each in done.told.plan] == fates
    assert done.refusal == "IrreversibleError"
    assert done.ids == ("irreversible", "halfway", "values-lost")
    assert done.told.verdict == (
        "stops at shop.0003_upper (IrreversibleError) · loses 3 values of shop_item.colour · "
        "the rows come back, not all values"
    )


def test_values_that_a_noop_reverse_leaves_are_told_before_they_are_changed(
    shop: Lab, what_if: WhatIf
) -> None:
    """S8. shop: 0001 ← 0002 ← 0003 (uppercase, and noop back), to be applied"""
    write(shop, "0003_upper", "RunPython(upper, migrations.RunPython.noop)", head=UPPER)
    done = what_if("migrate shop 0003")
    assert done.ids == ("values-changed",)
    assert done.told.verdict == (
        "loses 3 values of shop_item.name · the rows come back, not all values"
    )


def test_a_noop_reverse_reverts_the_record_and_no_value(shop: Lab, what_if: WhatIf) -> None:
    """S8. shop: 0001 ← 0002 ← 0003 (uppercase, and noop back), to be reverted"""
    write(shop, "0003_upper", "RunPython(upper, migrations.RunPython.noop)", head=UPPER)
    applied(shop, "migrate shop")
    done = what_if("migrate shop 0002")
    assert {row[1] for row in done.after.rows["shop_item"]} == {"CHAIR", "DESK", "LAMP"}
    assert (done.ids, done.told.verdict) == ((), "nothing lost · comes back whole")


def test_a_null_that_the_older_schema_does_not_allow_stops_the_revert(
    shop: Lab, what_if: WhatIf
) -> None:
    """S12. shop: 0001 ← 0002 ← 0003 (null=True; a row holds NULL)"""
    write(shop, "0003_null", NULLABLE)
    applied(shop, "migrate shop")
    shop.sql("UPDATE shop_item SET name = NULL WHERE id = 2")
    done = what_if("migrate shop 0002")
    assert done.after == done.before
    assert done.ids == ("fails",)
    assert "NOT NULL constraint failed" in done.what("fails")
    assert done.told.verdict == "stops at shop.0003_null (IntegrityError) · nothing lost"


def test_a_removed_field_without_a_default_cannot_be_brought_back(
    shop: Lab, what_if: WhatIf
) -> None:
    """S13. shop: 0001 ← 0002 ← 0003 (removes name), reverted with rows in the table"""
    write(shop, "0003_remove", 'RemoveField("item", "name")')
    applied(shop, "migrate shop")
    done = what_if("migrate shop 0002")
    assert done.after == done.before
    assert done.ids == ("fails",)
    assert done.told.verdict == ("stops at shop.0003_remove (IntegrityError) · nothing lost")


def test_removing_a_field_without_a_default_is_told_to_have_no_way_back(
    shop: Lab, what_if: WhatIf
) -> None:
    """S13. shop: 0001 ← 0002 ← 0003 (removes name), to be applied"""
    write(shop, "0003_remove", 'RemoveField("item", "name")')
    done = what_if("migrate")
    assert done.ids == ("values-lost", "no-way-back")
    assert done.told.verdict == "loses 3 values of shop_item.name · does not come back"


def test_undoing_a_widening_keeps_the_long_value_on_sqlite(shop: Lab, what_if: WhatIf) -> None:
    """S14. shop: 0001 ← 0002 ← 0003 (50 → 99 characters; a row has 80)"""
    write(shop, "0003_wider", WIDER)
    applied(shop, "migrate shop")
    fill(shop, "shop_item", "name, sku", f"('{'long' * 20}', 'D-4')")
    done = what_if("migrate shop 0002")
    assert done.level is Return.VALUES
    assert (done.ids, done.told.verdict) == ((), "nothing lost · comes back whole")


def test_a_revert_applied_again_brings_back_the_tables_and_not_what_was_in_them(
    shop: Lab, what_if: WhatIf
) -> None:
    """S15. shop: 0001 ← 0002 (sku) ← 0003 (labels, many to many), back to 0001 and forward"""
    write(shop, "0003_labels", LABEL, LABELS)
    applied(shop, "migrate shop")
    fill(shop, "shop_label", "text", "('new'), ('old')")
    fill(shop, "shop_item_labels", "item_id, label_id", "(1, 'new'), (1, 'old'), (2, 'old')")
    done = what_if("migrate shop 0001", "migrate")
    assert done.after.record == done.before.record
    assert set(done.ids) == {"values-changed", "rows-deleted"}
    assert done.told.verdict == (
        "loses 3 values of shop_item.sku, 3 links of shop_item_labels and 2 rows of shop_label · "
        "the tables come back, not all rows"
    )


# -- several leaves, and a record with a gap


def leaves(shop: Lab) -> None:
    """Two migrations with the same parent."""
    write(shop, "0003_left", f'AddField("item", "left", {COLOUR})')
    write(shop, "0003_right", f'AddField("item", "right", {COLOUR})')


def test_two_leaves_are_refused_and_the_words_say_what_to_do(shop: Lab, what_if: WhatIf) -> None:
    """S9. shop: 0001 ← 0002 ← 0003_left, 0003_right"""
    leaves(shop)
    done = what_if("migrate")
    is_only_refused(done, "migrate", "CommandError")
    assert "makemigrations --merge" in done.what("refused")


def test_going_back_to_one_leaf_undoes_only_the_merge(shop: Lab, what_if: WhatIf) -> None:
    """S9. shop: 0002 ← 0003_left, 0003_right ← 0004 (merge)"""
    leaves(shop)
    applied(shop, "makemigrations shop --merge --noinput --name merge")
    applied(shop, "migrate shop")
    done = what_if("migrate shop 0003_left")
    assert [each.key.name for each in done.told.plan] == ["0004_merge"]
    assert done.after.rows == done.before.rows
    assert (done.ids, done.told.verdict) == ((), "nothing lost · comes back whole")


def test_two_developers_merge_and_lose_nothing_and_back_only_the_merge_is_undone(
    shop: Lab, what_if: WhatIf
) -> None:
    """S27. shop: 0002 ← 0003_left (applied), 0003_right (pulled) ← 0004 (merge)"""
    write(shop, "0003_left", f'AddField("item", "left", {COLOUR})')
    applied(shop, "migrate shop")
    shop.sql("UPDATE shop_item SET \"left\" = 'l' || id")
    write(shop, "0003_right", f'AddField("item", "right", {COLOUR})')
    assert shop.what_if("migrate").verdict == "is refused (CommandError) · nothing lost"
    done = what_if("makemigrations shop --merge --noinput", "migrate")
    keys = [each.key.name for each in done.told.plan]
    assert keys == ["0003_right", "0004_merge_0003_left_0003_right"]
    assert not done.told.loses
    assert done.ids == ("another-schema",)
    assert "shop.0003_right is recorded" in done.what("another-schema")


@pytest.mark.parametrize(
    "line",
    ["migrate", "migrate shop zero", "migrate --fake shop", "migrate --plan", "makemigrations"],
)
def test_a_record_with_a_gap_is_refused_by_every_command(
    shop: Lab, what_if: WhatIf, line: str
) -> None:
    """S10. shop: 0001 (its record deleted) ← 0002 (recorded)"""
    shop.sql("DELETE FROM django_migrations WHERE app = 'shop' AND name = '0001_initial'")
    is_only_refused(what_if(line), line, "InconsistentMigrationHistory")


FORGET = "DELETE FROM django_migrations WHERE app = 'accounts' AND name = '0001_initial'"


def test_deleting_the_record_of_what_others_depend_on_breaks_the_next_migrate(
    what_if: WhatIf,
) -> None:
    """S10. accounts: 0001 (its record deleted) ← 0002 ← marketplace: 0001"""
    done = what_if(f"sql {FORGET}")
    assert done.told.finding("next-fails") is not None
    assert "InconsistentMigrationHistory" in done.what("next-fails")
    assert not done.told.loses
    assert not done.told.comes_back


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "migrate shop 00",
            "More than one migration matches '00' in app 'shop'. Please be more specific.",
        ),
        ("migrate shop 0009", "Cannot find a migration matching '0009' from app 'shop'."),
        ("migrate nowhere", "No installed app with label 'nowhere'."),
    ],
)
def test_a_target_that_names_no_one_migration_is_refused_in_djangos_words(
    what_if: WhatIf, line: str, message: str
) -> None:
    """S11. shop: 0001 ← 0002"""
    done = what_if(line)
    is_only_refused(done, line, "CommandError")
    assert done.what("refused").endswith(message)


# -- other apps


def test_another_app_that_depends_on_it_is_pulled_in_and_its_rows_are_counted(
    shop: Lab, what_if: WhatIf
) -> None:
    """S16. shop: 0001 ← 0002 ← stock: 0001"""
    add_stock(shop)
    done = what_if("migrate shop 0001")
    (pulled, own) = done.told.plan
    assert (pulled.key.app_label, own.key.app_label) == ("stock", "shop")
    assert pulled.why == (Key("shop", "0002_add_sku"), Key("stock", "0001_initial"))
    why = "because stock.0001_initial depends on shop.0002_add_sku"
    assert why in done.what("pulled-in")
    assert done.ids == ("values-lost", "rows-lost")
    assert done.told.verdict == (
        "loses 3 values of shop_item.sku and 2 rows of stock_count · "
        "the tables come back, not all rows"
    )


def test_zero_stops_at_rows_of_an_app_that_was_faked_away(shop: Lab, what_if: WhatIf) -> None:
    """S17. shop: 0001 ← 0002 ← stock: 0001 (faked to zero, its rows still point at shop_item)"""
    add_stock(shop)
    done = what_if("migrate --fake stock zero", "migrate shop zero")
    assert done.refusal == "IntegrityError"
    assert done.ids == ("fails", "halfway", "values-lost", "drift", "next-fails")
    assert done.told.verdict == (
        "stops at shop.0001_initial (IntegrityError) · loses 3 values of shop_item.sku · "
        "the rows come back, not all values · the record and the tables no longer agree · "
        "the next migrate fails"
    )


def test_two_apps_that_depend_on_each_other_are_refused(shop: Lab, what_if: WhatIf) -> None:
    """S23. shop: 0001 ← 0002 ⇄ stock: 0001"""
    add_stock(shop)
    both = '("shop", "0001_initial"), ("stock", "0001_initial")'
    shop.replace(SECOND, '("shop", "0001_initial")', both)
    is_only_refused(what_if("migrate shop zero"), "migrate shop zero", "CircularDependencyError")


def swap_user(shop: Lab) -> None:
    """Name another user model, of an app without migrations, when shop.0003 points at it."""
    shop.write("shop/migrations/0003_owner.py", OWNER)
    applied(shop, "migrate shop")
    install(shop, "people")
    shop.write("people/models.py", MEMBER)
    user = 'AUTH_USER_MODEL = "people.Member"\n\n'
    shop.replace("storefront/settings.py", "INSTALLED_APPS", f"{user}INSTALLED_APPS")


def test_another_user_model_without_migrations_is_refused(shop: Lab, what_if: WhatIf) -> None:
    """S24. shop: 0003 (owner) ← AUTH_USER_MODEL, which is people now: no migrations"""
    swap_user(shop)
    is_only_refused(what_if("migrate"), "migrate", "ValueError")


def test_another_user_model_with_migrations_comes_too_late(shop: Lab, what_if: WhatIf) -> None:
    """S24. people: 0001 (new) ← shop: 0003 (owner, applied long ago)"""
    swap_user(shop)
    done = what_if("makemigrations people", "migrate")
    assert done.after == done.before
    assert done.ids[0] == "refused"
    assert "InconsistentMigrationHistory: Migration shop.0003_owner" in done.what("refused")
    assert "InconsistentMigrationHistory" in done.what("next-fails")
    assert not done.told.loses


def test_an_app_that_is_not_installed_cannot_be_reverted_and_its_tables_stay(
    shop: Lab, what_if: WhatIf
) -> None:
    """S25. shop: 0001 ← 0002, recorded, and not in INSTALLED_APPS"""
    shop.replace("storefront/settings.py", '    "shop",\n', "")
    is_only_refused(what_if("migrate shop zero"), "migrate shop zero", "CommandError")
    done = what_if("migrate")
    assert done.told.verdict == "nothing changes"
    assert len(done.after.rows["shop_item"]) == 3


# -- squash, prune, and migrations that are made again


def half_squashed(shop: Lab) -> None:
    """0001 is recorded, 0002 is not, and a squash of both is all that is left of them."""
    applied(shop, "migrate shop 0001")
    applied(shop, "squashmigrations shop 0001 0002 --noinput")
    shop.delete(FIRST)
    shop.delete(SECOND)


def test_a_half_applied_squash_without_its_originals_is_refused(shop: Lab, what_if: WhatIf) -> None:
    """S18. shop: 0001 (recorded), 0002 (not), squashed and deleted ← 0003"""
    half_squashed(shop)
    write(shop, "0003_colour", ADD_COLOUR)
    done = what_if("migrate")
    is_only_refused(done, "migrate", "NodeNotFoundError")
    assert "Django tried to replace migration shop.0002_add_sku" in done.what("refused")


def test_prune_with_plan_prunes_for_real_and_that_is_told(shop: Lab, what_if: WhatIf) -> None:
    """S19. shop: 0001 ← 0002 (a ghost, pruned by a command that says --plan)"""
    shop.delete(SECOND)
    done = what_if("migrate shop --prune --plan")
    assert {*done.before.record} - {*done.after.record} == {Key("shop", "0002_add_sku")}
    told = " ".join(each.what for each in done.told.findings)
    assert "shop.0002_add_sku is no longer recorded" in told
    assert "column shop_item.sku is not in any recorded migration" in done.what("drift")
    assert not done.told.loses
    assert not done.told.comes_back


def test_half_of_a_migration_that_is_not_atomic_stays_and_is_not_recorded(
    shop: Lab, what_if: WhatIf
) -> None:
    """S20. shop: 0001 ← 0002 ← 0003 (atomic = False; adds colour, then fails)"""
    more = "    atomic = False\n"
    write(shop, "0003_half", ADD_COLOUR, "RunPython(fail)", head=FAIL, more=more)
    done = what_if("migrate")
    assert "colour" in done.after.columns["shop_item"]
    assert done.after.record == done.before.record
    assert done.ids[:2] == ("fails", "half-a-migration")
    assert done.ids[-2:] == ("another-schema", "drift")
    assert "as it would have failed before: ValueError" in done.what("next-as-before")
    assert "column shop_item.colour is not in any recorded migration" in done.what("drift")
    assert done.told.verdict.startswith("stops at shop.0003_half (ValueError) · nothing lost, but")
    assert not done.told.comes_back


def test_a_deleted_migration_that_is_made_again_overwrites_what_is_stored(
    what_if: WhatIf,
) -> None:
    """S21. shop: 0001 ← 0002 (deleted; makemigrations makes another, which is applied)"""
    done = what_if(f"delete {SECOND}", "makemigrations shop", "migrate")
    assert [each.key.name for each in done.told.plan] == ["0002_item_sku"]
    assert done.ids == ("values-changed", "ghosts")
    assert done.told.back is not None
    assert done.told.back.commands == ("migrate shop --prune",)
    assert done.told.verdict == (
        "loses 3 values of shop_item.sku · the rows come back, not all values · "
        "the files and the record no longer agree"
    )


def test_a_column_added_by_hand_goes_when_sqlite_rebuilds_the_table(
    shop: Lab, what_if: WhatIf
) -> None:
    """S22. shop: 0001 ← 0002 (and a column by hand) ← 0003 (alters another column)"""
    shop.sql("ALTER TABLE shop_item ADD COLUMN note text")
    shop.sql("UPDATE shop_item SET note = 'n' || id")
    write(shop, "0003_wider", WIDER)
    done = what_if("migrate")
    assert done.refusal == ""
    assert done.ids == ("values-lost", "another-schema")
    assert done.told.verdict == "loses 3 values of shop_item.note · comes back with another schema"


def test_a_name_that_is_used_again_is_taken_for_applied_and_that_is_told_as_drift(
    shop: Lab, what_if: WhatIf
) -> None:
    """S26. shop: 0001 ← 0002_add_sku (deleted; another one of that name adds colour)"""
    shop.write("shop/models.py", item(f"colour = {COLOUR}"))
    done = what_if(f"delete {SECOND}", "makemigrations shop --name add_sku", "migrate")
    assert done.after == done.before
    assert "No migrations to apply." in done.told.runs[2].step.output
    assert done.ids == ("drift",)
    assert "column shop_item.colour is missing" in done.what("drift")


@pytest.mark.parametrize(
    ("answer", "ids", "verdict"),
    [
        (
            "n",
            ("values-lost",),
            "loses 3 values of shop_item.sku · the rows come back, not all values",
        ),
        ("y", (), "nothing lost · comes back whole"),
    ],
)
def test_the_answer_about_a_rename_decides_whether_the_values_are_lost(
    shop: Lab, what_if: WhatIf, answer: str, ids: tuple[str, ...], verdict: str
) -> None:
    """S28. shop: 0001 ← 0002 (sku) ← 0003 (made from a model that says code instead)"""
    shop.write("shop/models.py", item(f"code = {SKU}"))
    renamed = {"shop_item.sku": "code"} if answer == "y" else {}
    done = what_if("makemigrations shop", "migrate", answers=[answer], renamed=renamed)
    assert (done.ids, done.told.verdict) == (ids, verdict)


# -- what is not yet told as it should be


def whats(told: Consequences) -> str:
    """All that its findings say."""
    return "\n".join(each.what for each in told.findings)


def test_a_revert_that_does_nothing_because_of_a_ghost_says_so(shop: Lab) -> None:
    """S1. shop: 0001 ← 0002 (a ghost since before); a revert to 0001 moves nothing"""
    shop.delete(SECOND)
    assert "shop.0002_add_sku" in whats(shop.what_if("migrate shop 0001"))


def test_a_migrate_that_does_nothing_beside_a_missing_column_says_so(shop: Lab) -> None:
    """S26. shop: 0001 ← 0002_add_sku (recorded; the file of that name now adds colour)"""
    shop.write(SECOND, operations("0001_initial", ADD_COLOUR))
    assert "shop_item.colour is missing" in whats(shop.what_if("migrate"))


@pytest.mark.parametrize("line", [f"sql {FORGET}", "migrate shop --prune --plan"])
def test_a_record_that_no_command_brings_back_is_not_told_as_another_schema(
    shop: Lab, line: str
) -> None:
    """S10, S19. accounts: 0001 (record deleted); shop: 0001 ← 0002 (a ghost, pruned)"""
    shop.delete(SECOND)
    assert "comes back with another schema" not in shop.what_if(line).verdict


def test_a_squash_that_is_silently_left_out_is_not_told_to_be_applied(shop: Lab) -> None:
    """S18. shop: 0001 (recorded), 0002 (not), squashed and deleted, nothing depends on them"""
    half_squashed(shop)
    told = shop.what_if("migrate")
    assert "No migrations to apply." in told.runs[0].step.output
    assert told.agreements_before.files_record.verdict is not True


@pytest.mark.parametrize(
    "broken",
    [
        "circle",
        pytest.param(
            "user",
            marks=pytest.mark.xfail(
                strict=True, reason="an app without migrations is not asked for the model it lacks"
            ),
        ),
    ],
)
def test_files_that_make_no_graph_do_not_agree_with_the_record(shop: Lab, broken: str) -> None:
    """S23, S24. shop: 0002 ⇄ stock: 0001; shop: 0003 ← a user model without migrations"""
    if broken == "circle":
        add_stock(shop)
        both = '("shop", "0001_initial"), ("stock", "0001_initial")'
        shop.replace(SECOND, '("shop", "0001_initial")', both)
    else:
        swap_user(shop)
    assert shop.truths().agreements.files_record.verdict is None


def test_one_is_told_in_the_words_for_one(shop: Lab) -> None:
    """S16. shop: 0001 ← 0002 ← stock: 0001 (one row)"""
    add_stock(shop)
    shop.sql("DELETE FROM stock_count WHERE id = 2")
    told = whats(shop.what_if("migrate shop 0001"))
    assert "1 row of stock_count goes with the table" in told
    assert (
        "1 stock migration is unapplied too, because stock.0001_initial depends on "
        "shop.0002_add_sku"
    ) in told
