"""Revert: going back to a named migration, and forward again."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ..looks import (
    applied,
    columns,
    count,
    differences,
    keys,
    last,
    lost,
    moved_apps,
    products_with,
    tables,
    unapplied,
)
from ..predictions import question, which
from ..tasks import task
from ..trials import case, experiment, fresh

question(
    "tags-after-0004",
    "`0005` made the tags: two tables with 46 rows. You go back to `0004`. What happens to them?",
    {
        "They stay. Only the record changes.": lambda lab: (
            not last(lab).refused and "store_tag" in tables(lab)
        ),
        "Django refuses, because the tables hold rows.": lambda lab: last(lab).refused,
        "Both tables go, with all their rows.": lambda lab: "store_tag" not in tables(lab),
    },
    because={
        "C": """
            Django says *Unapplying*. To **unapply** is to run a migration backwards. The
            reverse of "create a table" is "drop the table".

            The rows in it are deleted without a question and without a warning. Open "What was
            lost" to see some of them.

            The file of `0005` is still there, with a circle ○: not applied.
        """
    },
)

question(
    "prices-back",
    "You went back to `0001`. Now you go forward again. Are the prices back?",
    {
        "Yes. Django puts them back.": lambda lab: products_with(lab, "price", "> 0") == 21,
        "The column is back. Every price is 0.": lambda lab: (
            products_with(lab, "price", "> 0") == 0
        ),
        "No. The column stays away.": lambda lab: "price" not in columns(lab, "store_product"),
    },
    because={
        "B": """
            The **schema** is back: every table and every column. The values are not.

            A migration knows how to make a column. It does not know what was in it. The new
            column holds its default.
        """
    },
)

which(
    "marketplace-0001",
    "`migrate marketplace 0001` names one app. Which migrations will Django unapply?",
    among=lambda lab: keys(lab, "accounts", "marketplace", "media"),
    found=unapplied,
    word="unapplied",
    because={
        (
            "marketplace.0002_listing_condition",
            "marketplace.0003_listing_constraints",
            "marketplace.0004_upper_case_coupons",
            "media.0002_photo_alt_text",
        ): """
            Django unapplied the photo text of `media` without asking, because it depends on a
            migration that goes. Only the preview told you.
        """
    },
)


task(
    "before-discounts",
    {
        "`store` stands at `0003`, the moment before discounts.": lambda lab: (
            applied(lab, "store")[-1:] == ["0003_change_price_field"]
        ),
        "All 24 products are there.": lambda lab: count(lab, "store_product") == 24,
        "The prices are as they were.": lambda lab: products_with(lab, "price", "> 0") == 21,
    },
    apps=["store"],
)


@experiment(
    "C1",
    {
        "holds only if": "Look at the plan. Apps that depend on what you undo go back too.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        step = lab.manage("migrate store 0003")
        apps = moved_apps(step)
        yield case(
            "no other app depends on what is undone",
            [step],
            f"Moved: {', '.join(apps)}.",
            held=apps == ["store"] and applied(lab, "store")[-1] == "0003_change_price_field",
        )
    with fresh() as lab:
        step = lab.manage("migrate marketplace 0001")
        apps = moved_apps(step)
        yield case(
            "another app depends on what is undone",
            [step],
            f"Moved: {', '.join(apps)}.",
            held=apps == ["marketplace"],
        )


@experiment(
    "C9", {"does not hold": "Read the lines that say Unapplying. `--plan` names operations."}
)
def _() -> Iterator[Case]:
    with fresh("store.0003") as lab:
        step = lab.manage("migrate store 0002")
        told = step.output.strip().splitlines()[-1].strip()
        yield case(
            "you read what the command prints",
            [step],
            f"No such list. The last line is “{told}”.",
            held="Operations to reverse" in step.output,
        )


@experiment(
    "C10", {"holds only if": "Back up first. A revert brings the schema back, never the data."}
)
def _() -> Iterator[Case]:
    with fresh("store.0002") as lab:
        before = lab.truths().truths
        there = lab.manage("migrate store 0003")
        back = lab.manage("migrate store 0002")
        yield case(
            "you ask only for the schema",
            [there, back],
            f"{len(differences(before, back.after))} tables or columns differ from before.",
            held=not differences(before, back.after),
        )
    with fresh("store.0003") as lab:
        back = lab.manage("migrate store 0002")
        again = lab.manage("migrate store 0003")
        yield case(
            "the rows hold what the older schema cannot",
            [back, again],
            f"{lost(back)} prices were “none”, and are 0 now.",
            held=lost(back) == 0,
        )


@experiment(
    "C24",
    {"holds only if": "Give the full name, or a beginning of it that fits one migration alone."},
)
def _() -> Iterator[Case]:
    for target, when in (
        ("0003", "it is the beginning of one name alone"),
        ("0003_auto", "the name only looks like one of a guide"),
        ("0002_initial", "it mixes one number with another name"),
    ):
        with fresh() as lab:
            step = lab.manage(f"migrate store {target}")
            yield case(
                when,
                [step],
                step.refusal.message if step.refusal else f"It means {applied(lab, 'store')[-1]}.",
                held=not step.refused,
            )


@experiment(
    "C35", {"holds only if": "Name the app and the target. Plain `migrate` only goes forward."}
)
def _() -> Iterator[Case]:
    for line, when in (
        ("migrate", "you name nothing"),
        ("migrate store 0004", "you name the app and the target"),
    ):
        with fresh() as lab:
            step = lab.manage(line)
            yield case(
                when,
                [step],
                f"store stands at {applied(lab, 'store')[-1]}.",
                held=applied(lab, "store")[-1] == "0004_add_discount_field",
            )
