"""The trial: all verdicts, and a last task that needs most of the lessons."""

from __future__ import annotations

from ..looks import agree, count, files, products_with, ran
from ..tasks import task

task(
    "as-if-nothing-happened",
    {
        "You went back to `0003`.": lambda lab: ran(lab, "migrate store 0003"),
        "All 46 rows of the tags are there again.": lambda lab: (
            (count(lab, "store_tag"), count(lab, "store_product_tags")) == (6, 40)
        ),
        "The discounts are there again.": lambda lab: products_with(lab, "discount", "> 0") == 9,
        "No file came or went, and all neighbours agree.": lambda lab: (
            len(files(lab, "store")) == 5 and agree(lab)
        ),
    },
    apps=["store"],
)
