"""Which command moves what: the four truths, all commands."""

from __future__ import annotations

from ..looks import applied, count, files
from ..tasks import task

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
