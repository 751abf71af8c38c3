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
        ("showmigrations store", "Nothing moved."),
        (
            "migrate store 0004",
            "store.0005_tag_product_tags was unapplied. "
            "Gone: 40 rows of store_product_tags, 6 rows of store_tag.",
        ),
        (
            "migrate store 0002",
            "store.0003_change_price_field, store.0004_add_discount_field and "
            "store.0005_tag_product_tags were unapplied. "
            "Gone: 24 values of store_product.discount, "
            "40 rows of store_product_tags, 6 rows of store_tag. "
            "Changed: 3 rows of store_product in price.",
        ),
        (
            "migrate --fake store 0004",
            "store.0005_tag_product_tags was taken out of the record. No table changed.",
        ),
        ("migrate store 9", "Django refused (CommandError) and nothing moved."),
        ("nonsense", "The command ended with an error and nothing moved."),
    ],
)
def test_each_command_in_a_sentence(lab: Lab, line: str, expected: str) -> None:
    assert told(lab.manage(line)) == expected


def test_a_refusal_halfway_says_what_is_gone_already(lab: Lab) -> None:
    step = lab.manage("migrate blog zero")
    assert told(step) == (
        "Django refused (IrreversibleError) and stopped on the way. "
        "blog.0004_comment_is_approved was unapplied. "
        "Gone: 40 values of blog_comment.is_approved."
    )


def test_chips_count_rows_and_values(lab: Lab) -> None:
    step = lab.manage("migrate store 0002")
    assert chips(step, compare(step.before, step.after)) == [
        "record moved",
        "tables moved",
        "rows lost: 46",
        "values lost: 24",
        "rows changed: 3",
    ]


def test_an_edit_is_told_by_the_fields_that_changed(lab: Lab) -> None:
    step = lab.replace("store/models.py", "max_length=100", "max_length=200")
    assert told(step) == (
        "store.Product.name: CharField(max_length=100) → CharField(max_length=200)."
    )
