"""Make: from a changed model to a migration file worth committing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...facts.lesson import Case
from ...facts.step import Step
from ...facts.truths import Models, value_or
from ...lab import Lab
from ..acts import add_field, by_hand
from ..goals import agreeing, equal, last_applied, listed
from ..looks import agree, columns, files, last, lost, migrations, moved
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_MODELS = "store/models.py"
_FOLDER = "store/migrations"

question(
    "made-again",
    "`0006` is not applied: the table has no such column. You run `makemigrations store` again. "
    "What happens?",
    {
        "It writes the same change again, as `0007`.": lambda lab: len(files(lab, "store")) > 6,
        "It writes nothing. The change is already in the files.": lambda lab: (
            not last(lab).refused and len(files(lab, "store")) == 6
        ),
        "Django refuses until `0006` is applied.": lambda lab: last(lab).refused,
    },
    because={
        "B": """
            `makemigrations` compares the models with the **files**. It does not look at the tables.

            It works out, in memory, which models the files lead to. Then it compares these
            with `models.py`.
        """
    },
)

question(
    "check-says",
    "A model of the blog changed, but no file has this change. "
    "What does `makemigrations --check` do?",
    {
        "It writes the missing file.": lambda lab: "files" in moved(last(lab)),
        "It prints what is missing, and ends without an error.": lambda lab: (
            not last(lab).refused and not moved(last(lab))
        ),
        "It prints what is missing, and ends with an error.": lambda lab: (
            last(lab).refused and not moved(last(lab))
        ),
    },
    because={
        "C": """
            Nothing is broken. Each command ends with a number, the **exit status**. 0 means
            success; anything else means failure. A test server reads only this number.

            The exit status of `--check` is 1 when a migration is missing. The lab shows that as
            an error.
        """
    },
)

question(
    "number-0000",
    "Two files are not applied: `0006_add_colour`, and `0000_fill_colour`, which depends on it. "
    "You run `migrate store`. What happens?",
    {
        "`0000` runs first. The numbers decide.": lambda lab: (
            _names(last(lab)) == ["0000_fill_colour", "0006_add_colour"]
        ),
        "`0006` runs first. The dependencies decide.": lambda lab: (
            _names(last(lab)) == ["0006_add_colour", "0000_fill_colour"]
        ),
        "Django refuses. The numbers must match the dependencies.": lambda lab: last(lab).refused,
    },
    because={
        "B": """
            Django reads `dependencies`. The number is only the beginning of a name.
            `makemigrations` uses the next number each time, to help people read the list.
        """
    },
)


def _names(step: Step) -> list[str]:
    """The names of the migrations that ran, in order."""
    return [each.key.name for each in step.ran if each.done]


_AS_TEXT = 'weight = models.CharField(max_length=10, default="")'
_AS_NUMBER = "weight = models.PositiveIntegerField(default=0)"


def _make_wrong_weight(lab: Lab) -> None:
    add_field(lab, _AS_TEXT)
    lab.manage("makemigrations store")


def _weight(lab: Lab) -> str:
    """What the model says that a weight is."""
    models = value_or(lab.truths().truths.models, Models({})).apps.get("store", {})
    product = {name.lower(): model for name, model in models.items()}.get("product")
    return product.fields.get("weight", "") if product else ""


def _type_said(name: str) -> str:
    return f"`{name}`" if name else "there is no `weight`"


def _has_weight(there: bool) -> str:
    return f"{'a' if there else 'no'} column `weight`"


task(
    "make-it-again",
    {
        "The model's `weight` is a `PositiveIntegerField`.": equal(
            lambda lab: _weight(lab).partition("(")[0], "PositiveIntegerField", _type_said
        ),
        "`store` has exactly one new file, `0006_add_weight`.": equal(
            lambda lab: files(lab, "store")[5:], ["0006_add_weight"], listed
        ),
        "Models and files agree.": agreeing("models_files"),
        "The new migration is not applied.": last_applied("store", "0005_tag_product_tags"),
        "The table has no column `weight`.": equal(
            lambda lab: "weight" in columns(lab, "store_product"), False, _has_weight
        ),
    },
    apps=["store"],
    begin=_make_wrong_weight,
)

_TYPO = 'colur = models.CharField(max_length=20, default="")'
_MADE = f"{_FOLDER}/0006_product_colur.py"


def _make_typo(lab: Lab) -> list[Step | str]:
    """A field with a typo, and a file for it."""
    add_field(lab, _TYPO)
    return [f"edit {_MODELS} (add colur)", lab.manage("makemigrations store")]


def _mend(lab: Lab) -> list[Step | str]:
    """Delete the file with the typo, mend the model, make the file again."""
    deleted = lab.delete(_MADE)
    lab.replace(_MODELS, "colur =", "colour =")
    return [deleted, f"edit {_MODELS} (colur → colour)", lab.manage("makemigrations store")]


@experiment(
    "C13",
    {
        "holds only if": "Delete a file only if it has never left your machine. "
        "First check what depends on it, and whether somebody edited it by hand.",
    },
    because={
        "holds only if": """
            "Not applied" must be true of every database. `showmigrations` sees only yours.

            The last case is the worst, because there is no error. On SQLite, Django builds the
            table again. The new table has only the columns in the files. `colur` is not one of
            them.
        """
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        steps = [*_make_typo(lab), *_mend(lab)]
        after = lab.manage("migrate store")
        yield case(
            "the migration is applied in no database, no file depends on it, and nobody edited it "
            "by hand",
            [*steps, after],
            f"The truths {'agree' if agree(lab) else 'do not agree'}. Values lost: {lost(after)}.",
            held=agree(lab) and not lost(after),
        )
    with fresh() as lab:
        steps = [*_make_typo(lab), lab.manage("makemigrations store --empty -n later")]
        steps += _mend(lab)
        refusal = last(lab).refusal
        yield case(
            "another file depends on it",
            steps,
            str(refusal) if refusal else "Nothing was refused.",
            held=refusal is None,
        )
    with fresh() as lab:
        steps = _make_typo(lab)
        lab.replace(
            _MADE, "operations = [", 'operations = [\n        migrations.RunSQL("SELECT 1"),'
        )
        before = _operations(lab)
        steps += [f"edit {_MADE} (add a RunSQL)", *_mend(lab)]
        yield case(
            "somebody added a `RunSQL` to it by hand",
            steps,
            f"Operations before: {', '.join(before)}. Now: {', '.join(_operations(lab))}.",
            held=_operations(lab) == before,
        )
    with fresh() as lab:
        steps = _make_typo(lab)
        with lab.copy() as other:
            there = [
                other.manage("migrate store"),
                by_hand(other, "UPDATE store_product SET colur = 'green'"),
            ]
            mended = _mend(lab)
            other.delete(_MADE)
            for path in (_MODELS, f"{_FOLDER}/{files(lab, 'store')[-1]}.py"):
                other.write(path, lab.read(path))
            after = other.manage("migrate store")
            yield case(
                "you have not applied it, but it is applied in another database",
                [*steps, *_there(there), *mended, "bring your files there", *_there([after])],
                f"{after.refusal or 'No error.'} Values lost there: {lost(after)}.",
                held=agree(other) and not after.refused and not lost(after),
            )


def _there(steps: Sequence[Step]) -> list[str]:
    """The lines that were typed for the other database."""
    return [
        f"{'SQL: ' if each.kind == 'sql' else 'python manage.py '}{each.line}   (there)"
        for each in steps
    ]


def _operations(lab: Lab) -> list[str]:
    """The kinds of operations in the newest file of the store."""
    return [each.kind for each in migrations(lab, "store")[-1].operations]


@experiment(
    "C21",
    {
        "holds only if": "Read `dependencies`. The number is only the beginning of a name.",
    },
)
def _() -> Iterator[Case]:
    with fresh("store.zero") as lab:
        yield _numbered(
            "you look at one app without branches, and Django numbered its files",
            [lab.manage("migrate store")],
        )
    with fresh(*(f"{label}.zero" for label in _labels())) as lab:
        yield _numbered("you look at all apps", [lab.manage("migrate")])
    with fresh() as lab:
        steps = _two_empty(lab)
        steps += [
            lab.write(f"{_FOLDER}/0006_of_a_colleague.py", lab.read(f"{_FOLDER}/0006_first.py")),
            lab.manage("makemigrations --merge --noinput"),
            lab.manage("migrate store"),
        ]
        yield _numbered("two branches, each with its own `0006`, were merged", steps)
    with fresh() as lab:
        steps = _two_empty(lab)
        steps += [
            lab.write(f"{_FOLDER}/0000_second.py", lab.read(f"{_FOLDER}/0007_second.py")),
            lab.delete(f"{_FOLDER}/0007_second.py"),
            lab.manage("migrate store"),
        ]
        yield _numbered("somebody changed the number of a file", steps)


def _labels() -> list[str]:
    """All apps that have a history."""
    with fresh() as lab:
        record = lab.truths().truths.known_record
    return sorted({key.app_label for key in record.keys})


def _two_empty(lab: Lab) -> list[Step]:
    names = ("first", "second")
    return [lab.manage(f"makemigrations store --empty -n {name}") for name in names]


def _numbered(when: str, steps: Sequence[Step]) -> Case:
    """A case: the claim holds if the last step ran migrations, and none after one with a larger
    number."""
    ran = [each.key for each in steps[-1].ran if each.done]
    fell = [(one, two) for one, two in pairwise(ran) if one.name[:4] > two.name[:4]]
    found = f"{len(ran)} migrations ran, in the order of their numbers."
    if fell:
        found = f"`{fell[0][0]}` ran before `{fell[0][1]}`."
    return case(when, steps, found, held=bool(ran) and not fell)
