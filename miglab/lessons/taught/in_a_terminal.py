"""In a terminal: a working day in plain commands, and a task that is done in the same way."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from ...lab import Lab
from ..looks import agree, applied, count
from ..tasks import task

_LAST = "0005_tag_product_tags"
_ALL = 24


def _new(lab: Lab) -> list[str]:
    """The migrations of ``store`` that are applied and were not there at first."""
    return [name for name in applied(lab, "store") if name > _LAST]


def _backup(lab: Lab) -> tuple[str, int]:
    """Where ``store`` stands in the backup, and how many products it has there."""
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


task(
    "a-day-of-your-own",
    {
        "`backup.sqlite3` holds the shop as it was before your change.": lambda lab: (
            _backup(lab) == (_LAST, _ALL)
        ),
        "`store` has a new migration, and it is applied.": lambda lab: bool(_new(lab)),
        "All neighbours agree.": agree,
        "Nothing is lost: 24 products with their 40 tags.": lambda lab: (
            count(lab, "store_product") == _ALL and count(lab, "store_product_tags") == 40
        ),
    },
    apps=["store"],
)
