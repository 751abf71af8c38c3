"""Show: what a line of ``showmigrations`` means, and where it is kept."""

from __future__ import annotations

from ...lab import Lab
from ..looks import agreements, applied, count, files, last, products_with, tables
from ..predictions import question
from ..tasks import task

_TAGS, _NOTE = "0005_tag_product_tags", "0006_note"

question(
    "table-dropped",
    "Somebody dropped the table of `0005` by hand. What does `showmigrations` say about `0005`?",
    {
        "`[ ]`, because its table is gone.": lambda lab: f"[ ] {_TAGS}" in last(lab).output,
        "`[X]`, as before.": lambda lab: f"[X] {_TAGS}" in last(lab).output,
        "It stops with an error, because a table is missing.": lambda lab: last(lab).refused,
    },
    because={
        "B": """
            `[X]` is a note in the record: this migration is done. Nobody checked whether its
            table still exists.
        """
    },
    looks=True,
)

question(
    "row-removed",
    "Somebody deletes the row of `0005` from the record. The tables stay. "
    "What does `showmigrations` say then?",
    {
        "`[X]`, because the tables are there.": lambda lab: f"[X] {_TAGS}" in last(lab).output,
        "`[ ]`, although the tables are there.": lambda lab: f"[ ] {_TAGS}" in last(lab).output,
        "The line of `0005` vanishes.": lambda lab: _TAGS not in last(lab).output,
    },
    because={
        "B": """
            The marks come from the record alone. Django believes the record, so it wants to run
            `0005` again.
        """
    },
)

question(
    "file-deleted",
    "`0006` is applied. Somebody deletes its file. What does `showmigrations` say then?",
    {
        "`[X]`, because it is recorded.": lambda lab: f"[X] {_NOTE}" in last(lab).output,
        "`[ ]`, because its file is gone.": lambda lab: f"[ ] {_NOTE}" in last(lab).output,
        "The line of `0006` vanishes.": lambda lab: _NOTE not in last(lab).output,
    },
    because={
        "C": """
            The **lines** come from the files. The **marks** come from the record. But the
            record still has its row.
        """
    },
)


def _drop_by_hand(lab: Lab) -> None:
    lab.sql("DROP TABLE store_product_tags")
    lab.sql("DROP TABLE store_tag")


task(
    "find-what-is-gone",
    {
        "What somebody dropped by hand is there again.": lambda lab: (
            {"store_tag", "store_product_tags"} <= set(tables(lab))
        ),
        "Record and tables agree, down to each column and index.": lambda lab: (
            agreements(lab).record_tables.verdict is True
        ),
        "Every migration of `store` is `[X]`.": lambda lab: (
            applied(lab, "store") == files(lab, "store")
        ),
        "All 24 products are there, with their 21 prices.": lambda lab: (
            count(lab, "store_product") == 24 and products_with(lab, "price", "> 0") == 21
        ),
    },
    apps=["store"],
    begin=_drop_by_hand,
)
