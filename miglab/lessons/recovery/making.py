"""Wrong ends of the tasks about migration files and their contents (lessons 00 to 04)."""

from __future__ import annotations

from ...lab import Lab
from ..ends import rewound
from ..goals import agreeing, did, last_applied, migrates, misses, products, recorded, rows
from ..looks import applied, columns, files, migrations, tables
from ..tasks import wrong_ends

_LAST = "0005_tag_product_tags"


def _later(lab: Lab) -> list[str]:
    """The applied migrations after the first five of ``store``."""
    return [name for name in applied(lab, "store") if name > _LAST]


def _applies(line: str) -> bool:
    return migrates("store")(line) or migrates("store", "0006")(line)


def _ends_at(lab: Lab, files_end: str, record_end: str) -> bool:
    """Whether files and record of ``store`` end with these numbers."""
    found = (files(lab, "store")[-1:], applied(lab, "store")[-1:])
    return [name[0][:4] if name else "" for name in found] == [files_end, record_end]


wrong_ends(
    "there-and-back",
    {
        "You deleted the file of a migration that is still applied. Now Django cannot undo "
        "it. Bring the file back with `lab.rewind()`, run `migrate store 0005`, and delete the "
        "file last.": lambda lab: bool(set(_later(lab)) - set(files(lab, "store"))),
        "`--fake` changed only the record: your column is still in the table. Undo that step with "
        "`lab.rewind()`, and run the command without `--fake`.": lambda lab: (
            not _later(lab) and len(columns(lab, "store_product")) > 6
        ),
        "You went back too far. The tags of the products are lost, and no command brings them "
        "back. Begin again with `lab.restart()`.": misses(rows(store_tag=6, store_product_tags=40)),
        "`lab.rewind()` undoes a step as if it had never run. Here, go back with Django: "
        "`migrate store 0005`.": rewound,
        "Your field is only in the model. Make a migration for it with `makemigrations store`, and "
        "apply it.": lambda lab: (
            len(files(lab, "store")) <= 5
            and misses(did(_applies, ""))(lab)
            and misses(agreeing("models_files"))(lab)
        ),
        "Your migration never ran. Apply it with `migrate store` before you undo it.": misses(
            did(_applies, "")
        ),
        "Your migration is not applied now, so you may delete its file.": lambda lab: (
            not _later(lab) and len(files(lab, "store")) > 5
        ),
        "Your field is still in the model. Remove its line from "
        "`store/models.py` too.": lambda lab: (
            not _later(lab) and misses(agreeing("models_files"))(lab)
        ),
        "Your migration is applied. Unapply it first: `migrate store 0005`.": lambda lab: bool(
            _later(lab)
        ),
    },
)


def _kinds(lab: Lab) -> list[str]:
    """The kinds of operations after the five files of ``store``."""
    found = [each for each in migrations(lab, "store") if each.key.name > _LAST]
    return [operation.kind for each in found for operation in each.operations]


def _parents(lab: Lab) -> list[str]:
    found = [each for each in migrations(lab, "store") if each.key.name == "0006_product_colour"]
    return [key.name for each in found for key in each.dependencies]


wrong_ends(
    "read-and-mend",
    {
        "`--fake` recorded `0006` without running it: the table has no colour. Undo that step "
        "with `lab.rewind()`, and run `migrate store`.": lambda lab: (
            bool(_later(lab)) and "colour" not in columns(lab, "store_product")
        ),
        "The `RunSQL` is missing, so no product becomes green. Begin again with "
        "`lab.restart()`, and change only what is wrong in the file.": lambda lab: (
            "RunSQL" not in _kinds(lab)
        ),
        "The file must depend on the last file before it. Write that file's exact "
        "name: `0005_tag_product_tags`.": lambda lab: _parents(lab) != [_LAST],
        "The file and `store/models.py` give the colour to different models. Compare the two: "
        "which model has a `colour`?": misses(agreeing("models_files")),
        "One thing is still wrong: not every garden product is green, or others are green too. "
        "Begin again with `lab.restart()`.": lambda lab: bool(_later(lab)),
        "The file is correct now. Apply it with `migrate store`.": lambda lab: not _later(lab),
    },
)

wrong_ends(
    "make-it-again",
    {
        "The migration is applied. Undo it with `migrate store 0005` before you change or "
        "delete its file.": lambda lab: bool(_later(lab)),
        "`store` has two new files, and both would run. Neither is applied, so you may delete "
        "both, and run `makemigrations store -n add_weight` once.": lambda lab: (
            len(files(lab, "store")) > 6
        ),
        "The new file is right, but its name is not. Delete it, and make it with "
        "`makemigrations store -n add_weight`.": lambda lab: (
            files(lab, "store")[5:] not in ([], ["0006_add_weight"])
            and not misses(agreeing("models_files"))(lab)
        ),
        "The file still does not match the model. It is not applied, so you may delete it, and "
        "make it again.": lambda lab: (
            len(files(lab, "store")) == 6 and misses(agreeing("models_files"))(lab)
        ),
        "The file matches the model, but the shop wants `PositiveIntegerField(default=0)`. Correct"
        " the model, delete the file, and make it again.": lambda lab: (
            files(lab, "store")[5:] == ["0006_add_weight"]
        ),
        "Now make the file: `makemigrations store -n add_weight`.": lambda lab: (
            len(files(lab, "store")) == 5 and misses(agreeing("models_files"))(lab)
        ),
        "The model does not have the new field yet. Add "
        "`weight = models.PositiveIntegerField(default=0)`.": lambda lab: (
            len(files(lab, "store")) == 5
        ),
    },
)


def _capitals(lab: Lab) -> bool:
    """Whether the migration that changes the coupons has run."""
    found = lab.rows("marketplace_order", limit=20)
    place = found.columns.index("coupon")
    return all(str(row[place]) == str(row[place]).upper() for row in found.rows)


wrong_ends(
    "photos-only",
    {
        "`marketplace.0004` has run: the coupons are in capitals, and its way back does nothing. "
        "Begin again with `lab.restart()`, and apply only `media`.": _capitals,
        "The record names migrations that never ran: the tables do not have their changes. Undo "
        "that step with `lab.rewind()`, and run the command without `--fake`.": misses(
            agreeing("record_tables")
        ),
        "More migrations of `marketplace` are applied than `media` needs. Undo the rest with "
        "`migrate marketplace 0002`.": lambda lab: len(applied(lab, "marketplace")) > 2,
        "Not every migration of `media` is applied. Without a number, `migrate media` applies all "
        "of them.": misses(recorded("media", "0001_initial", "0002_photo_alt_text")),
    },
)

_TAG_TABLES = ["store_product_tags", "store_tag"]


def _tag_tables(lab: Lab) -> list[str]:
    return [name for name in _TAG_TABLES if name in tables(lab)]


wrong_ends(
    "find-what-is-gone",
    {
        "You lost products or prices, and no command brings them back. Begin again with "
        "`lab.restart()`.": misses(rows(store_product=24), products("price", "> 0", 21)),
        "One of the two tables is still missing. Copy all lines that "
        "`sqlmigrate store 0005` prints, without `BEGIN;` and `COMMIT;`.": lambda lab: (
            len(_tag_tables(lab)) == 1
        ),
        "The tables have the right names, but their columns or indexes are wrong. Drop them with "
        "`DROP TABLE`, and run the lines that `sqlmigrate store 0005` prints.": lambda lab: (
            _ends_at(lab, "0005", "0005") and _tag_tables(lab) == _TAG_TABLES
        ),
        "Now the record says what is true: `0005` is not applied. `migrate store` creates its "
        "tables.": lambda lab: _ends_at(lab, "0005", "0004") and not _tag_tables(lab),
        "The record says that `0005` is not applied, but its tables exist. Record `0005` "
        "with `migrate --fake store 0005`.": lambda lab: (
            not misses(last_applied("store", "0004_add_discount_field"))(lab)
        ),
        "The tables of `0005` are still missing. Django believes its record, so `migrate` has "
        "nothing to do. Use the SQL of `0005`, or correct the record first.": lambda lab: (
            not _tag_tables(lab)
        ),
    },
)
