"""Wrong ends of the tasks about files, and about what they are made of."""

from __future__ import annotations

from .end import End

ENDS: dict[str, list[End]] = {}

FIELD = """replace store/models.py
    -     discount =
    +     weight = models.IntegerField(default=0)
    +     discount =
"""
NOFIELD = """replace store/models.py
    -     weight = models.IntegerField(default=0)
    +     # nothing
"""
MADE = FIELD + "makemigrations store\nmigrate store\n"

ENDS["there-and-back"] = [
    End(
        "the file is deleted while its migration is applied",
        MADE + "delete store/migrations/0006_*.py\n" + NOFIELD + "migrate store 0005",
        (3, 4, 6),
        "You deleted the file of a migration that is still applied.",
    ),
    End(
        "the record alone goes back",
        MADE + "migrate --fake store 0005\ndelete store/migrations/0006_*.py\n" + NOFIELD,
        (3, 6),
        "`--fake` changed only the record:",
    ),
    End(
        "the field stays in the model",
        MADE + "migrate store 0005\ndelete store/migrations/0006_*.py",
        (6,),
        "Your field is still in the model.",
    ),
    End(
        "the file stays",
        MADE + "migrate store 0005\n" + NOFIELD,
        (5, 6),
        "Your migration is not applied now, so you may delete its file.",
    ),
    End(
        "one step too far back",
        MADE
        + "migrate store 0004\nmigrate store 0005\ndelete store/migrations/0006_*.py\n"
        + NOFIELD,
        (7,),
        "You went back too far.",
    ),
    End(
        "the lab is rewound instead",
        MADE + "rewind",
        (2, 3, 5, 6),
        "`lab.rewind()` undoes a step as if it had never run.",
    ),
    End("nothing is taken back", MADE, (3, 4, 5), "Your migration is applied."),
    End(
        "never applied",
        FIELD
        + "makemigrations store\nmigrate store 0005\ndelete store/migrations/0006_*.py\n"
        + NOFIELD,
        (2, 3),
        "Your migration never ran.",
    ),
    End(
        "only the model",
        FIELD,
        (1, 2, 3, 6),
        "Your field is only in the model.",
    ),
    End(
        "made and never applied",
        FIELD + "makemigrations store",
        (2, 3, 5, 6),
        "Your migration never ran.",
    ),
    End(
        "syntax error",
        (
            "replace store/models.py\n"
            "    -     discount =\n"
            "    +     weight = models.IntegerField(\n"
            "    +     discount ="
        ),
        (1, 2, 3, 6),
        "Django cannot start, because Python cannot import the models.",
    ),
]

F6 = "store/migrations/0006_product_colour.py"
P = f"replace {F6}\n    - 0005_tags\n    + 0005_tag_product_tags\n"
M = f'replace {F6}\n    - model_name="category"\n    + model_name="product"\n'

ENDS["read-and-mend"] = [
    End(
        "the file is made anew",
        f"delete {F6}\nmakemigrations store\nmigrate store",
        (4,),
        "The `RunSQL` is missing, so no product becomes green.",
    ),
    End(
        "the parent is an older file",
        f"replace {F6}\n    - 0005_tags\n    + 0004_add_discount_field\n"
        + M
        + "migrate store 0006",
        (1, 2, 3, 4),
        "The file must depend on the last file before it.",
    ),
    End(
        "one mistake is left",
        P + "migrate store",
        (2, 3, 4),
        "The file and `store/models.py` give the colour to different models.",
    ),
    End(
        "the record alone",
        P + M + "migrate --fake store",
        (4,),
        "`--fake` recorded `0006` without running it:",
    ),
    End(
        "only the dependency removed",
        f'replace {F6}\n    -         ("store", "0005_tags"),\n    +         # none\n'
        + M
        + "migrate store",
        (1, 2, 3, 4),
        "The file must depend on the last file before it.",
    ),
    End("both corrected, not applied", P + M, (3, 4), "The file is correct now."),
    End(
        "model follows file",
        P
        + (
            "replace store/models.py\n"
            '    -     colour = models.CharField(max_length=20, default="")\n'
            "    +     # none\n"
            "migrate store"
        ),
        (2, 3, 4),
        "The file and `store/models.py` give the colour to different models.",
    ),
    End(
        "by hand all green",
        P + M + "migrate store\nsql UPDATE store_product SET colour = 'green'",
        (4,),
        "One thing is still wrong:",
    ),
]

W = "store/migrations/0006_product_weight.py"
R = (
    "replace store/models.py\n"
    '    - weight = models.CharField(max_length=10, default="")\n'
    "    + weight = models.PositiveIntegerField(default=0)\n"
)

ENDS["make-it-again"] = [
    End(
        "a second file",
        R + "makemigrations store -n add_weight",
        (2,),
        "`store` has two new files, and both would run.",
    ),
    End(
        "old file under the new name",
        R + f"copy {W} store/migrations/0006_add_weight.py\ndelete {W}",
        (3,),
        "The file still does not match the model.",
    ),
    End(
        "applied",
        R + f"delete {W}\nmakemigrations store -n add_weight\nmigrate store",
        (4, 5),
        "The migration is applied.",
    ),
    End(
        "another name",
        R + f"delete {W}\nmakemigrations store",
        (2,),
        "The new file is right, but its name is not.",
    ),
    End(
        "another type",
        f"delete {W}\n"
        + R.replace("PositiveInteger", "Integer")
        + "makemigrations store -n add_weight",
        (1,),
        "The file matches the model, but the shop wants",
    ),
    End("the model alone", R, (2, 3), "The file still does not match the model."),
    End("file deleted only", f"delete {W}", (1, 2, 3), "Now make the file:"),
    End("the wrong migration applied", "migrate store", (1, 2, 4, 5), "The migration is applied."),
    End(
        "field removed",
        f"delete {W}\n" + R.replace("weight = models.PositiveIntegerField(default=0)", "# none"),
        (1, 2),
        "The model does not have the new field yet.",
    ),
]


ENDS["photos-only"] = [
    End("everything", "migrate", (2, 4), "`marketplace.0004` has run:"),
    End(
        "everything and back",
        "migrate\nmigrate marketplace 0002",
        (4,),
        "`marketplace.0004` has run:",
    ),
    End(
        "all of marketplace first",
        "migrate marketplace\nmigrate media",
        (2, 4),
        "`marketplace.0004` has run:",
    ),
    End(
        "the record alone",
        "migrate --fake media",
        (3,),
        "The record names migrations that never ran:",
    ),
    End(
        "only the first", "migrate media 0001", (1, 2), "Not every migration of `media` is applied."
    ),
    End(
        "one of marketplace too many",
        "migrate media\nmigrate marketplace 0003",
        (2,),
        "More migrations of `marketplace` are applied than `media` needs.",
    ),
]


ENDS["find-what-is-gone"] = [
    End(
        "back and forward",
        "! migrate store 0004\nmigrate store",
        (1, 2),
        "The tables of `0005` are still missing.",
    ),
    End(
        "tables of the right names",
        (
            "sql CREATE TABLE store_tag (id integer PRIMARY KEY, name varchar(30))\n"
            "sql CREATE TABLE store_product_tags (id integer PRIMARY KEY, product_id, tag_id)"
        ),
        (2,),
        "The tables have the right names, but their columns or indexes are wrong.",
    ),
    End(
        "one table",
        (
            'sql CREATE TABLE "store_tag" ("id" integer NOT NULL PRIMARY KEY '
            'AUTOINCREMENT, "name" varchar(30) NOT NULL UNIQUE)'
        ),
        (1, 2),
        "One of the two tables is still missing.",
    ),
    End(
        "the record alone", "migrate --fake store 0004", (1, 3), "Now the record says what is true:"
    ),
    End(
        "zero by force",
        "migrate --fake store 0004\nmigrate store zero\nmigrate store",
        (4,),
        "You lost products or prices, and no command brings them back.",
    ),
    End(
        "back further",
        "migrate --fake store 0004\nmigrate store 0001\nmigrate store",
        (4,),
        "You lost products or prices, and no command brings them back.",
    ),
]
