"""What a migration is: tables, the file that changes them, and its SQL."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..acts import add_field
from ..goals import agreeing, equal, last_applied, listed
from ..looks import applied, columns, count, differences, last, migrations, select
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

question(
    "category-99",
    "You make the garden chair point to category 99, which does not exist. What happens?",
    {
        "The database stores it. It is only a number.": lambda lab: (
            _cells(lab, "category_id")[:1] == [99] and count(lab, "store_category") == 5
        ),
        "The database adds a category with the id 99.": lambda lab: (
            count(lab, "store_category") == 6
        ),
        "The database refuses.": lambda lab: last(lab).refused,
    },
    because={
        "C": """
            The error comes from the database itself. Django only passes it on.

            The database checks each foreign key: it must point to a row that exists. (SQLite
            does this only if a setting is switched on. Django switches it on.)
        """
    },
)

question(
    "price-of-old-rows",
    "The table has 24 products. `0002` adds a column `price`. What will be in it?",
    {
        "Nothing. The column is empty in every row.": lambda lab: (
            _cells(lab, "price") == [None] * 24
        ),
        "The default, 0.": lambda lab: _cells(lab, "price") == [0] * 24,
        "There is no new column. Django refuses, because the table already has rows.": lambda lab: (
            last(lab).refused
        ),
    },
    because={
        "B": """
            The field does not say `null=True`, so a price must not be empty. Each existing row
            needs a value at once, and gets the default.

            No person decided that a chair costs 0. The default in the file did.
        """
    },
)

question(
    "sqlmigrate-does",
    "You run `sqlmigrate store 0002`. What does it do?",
    {
        "It runs the SQL of `0002`.": lambda lab: _wrote(last(lab)),
        "It writes a new migration file, in SQL.": lambda lab: (
            bool(last(lab).files) and not _wrote(last(lab))
        ),
        "It prints the SQL. Nothing changes.": lambda lab: (
            "BEGIN" in last(lab).output and not last(lab).files and not _wrote(last(lab))
        ),
    },
    because={
        "C": """
            `sqlmigrate` only translates: it prints the SQL of a migration file. It does not run
            this SQL.
        """
    },
    looks=True,
)


def _wrote(step: Step) -> bool:
    """Whether a step sent a statement to the database that writes."""
    return any(statement.writes for statement in step.sql)


def _cells(lab: Lab, column: str) -> list[object]:
    """The values in one column of the products; none if there is no such column."""
    found = lab.rows("store_product", limit=24)
    if column not in found.columns:
        return []
    place = found.columns.index(column)
    return [row[place] for row in found.rows]


_COLOUR = "0006_product_colour"
_PATH = f"store/migrations/{_COLOUR}.py"
_TEXT = """# Written by hand.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_tags"),
    ]

    operations = [
        migrations.AddField(
            model_name="category",
            name="colour",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.RunSQL(
            "UPDATE store_product SET colour = 'green' WHERE category_id = 1",
            "UPDATE store_product SET colour = ''",
        ),
    ]
"""


def _write_by_hand(lab: Lab) -> None:
    """A model with a colour, and a file for it with two mistakes."""
    add_field(lab, 'colour = models.CharField(max_length=20, default="")')
    lab.write(_PATH, _TEXT)


def _parents(lab: Lab) -> list[str]:
    """What the colleague's file depends on."""
    found = [each for each in migrations(lab, "store") if each.key.name == _COLOUR]
    return [str(key) for each in found for key in each.dependencies]


def _green_in(lab: Lab) -> dict[str, int]:
    """Category → how many of its products are green."""
    if "colour" not in columns(lab, "store_product"):
        return {}
    found = select(
        lab,
        "SELECT category.name, count(*) FROM store_product product"
        " JOIN store_category category ON category.id = category_id"
        " WHERE colour = 'green' GROUP BY category.name",
    )
    return {str(name): int(str(number)) for name, number in found}


def _by_category(found: dict[str, int]) -> str:
    return ", ".join(f"{number} in {name}" for name, number in found.items()) or "none is green"


task(
    "read-and-mend",
    {
        "`0006_product_colour` depends on `0005_tag_product_tags` and nothing else.": equal(
            _parents, ["store.0005_tag_product_tags"], listed
        ),
        "Models and files agree.": agreeing("models_files"),
        "`0006_product_colour` is applied.": last_applied("store", _COLOUR),
        "All products in the category Garden are green, and no others are.": equal(
            _green_in, {"Garden": 5}, _by_category
        ),
    },
    apps=["store"],
    begin=_write_by_hand,
)


def _tables_found(differ: int) -> str:
    """A sentence that compares the tables with those that ``migrate`` creates."""
    if not differ:
        return "The tables came out right."
    return f"{differ} tables or columns differ from those that `migrate` creates."


@experiment(
    "C20",
    {
        "does not hold": "Use `sqlmigrate` to read the SQL of a migration. "
        "To run your own SQL, put it in a `RunSQL` operation in a Python migration file.",
    },
    because={
        "does not hold": """
            Look at the second case. The SQL creates the right tables. But the record does not
            change. So Django would still try to apply `0005`, and fail: the tables already exist.

            You can read the SQL. But only the Python file is the migration.
        """
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        change = lab.replace("store/models.py", "max_length=30", "max_length=31")
        step = lab.manage("sqlmigrate store 0006")
        yield case(
            "you changed a model, and there is no Python file yet",
            [change, step],
            step.refusal.message if step.refusal else "It printed SQL without a Python file.",
            held=not step.refused,
        )
    with fresh("store.0004") as lab, lab.copy() as other:
        step = lab.manage("sqlmigrate store 0005")
        saved = lab.write("store/migrations/0005_tags.sql", step.output)
        lab.sql(step.output)
        looked = lab.manage("showmigrations store")
        by_migrate = other.manage("migrate store 0005").after
        differ = differences(by_migrate, lab.truths().truths)
        recorded = len(applied(lab, "store")) - 4
        yield case(
            "you save the SQL in a file, and run it in the database",
            [step, saved, "SQL: all lines of that file", looked],
            f"{_tables_found(len(differ))} {'It' if recorded else 'Nothing'} was recorded.",
            held=not differ and recorded == 1,
        )
    with fresh() as lab:
        step = lab.manage("sqlmigrate blog 0003")
        told = [line for line in step.output.splitlines() if "CANNOT" in line]
        yield case(
            "the migration runs Python",
            [step],
            f"It prints “{told[0]}”." if told else "It printed the SQL.",
            held=not told,
        )
