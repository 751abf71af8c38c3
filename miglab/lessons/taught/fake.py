"""Fake: change only the record, and when that is right."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ...facts.migration import Key
from ...facts.step import Step
from ...lab import Lab
from ..acts import add_field, by_hand
from ..goals import agreeing, equal, every, numbered, products, rows
from ..looks import agreements, applied, count, last, lost, moved, products_with, tables
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

question(
    "fake-zero",
    "All five migrations of `store` are applied. You run `migrate --fake store zero`. "
    "Which [X] are left, and what happens to the tables?",
    {
        "All five are left. `--fake` marks migrations as applied.": lambda lab: (
            len(applied(lab, "store")) == 5
        ),
        "Only `0001_initial` is left. It is the initial state.": lambda lab: (
            applied(lab, "store") == ["0001_initial"]
        ),
        "None is left. The tables are dropped.": lambda lab: (
            not applied(lab, "store") and "store_product" not in tables(lab)
        ),
        "None is left. The tables stay, with their rows.": lambda lab: (
            not applied(lab, "store") and count(lab, "store_product") == 24
        ),
    },
    because={
        "D": """
            `zero` means that no migration is applied. So Django deleted all five rows from
            the record. FAKED means that it did nothing else.
        """
    },
)

question(
    "migrate-after-fake-zero",
    "The record has no line for `store`, and the tables are full. You run a plain "
    "`migrate store`. What happens?",
    {
        "Django sees that the tables exist, and only fills the record.": lambda lab: (
            not last(lab).refused and count(lab, "store_product") == 24
        ),
        "Django creates the tables again. Now they are empty.": lambda lab: (
            not last(lab).refused and count(lab, "store_product") == 0
        ),
        "The database refuses to create the first table.": lambda lab: (
            last(lab).refused and not applied(lab, "store")
        ),
    },
    because={
        "C": """
            A plain `migrate` makes its plan from the files and the record. It does **not look
            at the tables** for that. The record had no line for `store`, so it began with `0001`.

            The error came from the database, not from Django.
        """
    },
)

question(
    "prices-after-fake-initial",
    "The record has no line for `store`, and the tables are as `0004` left them. "
    "You run `migrate store --fake-initial`. Are the prices still there?",
    {
        "Yes. Django fakes every migration.": lambda lab: (
            not last(lab).refused and products_with(lab, "price", "> 0") == 21
        ),
        "Yes. The database refuses, because the column already exists.": lambda lab: (
            last(lab).refused and products_with(lab, "price", "> 0") == 21
        ),
        "No. Every price is 0.": lambda lab: products_with(lab, "price", "> 0") == 0,
    },
    because={
        "C": """
            Read Django's output again. `0001` was FAKED. `0002` says OK, so it ran. `0002` adds
            the price. On SQLite, Django does that with a new table:

            1. Create a new table with a price column.
            2. Copy the columns from before `0002`. Every price gets the default, 0.
            3. Drop the old table, and give its name to the new one.

            Django never checked whether the old table already had a price.

            The column `discount` comes with `0004`. The new table does not have it, so its values
            are lost. `0004` adds it again, and every value is 0. Open *SQL* under the step to see
            the commands.

            The pergola had no price, which means "ask for the price". Now it is free.
        """
    },
)


def _lose_two_lines(lab: Lab) -> None:
    """Make a migration that is not applied, and delete the lines of two others from the record,
    whose changes are in the tables."""
    add_field(lab, "weight = models.IntegerField(null=True)")
    lab.manage("makemigrations store")
    lab.sql("DELETE FROM django_migrations WHERE app = 'store' AND name >= '0004'")


task(
    "two-lost-lines",
    {
        "All six migrations of `store` are recorded as applied.": equal(
            lambda lab: len(applied(lab, "store")),
            6,
            numbered("recorded migration", "recorded migrations"),
        ),
        "The record and the tables agree.": agreeing("record_tables"),
        "All 24 products are there, and 9 of them have a discount.": every(
            rows(store_product=24), products("discount", "> 0", 9)
        ),
        "All 6 tags and all 40 links from products to tags are there.": rows(
            store_tag=6, store_product_tags=40
        ),
    },
    apps=["store"],
    begin=_lose_two_lines,
)


@experiment(
    "C5",
    {
        "does not hold": "`zero` means that nothing is applied. To mark migrations as applied, "
        "leave `zero` out: `migrate --fake store`.",
    },
)
def _() -> Iterator[Case]:
    for at, when in (
        ((), "all migrations are applied"),
        (("store.zero",), "no migration is applied"),
    ):
        with fresh(*at) as lab:
            before = len(applied(lab, "store"))
            step = lab.manage("migrate --fake store zero")
            after = len(applied(lab, "store"))
            yield case(
                when,
                [step],
                f"{before} recorded before, {after} after. Changed: {_told(step)}.",
                held=after == 5 and "tables" not in moved(step),
            )


def _told(step: Step) -> str:
    return ", ".join(moved(step)) or "nothing"


@experiment(
    "C6",
    {
        "holds only if": "`--fake-initial` fakes only initial migrations, and only if all their "
        "tables and columns exist. All other migrations run.",
    },
)
def _() -> Iterator[Case]:
    with fresh("store.0001", "blog.0001") as lab:
        forget = [lab.manage(f"migrate --fake {label} zero") for label in ("store", "blog")]
        step = lab.manage("migrate --fake-initial")
        yield _initial_case("all tables of the initial migrations exist", [*forget, step])
    with fresh("store.zero") as lab:
        step = lab.manage("migrate --fake-initial")
        yield _initial_case("no table of the initial migrations exists", [step])
    with fresh("store.0001") as lab:
        drop = by_hand(lab, "DROP TABLE store_product")
        forget = [lab.manage("migrate --fake store zero")]
        step = lab.manage("migrate --fake-initial")
        yield _initial_case("one table of the initial migrations is missing", [drop, *forget, step])


def _initial_case(when: str, steps: list[Step]) -> Case:
    """A case: the claim holds if the last step faked all initial migrations that it began."""
    step = steps[-1]
    files = step.before.known_files.migrations
    first = [each for each in step.ran if files[each.key].initial]
    told = [f"{each.key}: {_how(each.fake, each.done)}" for each in first]
    told += [f"It stops: “{step.refusal.message}”"] if step.refusal else []
    held = not step.refused and bool(first) and all(each.fake for each in first)
    return case(when, steps, ". ".join(told) + ".", held=held)


def _how(fake: bool, done: bool) -> str:
    return "faked" if fake else "run" if done else "begun"


@experiment(
    "C7",
    {
        "holds only if": "Use `--fake-initial` only if the tables are exactly those of the initial "
        "migration. Then run `lab.truths()`, and look at the rows.",
    },
)
def _() -> Iterator[Case]:
    for at, when in (
        (("store.0001",), "the tables are exactly those of the initial migration"),
        (("store.0004",), "columns of later migrations exist too"),
        ((), "tables of later migrations exist too"),
    ):
        with fresh(*at) as lab:
            forget = lab.manage("migrate --fake store zero")
            step = lab.manage("migrate store --fake-initial")
            yield _fit_case(lab, when, [forget, step])
    with fresh("store.zero") as lab:
        made = [
            by_hand(lab, "CREATE TABLE store_category (id integer, label text)"),
            by_hand(lab, "CREATE TABLE store_product (id integer, title text)"),
        ]
        step = lab.manage("migrate store 0001 --fake-initial")
        yield _fit_case(lab, "the tables have the right names but the wrong columns", [*made, step])


def _fit_case(lab: Lab, when: str, steps: list[Step]) -> Case:
    """A case: the claim holds if the record and the tables agree after these steps."""
    step, fit = steps[-1], agreements(lab).record_tables
    faked = [each.key for each in step.ran if each.fake]
    run = [each.key for each in step.ran if each.done and not each.fake]
    told = [
        f"{_names(faked)} faked, {len(run)} run",
        f"it stops: “{step.refusal.message}”" if step.refusal else "no error",
        f"differences between record and tables: {len(fit.details)}",
        f"rows changed: {lost(step)}",
    ]
    return case(when, steps, "; ".join(told) + ".", held=fit.verdict is True)


def _names(keys: list[Key]) -> str:
    return ", ".join(map(str, keys)) or "nothing"


@experiment(
    "C26",
    {
        "holds only if": "The command changes no table and no row. So the record and the "
        "tables differ afterwards, unless the tables were already gone.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        step = lab.manage("migrate --fake store zero")
        fit = agreements(lab).record_tables
        kept = "tables" not in moved(step) and lost(step) == 0
        yield case(
            "the tables exist",
            [step],
            f"Changed: {_told(step)}. Rows lost: {lost(step)}. "
            f"Tables that no recorded migration creates: {len(fit.details)}.",
            held=kept and fit.verdict is True,
        )
    with fresh() as lab:
        names = ("store_product_tags", "store_tag", "store_product", "store_category")
        gone = [by_hand(lab, f"DROP TABLE {name}") for name in names]
        step = lab.manage("migrate --fake store zero")
        fit = agreements(lab).record_tables
        yield case(
            "somebody had dropped the tables by hand",
            [*gone, step],
            f"Changed: {_told(step)}. Differences between record and tables: {len(fit.details)}.",
            held="tables" not in moved(step) and lost(step) == 0 and fit.verdict is True,
        )


@experiment(
    "C27",
    {"holds only if": "Name the app, and the last migration whose changes are in the tables."},
    because={
        "holds only if": """
            In the first case the claim held, but the record and the tables differ afterwards.
            Django marked migrations as applied, although their tables and columns were never
            created.
        """
    },
)
def _() -> Iterator[Case]:
    for at, line, when in (
        (("store.0003", "media.0001"), "migrate --fake", "you name neither app nor target"),
        (("store.0003", "media.0001"), "migrate --fake store", "you name an app"),
        ((), "migrate --fake store 0003", "you name an earlier migration"),
    ):
        with fresh(*at) as lab:
            before = _recorded(lab)
            step = lab.manage(line)
            found = agreements(lab)
            waiting, fit = found.files_record, found.record_tables
            yield case(
                when,
                [step],
                f"{before} recorded before, {_recorded(lab)} after, "
                f"{len(waiting.details)} not recorded yet. "
                f"Differences between record and tables: {len(fit.details)}.",
                held=waiting.verdict is True,
            )


def _recorded(lab: Lab) -> int:
    return sum(len(applied(lab, label)) for label in ("store", "media"))
