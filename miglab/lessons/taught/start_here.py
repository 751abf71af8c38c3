"""Start here: one change, made, applied and taken back."""

from __future__ import annotations

from ...lab import Lab
from ..looks import agree, applied, columns, files, last, moved, products_with, ran
from ..predictions import question
from ..tasks import task

question(
    "which-truths-move",
    "The next command is `migrate store`. Which of the four truths will it move?",
    {
        "The tables alone.": lambda lab: moved(last(lab)) == ("tables",),
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
            - The **record**: Django noted that `0006` is done.

            The models and the files stayed as they were. `migrate` reads files; it never writes
            them.
        """
    },
)


def _green(lab: Lab) -> int | None:
    """How many products are green; ``None`` where there is no such column."""
    return products_with(lab, "colour", "= 'green'")


question(
    "green-back",
    "Go forward again with `migrate store`. Is the word “green” back?",
    {
        "Yes: the column is back, and what was in it.": lambda lab: bool(_green(lab)),
        "The column is back. “green” is not.": lambda lab: _green(lab) == 0,
        "The column is not back either.": lambda lab: "colour" not in columns(lab, "store_product"),
    },
    because={
        "B": """
            A migration knows how to make a column. It does not know what was in it.

            **Going back is not an undo.** What is dropped is gone, unless you have a backup.
        """
    },
)

task(
    "there-and-back",
    {
        "You made a migration: `makemigrations`.": lambda lab: ran(lab, "makemigrations"),
        "You applied it: `migrate`.": lambda lab: ran(lab, "migrate"),
        "You took it back: `migrate store 0005`.": lambda lab: ran(lab, "migrate store 0005"),
        "`showmigrations store` ends with `0005`.": lambda lab: (
            applied(lab, "store")[-1:] == files(lab, "store")[-1:] == ["0005_tag_product_tags"]
        ),
        "All neighbours agree: the model is as it was.": agree,
    },
    apps=["store"],
)
