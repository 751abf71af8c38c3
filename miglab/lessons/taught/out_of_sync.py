"""Out of sync: name the disagreement, and repair the one truth that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ...facts.step import Step
from ...facts.truths import Truths
from ...lab import Lab
from ..acts import add_field, by_hand
from ..goals import agreeing, equal, every, products, rows
from ..looks import (
    agree,
    agreements,
    applied,
    files,
    last,
    lost,
    products_with,
)
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_APPS = ("accounts", "marketplace", "media", "store", "blog")
_MODELS = "store/models.py"
_COLOUR = "colour = models.CharField(max_length=20, null=True)"
_ORIGIN = "origin = models.CharField(max_length=20, null=True)"
_FIT = {"yes": "agree", "no": "differ", "cannot tell": "cannot tell"}
_GHOST = "store/migrations/0006_product_origin.py"

question(
    "column-by-hand",
    "The column `colour` is already in the table. `0006` adds the field `colour`. "
    "You run `migrate store`. What happens?",
    {
        "Django sees the column, and only adds a line to the record.": lambda lab: (
            not last(lab).refused and _coloured(lab) == 2
        ),
        "The column is created again, and the colours are lost.": lambda lab: (
            not last(lab).refused and _coloured(lab) == 0
        ),
        "The database refuses, because the column already exists.": lambda lab: (
            last(lab).refused and _coloured(lab) == 2
        ),
    },
    because={
        "C": """
            A plain `migrate` does not look at the tables first. It saw only that `0006` was not
            recorded.

            You are lucky to get this error. With `default=""` instead of `null=True`, Django would
            create a new table on SQLite. Then the colours would be overwritten, and the screen
            would say OK.
        """
    },
)

question(
    "fake-a-ghost",
    "`0006_product_origin` is in the record, but it has no file. You run `migrate --fake`. "
    "What happens to that line of the record?",
    {
        "It is deleted. The record now matches the files.": lambda lab: (
            "0006_product_origin" not in applied(lab, "store")
        ),
        "It stays. Django finds nothing to fake.": lambda lab: (
            "0006_product_origin" in applied(lab, "store") and not last(lab).refused
        ),
        "Django refuses, because the file is missing.": lambda lab: (
            "0006_product_origin" in applied(lab, "store") and last(lab).refused
        ),
    },
    because={
        "B": """
            `--fake` marks **files** that are not recorded. A ghost is the opposite: it is
            recorded, but it has no file.
        """
    },
)

question(
    "after-the-recipe",
    "You made the migration files of `store` again and ran `migrate --fake`. "
    "Can the shop read its products now?",
    {
        "Yes. The history is clean, so everything matches.": lambda lab: not last(lab).refused,
        "No. The column is still missing.": lambda lab: (
            last(lab).refused and "no such column" in _message(lab)
        ),
        "No. The whole table is missing.": lambda lab: (
            last(lab).refused and "no such table" in _message(lab)
        ),
    },
    because={
        "B": """
            "No migrations to apply": Django did not even fake anything. The new file is called
            `0001_initial`, and the record already has that name. Django compares only
            **names**, so it thinks that the new file is the old one.

            Five files are gone, and the record has four ghosts. The column still has the wrong
            name. Django can no longer go back to `0003`, only to `zero`. That would drop
            every table of `store`. The recipe hid the problem and repaired nothing.
        """
    },
)


def _message(lab: Lab) -> str:
    refusal = last(lab).refusal
    return refusal.message if refusal else ""


def _coloured(lab: Lab) -> int | None:
    """How many products have a colour; ``None`` if there is no such column."""
    return products_with(lab, "colour", "<> ''")


def _two_disagreements(lab: Lab) -> None:
    """Create a column whose migration is not recorded, and record a migration whose column is
    missing."""
    lab.sql("ALTER TABLE store_product ADD COLUMN colour varchar(20) NULL")
    lab.sql("UPDATE store_product SET colour = 'green' WHERE name LIKE 'Garden%'")
    add_field(lab, _COLOUR)
    lab.manage("makemigrations store")
    lab.manage("migrate media 0001")
    lab.manage("migrate media --fake")


task(
    "two-disagreements",
    {
        "The models and the files agree.": agreeing("models_files"),
        "The files and the record agree.": agreeing("files_record"),
        "The record and the tables agree.": agreeing("record_tables"),
        "The two green products are still green.": products("colour", "= 'green'", 2),
        "All 21 prices and all 30 photos are still there.": every(
            products("price", "> 0", 21), rows(media_photo=30)
        ),
        "No migration file is missing: `store` has 6, `media` has 2.": equal(
            lambda lab: (len(files(lab, "store")), len(files(lab, "media"))),
            (6, 2),
            lambda found: f"files in `store`: {found[0]}, in `media`: {found[1]}",
        ),
    },
    apps=["store", "media"],
    begin=_two_disagreements,
)


@experiment(
    "C18",
    {
        "holds only if": "First find out which two truths differ. Fake only if the tables are "
        "right and the record is behind.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        column = by_hand(lab, "ALTER TABLE store_product ADD COLUMN colour varchar(20) NULL")
        add_field(lab, _COLOUR)
        make = lab.manage("makemigrations store")
        fake = lab.manage("migrate --fake")
        yield _aligned(
            lab,
            "the tables already have the changes of the migration",
            [column, "edit store/models.py", make, fake],
        )
    with fresh() as lab:
        add_field(lab, _COLOUR)
        make = lab.manage("makemigrations store")
        fake = lab.manage("migrate --fake")
        yield _aligned(
            lab,
            "the tables do not have the changes of the migration yet",
            ["edit store/models.py", make, fake],
        )
    with fresh() as lab:
        made = _make_ghost(lab)
        fake = lab.manage("migrate --fake")
        yield _aligned(lab, "the record has a migration without a file", [*made, fake])


def _make_ghost(lab: Lab) -> list[Step | str]:
    """A migration of another branch: applied, and then its file and its field are gone."""
    models = lab.read(_MODELS)
    add_field(lab, _ORIGIN)
    made = lab.manage("makemigrations store --name product_origin")
    went = lab.manage("migrate store")
    lab.write(_MODELS, models)
    gone = lab.delete(_GHOST)
    return ["edit store/models.py", made, went, "undo the edit", gone]


def _aligned(lab: Lab, when: str, steps: list[Step | str]) -> Case:
    """A case: the claim holds if the files, the record and the tables agree after these steps."""
    found = agreements(lab)
    record, fit = found.files_record, found.record_tables
    told = [f"Record: {_differ(record.details)}", f"Tables: {_differ(fit.details)}"]
    held = record.verdict is True and fit.verdict is True
    return case(when, steps, ". ".join(told) + ".", held=held)


def _differ(details: tuple[str, ...]) -> str:
    more = f" and {len(details) - 1} more" if len(details) > 1 else ""
    return (details[0].split(" (")[0] + more) if details else "no differences"


@experiment(
    "C8",
    {
        "holds only if": "Keep the files. Find the one truth that is wrong, and repair it. "
        "The recipe throws the history away and repairs no table.",
        "does not hold": "Keep the files. Find the one truth that is wrong, and repair it.",
    },
)
def _() -> Iterator[Case]:
    rename = "ALTER TABLE store_product RENAME COLUMN price TO price_eur"
    with fresh() as lab:
        yield _recipe(lab, "the tables match the models, and the record has the old migrations", [])
    with fresh() as lab:
        empty: list[Step | str] = [
            lab.manage(f"migrate --fake {label} zero") for label in reversed(_APPS)
        ]
        yield _recipe(lab, "the tables match the models, and the record is empty", empty)
    with fresh() as lab:
        yield _recipe(lab, "somebody had changed a table by hand", [by_hand(lab, rename)])


def _recipe(lab: Lab, when: str, steps: list[Step | str]) -> Case:
    """A case of the recipe: delete the files, make them again, and fake. The claim holds if all
    truths agree and nothing is lost."""
    before = _own_python(lab.truths().truths)
    steps += [lab.delete(f"{label}/migrations/0*.py") for label in _APPS]
    steps.append(lab.manage("makemigrations"))
    fake = lab.manage("migrate --fake")
    read = lab.shell("Product.objects.first()")
    steps += [fake, f"shell: {read.line}"]
    found = agreements(lab)
    record, fit = found.files_record, found.record_tables
    told = [
        f"Ghosts in the record: {sum('file is gone' in each for each in record.details)}",
        f"Record and tables: {_FIT[fit.word]}",
        f"Migrations faked: {sum(each.fake for each in fake.ran)}",
        f"Hand-written data migrations lost: {before - _own_python(fake.after)}",
    ]
    told += [f"`{read.line}` fails: “{read.refusal.message}”"] if read.refusal else []
    held = agree(lab) and lost(fake) == 0
    return case(when, steps, ". ".join(told) + ".", held=held)


def _own_python(truths: Truths) -> int:
    """How many migrations of these apps contain a ``RunPython``."""
    found = truths.known_files.migrations
    return sum(
        any(operation.kind == "RunPython" for operation in migration.operations)
        for key, migration in found.items()
        if key.app_label in _APPS
    )
