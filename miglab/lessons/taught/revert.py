"""Revert: going back to a named migration, and forward again."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ..acts import by_hand
from ..goals import agreeing, last_applied, products, rows
from ..looks import (
    applied,
    columns,
    everything,
    keys,
    last,
    lost,
    moved_apps,
    products_with,
    tables,
    unapplied,
    unlike,
)
from ..predictions import question, which
from ..tasks import task
from ..trials import case, experiment, fresh

question(
    "tags-after-0004",
    "`0005` created two tables for the tags, with 46 rows in all. You go back to `0004`. "
    "What happens to these tables?",
    {
        "They stay. Only the record changes.": lambda lab: (
            not last(lab).refused and "store_tag" in tables(lab)
        ),
        "Django refuses, because the tables have rows.": lambda lab: last(lab).refused,
        "Both tables are dropped, with all their rows.": lambda lab: "store_tag" not in tables(lab),
    },
    because={
        "C": """
            Django says *Unapplying*. To **unapply** a migration means to run it backwards. The
            reverse of "create a table" is "drop the table".

            The rows in the tables are deleted. Django does not ask, and does not warn you. Open
            “what was lost” to see some of these rows.

            The file of `0005` is still there. The circle ○ means that `0005` is not applied.
        """
    },
)

question(
    "prices-back",
    "You went back to `0001`. Now you go forward again. Do the prices come back?",
    {
        "Yes. Django restores them.": lambda lab: products_with(lab, "price", "> 0") == 21,
        "Only the column comes back. Every price is 0.": lambda lab: (
            products_with(lab, "price", "> 0") == 0
        ),
        "No. Not even the column comes back.": lambda lab: (
            "price" not in columns(lab, "store_product")
        ),
    },
    because={
        "B": """
            The **schema** is back: every table and every column. The values are not.

            A migration says how to create a column. It does not know which values were in it. The
            new column contains the default.
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
            `media.0002` depends on a migration that you undid. So Django unapplied it too, without
            asking. Only the preview told you so beforehand.
        """
    },
)


task(
    "before-discounts",
    {
        "The last applied migration of `store` is `0003`, the one before the "
        "discounts.": last_applied("store", "0003_change_price_field"),
        "The record and the tables agree.": agreeing("record_tables"),
        "All 24 products are still there.": rows(store_product=24),
        "21 products have a price above 0, as before.": products("price", "> 0", 21),
        "The other 3 products still have no price (`NULL`).": products("price", "IS NULL", 3),
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
            f"Apps that changed: {', '.join(apps)}.",
            held=apps == ["store"] and applied(lab, "store")[-1] == "0003_change_price_field",
        )
    with fresh() as lab:
        step = lab.manage("migrate marketplace 0001")
        apps = moved_apps(step)
        yield case(
            "another app depends on what is undone",
            [step],
            f"Apps that changed: {', '.join(apps)}.",
            held=apps == ["marketplace"],
        )


@experiment(
    "C9", {"does not hold": "Read the lines that say “Unapplying”. Only `--plan` lists operations."}
)
def _() -> Iterator[Case]:
    with fresh("store.0003") as lab:
        step = lab.manage("migrate store 0002")
        told = step.output.strip().splitlines()[-1].strip()
        yield case(
            "you read what the command prints",
            [step],
            f"There is no such list. The last line is “{told}”.",
            held="Operations to reverse" in step.output,
        )


@experiment(
    "C10", {"holds only if": "Back up first. A revert brings the schema back, but not the data."}
)
def _() -> Iterator[Case]:
    remove = "UPDATE store_product SET price = NULL WHERE id <= 3"
    for writes, when in (
        ([], "nobody has written anything since the migration"),
        ([remove], "somebody has written values that the older schema cannot store"),
    ):
        with fresh("store.0002") as lab:
            before = everything(lab)
            there = lab.manage("migrate store 0003")
            written = [by_hand(lab, sql) for sql in writes]
            back = lab.manage("migrate store 0002")
            differ = unlike(before, everything(lab))
            yield case(
                when,
                [there, *written, back],
                f"Tables with different columns or rows than before: {len(differ)}."
                f" Prices lost: {lost(back)}.",
                held=not differ,
            )


@experiment(
    "C24",
    {"holds only if": "Give a name, or a beginning, that fits only one migration."},
)
def _() -> Iterator[Case]:
    for target, when in (
        ("0003", "the name of exactly one migration begins with the target"),
        ("0003_auto", "the name comes from a guide, and your file has another name"),
        ("0002_initial", "the target joins the number of one migration with the name of another"),
    ):
        with fresh() as lab:
            step = lab.manage(f"migrate store {target}")
            yield case(
                when,
                [step],
                step.refusal.message
                if step.refusal
                else f"Django found {applied(lab, 'store')[-1]}.",
                held=not step.refused,
            )


@experiment(
    "C35", {"does not hold": "Name the app and the target. Plain `migrate` only goes forward."}
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        plain = lab.manage("migrate")
        kept = applied(lab, "store")[-1]
        named = lab.manage("migrate store 0004")
        yield case(
            "you run the command as it is written, and then with an app and a target",
            [plain, named],
            f"The last applied migration of store is {kept} after the first command, "
            f"and {applied(lab, 'store')[-1]} after the second.",
            held=unapplied(plain) != [],
        )
