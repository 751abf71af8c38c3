"""The trial: all verdicts, and a last task that needs most of the lessons."""

from __future__ import annotations

from ..goals import agreeing, did, equal, migrates, numbered, products, rows
from ..looks import files
from ..predictions import measured
from ..tasks import task
from ..trials import claims_that_hold

measured(
    "claims-that-hold",
    "Five documents make 35 claims. How many of these hold in every case?",
    claims_that_hold,
    because={
        1: """
            Only claim C30 holds in every case: do not reset migrations in a live app. Most claims
            hold only under a condition, and a few do not hold in any case.

            So most advice about migrations is neither right nor wrong. Ask each time: under which
            condition?
        """
    },
)

task(
    "as-if-nothing-happened",
    {
        "You went back to `0003` with `migrate`, without `--fake`.": did(
            migrates("store", "0003"), "a step `migrate store 0003`"
        ),
        "All 6 tags and their 40 links are there again.": rows(store_tag=6, store_product_tags=40),
        "All 9 discounts are there again.": products("discount", "> 0", 9),
        "`store` has five migration files.": equal(
            lambda lab: len(files(lab, "store")), 5, numbered("file", "files")
        ),
        "All four truths agree.": agreeing(),
    },
    apps=["store"],
)
