"""Team: two people, one history, and a rule for each way in which it can break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..goals import agreeing, equal, has_column, rows
from ..looks import columns, disagreements, exists, files, last, lost, products_with
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_MODELS = "store/models.py"
_FILES = "store/migrations"
_TAGS = f"{_FILES}/0005_tag_product_tags.py"
_NAME = "models.CharField(max_length=30, unique=True)"
_COLOUR = 'models.CharField(max_length=9, default="")'

question(
    "pulled-edit",
    "Ben applied `0005` before Ada edited it. Now he runs `migrate store`. What happens?",
    {
        "Django sees that the file changed, and adds the column.": lambda lab: (
            "colour" in columns(lab, "store_tag")
        ),
        "Django refuses, because the file changed after it was applied.": lambda lab: (
            last(lab).refused
        ),
        "Django applies nothing. The column is still missing.": lambda lab: (
            not last(lab).refused and "colour" not in columns(lab, "store_tag")
        ),
    },
    because={
        "C": """
            The record stores the **name** of a migration, not its content. In Ben's record,
            `0005` is already applied. So Django does not run the new line in his database.
        """
    },
)

question(
    "weights-after-merge",
    "Ben's own migration created the column, and each of his 24 products weighs 5. "
    "Now he applies Ada's file and the merge. "
    "What happens to the weights?",
    {
        "The weights stay. Django sees that the column already exists.": lambda lab: (
            not last(lab).refused and products_with(lab, "weight", "= 5") == 24
        ),
        "Django refuses, because the column already exists.": lambda lab: last(lab).refused,
        "Every weight becomes 0.": lambda lab: (
            not last(lab).refused and products_with(lab, "weight", "= 0") == 24
        ),
    },
    because={
        "C": """
            Two files add the same column. A merge joins two branches. It does not check
            whether both do the same thing.

            To add this column on SQLite, Django builds the table again. It fills the "new"
            column with the default, 0. On PostgreSQL the command fails, because the column
            already exists.
        """
    },
)


def _add_colour(lab: Lab) -> Step:
    """Give tags a colour in the models."""
    return lab.replace(
        _MODELS, f"    name = {_NAME}", f"    name = {_NAME}\n    colour = {_COLOUR}"
    )


def _edit_applied(lab: Lab) -> None:
    """Change the files as a pull does after somebody edited an applied migration."""
    line = f'                ("name", {_NAME}),\n'
    lab.replace(_TAGS, line, f'{line}                ("colour", {_COLOUR}),\n')
    _add_colour(lab)


def _tags_file(lab: Lab) -> str:
    """Whether the file of the applied migration exists and contains ``colour``, in words."""
    if not exists(lab, _TAGS):
        return "there is no such file"
    return f"{'with' if 'colour' in lab.read(_TAGS) else 'without'} `colour`"


task(
    "edited-migration",
    {
        "The file `0005` exists, and does not contain `colour`.": equal(
            _tags_file, "without `colour`"
        ),
        "`store_tag` has the column `colour`.": has_column("store_tag", "colour"),
        "The 6 tags and their 40 links are still there.": rows(store_tag=6, store_product_tags=40),
        "The models, files, record and tables agree.": agreeing(),
    },
    apps=["store"],
    begin=_edit_applied,
)


def _harm(lab: Lab, steps: list[Step]) -> str:
    """What went wrong after a file was deleted or renumbered; empty if nothing did."""
    for step in steps:
        if step.refusal:
            return f"`{step.line}` fails with {step.refusal}."
    if values := sum(lost(step) for step in steps):
        return f"There was no error, but stored values changed or were lost: {values}."
    return next(iter(disagreements(lab)), "")


def _tried(lab: Lab, when: str, steps: list[Step], earlier: Sequence[Step] = ()) -> Case:
    """A case in which the rule is broken: the claim holds if that did harm. ``earlier`` steps are
    only listed."""
    harm = _harm(lab, steps)
    return case(
        when, [*earlier, *steps], harm or "Nothing was lost, and all truths agree.", held=bool(harm)
    )


@experiment(
    "C32",
    {
        "holds only if": "You can delete a file that only you have and that nobody applied. "
        "You can also delete one that a squash replaced everywhere. "
        "Never renumber a file that was applied.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        earlier = lab.manage("migrate store 0004")
        steps = [
            lab.delete(_TAGS),
            lab.delete(f"{_FILES}/0004_add_discount_field.py"),
            lab.manage("makemigrations store"),
            lab.manage("migrate store"),
        ]
        yield _tried(lab, "a database has applied the file that you delete", steps, [earlier])
    with fresh() as lab:
        text = lab.read(_TAGS)
        steps = [
            lab.delete(_TAGS),
            lab.write(f"{_FILES}/0006_tag_product_tags.py", text),
            lab.manage("migrate store"),
        ]
        yield _tried(lab, "a database has applied the file that you renumber", steps)
    with fresh() as lab:
        steps = [
            _add_colour(lab),
            lab.manage("makemigrations store"),
            lab.delete(f"{_FILES}/0006_tag_colour.py"),
            lab.manage("makemigrations store --name colour_of_tags"),
            lab.manage("migrate store"),
        ]
        yield _tried(lab, "only you have the file, and no database has applied it", steps)
    with fresh() as lab:
        yield _tried(lab, "every database has applied a squash of the files", _squashed(lab))


def _squashed(lab: Lab) -> list[Step]:
    """One file instead of five, as in Django's documentation: squash, migrate everywhere,
    delete the old files, remove the line ``replaces``, prune."""
    steps = [
        lab.manage("squashmigrations store 0005 --no-input"),
        lab.manage("migrate store"),
    ]
    squash = f"{_FILES}/0001_squashed_0005_tag_product_tags.py"
    old = [name for name in files(lab, "store") if "squashed" not in name]
    steps += [lab.delete(f"{_FILES}/{name}.py") for name in old]
    text = re.sub(r"    replaces = \[.*?\]\n", "", lab.read(squash), flags=re.DOTALL)
    steps.append(lab.write(squash, text))
    steps.append(lab.manage("migrate store --prune"))
    steps.append(lab.manage("migrate store"))
    return steps
