"""What five popular documents about migrations say, claim by claim."""

from __future__ import annotations

from ..facts.lesson import Claim

#: The documents, by the numbers that this table has for them.
DOCUMENTS = {
    "000": "Reverting migrations in a storefront project",
    "001": "Resetting all migrations",
    "002": "How to revert a migration",
    "003": "A team's migration workflow",
    "004": "Notes for learning migrations",
}

_TOLD = (
    ("C1", "000", "`migrate store 0003` undoes everything after 0003, in the store app alone."),
    ("C2", "000", "`migrate store zero` resets the schema of that app."),
    (
        "C3",
        "001",
        "To reset: delete the files, then `zero`, then `makemigrations`, then `migrate`.",
    ),
    ("C4", "001", "Run `rm *.py` in the migrations folder, and `__init__.py` is kept."),
    ("C5", "001", "`--fake app zero` marks migrations as applied without running them."),
    ("C6", "001", "`--fake-initial` marks every initial migration as applied and runs none."),
    ("C7", "001", "`--fake-initial` makes the record and the schema fit."),
    ("C8", "001", "Delete all files, make them again, `migrate --fake`: all is consistent."),
    ("C9", "002", "Reverting 0003 prints the list “Operations to reverse”."),
    ("C10", "002", "After a revert your database is back the way it was."),
    ("C11", "002", "Django makes and applies `default='free'` on a number, and breaks later."),
    ("C12", "002", "To mend that: `migrate store 0001`, correct it, make and migrate again."),
    ("C13", "002, 003", "A migration that nobody applied or committed may be deleted."),
    ("C14", "002", "Deleting an applied migration without reversing it can confuse Django."),
    ("C15", "002, 004", "Reverting is safe while no data depends on the migration."),
    ("C16", "003", "`migrate <app>` processes a single app."),
    ("C17", "003", "After a failure in the middle of a rollback: mend it, run the command again."),
    ("C18", "003", "`migrate --fake` puts a history right that is out of sync."),
    ("C19", "004", "Django tries to resolve conflicts by itself."),
    ("C20", "004", "`sqlmigrate` makes migration files in SQL instead of Python."),
    ("C21", "003", "The number of a migration says when it runs."),
    ("C22", "002", "Never delete `0001_initial.py`: it is usually required."),
    ("C23", "000, 001, 004", "`zero` is the initial state of an app, and so is `0001_initial`."),
    ("C24", "000", "`0003`, `0003_auto` and `0002_initial` all name a migration."),
    ("C25", "001", "Deleting migration files cannot be undone."),
    (
        "C26",
        "001",
        "`--fake app zero` keeps schema and rows, and keeps history and schema in step.",
    ),
    ("C27", "001", "`--fake` marks all migrations as applied."),
    ("C28", "002", "`migrate` makes the tables match your models."),
    ("C29", "002", "To start over, drop the database or just clear the tables."),
    ("C30", "002", "Do not reset migrations in a live app: it can harm production data."),
    ("C31", "002", "Reverting is like undo in a text editor."),
    ("C32", "003, 001", "Never delete or reorder migration files that exist."),
    ("C33", "003", "Running `migrate` on your machine shows that a migration applies cleanly."),
    ("C34", "004", "`migrate` applies what is pending in the right order, so data stays whole."),
    ("C35", "004", "You can roll back with `python manage.py migrate`."),
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
