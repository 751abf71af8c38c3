"""Apply: from the files into the record and the tables, and what comes before what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..acts import by_hand
from ..looks import applied, columns, files, last, lost, moved_apps, number, tables
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_ACCOUNTS, _MARKETPLACE = "0003_seller_phone", "0004_upper_case_coupons"

question(
    "marketplace-first",
    "Three apps, nothing is applied. You run `migrate marketplace`. Which apps were migrated?",
    {
        "`marketplace` alone.": lambda lab: moved_apps(last(lab)) == ["marketplace"],
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
            The line *Apply all migrations: marketplace* names one app. The lines below it tell
            the whole story: `accounts.0001` ran first.

            The file of `marketplace.0001` says so: it depends on `accounts.0001`. A listing
            points to its seller, so the table of sellers must exist.

            Django pulls in what is needed, and no more. `accounts.0002` and `0003` were not
            needed. Nor was `media`: it needs `marketplace`, but `marketplace` does not need it.
        """
    },
)

question(
    "models-alone",
    "The model has a new field, and no migration file knows it. You run `migrate`. What happens?",
    {
        "The table gets the column.": lambda lab: _has_city(lab),
        "Django refuses, because a file is missing.": lambda lab: last(lab).refused,
        "Nothing moves. Django prints a note.": lambda lab: (
            not last(lab).refused and not _has_city(lab) and "makemigrations" in last(lab).output
        ),
    },
    because={
        "C": """
            `migrate` compares the files with the record, and applies what is not recorded. With
            nothing to apply, it compares the models with the files, to print that note.

            It never makes a table fit a model. The file has to say how.
        """
    },
)

question(
    "code-first",
    "The new code and its file are on the server. `migrate` has not run. "
    "You ask for a seller. What happens?",
    {
        "The seller comes, with an empty city.": lambda lab: (
            not last(lab).refused and not _has_city(lab)
        ),
        "An error: the table has no such column.": lambda lab: (
            last(lab).refused and not _has_city(lab)
        ),
        "Django applies the file first, then the seller comes.": lambda lab: _has_city(lab),
    },
    because={
        "B": """
            The models are new, the table is old. Django names every field of the model when it
            asks for a seller. The table does not have `city`, so the database refuses.
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
        "Both migrations of `media` are applied.": lambda lab: (
            applied(lab, "media") == files(lab, "media")
        ),
        "`marketplace` has no more than `media` needs.": lambda lab: (
            applied(lab, "marketplace") == ["0001_initial", "0002_listing_condition"]
        ),
        "The 8 coupons that are not in capitals are as they were.": lambda lab: (
            _typed_coupons(lab) == 8
        ),
    },
    at=["marketplace.0001", "media.zero"],
    apps=["accounts", "marketplace", "media"],
)


@experiment(
    "C16",
    {"holds only if": "Look at `migrate <app> --plan`. What the app needs in others comes too."},
)
def _() -> Iterator[Case]:
    for at, when in (
        (["accounts.0001", "marketplace.zero"], "what it needs in other apps is already applied"),
        (["accounts.zero"], "it needs something that is not applied yet"),
    ):
        with fresh(*at) as lab:
            step = lab.manage("migrate marketplace")
            apps = moved_apps(step)
            yield case(
                when,
                [step],
                f"Moved: {', '.join(apps)}.",
                held=apps == ["marketplace"],
            )


def _add_city(lab: Lab) -> Step:
    """A new field of the seller, in the models alone."""
    old = "    phone ="
    city = '    city = models.CharField(max_length=50, default="")\n'
    return lab.replace("accounts/models.py", old, city + old)


def _city_found(lab: Lab) -> str:
    return f"The column is {'there' if _has_city(lab) else 'not there'}."


@experiment(
    "C28",
    {
        "holds only if": "Run `makemigrations` first. "
        "`migrate` plans by the files and the record; it makes no table fit a model."
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
    {"holds only if": "Try it on a copy of the production data. Your own rows are not those rows."},
)
def _() -> Iterator[Case]:
    for title, when in (
        ("Tin box", "production has no row that breaks a rule of the migration"),
        ("Oak writing desk", "production has a row that breaks a rule of the migration"),
    ):
        with fresh("marketplace.0002") as lab:
            here = lab.manage("migrate")
        with fresh("marketplace.0002") as lab:
            row = by_hand(lab, _ONE_MORE.format(title))
            there = lab.manage("migrate")
            yield case(
                when,
                ["# on your machine", here, "# in production", row, there],
                f"Your machine: {_ended(here)}. Production: {_ended(there)}.",
                held=here.refused == there.refused,
            )


def _ended(step: Step) -> str:
    return step.refusal.error if step.refusal else f"{len(step.ran)} applied"


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
        return f"Django began {step.ran[-1].key} and stopped: {step.refusal.error}."
    order = "right" if _in_order(step) else "wrong"
    costs = f"{lost(step)} stored values were changed or lost."
    return f"{len(step.ran)} applied, in the {order} order. {costs}"


def _ordered(when: str, step: Step, earlier: Sequence[Step | str] = ()) -> Case:
    """Whether a step applied all in order, and cost nothing; what was done earlier is only told."""
    held = _in_order(step) and not step.refused and not lost(step)
    return case(when, [*earlier, step], _order_found(step), held=held)


@experiment(
    "C34",
    {
        "holds only if": "Trust the order where files name what they need. "
        "For the data, read the files and back up."
    },
    because={
        "holds only if": """
            The order protects the steps, not the values. A file that rewrites values does so in
            perfect order. And Django knows only the dependencies that a file names.
        """
    },
)
def _() -> Iterator[Case]:
    with fresh("marketplace.0001", "media.zero") as lab:
        step = lab.manage("migrate media")
        yield _ordered("the files name all that they need, and only add tables and columns", step)
    with fresh("marketplace.0003") as lab:
        yield _ordered("a file rewrites stored values", lab.manage("migrate"))
    with fresh("marketplace.0001", "media.0001") as lab:
        needs = '        ("marketplace", "0002_listing_condition"),\n'
        edit = lab.replace("media/migrations/0002_photo_alt_text.py", needs, "")
        step = lab.manage("migrate media")
        told = "# the line that names marketplace.0002 is taken out"
        yield _ordered("a file does not name what it needs", step, [told, edit])
