"""Rename: the question that Django asks, and what each answer does to the rows."""

from __future__ import annotations

from ...lab import Lab
from ..goals import agreeing, equal, listed
from ..looks import columns, count, last, lost, migrations, numbers, tables
from ..predictions import how_many, question
from ..tasks import task

how_many(
    "answered-no",
    "There are 24 products, and 9 of them have a discount. How many values will `migrate` lose?",
    lost,
    because={
        24: """
            Django dropped the old column with everything in it. A 0 is a value too: it means "no
            discount". The new column contains only its default.

            There was no error, and all four truths agree. A revert creates `discount` again, but
            every value in it is 0. Only a backup helps. Here, you can also rewind the lab.
        """
    },
)

question(
    "two-at-once",
    "The field has a new name and a new help text. What will `makemigrations` do?",
    {
        "It asks, as before.": lambda lab: "[y/N]" in last(lab).output,
        "It does not ask. It writes a rename.": lambda lab: (
            "[y/N]" not in last(lab).output and "RenameField" in _made(lab)
        ),
        "It does not ask. It removes one field and adds another.": lambda lab: (
            "[y/N]" not in last(lab).output and "RemoveField" in _made(lab)
        ),
    },
    because={
        "C": """
            Django asks only if the two fields are the same in everything except the name (and
            `db_column`). With a different type, default or help text, Django does not ask.

            Look at the signs that Django prints: `-` means remove, and `+` means add. For a
            rename, Django prints `~`, which means change.
        """
    },
)

question(
    "model-renamed",
    "The model has a new name. What does `migrate` do to the table `store_product`?",
    {
        "Nothing. The name of a model matters only in Python.": lambda lab: (
            "store_product" in tables(lab)
        ),
        "It creates an empty table `store_article`, and drops the old table.": lambda lab: (
            "store_product" not in tables(lab) and count(lab, "store_article") == 0
        ),
        "It renames the table, with all its rows.": lambda lab: (
            "store_product" not in tables(lab) and count(lab, "store_article") == 24
        ),
    },
    because={
        "C": """
            The name of a table comes from the app and the model. So `RenameModel` renames the
            table. It also renames the table with the links to tags.

            On SQLite, Django copies those links into a new table. No row is lost. The lab
            compares only names. So it says that the old tables are gone, and that there are new
            ones.
        """
    },
)


def _made(lab: Lab) -> list[str]:
    """The kinds of all operations in the store's migrations after the fifth."""
    made = [each for each in migrations(lab, "store") if each.key.name >= "0006"]
    return [operation.kind for each in made for operation in each.operations]


def _percent(lab: Lab) -> list[str]:
    """The columns of the products that may hold the percentage."""
    return [each for each in ("discount", "percent_off") if each in columns(lab, "store_product")]


def _type(lab: Lab) -> str:
    """The type of the column with the percentage, without its size."""
    table = lab.truths().truths.known_tables.tables.get("store_product")
    column = table.column("percent_off") if table else None
    return column.type.partition("(")[0] if column else ""


def _type_said(name: str) -> str:
    return f"a column of type `{name}`" if name else "there is no `percent_off`"


def _values_said(found: tuple[int, ...] | None) -> str:
    if found is None:
        return "no column has the percentages"
    return f"{found[0]} products with a percentage; the percentages add up to {found[1]}"


def _values(lab: Lab) -> tuple[int, ...] | None:
    """How many products have a percentage, and the sum; ``None`` if no column holds it."""
    found = _percent(lab)
    if not found:
        return None
    return numbers(
        lab, f"SELECT sum({found[-1]} > 0), CAST(sum({found[-1]}) AS integer) FROM store_product"
    )


task(
    "rename-and-widen",
    {
        "The column is called `percent_off`.": equal(_percent, ["percent_off"], listed),
        "The column `percent_off` can hold 12.5.": equal(_type, "decimal", _type_said),
        "9 products have a percentage, and the percentages add up to 175.": equal(
            _values, (9, 175), _values_said
        ),
        "All four truths agree.": agreeing(),
    },
    apps=["store"],
)
