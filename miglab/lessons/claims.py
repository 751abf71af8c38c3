"""What five popular documents about migrations say, claim by claim."""

from __future__ import annotations

from ..facts.lesson import Claim

#: The documents, by the numbers that the table below uses for them.
DOCUMENTS = {
    "000": "Reverting migrations in a storefront project",
    "001": "Resetting all migrations",
    "002": "How to revert a migration",
    "003": "A team's migration workflow",
    "004": "Notes for learning migrations",
}

_TOLD = (
    ("C1", "000", "`migrate store 0003` undoes everything after 0003, and only in the store app."),
    ("C2", "000", "`migrate <app> zero` resets the schema of that app."),
    (
        "C3",
        "001",
        "To reset: delete the files, then `zero`, then `makemigrations`, then `migrate`.",
    ),
    (
        "C4",
        "001",
        "`rm *.py` in the migrations folder deletes all files but `__init__.py`.",
    ),
    ("C5", "001", "`--fake app zero` marks migrations as applied without running them."),
    (
        "C6",
        "001",
        "`--fake-initial` marks every initial migration as applied, and runs none of them.",
    ),
    ("C7", "001", "`--fake-initial` makes the record match the schema."),
    (
        "C8",
        "001",
        "If you delete all files, make them again and run `migrate --fake`, everything agrees.",
    ),
    ("C9", "002", "Reverting 0003 prints the list “Operations to reverse”."),
    ("C10", "002", "After a revert, your database is as it was before."),
    (
        "C11",
        "002",
        "Django makes and applies a migration for a number field with `default='free'`; the error "
        "comes only when an object is saved.",
    ),
    (
        "C12",
        "002",
        "To repair a wrong default, run `migrate store 0001`, correct the model, "
        "and run `makemigrations` and `migrate` again.",
    ),
    ("C13", "002, 003", "You can delete a migration that nobody has applied or committed."),
    ("C14", "002", "Deleting an applied migration without reversing it can confuse Django."),
    ("C15", "002, 004", "Reverting is safe if no data depends on the migration."),
    ("C16", "003", "`migrate <app>` processes a single app."),
    (
        "C17",
        "003",
        "If a rollback fails in the middle, repair the cause and run the command again.",
    ),
    ("C18", "003", "`migrate --fake` repairs a history that is out of sync."),
    ("C19", "004", "Django tries to resolve conflicts by itself."),
    ("C20", "004", "`sqlmigrate` makes migration files in SQL instead of Python."),
    ("C21", "003", "The number of a migration says when it runs."),
    ("C22", "002", "Never delete `0001_initial.py`: it is usually required."),
    ("C23", "000, 001, 004", "`zero` and `0001_initial` both name the initial state of an app."),
    (
        "C24",
        "000",
        "`migrate` takes targets like `0003`, `0003_auto` and `0002_initial`.",
    ),
    ("C25", "001", "Deleting migration files cannot be undone."),
    (
        "C26",
        "001",
        "`--fake app zero` keeps the schema and the rows, and history and schema still agree.",
    ),
    ("C27", "001", "`--fake` marks all migrations as applied."),
    ("C28", "002", "`migrate` makes the tables match your models."),
    ("C29", "002", "To start again, drop the database or just clear the tables."),
    ("C30", "002", "Do not reset migrations in a live app: it can harm production data."),
    ("C31", "002", "Reverting is like undo in a text editor."),
    ("C32", "003, 001", "Never delete or reorder migration files that exist."),
    (
        "C33",
        "003",
        "Running `migrate` on your computer shows that a migration applies without errors.",
    ),
    (
        "C34",
        "004",
        "`migrate` applies pending migrations in the right order, so no data is damaged.",
    ),
    ("C35", "004", "`python manage.py migrate` rolls migrations back."),
)

#: The lesson that tries each claim, by the name of its notebook.
_LESSONS = {
    "01_what_a_migration_is": "C20",
    "02_make": "C13, C21",
    "03_apply": "C16, C28, C33, C34",
    "05_revert": "C1, C9, C10, C24, C35",
    "06_back_up": "C15, C31",
    "07_zero": "C2, C23",
    "08_delete_file": "C4, C14, C22, C25",
    "10_fake": "C5, C6, C7, C26, C27",
    "11_out_of_sync": "C8, C18",
    "12_when_it_fails": "C11, C12, C17",
    "13_conflicts": "C19",
    "14_team": "C32",
    "16_reset": "C3, C29, C30",
}
_TRIED_IN = {
    number: lesson for lesson, numbers in _LESSONS.items() for number in numbers.split(", ")
}


def _names(documents: str) -> tuple[str, ...]:
    return tuple(DOCUMENTS[each] for each in documents.split(", "))


#: The claims by number, in order.
CLAIMS = {
    number: Claim(number, _names(documents), text, _TRIED_IN[number])
    for number, documents, text in _TOLD
}
