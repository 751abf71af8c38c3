"""The trial: all verdicts, and a last task that needs most of the lessons."""

from __future__ import annotations

from ..looks import agree, count, files, products_with, ran
from ..tasks import task

task(
    "as-if-nothing-happened",
    {
        "You went back to `0003`.": lambda lab: ran(lab, "migrate store 0003"),
        "All 6 tags and their 40 links are there again.": lambda lab: (
            (count(lab, "store_tag"), count(lab, "store_product_tags")) == (6, 40)
        ),
        "All 9 discounts are there again.": lambda lab: products_with(lab, "discount", "> 0") == 9,
        "`store` has five migration files, and all four truths agree.": lambda lab: (
            len(files(lab, "store")) == 5 and agree(lab)
        ),
    },
    apps=["store"],
)
