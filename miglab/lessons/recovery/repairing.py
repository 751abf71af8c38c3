"""Wrong ends of the tasks that repair something (lessons 10 to 12, and 17)."""

from __future__ import annotations

from ...lab import Lab
from ..goals import agreeing, last_applied, misses, products, rows
from ..looks import applied, columns, count, files, numbers
from ..tasks import wrong_ends

_LAST = "0005_tag_product_tags"
_RESTART = "Begin again with `lab.restart()`."

wrong_ends(
    "two-lost-lines",
    {
        f"Tags or products are lost, and no command brings them back. {_RESTART}": misses(
            rows(store_product=24, store_tag=6, store_product_tags=40)
        ),
        "`0004` ran a second time, and wrote 0 into every discount. "
        f"{_RESTART} Then record what the tables already have, with `--fake`.": misses(
            products("discount", "> 0", 9)
        ),
        "You recorded `0006` too, but it has never run: the table has no `weight`. Undo that step "
        "with `lab.rewind()`, and fake only as far as `0005`.": lambda lab: (
            len(applied(lab, "store")) == 6 and "weight" not in columns(lab, "store_product")
        ),
        "The tables of `0005` exist too, but `0005` is not in the record. Run "
        "`migrate --fake store 0005` before any plain `migrate`.": lambda lab: (
            not misses(last_applied("store", "0004_add_discount_field"))(lab)
        ),
        "The record has its two lines again. Now apply `0006`, without `--fake`.": lambda lab: (
            not misses(last_applied("store", _LAST))(lab)
        ),
        "The record lacks migrations whose changes are in the tables. Record them: "
        "`migrate --fake store 0005`.": lambda lab: len(applied(lab, "store")) < 5,
    },
)


def _files_gone(lab: Lab) -> bool:
    return len(files(lab, "store")) < 6 or len(files(lab, "media")) < 2


wrong_ends(
    "two-disagreements",
    {
        "A migration file is gone, so nobody can follow the history any more. Bring the file back "
        "with `lab.rewind()`: here, only the record is wrong.": _files_gone,
        f"The two green products lost their colour: the column was created again. {_RESTART} Then "
        "record `store.0006` with `--fake`.": misses(products("colour", "= 'green'", 2)),
        f"Prices or photos are lost. {_RESTART}": misses(
            products("price", "> 0", 21), rows(media_photo=30)
        ),
        "The record says that `media.0002` is applied, but its column is missing. "
        "`migrate --fake media 0001` corrects the record. Then `migrate media` creates "
        "the column.": lambda lab: (
            "alt_text" not in columns(lab, "media_photo") and len(applied(lab, "media")) == 2
        ),
        "The record is correct now: `media.0002` is not applied. Run "
        "`migrate media`.": lambda lab: "alt_text" not in columns(lab, "media_photo"),
        "`media` is correct. In `store`, the table already has the colour, but `0006` is not "
        "recorded. Record it: `migrate --fake store 0006`.": lambda lab: (
            len(applied(lab, "store")) < 6
        ),
    },
)


def _skus(lab: Lab) -> tuple[int, ...]:
    return numbers(lab, "SELECT count(*), count(DISTINCT sku) FROM store_product")


wrong_ends(
    "stuck-rollback",
    {
        f"A product is gone. {_RESTART} Give the product a `sku` instead of deleting it.": misses(
            rows(store_product=24)
        ),
        f"You went back too far, and the tags are lost. {_RESTART}": misses(
            rows(store_tag=6, store_product_tags=40)
        ),
        "The file of `0006` is gone, but `0006` is applied. Bring the file back with "
        "`lab.rewind()`: Django needs it for the way back.": lambda lab: (
            len(files(lab, "store")) < 6
        ),
        "You changed only the record: the table still allows a product without a `sku`. Run "
        "`migrate --fake store 0006`, give the product a `sku`, and then run "
        "`migrate store 0005`.": misses(agreeing("record_tables")),
        "The product still has no `sku`, so the way back fails. Give it one that no other product "
        "has, for example with `Product.objects.filter(sku=None).update(sku=…)`.": lambda lab: (
            _skus(lab)[1] < 24
        ),
        "Every product has a `sku` now. Run `migrate store 0005` again.": lambda lab: (
            len(applied(lab, "store")) > 5
        ),
    },
)

wrong_ends(
    "one-truth-alone",
    {
        "The tags are lost: `migrate` changed the tables too. Begin again with `lab.restart()`."
        " Which option changes only the record?": misses(rows(store_tag=6, store_product_tags=40)),
        "A file, a model or a table has changed. Begin again with `lab.restart()`: only the record "
        "may change.": lambda lab: (
            len(files(lab, "store")) != 5
            or count(lab, "store_product") != 24
            or misses(agreeing("models_files"))(lab)
        ),
        "The record ends before `0004`. `migrate --fake store 0004` records everything "
        "up to `0004` again.": lambda lab: len(applied(lab, "store")) < 4,
        "The record still names `0005`. Go to `0004` with `--fake`.": lambda lab: (
            len(applied(lab, "store")) == 5
        ),
    },
)
