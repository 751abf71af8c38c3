"""Start here: one change, made, applied and taken back."""

from __future__ import annotations

from ...lab import Lab
from ..looks import agree, applied, columns, files, last, moved, products_with, ran
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
    """How many products are green; ``None`` where there is no such column."""
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
            A migration says how to make a column. It does not know which values were in it.

            **Going back is not an undo.** Dropped values are lost, unless you have a backup.
        """
    },
)

task(
    "there-and-back",
    {
        "You ran `makemigrations`.": lambda lab: ran(lab, "makemigrations"),
        "You ran `migrate`.": lambda lab: ran(lab, "migrate"),
        "You ran `migrate store 0005` to go back.": lambda lab: ran(lab, "migrate store 0005"),
        "The last file of `store` and the last migration applied are both `0005`.": lambda lab: (
            applied(lab, "store")[-1:] == files(lab, "store")[-1:] == ["0005_tag_product_tags"]
        ),
        "All neighbours agree.": agree,
    },
    apps=["store"],
)
