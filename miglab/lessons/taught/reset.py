"""Reset: a new history for an app, in the order of the guides and in the order that works."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..acts import add_field
from ..goals import agreeing, equal, listed, numbered, rows
from ..looks import agree, applied, columns, count, files, last, lost, tables
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_TABLES = {"store_category", "store_product", "store_product_tags", "store_tag"}


def _refused(lab: Lab) -> bool:
    return last(lab).kind == "manage" and last(lab).refused


def _stay(lab: Lab) -> set[str]:
    return _TABLES & set(tables(lab))


question(
    "zero-without-files",
    "You have deleted the migration files of `store`. Then you run `migrate store zero`. "
    "Which of its four tables are left?",
    {
        "None. `zero` drops them.": lambda lab: not _stay(lab),
        "All four, with all their rows.": lambda lab: (
            not _refused(lab) and _stay(lab) == _TABLES and count(lab, "store_product") == 24
        ),
        "All four, but Django refuses, because the files are missing.": lambda lab: (
            _refused(lab) and _stay(lab) == _TABLES
        ),
    },
    because={
        "B": """
            `zero` runs each migration backwards. The instructions for that were in the files.
            Django found no files, so it had nothing to unapply.

            It printed no error, and no table changed. It only said that the models have changes
            without a migration.
        """
    },
)

question(
    "a-new-0001",
    "You make a new `0001_initial`, which includes the colour. What will `migrate` do with it?",
    {
        "It creates the tables again, with the colour.": lambda lab: (
            "colour" in columns(lab, "store_product")
        ),
        "Django refuses, because the tables already exist.": _refused,
        "Nothing. Django thinks that the new file is already applied.": lambda lab: (
            not _refused(lab)
            and "colour" not in columns(lab, "store_product")
            and applied(lab, "store")[:1] == ["0001_initial"]
        ),
    },
    because={
        "C": """
            The record stores only names, not the content of files. The name `0001_initial` was
            already recorded. So the new file counts as applied from the start.
        """
    },
)

question(
    "no-database-file",
    "Only `blog` needs a reset. You delete `db.sqlite3` and run `migrate`. "
    "Which tables exist then?",
    {
        "All tables. Only the tables of the blog are empty.": lambda lab: (
            count(lab, "blog_post") == 0 and count(lab, "store_product") == 24
        ),
        "All tables, but the old rows are gone, in every app.": lambda lab: (
            count(lab, "blog_post") == 0 and count(lab, "store_product") == 0
        ),
        "Only the tables of `blog`.": lambda lab: (
            count(lab, "blog_post") is not None and count(lab, "store_product") is None
        ),
    },
    because={
        "B": """
            The record was in the file that you deleted, so there are no ghosts. Django created
            a new database file and applied everything.

            In development this is the simplest reset. You lose **all rows of all apps**,
            including the users.
        """
    },
)

task(
    "new-marketplace",
    {
        "`marketplace` has one migration file.": equal(
            lambda lab: len(files(lab, "marketplace")), 1, numbered("file", "files")
        ),
        "The migration of `marketplace` is applied.": equal(
            lambda lab: sorted(set(files(lab, "marketplace")) - set(applied(lab, "marketplace"))),
            [],
            lambda names: f"files that are not applied: {listed(names)}",
        ),
        "All four truths agree.": agreeing(),
        "The 8 sellers and the 12 customers are still there.": rows(
            accounts_seller=8, accounts_customer=12
        ),
    },
    apps=["accounts", "marketplace", "media"],
)


def _want_colour(lab: Lab) -> Step:
    """Change a model, as somebody does before a reset."""
    return add_field(lab, 'colour = models.CharField(max_length=20, default="")')


def _delete_files(lab: Lab) -> Step:
    return lab.delete("store/migrations/0*.py")


def _make_and_apply(lab: Lab) -> list[Step]:
    return [lab.manage("makemigrations store"), lab.manage("migrate")]


def _told(lab: Lab, applying: Step) -> str:
    """The state after a reset, in words: ghosts, products and the new column."""
    if applying.refusal:
        return f"`migrate` failed: {applying.refusal.message}."
    ghosts = len(set(applied(lab, "store")) - set(files(lab, "store")))
    rows = count(lab, "store_product")
    return f"Ghosts in the record: {ghosts}. Products in the table: {rows}.{_colour(lab)}"


def _colour(lab: Lab) -> str:
    if "colour" not in lab.read("store/models.py"):
        return ""
    is_there = "colour" in columns(lab, "store_product")
    return f" The new column {'exists' if is_there else 'is missing'}."


@experiment(
    "C3",
    {
        "holds only if": "Run `zero` first, while the files still exist. "
        "Then delete them, make new migrations and apply them.",
    },
)
def _() -> Iterator[Case]:
    for at, change, when in (
        (["store.zero"], True, "no migration of the app was ever applied"),
        ([], True, "the app's migrations are applied, and its models have changed"),
        ([], False, "the app's migrations are applied, and its models have not changed"),
    ):
        with fresh(*at) as lab:
            steps = [_want_colour(lab)] if change else []
            steps += [_delete_files(lab), lab.manage("migrate store zero"), *_make_and_apply(lab)]
            yield case(when, steps, _told(lab, steps[-1]), held=agree(lab))


def _drop(lab: Lab) -> str:
    (lab.folder / "db.sqlite3").unlink()
    return "delete db.sqlite3"


def _flush(lab: Lab) -> Step:
    return lab.manage("flush --no-input")


def _empty(lab: Lab) -> str:
    each = " ".join(f'DELETE FROM "{table}";' for table in tables(lab))
    lab.sql(f"PRAGMA foreign_keys = OFF; {each}")
    return "SQL: DELETE FROM …, for every table"


@experiment(
    "C29",
    {
        "holds only if": "Drop the database. If you clear the tables, they still exist. "
        "After `flush`, the record still has its lines too.",
    },
)
def _() -> Iterator[Case]:
    for clear, when in (
        (_drop, "you drop the database"),
        (_flush, "you clear the rows with `flush`"),
        (_empty, "you clear every table, including the record"),
    ):
        with fresh() as lab:
            changed = _want_colour(lab)
            cleared = clear(lab)
            deleted = _delete_files(lab)
            applying = _make_and_apply(lab)
            steps = [changed, cleared, deleted, *applying]
            yield case(
                when,
                steps,
                _told(lab, applying[-1]),
                held=agree(lab) and "colour" in columns(lab, "store_product"),
            )


@experiment(
    "C30",
    {
        "holds": "In a live app, keep the history. `squashmigrations` makes it shorter "
        "and does not change the rows.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as here:
        changed = _want_colour(here)
        zero = here.manage("migrate store zero")
        steps = [changed, zero, _delete_files(here), *_make_and_apply(here)]
        yield case(
            "you reset the app in the live database",
            steps,
            f"Rows and values lost: {lost(zero)}.",
            held=lost(zero) > 0,
        )
        models = here.read("store/models.py")
        (name,) = files(here, "store")
        text = here.read(f"store/migrations/{name}.py")
    with fresh() as live:
        _delete_files(live)
        live.write("store/models.py", models)
        live.write(f"store/migrations/{name}.py", text)
        applying = live.manage("migrate")
        asking = live.shell("print(Product.objects.count(), Product.objects.first())")
        told = str(asking.refusal) if asking.refusal else asking.output.strip()
        yield case(
            "you reset the app on your computer, and deploy the new files",
            ["deploy the new models and files", applying, "Product.objects.first()"],
            f"{_told(live, applying)} Then: {told}.",
            held=asking.refused or not agree(live),
        )
