"""Which command changes what: the four truths, all commands."""

from __future__ import annotations

from ...lab import Lab
from ..goals import equal, last_applied, listed, rows
from ..looks import moved
from ..predictions import measured
from ..spine import looks_at_tables
from ..tasks import task

measured(
    "who-looks-at-tables",
    "The next cell measures 15 commands and manual changes. "
    "How many of them look at the tables to decide what to do?",
    looks_at_tables,
    because={
        1: """
            Look at the column *depends on*: only `--fake-initial` looks at the tables to
            decide what to do. And it compares only names.

            Django believes its record. If the record is wrong, Django is wrong too.
        """
    },
)


def _others_changed(lab: Lab) -> list[str]:
    """The truths that changed since the task began, without the record."""
    since = lab.between(0, lab.history().position)
    return [name for name in moved(since) if name != "record"]


task(
    "one-truth-alone",
    {
        "The record of `store` ends with `0004`.": last_applied("store", "0004_add_discount_field"),
        "The models, the files and the tables have not changed.": equal(
            _others_changed, [], lambda names: f"changed besides the record: {listed(names)}"
        ),
        "All 6 tags and their 40 links are still there.": rows(store_tag=6, store_product_tags=40),
    },
    apps=["store"],
)
