"""Wrong ends of the tasks about several people, whole apps and whole days (lessons 13 to 16, 18
and 19)."""

from __future__ import annotations

from ...lab import Lab
from ..ends import rewound
from ..goals import agreeing, last_applied, migrates, misses, products, rows
from ..looks import applied, columns, commands, exists, files, migrations, tables
from ..tasks import wrong_ends
from ..taught.in_a_terminal import in_backup

_RESTART = "Begin again with `lab.restart()`."
_THEIRS = "0006_product_weight"


def _theirs_after(lab: Lab) -> list[str]:
    found = [each for each in migrations(lab, "store") if each.key.name == _THEIRS]
    return [key.name for each in found for key in each.dependencies]


def _recorded_without_change(lab: Lab) -> bool:
    """Whether the colleague's migration is recorded, although its column is missing."""
    return _THEIRS in applied(lab, "store") and "weight" not in columns(lab, "store_product")


wrong_ends(
    "two-branches",
    {
        f"The garden products lost their colour: your migration was undone. {_RESTART}": misses(
            products("colour", "= 'green'", 2)
        ),
        "One of the two files `0006_…` is gone. Other people have both. Bring it back with "
        "`lab.rewind()`, and join the two with a merge.": lambda lab: (
            not {"0006_product_colour", _THEIRS} <= set(files(lab, "store"))
        ),
        "`--fake` recorded your colleague's migration without running it: the table has no "
        "`weight`. Undo that step with `lab.rewind()`.": _recorded_without_change,
        "Your colleague's file must keep its place, right after `0005_tag_product_tags`: other "
        "databases have applied it there. Correct its dependency, and join the two branches with "
        "`makemigrations --merge`.": lambda lab: _theirs_after(lab) != ["0005_tag_product_tags"],
        "The graph still has two leaves. Join them with `makemigrations --merge`.": lambda lab: (
            len(files(lab, "store")) == 7
        ),
        "The two branches are joined. Apply them with `migrate store`.": lambda lab: (
            _THEIRS not in applied(lab, "store")
        ),
    },
)

_TAGS_FILE = "store/migrations/0005_tag_product_tags.py"

wrong_ends(
    "edited-migration",
    {
        f"The tags or their links are lost: `0005` was undone. {_RESTART} Remove the edit from the "
        "file, and put it into a new migration.": misses(rows(store_tag=6, store_product_tags=40)),
        "The file of `0005` is gone, but `0005` is applied. Bring the file back with "
        "`lab.rewind()`.": lambda lab: not exists(lab, _TAGS_FILE),
        "`0005` still contains the edit. `0005` is applied, so Django never runs the edit here. "
        "Take the edit out: a new migration brings the column to everybody.": lambda lab: (
            "colour" in lab.read(_TAGS_FILE)
        ),
        "The record names a migration that never ran: the table has no `colour`. Undo that step "
        "with `lab.rewind()`, and run the command without `--fake`.": lambda lab: (
            len(applied(lab, "store")) > 5 and "colour" not in columns(lab, "store_tag")
        ),
        "The model has a colour, but no migration adds it. Run `makemigrations store`, and apply "
        "the new migration.": lambda lab: (
            misses(agreeing("models_files"))(lab) and "colour" not in columns(lab, "store_tag")
        ),
        "You added the column by hand: only this database has it. Undo that step with "
        "`lab.rewind()`, and run `makemigrations store`.": lambda lab: (
            len(applied(lab, "store")) == 5 and "colour" in columns(lab, "store_tag")
        ),
        "The new file is not applied yet. Run `migrate store`.": misses(agreeing("files_record")),
        "The model lost the field `colour`, which it must keep. Undo that step with "
        "`lab.rewind()`.": lambda lab: "colour" not in columns(lab, "store_tag"),
    },
)

wrong_ends(
    "likes-arrive",
    {
        "The comments are lost: the import of `Comment` was missing, so Django dropped its table. "
        f"{_RESTART} Write both imports into `__init__.py` first.": misses(rows(blog_comment=40)),
        f"Posts or authors are lost. {_RESTART}": misses(rows(blog_post=15, blog_author=5)),
        "The record names a migration that never ran. Undo that step with `lab.rewind()`, and run "
        "the command without `--fake`.": lambda lab: (
            len(applied(lab, "blog")) > 4 and "blog_like" not in tables(lab)
        ),
        "You created the table by hand. Undo that step with `lab.rewind()`, and let a migration "
        "create it.": lambda lab: len(applied(lab, "blog")) == 4 and "blog_like" in tables(lab),
        "A new file deletes the model `Comment`. Do not apply it. Delete the file, write the "
        "import of `Comment` into `__init__.py`, and run `makemigrations blog` "
        "again.": lambda lab: any(
            operation.kind == "DeleteModel"
            for each in migrations(lab, "blog")
            for operation in each.operations
        ),
        "The models and the files differ. `blog/models/__init__.py` needs one import for each "
        "model, including `Comment` and `Like`. Then run `makemigrations blog`.": misses(
            agreeing("models_files")
        ),
        "The new file is not applied yet. Run `migrate blog`.": misses(agreeing("files_record")),
        "Django does not see the model `Like` yet. Import it in "
        "`blog/models/__init__.py`.": lambda lab: "blog_like" not in tables(lab),
    },
)

wrong_ends(
    "new-marketplace",
    {
        "The sellers and the customers are lost, because you undid `accounts` or deleted the "
        f"database. {_RESTART} Undo only `marketplace` and the app that depends on it.": misses(
            rows(accounts_seller=8, accounts_customer=12)
        ),
        "The record still names migrations whose files are gone: you deleted the files before "
        "`migrate marketplace zero`. So Django cannot undo them any more. "
        f"{_RESTART}": lambda lab: bool(
            set(applied(lab, "marketplace")) - set(files(lab, "marketplace"))
        ),
        "The migrations of `media` depend on old files of `marketplace` that are gone. Delete the "
        "files of `media` too, and make new ones for both apps.": lambda lab: (
            len(files(lab, "media")) == 2 and len(files(lab, "marketplace")) < 2
        ),
        "`--fake` removed `marketplace` from the record, but its tables still exist, so they "
        f"cannot be created again. {_RESTART} Run `migrate marketplace zero` without "
        "`--fake`.": lambda lab: (
            not applied(lab, "marketplace") and "marketplace_listing" in tables(lab)
        ),
        "The new files are recorded, but the tables are missing. Undo that step with "
        "`lab.rewind()`, and run the command without `--fake`.": misses(agreeing("record_tables")),
        "Everything is undone. Delete the old files of `marketplace` and of `media`, and make new "
        "ones.": lambda lab: len(files(lab, "marketplace")) > 1 and not applied(lab, "marketplace"),
        "Run `makemigrations marketplace media`.": lambda lab: not files(lab, "marketplace"),
        "The new files are not applied yet. Run `migrate`.": misses(agreeing("files_record")),
        "The old migrations of `marketplace` are still applied. Undo them first: "
        "`migrate marketplace zero`.": lambda lab: len(files(lab, "marketplace")) > 1,
    },
)


def _back(lab: Lab, target: str) -> bool:
    """Whether a plain ``migrate store`` to this target is among the steps."""
    return any(map(migrates("store", target), commands(lab)))


def _backup(lab: Lab) -> bool:
    return exists(lab, "backup.sqlite3")


wrong_ends(
    "a-day-of-your-own",
    {
        "The links to the tags are lost: going forward again creates empty tables. Restore your "
        "backup: copy `backup.sqlite3` over `db.sqlite3`. Then run `migrate`.": lambda lab: (
            _backup(lab) and misses(rows(store_product=24, store_product_tags=40))(lab)
        ),
        "The links to the tags are lost, and there is no backup. Run the cell with `your_turn` "
        "again, and make the backup first.": misses(rows(store_product=24, store_product_tags=40)),
        "The backup is not from the beginning: you made it after the new migration, or after "
        "something was lost. Run the cell with `your_turn` again, and make the backup "
        "first.": lambda lab: _backup(lab) and in_backup(lab) != ("0005_tag_product_tags", 24),
        "There is no backup yet. Copy `db.sqlite3` to `backup.sqlite3` before you change "
        "anything.": lambda lab: not _backup(lab) and len(applied(lab, "store")) == 5,
        "The backup is missing, or you made it too late. Run the cell with `your_turn` again, and "
        "make the backup first.": lambda lab: not _backup(lab),
        "The record names a migration that never ran. Remove it from the record with"
        " `migrate --fake`, and then run `migrate` without `--fake`.": misses(
            agreeing("record_tables")
        ),
        "The models have a change that no file has. Run `makemigrations store`.": misses(
            agreeing("models_files")
        ),
        "A migration is not applied yet. Run `migrate`.": misses(agreeing("files_record")),
        "Everything is applied. Now go back to `0004` “by mistake”, with `migrate store 0004`, and "
        "then bring everything back.": lambda lab: (
            len(applied(lab, "store")) > 5 and not _back(lab, "0004")
        ),
        "Add a model of your own to `store/models.py`, and make and apply its "
        "migration.": lambda lab: len(files(lab, "store")) == 5,
    },
)

wrong_ends(
    "as-if-nothing-happened",
    {
        "The record says `0003`, but the tables are as before: `--fake` changes only the record. "
        "Run `migrate --fake store` and begin again, without `--fake`.": misses(
            agreeing("record_tables")
        ),
        "The tags and the discounts are lost: going forward is not a restore. If you made a backup "
        "before, copy it over the database. Otherwise, run the cell with `your_turn` "
        "again.": lambda lab: (
            len(applied(lab, "store")) == 5
            and misses(rows(store_product_tags=40), products("discount", "> 0", 9))(lab)
        ),
        "`lab.rewind()` undoes a step as if it had never run. Go back with "
        "`migrate store 0003`, and bring everything back with a backup.": rewound,
        "Now bring everything back: copy your backup over the database. If you made none, run the "
        "cell with `your_turn` again.": lambda lab: (
            not misses(last_applied("store", "0003_change_price_field"))(lab)
        ),
        "Go back exactly to `0003`: `migrate store 0003`.": lambda lab: not _back(lab, "0003"),
        "`store` has too many migration files, or too few. It had five.": lambda lab: (
            len(files(lab, "store")) != 5
        ),
    },
)
