"""In a terminal: a working day in plain commands, and a task to do in the same way."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from ...lab import Lab
from ..goals import agreeing, did, equal, migrates, rows
from ..looks import applied, count, tables
from ..predictions import question
from ..tasks import task

_LAST = "0005_tag_product_tags"
_ALL = 24


def _suppliers(lab: Lab) -> int:
    """How many suppliers there are; 0 if they have no table."""
    return count(lab, "store_supplier") or 0


question(
    "nobody-looked",
    "You run `migrate store 0004`, and then `migrate store` to go forward again. "
    "What do you lose with these two commands?",
    {
        "Nothing, because all migrations are applied again.": lambda lab: (
            count(lab, "store_tag") == 6 and _suppliers(lab) == 1
        ),
        "Only the supplier, because its table is the newest.": lambda lab: (
            count(lab, "store_tag") == 6 and _suppliers(lab) == 0
        ),
        "The supplier and all six tags.": lambda lab: (
            count(lab, "store_tag") == 0 and _suppliers(lab) == 0
        ),
    },
    because={
        "C": """
            Going back dropped three tables. Going forward created them again, empty.

            Every line of `showmigrations` still has an [X]. The command reads the record, and the
            record says nothing about rows.
        """
    },
)

question(
    "morning-restored",
    "You restore this morning's backup. Is `0006` applied afterwards?",
    {
        "Yes, because its file exists.": lambda lab: bool(_new(lab)),
        "No. It is not in the record, and its table does not exist.": lambda lab: (
            not _new(lab) and "store_supplier" not in tables(lab)
        ),
        "Half of it: its table exists, but it is not in the record.": lambda lab: (
            not _new(lab) and "store_supplier" in tables(lab)
        ),
    },
    because={
        "B": """
            You made the backup in the morning, and the record is part of it. The file of `0006`
            is newer, so `0006` is not applied now.

            You added Oak and Sons after the backup. That row is lost.
        """
    },
)


def _new(lab: Lab) -> list[str]:
    """The migrations of ``store`` that are applied and were not there at first."""
    return [name for name in applied(lab, "store") if name > _LAST]


def in_backup(lab: Lab) -> tuple[str, int]:
    """The last applied migration of ``store`` in the backup, and how many products are in it."""
    path = lab.folder / "backup.sqlite3"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as backup:
            (name,) = backup.execute(
                "SELECT max(name) FROM django_migrations WHERE app = 'store'"
            ).fetchone()
            (products,) = backup.execute("SELECT count(*) FROM store_product").fetchone()
    except sqlite3.Error:
        return "", 0
    return str(name), int(products)


def _backup_said(found: tuple[str, int]) -> str:
    name, products = found
    return f"`{name}`, {products} products" if name else "no backup that can be read"


def _new_said(there: bool) -> str:
    return "a new one is applied" if there else "nothing after `0005` is applied"


task(
    "a-day-of-your-own",
    {
        "In `backup.sqlite3`, `store` is at `0005` and has 24 products.": equal(
            in_backup, (_LAST, _ALL), _backup_said
        ),
        "`store` has a new migration, and it is applied.": equal(
            lambda lab: bool(_new(lab)), True, _new_said
        ),
        "You went back with `migrate store 0004`.": did(
            migrates("store", "0004"), "a step `migrate store 0004`"
        ),
        "All four truths agree.": agreeing(),
        "All 24 products and their 40 links to tags exist.": rows(
            store_product=_ALL, store_product_tags=40
        ),
    },
    apps=["store"],
)
