"""Apply: from the files into the record and the tables, and what comes before what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compare.agreement import counted
from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..acts import by_hand
from ..goals import agreeing, equal, recorded
from ..looks import applied, columns, last, lost, moved_apps, number, tables
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_ACCOUNTS, _MARKETPLACE = "0003_seller_phone", "0004_upper_case_coupons"

question(
    "marketplace-first",
    "Three apps, and nothing is applied. You run `migrate marketplace`. "
    "Which apps will be migrated?",
    {
        "Only `marketplace`.": lambda lab: moved_apps(last(lab)) == ["marketplace"],
        "`marketplace`, and all of `accounts`.": lambda lab: (
            moved_apps(last(lab)) == ["accounts", "marketplace"]
            and _ACCOUNTS in applied(lab, "accounts")
        ),
        "`marketplace`, and one migration of `accounts`.": lambda lab: (
            moved_apps(last(lab)) == ["accounts", "marketplace"]
            and len(applied(lab, "accounts")) == 1
        ),
        "All three.": lambda lab: moved_apps(last(lab)) == ["accounts", "marketplace", "media"],
    },
    because={
        "C": """
            The line *Apply all migrations: marketplace* names only one app. But look at the lines
            below it: `accounts.0001` ran first.

            The reason is in the file: `marketplace.0001` depends on `accounts.0001`. A listing
            points to its seller, so the table of sellers must exist first.

            Django applies what is needed, and no more. `accounts.0002` and `0003` were not
            needed. `media` was not needed either: it depends on `marketplace`, but
            `marketplace` does not depend on it.
        """
    },
)

question(
    "models-alone",
    "The model has a new field, but no migration file has it. You run `migrate`. What happens?",
    {
        "The table gets the column.": lambda lab: _has_city(lab),
        "Django refuses, because a file is missing.": lambda lab: last(lab).refused,
        "The table does not change. Django prints a note.": lambda lab: (
            not last(lab).refused and not _has_city(lab) and "makemigrations" in last(lab).output
        ),
    },
    because={
        "C": """
            `migrate` compares the files with the record, and applies what is not recorded. If
            there is nothing to apply, it compares the models with the files. That is how it
            knows what to say in the note.

            It does not compare tables with models. Only a file can tell it to change a table.
        """
    },
)

question(
    "code-first",
    "The new code and its migration file are on the server. Nobody has run `migrate`. "
    "You ask for a seller. What happens?",
    {
        "You get the seller, with an empty city.": lambda lab: (
            not last(lab).refused and not _has_city(lab)
        ),
        "An error: the table has no such column.": lambda lab: (
            last(lab).refused and not _has_city(lab)
        ),
        "Django applies the migration first. Then you get the seller.": lambda lab: _has_city(lab),
    },
    because={
        "B": """
            The model is new, but the table is old. When Django asks for a seller, it names every
            field of the model. The table does not have `city`, so the database reports an error.
        """
    },
)


def _has_city(lab: Lab) -> bool:
    return "city" in columns(lab, "accounts_seller")


def _typed_coupons(lab: Lab) -> int:
    """How many coupons are not in capitals."""
    return number(lab, "SELECT count(*) FROM marketplace_order WHERE coupon <> UPPER(coupon)")


task(
    "photos-only",
    {
        "Both migrations of `media` are applied.": recorded(
            "media", "0001_initial", "0002_photo_alt_text"
        ),
        "In `marketplace`, only what `media` needs is applied.": recorded(
            "marketplace", "0001_initial", "0002_listing_condition"
        ),
        "The record and the tables agree.": agreeing("record_tables"),
        "8 coupons are still not in capitals.": equal(
            _typed_coupons, 8, "{} coupons not in capitals".format
        ),
    },
    at=["marketplace.0001", "media.zero"],
    apps=["accounts", "marketplace", "media"],
)


@experiment(
    "C16",
    {
        "holds only if": "Look at `migrate <app> --plan`. "
        "It also lists the migrations of other apps that the app needs."
    },
)
def _() -> Iterator[Case]:
    for at, when in (
        (
            ["accounts.0001", "marketplace.zero"],
            "the migrations that the app needs from other apps are already applied",
        ),
        (["accounts.zero"], "the app needs a migration of another app that is not applied yet"),
    ):
        with fresh(*at) as lab:
            step = lab.manage("migrate marketplace")
            apps = moved_apps(step)
            yield case(
                when,
                [step],
                f"Apps migrated: {', '.join(apps)}.",
                held=apps == ["marketplace"],
            )


def _add_city(lab: Lab) -> Step:
    """A new field of the seller, only in the models."""
    old = "    phone ="
    city = '    city = models.CharField(max_length=50, default="")\n'
    return lab.replace("accounts/models.py", old, city + old)


def _city_found(lab: Lab) -> str:
    return f"The column {'exists' if _has_city(lab) else 'does not exist'}."


@experiment(
    "C28",
    {
        "holds only if": "Run `makemigrations` first. "
        "`migrate` looks at the files and the record. It does not compare tables with models."
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        steps = [_add_city(lab), lab.manage("makemigrations accounts"), lab.manage("migrate")]
        yield case(
            "the change is in a migration file, and nobody changed the tables by hand",
            steps,
            _city_found(lab),
            held=_has_city(lab),
        )
    with fresh() as lab:
        steps = [_add_city(lab), lab.manage("migrate")]
        yield case(
            "the change is only in the models",
            steps,
            _city_found(lab),
            held=_has_city(lab),
        )
    with fresh() as lab:
        dropped = by_hand(lab, "DROP TABLE store_product_tags")
        step = lab.manage("migrate")
        there = "store_product_tags" in tables(lab)
        yield case(
            "somebody dropped a table by hand",
            [dropped, step],
            f"The table is {'back' if there else 'not back'}.",
            held=there,
        )


_ONE_MORE = (
    "INSERT INTO marketplace_listing (title, price, condition, seller_id) "
    "VALUES ('{}', 9, 'new', 1)"
)


@experiment(
    "C33",
    {
        "holds only if": "Try the migration on a copy of the production data. "
        "The rows on your machine are different."
    },
)
def _() -> Iterator[Case]:
    for title, when in (
        ("Tin box", "production has no row that breaks a rule that the migration adds"),
        ("Oak writing desk", "production has a row that breaks a rule that the migration adds"),
    ):
        with fresh("marketplace.0002") as lab:
            here = lab.manage("migrate")
        with fresh("marketplace.0002") as lab:
            row = by_hand(lab, _ONE_MORE.format(title))
            there = lab.manage("migrate")
            yield case(
                when,
                ["# on your machine", here, "# in production", row, there],
                f"On your machine: {_ended(here)}. In production: {_ended(there)}.",
                held=here.refused == there.refused,
            )


def _ended(step: Step) -> str:
    if step.refusal:
        return f"`migrate` fails with {step.refusal.error}"
    return f"{counted(len(step.ran), 'migration', 'migrations')} applied"


def _in_order(step: Step) -> bool:
    """Whether each migration ran after all that its file depends on."""
    known = step.after.known_files.migrations
    ran = [each.key for each in step.ran]
    return all(
        needed not in ran[place:]
        for place, key in enumerate(ran)
        for needed in known[key].dependencies
    )


def _order_found(step: Step) -> str:
    if step.refusal:
        return f"Django started {step.ran[-1].key} and failed with {step.refusal.error}."
    order = "right" if _in_order(step) else "wrong"
    ran = counted(len(step.ran), "migration", "migrations")
    return f"{ran} applied, in the {order} order. Stored values changed or lost: {lost(step)}."


def _ordered(when: str, step: Step, earlier: Sequence[Step | str] = ()) -> Case:
    """A case: the claim holds if the step applied everything in the right order, and changed or
    lost no value. ``earlier`` steps are only listed."""
    held = _in_order(step) and not step.refused and not lost(step)
    return case(when, [*earlier, step], _order_found(step), held=held)


@experiment(
    "C34",
    {
        "holds only if": "You can trust the order if each file names what it needs. "
        "To protect your data, read the files and make a backup."
    },
    because={
        "holds only if": """
            The right order does not protect values. A file that overwrites values does so in the
            right order too. And Django knows only the dependencies that are in the files.
        """
    },
)
def _() -> Iterator[Case]:
    with fresh("marketplace.0001", "media.zero") as lab:
        step = lab.manage("migrate media")
        yield _ordered(
            "the files name everything that they need, and only add tables and columns", step
        )
    with fresh("marketplace.0003") as lab:
        yield _ordered("a file overwrites stored values", lab.manage("migrate"))
    with fresh("marketplace.0001", "media.0001") as lab:
        needs = '        ("marketplace", "0002_listing_condition"),\n'
        edit = lab.replace("media/migrations/0002_photo_alt_text.py", needs, "")
        step = lab.manage("migrate media")
        told = "# the line that names marketplace.0002 is deleted"
        yield _ordered("a file does not name a migration that it needs", step, [told, edit])
