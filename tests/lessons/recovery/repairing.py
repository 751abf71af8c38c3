"""Wrong ends of the tasks that repair something."""

from __future__ import annotations

from .end import End

ENDS: dict[str, list[End]] = {}


ENDS["two-lost-lines"] = [
    End(
        "plain",
        "! migrate store\nmigrate --fake store 0005\nmigrate store",
        (3,),
        "`0004` ran a second time, and wrote 0 into every discount.",
    ),
    End(
        "plain once",
        "! migrate store",
        (1, 2, 3),
        "`0004` ran a second time, and wrote 0 into every discount.",
    ),
    End("fake all", "migrate --fake store", (2,), "You recorded `0006` too, but it has never run:"),
    End(
        "fake one",
        "migrate --fake store 0004",
        (1, 2),
        "The tables of `0005` exist too, but `0005` is not in the record.",
    ),
    End(
        "fake one, then plain",
        "migrate --fake store 0004\n! migrate store",
        (1, 2),
        "The tables of `0005` exist too, but `0005` is not in the record.",
    ),
    End(
        "zero",
        "migrate store zero\nmigrate store",
        (1, 2, 3),
        "`0004` ran a second time, and wrote 0 into every discount.",
    ),
    End("fake two", "migrate --fake store 0005", (1,), "The record has its two lines again."),
    End(
        "dropped tags",
        (
            "sql DROP TABLE store_product_tags\n"
            "sql DROP TABLE store_tag\n"
            "migrate --fake store 0004\n"
            "migrate store"
        ),
        (4,),
        "Tags or products are lost, and no command brings them back.",
    ),
]


ENDS["two-disagreements"] = [
    End(
        "fake all",
        "migrate --fake",
        (3,),
        "The record says that `media.0002` is applied, but its column is",
    ),
    End(
        "recipe",
        (
            "delete store/migrations/0*.py\n"
            "delete media/migrations/0*.py\n"
            "makemigrations\n"
            "migrate --fake"
        ),
        (2, 3, 6),
        "A migration file is gone, so nobody can follow the history any",
    ),
    End(
        "column dropped",
        "sql ALTER TABLE store_product DROP COLUMN colour\nmigrate store",
        (3, 4),
        "The two green products lost their colour:",
    ),
    End(
        "model corrected",
        (
            "replace store/models.py\n"
            "    - colour = models.CharField(max_length=20, null=True)\n"
            "    + # none\n"
            "delete store/migrations/0006_product_colour.py"
        ),
        (3, 6),
        "A migration file is gone, so nobody can follow the history any",
    ),
    End(
        "store only",
        "migrate --fake store 0006",
        (3,),
        "The record says that `media.0002` is applied, but its column is",
    ),
    End(
        "plain",
        "! migrate",
        (2, 3),
        "The record says that `media.0002` is applied, but its column is",
    ),
    End(
        "plain media",
        "! migrate media 0001",
        (2, 3),
        "The record says that `media.0002` is applied, but its column is",
    ),
    End(
        "media faked back",
        "migrate --fake store 0006\nmigrate --fake media 0001",
        (2,),
        "The record is correct now:",
    ),
    End(
        "zero",
        "migrate --fake media 0001\nmigrate media zero\nmigrate media\nmigrate --fake store 0006",
        (5,),
        "Prices or photos are lost.",
    ),
]


ENDS["stuck-rollback"] = [
    End(
        "deleted",
        "shell Product.objects.filter(sku=None).delete()\nmigrate store 0005",
        (3, 4),
        "A product is gone.",
    ),
    End("fake", "migrate --fake store 0005", (2, 3), "You changed only the record:"),
    End(
        "fake and row",
        "migrate --fake store 0005\nshell Product.objects.filter(sku=None).update(sku='NEW-1')",
        (2,),
        "You changed only the record:",
    ),
    End(
        "too far",
        (
            "shell Product.objects.filter(sku=None).update(sku='NEW-1')\n"
            "migrate store 0004\n"
            "migrate store 0005"
        ),
        (4,),
        "You went back too far, and the tags are lost.",
    ),
    End(
        "only the row",
        "shell Product.objects.filter(sku=None).update(sku='NEW-1')",
        (1,),
        "Every product has a `sku` now.",
    ),
    End(
        "tried",
        "! migrate store 0005",
        (1, 3),
        "The product still has no `sku`, so the way back fails.",
    ),
    End(
        "file deleted",
        "delete store/migrations/0006_*.py\nmigrate store 0005",
        (1, 2, 3),
        "The file of `0006` is gone, but `0006` is applied.",
    ),
]


ENDS["one-truth-alone"] = [
    End("plain", "migrate store 0004", (2, 3), "The tags are lost:"),
    End("plain and forward", "migrate store 0004\nmigrate store", (1, 3), "The tags are lost:"),
    End("too far", "migrate --fake store 0003", (1,), "The record ends before `0004`."),
    End(
        "file deleted",
        "migrate --fake store 0004\ndelete store/migrations/0005_*.py",
        (2,),
        "A file, a model or a table has changed.",
    ),
    End(
        "dropped",
        "sql DROP TABLE store_product_tags\nmigrate --fake store 0004",
        (2, 3),
        "The tags are lost:",
    ),
    End(
        "file only",
        "delete store/migrations/0005_*.py",
        (1, 2),
        "A file, a model or a table has changed.",
    ),
    End("wrong app", "migrate --fake blog 0003", (1,), "The record still names `0005`."),
]
