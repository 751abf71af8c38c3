"""Zero: all migrations of an app unapplied, and what goes with them."""

from __future__ import annotations

from collections.abc import Iterator

from ...compare.agreement import counted
from ...facts.lesson import Case
from ...lab import Lab
from ..goals import agreeing, did, equal, holds, last_applied, listed, migrates, rows
from ..looks import applied, files, last, migrations, moved, tables, tables_gone
from ..predictions import question, which
from ..tasks import task
from ..trials import case, experiment, fresh

question(
    "what-zero-moves",
    "You run `migrate store zero`. Which truths will change?",
    {
        "The files and the tables: both are deleted.": lambda lab: (
            "files" in moved(last(lab)) and "tables" in moved(last(lab))
        ),
        "The record and the tables.": lambda lab: moved(last(lab)) == ("record", "tables"),
        "Only the tables.": lambda lab: moved(last(lab)) == ("tables",),
    },
    because={
        "B": """
            The tables were dropped, with 75 rows. The record has no rows for `store` any more.

            The files stay: `migrate` reads files, but never deletes them. The models stay too.
            So you can go forward again.
        """
    },
)

which(
    "tables-that-go",
    "You run `migrate marketplace zero`. Which tables will be gone?",
    among=lambda lab: [
        name for label in ("accounts", "marketplace", "media") for name in _of(label, tables(lab))
    ],
    found=tables_gone,
    word="gone",
    because={
        ("marketplace_listing", "marketplace_order", "media_photo"): """
            `media.0001` depends on `marketplace.0001`: each photo points to a listing. Without the
            table of listings, there cannot be photos. So Django undoes `media` **first**.

            `accounts` stays, because it does not depend on `marketplace`. Here is the rule. If
            you undo a migration, those that **depend on** it are undone too. Those that it
            depends on stay.
        """
    },
)

question(
    "blog-zero",
    "You run `migrate blog zero` anyway. What happens?",
    {
        "Django refuses at once, and nothing changes.": lambda lab: (
            last(lab).refused and "record" not in moved(last(lab))
        ),
        "Django undoes `0004`, and stops at `0003`.": lambda lab: (
            last(lab).refused and applied(lab, "blog")[-1:] == ["0003_fill_slugs"]
        ),
        "Django skips `0003` and undoes the rest.": lambda lab: not last(lab).refused,
    },
    because={
        "B": """
            The plan showed this problem. But `migrate` does not check all steps before it starts.
            It undoes one migration at a time, starting with the newest.

            Django undid `0004` completely, and `0004` **stays** undone: its column is gone. `0003`
            has no way back, so Django stopped there. It does not restore what it has undone.
        """
    },
)


def _of(app_label: str, names: list[str]) -> list[str]:
    """Those of the tables that belong to an app."""
    return [name for name in names if name.startswith(f"{app_label}_")]


def _without_way_back(lab: Lab, app_label: str) -> list[str]:
    """The migrations of an app that have no way back, or no file that says one."""
    ready = [
        each.key.name[:4]
        for each in migrations(lab, app_label)
        if all(operation.reversible for operation in each.operations)
    ]
    return [name for name in ("0001", "0002", "0003", "0004") if name not in ready]


def _fills_slugs(lab: Lab) -> bool:
    """Whether the migration of the slugs still runs its Python."""
    found = [each for each in migrations(lab, "blog") if each.key.name == "0003_fill_slugs"]
    return any(operation.kind == "RunPython" for each in found for operation in each.operations)


def _stuck(names: list[str]) -> str:
    return f"no way back: {listed(names)}" if names else "a way back in each file"


task(
    "close-the-blog",
    {
        "Each of the four migrations of `blog` has a way back.": equal(
            lambda lab: _without_way_back(lab, "blog"), [], _stuck
        ),
        "`0003` still fills the slugs on the way forward.": holds(
            _fills_slugs, "a `RunPython` in `0003`", "it has none"
        ),
        "No table of `blog` is left.": equal(lambda lab: _of("blog", tables(lab)), [], listed),
        "No migration of `blog` is recorded.": last_applied("blog", "zero"),
        "All four files of `blog` are still there.": equal(
            lambda lab: [name[:4] for name in files(lab, "blog")],
            ["0001", "0002", "0003", "0004"],
            listed,
        ),
        "The record and the tables agree.": agreeing("record_tables"),
        "You went back with `migrate`, without `--fake`.": did(
            migrates("blog", "zero"), "a step `migrate blog zero`"
        ),
        "The shop still has 24 products.": rows(store_product=24),
    },
    apps=["blog"],
)


@experiment(
    "C2",
    {
        "holds only if": "Read the plan. Which apps are in it? Does it say IRREVERSIBLE?",
    },
)
def _() -> Iterator[Case]:
    for label, when in (
        ("store", "no other app depends on it, and each migration has a way back"),
        ("accounts", "other apps depend on it"),
        ("blog", "one of its migrations has no way back"),
    ):
        with fresh() as lab:
            before = tables(lab)
            step = lab.manage(f"migrate {label} zero")
            left = tables(lab)
            gone = [name for name in before if name not in left]
            others = len(gone) - len(_of(label, gone))
            told = (
                f"Tables dropped: {len(gone)}. Of these, {others} belong to other apps."
                if step.refusal is None
                else f"It fails with {step.refusal.error}. Tables dropped: {len(gone)}. "
                f"The last applied migration of {label} is {''.join(applied(lab, label)[-1:])}."
            )
            yield case(
                when,
                [step],
                told,
                held=not step.refused and gone == _of(label, before),
            )


@experiment(
    "C23",
    {
        "does not hold": "At `zero`, no migration of the app is applied. "
        "At `0001_initial`, the first one is."
    },
)
def _() -> Iterator[Case]:
    steps, found, states = [], [], []
    for target in ("0001_initial", "zero"):
        with fresh() as lab:
            steps.append(lab.manage(f"migrate store {target}"))
            states.append((_of("store", tables(lab)), applied(lab, "store")))
            found.append(
                f"At `{target}`, store has {counted(len(states[-1][0]), 'table', 'tables')}, and "
                f"the record has {len(states[-1][1])} of {len(files(lab, 'store'))} migrations."
            )
    yield case("you go to both, and compare", steps, " ".join(found), held=states[0] == states[1])
