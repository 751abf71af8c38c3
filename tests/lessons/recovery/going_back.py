"""Wrong ends of the tasks about going back, and about files that are gone."""

from __future__ import annotations

from .end import End

ENDS: dict[str, list[End]] = {}


ENDS["before-discounts"] = [
    End(
        "too far",
        "migrate store 0001\nmigrate store 0003",
        (4, 5),
        "You went back further than `0003`, and the prices are lost.",
    ),
    End(
        "the number of what should go",
        "migrate store 0004",
        (1,),
        "`0004` added the discounts, and it is still applied.",
    ),
    End(
        "one too far",
        "migrate store 0002",
        (1, 5),
        "You went back further than `0003`. That gave a price of 0 to the 3 products that had no",
    ),
    End(
        "one too far, and forward",
        "migrate store 0002\nmigrate store 0003",
        (5,),
        "You went back further than `0003`. That gave a price of 0 to the 3 products that had no",
    ),
    End("fake", "migrate --fake store 0003", (2,), "`--fake` changed only the record:"),
    End(
        "zero",
        "migrate store zero",
        (1, 3, 4, 5),
        "You went back further than `0003`, and the prices are lost.",
    ),
    End(
        "zero and forward",
        "migrate store zero\nmigrate store 0003",
        (3, 4, 5),
        "You went back further than `0003`, and the prices are lost.",
    ),
]

WHY = "write why.txt\n    To see the old schema.\n"

ENDS["back-up-first"] = [
    End(
        "forward",
        "migrate store 0001\nmigrate store\n" + WHY,
        (4,),
        "The tables exist again, but their values and links are lost:",
    ),
    End(
        "morning",
        "migrate store 0001\ncopy morning.sqlite3 db.sqlite3\n" + WHY,
        (3, 4),
        "`morning.sqlite3` is older than the Hammock.",
    ),
    End(
        "rewind",
        "migrate store 0001\n" + WHY + "rewind\nrewind",
        (1, 5),
        "You have not gone back yet.",
    ),
    End(
        "rewound to after the reason",
        WHY + "migrate store 0001\nrewind",
        (1,),
        "`lab.rewind()` undoes a step as if it had never run.",
    ),
    End(
        "fake",
        "migrate --fake store 0001\nmigrate --fake store\n" + WHY,
        (1,),
        "You have not gone back yet.",
    ),
    End(
        "no reason",
        "copy db.sqlite3 now.sqlite3\nmigrate store 0001\ncopy now.sqlite3 db.sqlite3",
        (5,),
        "Everything is there.",
    ),
    End("only gone back", "migrate store 0001\n" + WHY, (2, 4), "Now bring everything back:"),
    End(
        "only a backup", "copy db.sqlite3 now.sqlite3\n" + WHY, (1,), "You have not gone back yet."
    ),
    End(
        "backup too late",
        (
            "migrate store 0001\n"
            "copy db.sqlite3 now.sqlite3\n"
            "migrate store\n"
            "copy now.sqlite3 db.sqlite3\n"
        )
        + WHY,
        (2, 4),
        "Now bring everything back:",
    ),
]

FS = "blog/migrations/0003_fill_slugs.py"
NOOP = f"replace {FS}\n    - (fill_slugs)\n    + (fill_slugs, migrations.RunPython.noop)\n"

ENDS["close-the-blog"] = [
    End(
        "record alone",
        "migrate --fake blog zero",
        (1, 3, 6, 7),
        "The record says that no migration of `blog` is applied, but its tables",
    ),
    End(
        "file deleted",
        f"delete {FS}\nmigrate blog zero",
        (1, 2, 3, 4, 5, 6, 7),
        "A file of `blog` is missing.",
    ),
    End(
        "stopped",
        "! migrate blog zero",
        (1, 3, 4),
        "`0004` is unapplied, but `0003` has no way back,",
    ),
    End(
        "dropped by hand",
        (
            "migrate --fake blog zero\n"
            "sql DROP TABLE blog_comment\n"
            "sql DROP TABLE blog_post\n"
            "sql DROP TABLE blog_author"
        ),
        (1, 7),
        "You dropped the tables by hand.",
    ),
    End(
        "file deleted afterwards",
        NOOP + "migrate blog zero\ndelete blog/migrations/0*.py",
        (1, 2, 5),
        "A file of `blog` is missing.",
    ),
    End(
        "only edited",
        NOOP,
        (3, 4, 7),
        "`0003` still has no way back, or migrations of `blog` are still applied.",
    ),
    End(
        "edited, faked, dropped",
        NOOP
        + (
            "migrate --fake blog zero\n"
            "sql DROP TABLE blog_comment\n"
            "sql DROP TABLE blog_post\n"
            "sql DROP TABLE blog_author"
        ),
        (7,),
        "You dropped the tables by hand.",
    ),
    End(
        "RunPython deleted",
        (
            f"replace {FS}\n"
            "    -         migrations.RunPython(fill_slugs),\n"
            "    +         # none\n"
            "! migrate blog zero"
        ),
        (2,),
        "`0003` must still fill the slugs on the way forward.",
    ),
    End(
        "ghost deleted then faked",
        f"delete {FS}\nmigrate --fake blog zero",
        (1, 2, 3, 4, 5, 6, 7),
        "A file of `blog` is missing.",
    ),
]

CP, AT = "from_git/0002_photo_alt_text.py", "media/migrations/0002_photo_alt_text.py"

ENDS["file-gone"] = [
    End(
        "a new file",
        "makemigrations media",
        (2,),
        "The file has the right name, but its second operation is missing:",
    ),
    End(
        "pruned",
        f"migrate media --prune\ncopy {CP} {AT}\nmigrate media",
        (3,),
        "The texts that people wrote are lost:",
    ),
    End(
        "pruned only",
        "migrate media --prune",
        (1, 2, 4),
        "`0002` is no longer in the record, but its column is still there,",
    ),
    End(
        "another name",
        f"copy {CP} media/migrations/0002_texts.py",
        (1, 2, 4),
        "The record names `0002_photo_alt_text`.",
    ),
    End(
        "record taken back and run",
        (
            "sql DELETE FROM django_migrations WHERE app = 'media' AND name LIKE '0002%'\n"
            f"copy {CP} {AT}\n"
            "migrate media"
        ),
        (3,),
        "The texts that people wrote are lost:",
    ),
    End(
        "pruned and restored",
        f"migrate media --prune\ncopy {CP} {AT}",
        (4,),
        "The file exists, but the record does not name it.",
    ),
    End(
        "the new file, and undone",
        "makemigrations media\nmigrate media 0001\nmigrate media",
        (2, 3),
        "The texts that people wrote are lost:",
    ),
]

DISC = 'models.PositiveSmallIntegerField(default=0, help_text="percent")'
DEC = "models.DecimalField(max_digits=5, decimal_places=2, default=0)"
NAME = "replace store/models.py\n    - discount =\n    + percent_off =\n"
TYPE = f"replace store/models.py\n    - {DISC}\n    + {DEC}\n"

ENDS["rename-and-widen"] = [
    End(
        "both at once",
        NAME + TYPE + "makemigrations store\nmigrate store",
        (3,),
        "The percentages are lost:",
    ),
    End(
        "answered no",
        NAME + "makemigrations store\n    N\nmigrate store",
        (2, 3),
        "The percentages are lost:",
    ),
    End(
        "only the name",
        NAME + "makemigrations store\n    y\nmigrate store",
        (2,),
        "The name is right.",
    ),
    End(
        "only the type",
        TYPE + "makemigrations store\nmigrate store",
        (1, 2),
        "The name is still `discount`.",
    ),
    End(
        "fake",
        NAME
        + "makemigrations store\n    y\n"
        + TYPE
        + "makemigrations store\nmigrate --fake store",
        (1, 2, 4),
        "`--fake` recorded the migrations without running them:",
    ),
    End(
        "not applied",
        NAME + "makemigrations store\n    y\n" + TYPE + "makemigrations store",
        (1, 2, 4),
        "A new migration is not applied yet.",
    ),
    End("no file", NAME, (1, 2, 4), "You changed a model, but no migration has this change."),
    End(
        "both at once, not applied",
        NAME + TYPE + "makemigrations store",
        (1, 2, 4),
        "A new migration is not applied yet.",
    ),
    End(
        "by hand",
        NAME + "sql ALTER TABLE store_product RENAME COLUMN discount TO percent_off",
        (2, 4),
        "You renamed the column by hand, so Django does not know its new name.",
    ),
]
