"""Which command changes what: the four truths, all commands."""

from __future__ import annotations

from ..looks import applied, count, files
from ..predictions import measured
from ..spine import looks_at_tables
from ..tasks import task

measured(
    "who-looks-at-tables",
    "The next cell measures 15 commands and manual changes. "
    "How many of them look at the tables before they act?",
    looks_at_tables,
    because={
        1: """
            Look at the column *decides by*: only `--fake-initial` looks at the tables. And it
            compares only names.

            Django believes its record. If the record is wrong, Django is wrong too.
        """
    },
)

task(
    "one-truth-alone",
    {
        "The record of `store` ends with `0004`.": lambda lab: (
            applied(lab, "store")[-1:] == ["0004_add_discount_field"]
        ),
        "All 6 tags are still there.": lambda lab: count(lab, "store_tag") == 6,
        "`store` still has five migration files.": lambda lab: len(files(lab, "store")) == 5,
    },
    apps=["store"],
)
