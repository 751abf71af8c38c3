"""Wrong ends of the tasks about several people, whole apps and whole days."""

from __future__ import annotations

from .end import End

ENDS: dict[str, list[End]] = {}

TH = "store/migrations/0006_product_weight.py"
FIX = f"replace {TH}\n    - 0005_tags\n    + 0005_tag_product_tags\n"

ENDS["two-branches"] = [
    End(
        "merge alone", FIX + "makemigrations --merge\n    y", (3, 4), "The two branches are joined."
    ),
    End(
        "theirs deleted",
        f"delete {TH}\nmakemigrations store\nmigrate store",
        (1, 2, 3),
        "One of the two files `0006_…` is gone.",
    ),
    End("no merge", FIX + "! migrate store", (3, 4), "The graph still has two leaves."),
    End(
        "theirs after mine",
        f"replace {TH}\n    - 0005_tags\n    + 0006_product_colour\nmigrate store",
        (2,),
        "Your colleague's file must keep its place, right after",
    ),
    End(
        "theirs renumbered",
        (
            f"copy {TH} store/migrations/0007_product_weight.py\n"
            f"delete {TH}\n"
            "replace store/migrations/0007_product_weight.py\n"
            "    - 0005_tags\n"
            "    + 0006_product_colour\n"
            "migrate store"
        ),
        (1, 2, 3),
        "One of the two files `0006_…` is gone.",
    ),
    End(
        "mine undone",
        FIX + "makemigrations --merge\n    y\nmigrate store 0005\nmigrate store",
        (5,),
        "The garden products lost their colour:",
    ),
    End(
        "faked",
        FIX + "makemigrations --merge\n    y\nmigrate --fake store",
        (4,),
        "`--fake` recorded your colleague's migration without running it:",
    ),
    End(
        "mine deleted",
        "delete store/migrations/0006_product_colour.py\n" + FIX + "migrate store",
        (1, 4, 5),
        "The garden products lost their colour:",
    ),
]

TF = "store/migrations/0005_tag_product_tags.py"
OUT = (
    f"replace {TF}\n"
    '    -                 ("colour", models.CharField(max_length=9, default="")),\n'
    "    +                 # none\n"
)

ENDS["edited-migration"] = [
    End(
        "back and forward",
        "migrate store 0004\nmigrate store",
        (1, 3),
        "The tags or their links are lost:",
    ),
    End(
        "by hand",
        "sql ALTER TABLE store_tag ADD COLUMN colour varchar(9) NOT NULL DEFAULT ''",
        (1, 4),
        "`0005` still contains the edit.",
    ),
    End(
        "both by hand",
        OUT + "sql ALTER TABLE store_tag ADD COLUMN colour varchar(9) NOT NULL DEFAULT ''",
        (4,),
        "You added the column by hand:",
    ),
    End("edit out only", OUT, (2, 4), "The model has a colour, but no migration adds it."),
    End("not applied", OUT + "makemigrations store", (2, 4), "The new file is not applied yet."),
    End(
        "fake",
        OUT + "makemigrations store\nmigrate --fake store",
        (2, 4),
        "The record names a migration that never ran:",
    ),
    End(
        "file deleted",
        f"delete {TF}",
        (1, 2, 4),
        "The file of `0005` is gone, but `0005` is applied.",
    ),
    End(
        "model too",
        OUT
        + (
            "replace store/models.py\n"
            '    -     colour = models.CharField(max_length=9, default="")\n'
            "    +     # none"
        ),
        (2,),
        "The model lost the field `colour`, which it must keep.",
    ),
]

INIT = "blog/models/__init__.py"
LI = (
    f"replace {INIT}\n"
    "    - from .posts.post\n"
    "    + from .likes.like import Like\n"
    "    + from .posts.post\n"
)
CO = (
    f"replace {INIT}\n"
    "    - from .posts.post\n"
    "    + from .comments.comment import Comment\n"
    "    + from .posts.post\n"
)

ENDS["likes-arrive"] = [
    End("likes only", LI + "makemigrations blog\nmigrate blog", (2,), "The comments are lost:"),
    End(
        "likes only, then comments",
        LI + "makemigrations blog\nmigrate blog\n" + CO + "makemigrations blog\nmigrate blog",
        (2,),
        "The comments are lost:",
    ),
    End(
        "likes only, made",
        LI + "makemigrations blog",
        (1, 4),
        "A new file deletes the model `Comment`.",
    ),
    End("not applied", LI + CO + "makemigrations blog", (1, 4), "The new file is not applied yet."),
    End(
        "fake",
        LI + CO + "makemigrations blog\nmigrate --fake blog",
        (1, 4),
        "The record names a migration that never ran.",
    ),
    End("imports only", LI + CO, (1, 4), "The models and the files differ."),
    End("comments only", CO, (1,), "Django does not see the model `Like` yet."),
    End(
        "by hand",
        LI
        + CO
        + "sql CREATE TABLE blog_like (id integer PRIMARY KEY, given_on date, post_id integer)",
        (4,),
        "You created the table by hand.",
    ),
]

DM = "delete marketplace/migrations/0*.py\n"
DD = "delete media/migrations/0*.py\n"
MK = "makemigrations marketplace media\nmigrate\n"

ENDS["new-marketplace"] = [
    End(
        "written order",
        DM + DD + "migrate marketplace zero\n" + MK,
        (3,),
        "The record still names migrations whose files are gone:",
    ),
    End(
        "database deleted",
        "migrate marketplace zero\nmigrate accounts zero\n" + DM + DD + MK,
        (4,),
        "The sellers and the customers are lost, because you undid",
    ),
    End(
        "only its files",
        "migrate marketplace zero\n" + DM + "! makemigrations marketplace",
        (1, 3),
        "The migrations of `media` depend on old files of `marketplace`",
    ),
    End("zero only", "migrate marketplace zero", (1, 2, 3), "Everything is undone."),
    End(
        "fake",
        "migrate marketplace zero\n" + DM + DD + "makemigrations marketplace media\nmigrate --fake",
        (3,),
        "The new files are recorded, but the tables are missing.",
    ),
    End(
        "fake zero",
        "migrate --fake marketplace zero\n"
        + DM
        + DD
        + "makemigrations marketplace media\n! migrate",
        (2, 3),
        "`--fake` removed `marketplace` from the record, but its tables",
    ),
    End(
        "not made",
        "migrate marketplace zero\n" + DM + DD,
        (1, 3),
        "Run `makemigrations marketplace media`.",
    ),
    End(
        "not applied",
        "migrate marketplace zero\n" + DM + DD + "makemigrations marketplace media",
        (2, 3),
        "The new files are not applied yet.",
    ),
]

MODEL = """replace store/models.py
    - class Product(
    + class Courier(models.Model):
    +     name = models.CharField(max_length=50)
    +
    + class Product(
"""
B = "copy db.sqlite3 backup.sqlite3\n"

ENDS["a-day-of-your-own"] = [
    End(
        "forward",
        B + MODEL + "makemigrations store\nmigrate store\nmigrate store 0004\nmigrate store",
        (5,),
        "The links to the tags are lost:",
    ),
    End(
        "backup too late",
        MODEL + "makemigrations store\nmigrate store\n" + B,
        (1, 3),
        "The backup is not from the beginning:",
    ),
    End(
        "no backup",
        MODEL + "makemigrations store\nmigrate store\nmigrate store 0004\nmigrate store",
        (1, 5),
        "The links to the tags are lost, and there is no backup.",
    ),
    End(
        "restored, not applied",
        B
        + MODEL
        + "makemigrations store\nmigrate store\nmigrate store 0004\ncopy backup.sqlite3 db.sqlite3",
        (2, 4),
        "A migration is not applied yet.",
    ),
    End("no migration", B + MODEL, (2, 3, 4), "The models have a change that no file has."),
    End(
        "fake",
        B + MODEL + "makemigrations store\nmigrate --fake store",
        (3, 4),
        "The record names a migration that never ran.",
    ),
    End(
        "never went back",
        B + MODEL + "makemigrations store\nmigrate store",
        (3,),
        "Everything is applied.",
    ),
    End(
        "empty backup",
        "sql DELETE FROM store_product_tags\n" + B,
        (2, 3, 5),
        "The links to the tags are lost:",
    ),
    End(
        "only backup", B, (2, 3), "Add a model of your own to `store/models.py`, and make and apply"
    ),
]


ENDS["as-if-nothing-happened"] = [
    End(
        "forward",
        "migrate store 0003\nmigrate store",
        (2, 3),
        "The tags and the discounts are lost:",
    ),
    End(
        "fake",
        B + "migrate --fake store 0003",
        (1, 5),
        "The record says `0003`, but the tables are as before:",
    ),
    End(
        "fake there and back",
        "migrate --fake store 0003\nmigrate --fake store",
        (1,),
        "Go back exactly to `0003`:",
    ),
    End("rewound", "migrate store 0003\nrewind", (1,), "Go back exactly to `0003`:"),
    End(
        "backup too late",
        "migrate store 0003\n" + B + "migrate store\ncopy backup.sqlite3 db.sqlite3",
        (2, 3, 5),
        "Now bring everything back:",
    ),
    End("back only", B + "migrate store 0003", (2, 3, 5), "Now bring everything back:"),
    End(
        "rewound with a backup",
        B + "migrate store 0003\nrewind",
        (1,),
        "`lab.rewind()` undoes a step as if it had never run.",
    ),
    End(
        "another number",
        B + "migrate store 0004\ncopy backup.sqlite3 db.sqlite3",
        (1,),
        "Go back exactly to `0003`:",
    ),
]
