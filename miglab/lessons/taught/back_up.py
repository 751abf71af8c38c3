"""Back up: what no migration brings back, and how to bring it back all the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from ...facts.lesson import Case
from ...lab import Lab
from ..goals import did, every, holds, last_applied, migrates, products, rows
from ..looks import applied, count, everything, exists, products_with, select, unlike
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

question(
    "record-after-restore",
    "You copy the backup over the database. No migration runs. "
    "What does `showmigrations` say then?",
    {
        "`[ ]` for `0004` and `0005`: only `migrate` can change that.": lambda lab: (
            not _at_the_end(lab)
        ),
        "`[X]` for all, but the tags are still missing.": lambda lab: (
            _at_the_end(lab) and not count(lab, "store_tag")
        ),
        "`[X]` for all, and the rows are back too.": lambda lab: (
            _at_the_end(lab) and count(lab, "store_tag") == 6
        ),
    },
    because={
        "C": """
            Look at the first box: it compares the lab before and after. No migration ran. `0004`
            and `0005` are recorded again, because the old record is back.

            The record, the tables and the rows came back together, because they are in one
            file. So they agree.

            The models and the migration files did not change. They are not in the database.
            When you restore a database, use the code that belongs to it.
        """
    },
)

question(
    "since-the-backup",
    "The shop added the Hammock after the backup. What do you have after the restore?",
    {
        "Both: the discounts and the Hammock.": lambda lab: (
            _discounts(lab) >= 9 and _has(lab, "Hammock")
        ),
        "The discounts, but not the Hammock.": lambda lab: (
            _discounts(lab) >= 9 and not _has(lab, "Hammock")
        ),
        "The Hammock, but not the discounts.": lambda lab: (
            _discounts(lab) < 9 and _has(lab, "Hammock")
        ),
    },
    because={
        "B": """
            A backup contains **all** tables of all apps, as they were at one moment. A restore
            discards everything that was written since, good or bad.

            Here, the Hammock was lost. In a real shop, you would lose orders.

            Stop all writes, back up, revert, check. Restore at once or not at all.
        """
    },
)

question(
    "coupons-back",
    "`0004` changed the coupons to capital letters. You go back to `0003`. What do they look like?",
    {
        "As people typed them.": lambda lab: _coupon(lab) == "Autumn10",
        "Still in capitals.": lambda lab: _coupon(lab) == "AUTUMN10",
        "They are empty.": lambda lab: _coupon(lab) == "",
    },
    because={
        "B": """
            Django printed `OK`, but did not change the rows. The reason is in the file:
            `reverse_sql=migrations.RunSQL.noop`. This means that the way back does nothing.

            The database no longer knows how people typed each coupon. Only a backup still does.
        """
    },
)


def _begin(lab: Lab) -> None:
    """Somebody made a backup in the morning, and a product was added since."""
    shutil.copy(lab.folder / "db.sqlite3", lab.folder / "morning.sqlite3")
    lab.sql(
        "INSERT INTO store_product (name, sku, category_id, price, discount) "
        "VALUES ('Hammock', 'GAR-006', 1, 89, 10)"
    )
    lab.take_noticed()


task(
    "back-up-first",
    {
        "`lab.history()` has the step `migrate store 0001`, without `--fake`.": did(
            migrates("store", "0001"), "a step `migrate store 0001`"
        ),
        "The last applied migration of `store` is `0005` again.": last_applied(
            "store", "0005_tag_product_tags"
        ),
        "All 25 products exist, including the Hammock.": every(
            rows(store_product=25), products("name", "= 'Hammock'", 1)
        ),
        "22 products have a price, 10 have a discount, and 40 links to tags exist.": every(
            products("price", "> 0", 22),
            products("discount", "> 0", 10),
            rows(store_product_tags=40),
        ),
        "`why.txt` has three words or more.": holds(
            lambda lab: _words(lab) > 2,
            "at least three words in `why.txt`",
            "fewer, or no such file",
        ),
    },
    apps=["store"],
    begin=_begin,
)


def _words(lab: Lab) -> int:
    """How many words the reason has."""
    return len(lab.read("why.txt").split()) if exists(lab, "why.txt") else 0


def _at_the_end(lab: Lab) -> bool:
    return applied(lab, "store")[-1:] == ["0005_tag_product_tags"]


def _discounts(lab: Lab) -> int:
    """How many products have a discount: without the column, none."""
    return products_with(lab, "discount", "> 0") or 0


def _has(lab: Lab, product: str) -> bool:
    """Whether there is a product of that name."""
    return products_with(lab, "name", f"= '{product}'") == 1


def _coupon(lab: Lab) -> str:
    """The coupon of the second order."""
    return str(select(lab, "SELECT coupon FROM marketplace_order WHERE id = 2")[0][0])


def _other(before: list[tuple[object, ...]], after: list[tuple[object, ...]]) -> str:
    """How many of the rows are not as they were."""
    return f"{len({*before} - {*after})} of {len(before)}"


_DISCOUNTS = "SELECT id, discount FROM store_product"
_LISTINGS = "SELECT * FROM marketplace_listing"
_COUPONS = "SELECT id, coupon FROM marketplace_order"


@experiment(
    "C15",
    {
        "holds only if": "Find out which values people have written since the migration ran, "
        "and which values the migration itself wrote. Make a backup."
    },
)
def _() -> Iterator[Case]:
    with fresh("store.0003") as lab:
        there = lab.manage("migrate store 0004")
        before = select(lab, _DISCOUNTS)
        back = lab.manage("migrate store 0003")
        again = lab.manage("migrate store 0004")
        after = select(lab, _DISCOUNTS)
        yield case(
            "nobody has written a value into the new column",
            [there, back, again],
            f"{_other(before, after)} products have a different discount than before.",
            held=before == after,
        )
    with fresh("store.0004") as lab:
        before = select(lab, _DISCOUNTS)
        back = lab.manage("migrate store 0003")
        again = lab.manage("migrate store 0004")
        after = select(lab, _DISCOUNTS)
        yield case(
            "people have written values into the column",
            [back, again],
            f"{_other(before, after)} products have a different discount than before.",
            held=before == after,
        )
    with fresh("marketplace.0003") as lab:
        before = select(lab, _LISTINGS)
        back = lab.manage("migrate marketplace 0002")
        again = lab.manage("migrate marketplace 0003")
        after = select(lab, _LISTINGS)
        yield case(
            "the migration only creates an index or a rule",
            [back, again],
            f"{_other(before, after)} listings have changed.",
            held=before == after,
        )
    with fresh("marketplace.0003") as lab:
        before = select(lab, _COUPONS)
        there = lab.manage("migrate marketplace 0004")
        back = lab.manage("migrate marketplace 0003")
        after = select(lab, _COUPONS)
        yield case(
            "the migration itself overwrote values",
            [there, back],
            f"{_other(before, after)} orders have a different coupon than before.",
            held=before == after,
        )


@experiment(
    "C31",
    {
        "holds only if": "Treat a revert as a new change, which can lose rows. "
        "Your only real undo is a backup."
    },
)
def _() -> Iterator[Case]:
    with fresh("store.0003") as lab:
        before = everything(lab)
        there = lab.manage("migrate store 0004")
        back = lab.manage("migrate store 0003")
        differ = unlike(before, everything(lab))
        yield case(
            "the migration only added a column, and you go back at once",
            [there, back],
            f"Tables with different columns or rows than before: {len(differ)}.",
            held=not differ,
        )
    with fresh("store.0004") as lab:
        rows = select(lab, _DISCOUNTS)
        undo = lab.manage("migrate store 0003")
        redo = lab.manage("migrate store 0004")
        now_rows = select(lab, _DISCOUNTS)
        yield case(
            "you undo and redo, with values in the column",
            [undo, redo],
            f"{_other(rows, now_rows)} products have a different discount than before.",
            held=rows == now_rows,
        )
    with fresh() as lab:
        step = lab.manage("migrate blog 0002")
        refusal = step.refusal
        told = f"`migrate` fails with {refusal.error}." if refusal else "Django went back."
        yield case(
            "you need to undo a migration that has no way back",
            [step],
            told,
            held=not step.refused,
        )
