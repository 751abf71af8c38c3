"""Team: two people, one history, and a rule for each way in which it breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..looks import agree, columns, count, disagreements, exists, files, last, lost, products_with
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
        "Django refuses, because the file is not the one it applied.": lambda lab: (
            last(lab).refused
        ),
        "Nothing is applied. The column stays away.": lambda lab: (
            not last(lab).refused and "colour" not in columns(lab, "store_tag")
        ),
    },
    because={
        "C": """
            The record holds the **name** of a migration, never its text. Ben's record holds the
            name `0005`. So Django never reads the new line for him.
        """
    },
)

question(
    "weights-after-merge",
    "Ben's 24 products weigh 5. His own file made the column. Now he applies Ada's and the merge. "
    "What happens to the weights?",
    {
        "They stay. Django sees that the column is there.": lambda lab: (
            not last(lab).refused and products_with(lab, "weight", "= 5") == 24
        ),
        "Django refuses: the column is there already.": lambda lab: last(lab).refused,
        "Every weight is 0.": lambda lab: (
            not last(lab).refused and products_with(lab, "weight", "= 0") == 24
        ),
    },
    because={
        "C": """
            Two files add the same column. A merge joins two branches. It does not ask whether
            they do the same.

            To add this column on SQLite, Django builds the table anew. It fills the "new"
            column with its default, 0. PostgreSQL would refuse: the column exists.
        """
    },
)


def _add_colour(lab: Lab) -> Step:
    """Give tags a colour in the models."""
    return lab.replace(
        _MODELS, f"    name = {_NAME}", f"    name = {_NAME}\n    colour = {_COLOUR}"
    )


def _edit_applied(lab: Lab) -> None:
    """What a pull brings from somebody who edited an applied migration."""
    line = f'                ("name", {_NAME}),\n'
    lab.replace(_TAGS, line, f'{line}                ("colour", {_COLOUR}),\n')
    _add_colour(lab)


task(
    "edited-migration",
    {
        "`0005` is again what the team's databases applied.": lambda lab: (
            exists(lab, _TAGS) and "colour" not in lab.read(_TAGS)
        ),
        "`store_tag` has the column `colour`.": lambda lab: "colour" in columns(lab, "store_tag"),
        "The 6 tags and their 40 links are there.": lambda lab: (
            (count(lab, "store_tag"), count(lab, "store_product_tags")) == (6, 40)
        ),
        "Models, files, record and tables agree.": agree,
    },
    apps=["store"],
    begin=_edit_applied,
)


def _harm(lab: Lab, steps: list[Step]) -> str:
    """What went wrong after a file was deleted or renumbered; empty where nothing did."""
    for step in steps:
        if step.refusal:
            return f"{step.line} is refused: {step.refusal}."
    if values := sum(lost(step) for step in steps):
        return f"No error, and {values} stored values are not what they were."
    return next(iter(disagreements(lab)), "")


def _tried(lab: Lab, when: str, steps: list[Step], earlier: Sequence[Step] = ()) -> Case:
    """The rule holds where breaking it did harm; what was done earlier is only told."""
    harm = _harm(lab, steps)
    return case(
        when, [*earlier, *steps], harm or "Nothing was lost, and all truths agree.", held=bool(harm)
    )


@experiment(
    "C32",
    {
        "holds only if": "You may delete a file that is yours alone and not applied, or one that "
        "a squash replaced everywhere. Never renumber a file that ran.",
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
        yield _tried(lab, "the file is yours alone, and no database has applied it", steps)
    with fresh() as lab:
        yield _tried(lab, "every database is past a squash of the files", _squashed(lab))


def _squashed(lab: Lab) -> list[Step]:
    """One file instead of five, as Django's documentation has it: squash, migrate everywhere,
    delete the old ones, take the line ``replaces`` out, prune."""
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
