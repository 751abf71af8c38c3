"""Wrong ends of the tasks about going back, and about files that are gone (lessons 05 to 09)."""

from __future__ import annotations

from ...lab import Lab
from ..ends import rewound
from ..goals import agreeing, last_applied, migrates, misses, products, rows
from ..looks import applied, columns, commands, files, migrations, tables
from ..tasks import wrong_ends

_LAST = "0005_tag_product_tags"
_FAKED = (
    "`--fake` changed only the record: the tables are as they were. Undo that step with "
    "`lab.rewind()`, and run the command without `--fake`."
)


def _ran(lab: Lab, *targets: str) -> bool:
    """Whether a plain ``migrate`` is among the steps; ``targets`` are an app, then targets in
    it."""
    return any(map(migrates(*targets), commands(lab)))


wrong_ends(
    "before-discounts",
    {
        "You went back further than `0003`, and the prices are lost. Going forward creates "
        "the column again, but does not bring its values back. Begin again with "
        "`lab.restart()`.": misses(rows(store_product=24), products("price", "> 0", 21)),
        "You went back further than `0003`. That gave a price of 0 to the 3 products that had no "
        "price, and going forward does not change it back. Begin again with "
        "`lab.restart()`.": misses(products("price", "IS NULL", 3)),
        _FAKED: misses(agreeing("record_tables")),
        "`0004` added the discounts, and it is still applied. Name the last migration to keep: "
        "`migrate store 0003`.": lambda lab: len(applied(lab, "store")) > 3,
    },
)

wrong_ends(
    "back-up-first",
    {
        "`morning.sqlite3` is older than the Hammock. Begin again with `lab.restart()`, and make "
        "your own backup before you go back.": lambda lab: (
            not misses(last_applied("store", _LAST), products("discount", "> 0", 9))(lab)
            and misses(products("name", "= 'Hammock'", 1))(lab)
        ),
        "The tables exist again, but their values and links are lost: going forward is not "
        "a restore. If you have a backup from before, copy it over the database. Otherwise, begin"
        " again with `lab.restart()`.": lambda lab: (
            not misses(last_applied("store", _LAST))(lab)
            and misses(products("price", "> 0", 22), rows(store_product_tags=40))(lab)
        ),
        _FAKED: misses(agreeing("record_tables")),
        "`lab.rewind()` undoes a step as if it had never run. A real shop has only its backup. "
        "Go back with `migrate store 0001`, and then restore your backup.": rewound,
        "Now bring everything back: copy your backup over the database. If you made it only after "
        "you went back, begin again with `lab.restart()`.": lambda lab: (
            not misses(last_applied("store", "0001_initial"))(lab)
        ),
        "Everything is there. Now write down why you went back: "
        '`lab.write("why.txt", "…")`.': lambda lab: _ran(lab, "store", "0001"),
        "You have not gone back yet. Make a backup, and then run `migrate store 0001`, without "
        "`--fake`.": lambda lab: not _ran(lab, "store", "0001"),
    },
)


def _emptied(lab: Lab) -> list[str]:
    """The numbers of the migrations of ``blog`` without any operation."""
    return [each.key.name[:4] for each in migrations(lab, "blog") if not each.operations]


def _blog_tables(lab: Lab) -> list[str]:
    return [name for name in tables(lab) if name.startswith("blog_")]


wrong_ends(
    "close-the-blog",
    {
        "A file of `blog` is missing. The task needs all four. Go back to the "
        "moment before with `lab.rewind()`, and change only `0003`.": lambda lab: (
            len(files(lab, "blog")) < 4
        ),
        "You changed the shop too. Begin again with `lab.restart()`.": misses(
            rows(store_product=24)
        ),
        "The record says that no migration of `blog` is applied, but its tables exist. `--fake` "
        "changed only the record. Undo that step with `lab.rewind()`.": lambda lab: (
            not applied(lab, "blog") and bool(_blog_tables(lab))
        ),
        "`0003` must still fill the slugs on the way forward. Undo your change with "
        "`lab.rewind()`, and keep the `RunPython`.": lambda lab: "0003" in _emptied(lab),
        "You dropped the tables by hand. Begin again with `lab.restart()`, and let "
        "`migrate blog zero` drop them.": lambda lab: not _blog_tables(lab),
        "`0004` is unapplied, but `0003` has no way back, so Django stopped there. Give `0003` a "
        "way back, and run `migrate blog zero` again.": lambda lab: (
            applied(lab, "blog")[-1:] == ["0003_fill_slugs"]
        ),
        "`0003` still has no way back, or migrations of `blog` are still applied. Change the file, "
        "and then run `migrate blog zero`.": lambda lab: bool(applied(lab, "blog")),
    },
)


def _texts_kept(lab: Lab) -> bool:
    """Whether all 12 photos with a text that ``0002`` would not write still have it."""
    if "alt_text" not in columns(lab, "media_photo"):
        return False
    written = lab.sql(
        "SELECT count(*) FROM media_photo photo"
        " JOIN marketplace_listing listing ON listing.id = listing_id"
        " WHERE photo.alt_text NOT IN ('', listing.title || ', ' || listing.condition)"
    )
    return str(getattr(written, "rows", [["0"]])[0][0]) == "12"


_PHOTO_FILE = "0002_photo_alt_text"

wrong_ends(
    "file-gone",
    {
        "The texts that people wrote are lost: the column was created again. Begin again with "
        "`lab.restart()`, and copy the old file before anything else.": lambda lab: (
            not _texts_kept(lab)
        ),
        "The file has the right name, but its second operation is missing: on a new server, no "
        "photo would get a text. Copy the old file over it.": lambda lab: (
            files(lab, "media")[1:] == [_PHOTO_FILE] and _PHOTO_FILE in applied(lab, "media")
        ),
        "The file exists, but the record does not name it. The column exists too, so record the "
        "migration with `migrate --fake media`.": lambda lab: (
            files(lab, "media")[1:] == [_PHOTO_FILE]
        ),
        "The record names `0002_photo_alt_text`. A file with another name is another migration. "
        "Delete the new file, and copy the old one under its old name.": lambda lab: (
            len(files(lab, "media")) > 1
        ),
        "`0002` is no longer in the record, but its column is still there, and no file creates "
        "it. Undo that step with `lab.rewind()`, and copy the old file.": lambda lab: (
            _PHOTO_FILE not in applied(lab, "media")
        ),
        "The file is still missing. Copy it from `from_git/` to `media/migrations/`, under its old "
        "name.": lambda lab: len(files(lab, "media")) == 1,
    },
)


def _empty(lab: Lab) -> bool:
    """Whether no column holds the percentages any more."""
    kept = [misses(products(name, "> 0", 9))(lab) for name in ("discount", "percent_off")]
    return all(kept)


wrong_ends(
    "rename-and-widen",
    {
        "The percentages are lost: Django removed the old column and added a new one. Begin again "
        "with `lab.restart()`. First change only the name, and answer `y`. Then change "
        "the type.": _empty,
        "You renamed the column by hand, so Django does not know its new name. Undo that step with "
        "`lab.rewind()`, and let a migration rename the column.": lambda lab: (
            "percent_off" in columns(lab, "store_product") and len(applied(lab, "store")) == 5
        ),
        "`--fake` recorded the migrations without running them: the table has not changed. Undo "
        "that step with `lab.rewind()`, and run the command without `--fake`.": misses(
            agreeing("record_tables")
        ),
        "You changed a model, but no migration has this change. Run `makemigrations store`. If you "
        "changed the name and the type at once, change the type back first.": misses(
            agreeing("models_files")
        ),
        "A new migration is not applied yet. Read its file. If it says `RemoveField`, delete the "
        "file and begin again with `lab.restart()`. Otherwise, run `migrate store`.": misses(
            agreeing("files_record")
        ),
        "The name is right. Now change the type in `store/models.py`, and make and apply a second "
        "migration.": lambda lab: "percent_off" in columns(lab, "store_product"),
        "The name is still `discount`. Change it in `store/models.py`, and run "
        "`makemigrations store`.": lambda lab: "discount" in columns(lab, "store_product"),
    },
)
