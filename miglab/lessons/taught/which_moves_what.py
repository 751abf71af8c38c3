"""Which command moves what: the four truths, all commands."""

from __future__ import annotations

from ..looks import applied, count, files
from ..predictions import measured
from ..spine import looks_at_tables
from ..tasks import task

measured(
    "who-looks-at-tables",
    "The next cell measures 15 commands and changes by hand. "
    "How many of them look at the tables before they act?",
    looks_at_tables,
    because={
        1: """
            Look at the column *decides by*: only `--fake-initial` looks at the tables. And it
            compares names, no more.

            Django believes its record. If the record is wrong, Django is wrong.
        """
    },
)

task(
    "one-truth-alone",
    {
        "The record of `store` ends with `0004`.": lambda lab: (
            applied(lab, "store")[-1:] == ["0004_add_discount_field"]
        ),
        "The tables did not move: all 6 tags are there.": lambda lab: count(lab, "store_tag") == 6,
        "The files did not move: there are five.": lambda lab: len(files(lab, "store")) == 5,
    },
    apps=["store"],
)
