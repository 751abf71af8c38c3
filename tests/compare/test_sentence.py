"""A step is told in plain words."""

from __future__ import annotations

import pytest

from miglab import Lab
from miglab.compare.sentence import chips, sentence
from miglab.compare.truths import compare
from miglab.facts.step import Step


def told(step: Step) -> str:
    return sentence(step, compare(step.before, step.after))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("showmigrations store", "Nothing changed."),
        (
            "migrate store 0004",
            "store.0005_tag_product_tags was unapplied; "
            "gone: 40 links of store_product_tags, 6 rows of store_tag.",
        ),
        (
            "migrate store 0002",
            "store.0003_change_price_field, store.0004_add_discount_field and "
            "store.0005_tag_product_tags were unapplied; "
            "gone: 24 values of store_product.discount, "
            "40 links of store_product_tags, 6 rows of store_tag; "
            "3 NULLs of store_product.price have become values.",
        ),
        (
            "migrate --fake store 0004",
            "store.0005_tag_product_tags was removed from the record; no table changed.",
        ),
        ("migrate store 9", "Django refused (CommandError) and nothing changed."),
        ("nonsense", "The command ended with an error and nothing changed."),
    ],
)
def test_each_command_in_a_sentence(lab: Lab, line: str, expected: str) -> None:
    assert told(lab.manage(line)) == expected


def test_a_refusal_halfway_says_what_is_gone_already(lab: Lab) -> None:
    step = lab.manage("migrate blog zero")
    assert told(step) == (
        "Django refused (IrreversibleError) after part of the work was done; "
        "blog.0004_comment_is_approved was unapplied; "
        "gone: 40 values of blog_comment.is_approved."
    )


def test_chips_count_rows_and_values(lab: Lab) -> None:
    step = lab.manage("migrate store 0002")
    assert chips(step, compare(step.before, step.after)) == [
        "record changed",
        "tables changed",
        "rows lost: 46",
        "values lost: 24",
    ]


def test_an_edit_is_told_by_the_fields_that_changed(lab: Lab) -> None:
    step = lab.replace("store/models.py", "max_length=100", "max_length=200")
    assert told(step) == (
        "store.Product.name: CharField(max_length=100) → CharField(max_length=200)."
    )


def test_what_a_migration_did_to_values_alone_was_applied_all_the_same(lab: Lab) -> None:
    """store: 0005 ← 0006_upper_case (RunSQL)"""
    lab.write("store/migrations/0006_upper_case.py", UPPER_CASE)
    assert told(lab.manage("migrate store")) == (
        "store.0006_upper_case was applied; the tables keep their columns; "
        "changed: 6 values of store_tag.name."
    )


UPPER_CASE = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [migrations.RunSQL("UPDATE store_tag SET name = upper(name)", "")]
"""


def test_files_that_django_does_not_see_are_not_called_gone(lab: Lab) -> None:
    """blog: 0001 ← 0002 ← 0003 ← 0004, in a folder without __init__.py for a while"""
    path = "blog/migrations/__init__.py"
    text = lab.read(path)
    assert told(lab.delete(path)) == "Django no longer finds 4 migrations of blog."
    assert told(lab.write(path, text)) == "Django finds 4 migrations of blog again."
    step = lab.delete("blog/migrations/0004_comment_is_approved.py")
    assert told(step) == "The file blog.0004_comment_is_approved is gone."


def test_what_the_database_refuses_is_told_apart(lab: Lab) -> None:
    step = lab.sql("INSERT INTO store_product (id) VALUES (1)")
    assert isinstance(step, Step)
    assert told(step) == "The database refused (IntegrityError) and nothing changed."


def test_what_a_rewind_brings_back_and_a_forward_takes_again_is_counted(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    assert told(lab.rewind()) == (
        "Files, record, tables and rows are as they were before. "
        "Applied again: store.0005_tag_product_tags. "
        "Back again: 40 links of store_product_tags, 6 rows of store_tag."
    )
    assert told(lab.forward()).endswith(
        "Unapplied again: store.0005_tag_product_tags. "
        "Gone again: 40 links of store_product_tags, 6 rows of store_tag."
    )
    lab.sql("UPDATE store_product SET price = 0 WHERE price > 0")
    assert "Restored: 21 old values of store_product.price." in told(lab.restart())


def test_a_restart_says_which_of_the_values_it_restores_are_null(lab: Lab) -> None:
    """24 products, of which 3 have no price: 21 prices are lost with their column, and each product
    has 0 when the column is back."""
    lost = lab.manage("migrate store 0001")
    assert "21 values of store_product.price" in told(lost)
    lab.manage("migrate store")
    restored = "24 old values of store_product.price (3 of them NULL)"
    assert f"Restored: {restored}" in told(lab.restart())


def test_a_forward_calls_none_of_its_new_values_null(lab: Lab) -> None:
    lab.sql("UPDATE store_product SET price = 0")
    assert told(lab.rewind()).endswith(
        "Restored: 24 old values of store_product.price (3 of them NULL)."
    )
    assert told(lab.forward()).endswith("Restored: 24 new values of store_product.price.")
