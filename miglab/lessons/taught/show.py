"""Show: what a line of ``showmigrations`` means, and where it is kept."""

from __future__ import annotations

from ...lab import Lab
from ..goals import agreeing, equal, every, last_applied, listed, products, rows
from ..looks import last, tables
from ..predictions import question
from ..tasks import task

_TAGS, _NOTE = "0005_tag_product_tags", "0006_note"

question(
    "table-dropped",
    "`0005` created a table, and somebody dropped this table by hand. "
    "What does `showmigrations` say about `0005`?",
    {
        "`[ ]`, because its table is gone.": lambda lab: f"[ ] {_TAGS}" in last(lab).output,
        "`[X]`, as before.": lambda lab: f"[X] {_TAGS}" in last(lab).output,
        "It stops with an error, because a table is missing.": lambda lab: last(lab).refused,
    },
    because={
        "B": """
            `[X]` means that the record has a row for this migration. Django did not check whether
            its table still exists.
        """
    },
    looks=True,
)

question(
    "row-removed",
    "Somebody deletes the row of `0005` from the record. The tables do not change. "
    "What does `showmigrations` say then?",
    {
        "`[X]`, because the tables exist.": lambda lab: f"[X] {_TAGS}" in last(lab).output,
        "`[ ]`, although the tables exist.": lambda lab: f"[ ] {_TAGS}" in last(lab).output,
        "There is no line for `0005`.": lambda lab: _TAGS not in last(lab).output,
    },
    because={
        "B": """
            The marks come only from the record. Django trusts the record, so it would run `0005`
            again.
        """
    },
)

question(
    "file-deleted",
    "`0006` is applied. Somebody deletes its file. What does `showmigrations` say then?",
    {
        "`[X]`, because it is recorded.": lambda lab: f"[X] {_NOTE}" in last(lab).output,
        "`[ ]`, because its file is gone.": lambda lab: f"[ ] {_NOTE}" in last(lab).output,
        "There is no line for `0006`.": lambda lab: _NOTE not in last(lab).output,
    },
    because={
        "C": """
            The **lines** come from the files. The **marks** come from the record. The file is
            gone, so there is no line. But the record still has a row for `0006`.
        """
    },
)


def _drop_by_hand(lab: Lab) -> None:
    lab.sql("DROP TABLE store_product_tags")
    lab.sql("DROP TABLE store_tag")


task(
    "find-what-is-gone",
    {
        "`store_tag` and `store_product_tags` exist again.": equal(
            lambda lab: sorted({"store_tag", "store_product_tags"} & set(tables(lab))),
            ["store_product_tags", "store_tag"],
            listed,
        ),
        "The record and the tables agree, in every column and index.": agreeing("record_tables"),
        "Every migration of `store` has an `[X]`.": last_applied("store", _TAGS),
        "All 24 products are still there, and 21 of them have a price above 0.": every(
            rows(store_product=24), products("price", "> 0", 21)
        ),
    },
    apps=["store"],
    begin=_drop_by_hand,
)
