"""Start here: one change, made, applied and taken back."""

from __future__ import annotations

from ...lab import Lab
from ..goals import agreeing, did, equal, last_applied, listed, migrates, rows
from ..looks import columns, files, last, moved, products_with
from ..predictions import question
from ..tasks import task

question(
    "which-truths-move",
    "The next command is `migrate store`. Which of the four truths will it change?",
    {
        "Only the tables.": lambda lab: moved(last(lab)) == ("tables",),
        "The tables, and the record of what was applied.": lambda lab: (
            moved(last(lab)) == ("record", "tables")
        ),
        "The tables, the record and the files.": lambda lab: (
            moved(last(lab)) == ("files", "record", "tables")
        ),
    },
    because={
        "B": """
            Two truths changed.

            - The **tables**: `store_product` has a new column.
            - The **record**: Django noted that `0006` is applied.

            The models and the files did not change. `migrate` reads the migration files. It never
            writes them.
        """
    },
)


def _green(lab: Lab) -> int | None:
    """How many products are green; ``None`` if there is no such column."""
    return products_with(lab, "colour", "= 'green'")


question(
    "green-back",
    "You go forward again with `migrate store`. Does the word “green” come back?",
    {
        "Yes: the column comes back, and its values too.": lambda lab: bool(_green(lab)),
        "Only the column comes back. “green” does not.": lambda lab: _green(lab) == 0,
        "No: not even the column comes back.": lambda lab: (
            "colour" not in columns(lab, "store_product")
        ),
    },
    because={
        "B": """
            A migration says how to create a column. It does not know which values were in it.

            That is why the lab said *2 for good* after `migrate store 0005`. 24 values were lost
            with the column. 22 of them were empty text, which the new column has again. “green” is
            lost for good.

            **Going back is not an undo.** Dropped values are lost, unless you have a backup.
        """
    },
)

_LAST = "0005_tag_product_tags"

task(
    "there-and-back",
    {
        "You ran `makemigrations`.": did(
            lambda line: line.startswith("makemigrations"), "a step `makemigrations`"
        ),
        "You applied your migration with `migrate`.": did(
            lambda line: migrates("store")(line) or migrates("store", "0006")(line),
            "a step `migrate` or `migrate store`",
        ),
        "You unapplied your migration with `migrate store 0005`.": did(
            migrates("store", "0005"), "a step `migrate store 0005`"
        ),
        "The last migration applied to `store` is `0005`.": last_applied("store", _LAST),
        "`store` has only its five old migration files.": equal(
            lambda lab: [name[:4] for name in files(lab, "store")],
            ["0001", "0002", "0003", "0004", "0005"],
            listed,
        ),
        "All four truths agree.": agreeing(),
        "All 6 tags and their 40 links are still there.": rows(store_tag=6, store_product_tags=40),
    },
    apps=["store"],
)
