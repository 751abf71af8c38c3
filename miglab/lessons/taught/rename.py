"""Rename: the question that Django asks, and what each answer does to the rows."""

from __future__ import annotations

from ...lab import Lab
from ..looks import agree, columns, count, last, lost, migrations, numbers, tables
from ..predictions import how_many, question
from ..tasks import task

how_many(
    "answered-no",
    "The table has 24 products, and 9 of them a discount. How many values does `migrate` lose?",
    lost,
    because={
        24: """
            Django dropped the old column with everything in it. A 0 is a value too: it says "no
            discount". The new column holds only its default.

            Nothing was refused, and all four truths agree. A revert makes `discount` again, but
            every value in it is 0. Only a backup helps, or here the lab.
        """
    },
)

question(
    "two-at-once",
    "A new name and a new help text. What will `makemigrations` do?",
    {
        "It asks, as before.": lambda lab: "[y/N]" in last(lab).output,
        "It does not ask. It writes a rename.": lambda lab: (
            "[y/N]" not in last(lab).output and "RenameField" in _made(lab)
        ),
        "It does not ask. It removes one field, and adds another.": lambda lab: (
            "[y/N]" not in last(lab).output and "RemoveField" in _made(lab)
        ),
    },
    because={
        "C": """
            Django asks only when the two fields are equal in everything but the name. Another
            type, another default, another help text: there is no question.

            Look at the signs that Django prints: `-` and `+` mean remove and add. A rename has
            `~`: changed in place.
        """
    },
)

question(
    "model-renamed",
    "The model has a new name. What does `migrate` do to the table `store_product`?",
    {
        "Nothing: a model's name is only Python.": lambda lab: "store_product" in tables(lab),
        "It makes `store_article`, empty, and drops the old one.": lambda lab: (
            "store_product" not in tables(lab) and count(lab, "store_article") == 0
        ),
        "It gives the table a new name, with all its rows.": lambda lab: (
            "store_product" not in tables(lab) and count(lab, "store_article") == 24
        ),
    },
    because={
        "C": """
            The name of a table is made from the app and the model. So `RenameModel` renames the
            table. The table of its links follows.

            On SQLite, Django copies those links into a new table. No row is lost. The lab
            compares names: it calls the old tables gone, and the new ones new.
        """
    },
)


def _made(lab: Lab) -> list[str]:
    """The kinds of all operations in the store's migrations after the fifth."""
    made = [each for each in migrations(lab, "store") if each.key.name >= "0006"]
    return [operation.kind for each in made for operation in each.operations]


def _takes_halves(lab: Lab) -> bool:
    """Whether the new column can hold 12.5."""
    table = lab.truths().truths.known_tables.tables.get("store_product")
    column = table.column("percent_off") if table else None
    return column is not None and column.type.startswith("decimal")


def _values(lab: Lab) -> tuple[int, ...] | None:
    """How many products have a percentage, and the sum; ``None`` where no column holds it."""
    found = [each for each in ("percent_off", "discount") if each in columns(lab, "store_product")]
    if not found:
        return None
    return numbers(
        lab, f"SELECT sum({found[0]} > 0), CAST(sum({found[0]}) AS integer) FROM store_product"
    )


task(
    "rename-and-widen",
    {
        "The column is called `percent_off`.": lambda lab: (
            "percent_off" in columns(lab, "store_product")
            and "discount" not in columns(lab, "store_product")
        ),
        "It can hold 12.5.": _takes_halves,
        "9 products have a percentage, and the 9 add up to 175.": lambda lab: (
            _values(lab) == (9, 175)
        ),
        "All neighbours agree.": agree,
    },
    apps=["store"],
)
